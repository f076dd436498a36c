"""What a stranger may put into an index: nothing crashes, hangs or eats the machine."""

import os
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metazoo.index.patch import patches
from metazoo.index.reader import read_index
from metazoo.index.text import LARGEST_FILE, MOST_VALUES
from metazoo.report import data, text
from metazoo.rules import check
from tests.rules.test_corpus import CORPUS

REAL = sorted((CORPUS / "good" / "timm-2021").glob("*.yml"))


def codes(path):
    start = time.process_time()
    found = {finding.code for finding in check(read_index([path], root=path.parent))}
    assert time.process_time() - start < 2
    return found


def written(folder, content, name="index.yml"):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def aliases(levels):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, levels)]
    return "\n".join([*lines, f"Models: *a{levels - 1}"])


def mappings(levels):
    lines = ["Models:", "- &m0 {Name: a, x: 1}"]
    lines += [
        f"- &m{i} {{<<: [*m{i - 1}, *m{i - 1}], y: [*m{i - 1}, *m{i - 1}]}}"
        for i in range(1, levels)
    ]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (aliases(40), "MZ109"),
        (aliases(6), "MZ109"),
        (mappings(60), "MZ109"),
        ("Models: &a\n- Name: a\n  x: *a\n", "MZ109"),
        ("Models: " + "[" * 10_000 + "]" * 10_000, "MZ108"),
        ("Models: " + "[" * 1_000_000, "MZ108"),
        ("- " * 10_000 + "a", "MZ108"),
        ("? " * 10_000 + "a", "MZ108"),
        ("{a: " * 10_000, "MZ108"),
        ("".join(f"{' ' * i}a:\n" for i in range(3_000)), "MZ108"),
        ("Models:\n- Name: a\x00b\n", "MZ103"),
        (b"\xff\xfeM\x00", "MZ103"),
        (b"\x80" * 1000, "MZ103"),
        ("Models:\n- Name: \u202eevil\n", "MZ105"),
        ("Models:\n- Name: '\u2066a'\n", "MZ105"),
        ("Models: [{Name: a, Metadata: {FLOPs: 1e999999999}}]", "MZ301"),
        ("Models: [{Name: a, Metadata: {FLOPs: " + "9" * 1_000_000 + "}}]", "MZ301"),
        ("Import: ['" + "*/" * 50 + "*.yml']", "MZ113"),
        ("Import: ['" + "**/" * 30 + "x.yml']", "MZ113"),
        ("Import: ['../../../../../../**/x.yml', '/**/x.yml']", "MZ115"),
        ("Import: ['*/../../../../../**/x.yml']", "MZ113"),
        ("Import: ['" + "**/*/" * 30 + "x.yml']", "MZ113"),
        ("Import: ['" + "a" * 5000 + ".yml']", "MZ113"),
        ('Import: ["a\\0b.yml"]', "MZ113"),
        ("Import: [/dev/zero, /dev/stdin, /proc/self/mem]", "MZ115"),
        ("Import: ['file:///etc/passwd', 'http://localhost/']", "MZ115"),
        ("Import: ['" + "[" * 500 + "']", "MZ113"),
    ],
    ids=range(27),
)
def test_an_attack_is_a_finding(content, code, tmp_path):
    assert code in codes(written(tmp_path, content))


@pytest.mark.parametrize(
    "content",
    ["[" * 1_000_000, '{"a":' * 1_000_000, '"' + "a" * 1_000_000, "[" + "1," * 100_000],
    ids=range(4),
)
def test_json_attacks(content, tmp_path):
    assert codes(written(tmp_path, content, "index.json")) & {"MZ107", "MZ108"}


@pytest.mark.parametrize(
    "content",
    [
        "<!--" * 200_000,
        "<!-- Models:\n" * 20_000,
        "```\n" * 200_000,
        "---\n" * 100_000,
        "<!---->" * 200_000,
        "<!-- Name: a\n-->" * 3_000,
    ],
    ids=range(6),
)
def test_markdown_attacks_end(content, tmp_path):
    codes(written(tmp_path, content, "page.md"))


def test_a_huge_file_is_refused_unread(tmp_path):
    path = tmp_path / "index.yml"
    with path.open("wb") as stream:
        stream.truncate(100 * 2**20)
    assert codes(path) == {"MZ102"}
    assert LARGEST_FILE < 100 * 2**20


@pytest.mark.parametrize("name", ["index.yml", "index.json", "page.md"])
def test_too_many_values_are_refused_and_as_many_as_allowed_are_read_in_time(name, tmp_path):
    many = "[" + "1," * MOST_VALUES + "1]"
    assert codes(written(tmp_path, many + "\n\n", name)) == {"MZ102"}
    fewer = "Models: [{Name: a, x: [" + "1," * 200_000 + "1]}]\n"
    fewer = (
        '{"Models": [{"Name": "a", "x": [' + "1," * 200_000 + "1]}]}" if name[-1] == "n" else fewer
    )
    fewer = f"<!--\n{fewer}-->\n" if name[-1] == "d" else fewer
    start = time.process_time()
    assert [m.name.text for m in read_index([written(tmp_path, fewer, name)]).models] == ["a"]
    assert time.process_time() - start < 10


def test_a_glob_stays_in_the_root_and_searches_no_place_twice(tmp_path):
    folder = tmp_path / "root"
    for a in range(6):
        for b in range(6):
            (folder / f"{a}" / f"{b}" / "c" / "d").mkdir(parents=True)
    (folder / "everything").symlink_to("/")
    for pattern in (
        "**/*/" * 12 + "x.yml",
        "everything/**/*.yml",
        "*/**/../../../../../../**/*.yml",
    ):
        path = written(folder, f"Import: ['{pattern}']\nModels: [{{Name: a}}]\n")
        assert codes(path) & {"MZ113", "MZ115"}


def test_special_files_are_not_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe.yml")
    assert codes(tmp_path / "pipe.yml") == {"MZ101"}
    path = written(tmp_path, "Import: [pipe.yml]\nModels: [{Name: a}]\n")
    assert "MZ101" in codes(path)


def test_an_unreadable_file_stops_nothing(tmp_path):
    (tmp_path / "folder.yml").mkdir()
    path = written(tmp_path, "Import: [folder.yml]\nModels: [{Name: a}]\n")
    assert {"MZ101", "MZ210"} <= codes(path)


LINE = st.one_of(
    st.sampled_from(
        ["Models:", "- Name: a", "  Metadata:", "    FLOPs: 4.1e9", "<<: *a", "&a", "---"]
    ),
    st.text(max_size=30),
    st.from_regex(r"\A *[-?:]{0,2} ?[A-Z][a-z ]{1,12}: [\[\]{}&*!|>'\"%@`#,a-z0-9. -]{0,20}\Z"),
)


@st.composite
def inputs(draw):
    kind = draw(st.integers(0, 2))
    if kind == 0:
        return draw(st.binary(max_size=300))
    if kind == 1:
        return "\n".join(draw(st.lists(LINE, max_size=20))).encode("utf-8", "surrogatepass")
    lines = draw(st.sampled_from(REAL)).read_bytes().split(b"\n")[:60]
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(lines) - 1))
        choice = draw(st.integers(0, 3))
        if choice == 0:
            del lines[at : at + 1]
        elif choice == 1:
            lines.insert(at, draw(LINE).encode("utf-8", "surrogatepass"))
        elif choice == 2:
            cut = draw(st.integers(0, len(lines[at])))
            lines[at] = lines[at][:cut] + draw(st.binary(max_size=6)) + lines[at][cut:]
        else:
            lines[at] = b" " * draw(st.integers(0, 8)) + lines[at].lstrip()
        lines = lines or [b""]
    return b"\n".join(lines)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(raw=inputs(), ending=st.sampled_from([".yml", ".json", ".md"]))
def test_whatever_is_written_is_read_checked_reported_and_mended(raw, ending, tmp_path):
    path = tmp_path / f"index{ending}"
    path.write_bytes(raw)
    lines = raw.count(b"\n") + raw.count(b"\r") + 1
    findings = check(read_index([path], root=tmp_path))
    for finding in findings:
        assert finding.location.file == str(path)
        assert 0 <= finding.location.line <= lines
        assert finding.message
    shown = "\n".join(text.lines(findings, color=False))
    assert all(c.isprintable() or c == "\n" for c in shown)
    data.as_sarif(findings)
    data.as_junit(findings, [str(path)])
    data.as_github(findings)
    for patch in patches(findings):
        assert patch.before.count("\n") == patch.after.count("\n")
