"""Repair: only the touched values change, and mending twice changes nothing more."""

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metazoo.cli.mending import mend
from metazoo.errors import UsageError
from metazoo.findings import Finding, Fix, Location
from metazoo.index import nodes
from metazoo.index.patch import Patch, patched, patches
from metazoo.index.reader import read_index
from metazoo.index.text import Text
from metazoo.rules import check

CORPUS = Path(__file__).parents[1] / "corpus"


def mended(path, root):
    """Mend a file until nothing is left to mend; the number of values changed."""
    made = 0
    for _ in range(10):
        found = patches(check(read_index([path], root=root)))
        if not found:
            return made
        for patch in found:
            patch.write()
            made += patch.made
    raise AssertionError("mending never ends")


def fixable(path):
    return any(f.fixes for f in check(read_index([path], root=path.parent)))


CASES = sorted(
    path for path in CORPUS.glob("bad/*/*.*") if path.suffix != ".expected" and fixable(path)
)


def test_the_corpus_has_fixable_cases():
    assert len(CASES) >= 20


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_mending_touches_nothing_but_the_values(case, tmp_path):
    path = tmp_path / case.name
    shutil.copy(case, path)
    before = path.read_bytes()
    wanted = [fix for f in check(read_index([path], root=tmp_path)) for fix in f.fixes]
    assert mended(path, tmp_path) >= 1
    after = path.read_bytes()
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    assert len(old) == len(new)
    lines = {fix.location.line for fix in wanted}
    for number, (a, b) in enumerate(zip(old, new, strict=True), 1):
        if number not in lines:
            assert a == b
    assert patches(check(read_index([path], root=tmp_path))) == []
    path.write_bytes(after)
    assert mended(path, tmp_path) == 0


def test_everything_around_a_value_stays(tmp_path):
    text = (
        "# head\r\n"
        "Models:   # the models\r\n"
        "\r\n"
        "-   Name :  'a'\r\n"
        '    Metadata: { Paramters: &p "25.03M" ,  FLOPs: 4.1e9,Epochs: 90 }   # ü tail\r\n'
        "    License:   Apache 2   \r\n"
        "    Weights: 'http://arxiv.org/it''s'"
    )
    path = tmp_path / "index.yml"
    path.write_bytes(("\ufeff" + text).encode())
    assert mended(path, tmp_path) == 4
    assert path.read_bytes().decode() == "\ufeff" + text.replace("Paramters", "Parameters").replace(
        '"25.03M"', '"25030000"'
    ).replace("4.1e9", "4100000000").replace("http:", "https:")


def test_a_comment_in_markdown_is_mended_where_it_stands(tmp_path):
    text = "# 25.03M\n\n<!-- Name: a\nMetadata:\n  Parameters: 25.03M\n-->\n\n25.03M\n"
    path = tmp_path / "page.md"
    path.write_text(text, "utf-8")
    assert mended(path, tmp_path) == 1
    assert path.read_text("utf-8") == text.replace("Parameters: 25.03M", "Parameters: 25030000")


def test_a_fix_that_no_longer_fits_is_not_made():
    whole = Text("index.yml", "Name: a\nMetadata: {Epochs: 90}\n")
    for fix in (
        Fix(Location("index.yml", 1, 7), "b", "c"),
        Fix(Location("index.yml", 1, 8), "a", "c"),
        Fix(Location("index.yml", 2, 11), "", "c"),
    ):
        assert patched(whole, ".yml", [fix]) == (whole.text, 0)


FIXABLE = "Models:\n- Name: a\n  Metadata: {Parameters: 25.03M}\n"
FIXED = FIXABLE.replace("25.03M", "25030000")


def test_an_edit_made_meanwhile_is_not_lost(tmp_path):
    path = tmp_path / "index.yml"
    path.write_text(FIXABLE, "utf-8")
    (patch,) = patches(check(read_index([path])))
    edited = FIXABLE + "- Name: b\n"
    path.write_text(edited, "utf-8")
    assert patch.write() is False
    assert path.read_text("utf-8") == edited
    path.write_text(FIXABLE, "utf-8")
    assert patch.write() is True
    assert path.read_text("utf-8") == FIXED
    assert patch.write() is False
    path.unlink()
    assert patch.write() is False
    assert list(tmp_path.iterdir()) == []


def test_a_file_changed_meanwhile_is_read_again_and_mended(tmp_path, capsys, monkeypatch):
    path = tmp_path / "index.yml"
    path.write_text(FIXABLE, "utf-8")

    def and_then_edit(findings):
        found = patches(findings)
        if not path.read_text("utf-8").startswith("#"):
            path.write_text("# edited\n" + FIXABLE, "utf-8")
        return found

    monkeypatch.setattr("metazoo.index.patch.patches", and_then_edit)
    mend(check(read_index([path])), lambda: check(read_index([path])))
    assert path.read_text("utf-8") == "# edited\n" + FIXED
    told = capsys.readouterr().err
    assert "index.yml was changed by somebody else in the meantime" in told
    assert "Fixed 1 value in 1 file" in told


def test_mending_keeps_mode_owner_and_links(tmp_path):
    path, link = tmp_path / "index.yml", tmp_path / "link.yml"
    path.write_text(FIXABLE, "utf-8")
    path.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(path, 4321, 1234)
    before = path.stat()
    link.symlink_to(path)
    assert mended(link, tmp_path) == 1
    after = path.stat()
    assert link.is_symlink()
    assert path.read_text("utf-8") == FIXED
    assert (after.st_mode, after.st_uid, after.st_gid) == (
        before.st_mode,
        before.st_uid,
        before.st_gid,
    )


def test_hard_links_are_not_separated_and_the_other_files_are_mended(tmp_path, capsys):
    for name in ("a.yml", "b.yml", "c.yml"):
        (tmp_path / name).write_text(FIXABLE.replace("Name: a", f"Name: {name[0]}"), "utf-8")
    (tmp_path / "twin").hardlink_to(tmp_path / "b.yml")

    def look():
        return check(read_index([tmp_path]))

    with pytest.raises(UsageError, match=r"b\.yml: the file has 2 hard links"):
        mend(look(), look)
    assert "Fixed 2 values in 2 files" in capsys.readouterr().err
    texts = [(tmp_path / name).read_text("utf-8") for name in ("a.yml", "b.yml", "c.yml", "twin")]
    assert ["25.03M" in text for text in texts] == [False, True, False, True]
    assert (tmp_path / "twin").samefile(tmp_path / "b.yml")


_KILLED = """
import os, signal, sys
from pathlib import Path
from metazoo.index.patch import Patch
os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)
Patch(sys.argv[1], "old", "new", 1).write()
"""


def test_a_killed_run_leaves_nothing_behind_for_good(tmp_path):
    path = tmp_path / "index.yml"
    path.write_text("old", "utf-8")
    killed = subprocess.run([sys.executable, "-c", _KILLED, str(path)], check=False)
    assert killed.returncode == -9
    assert path.read_text("utf-8") == "old"
    path.write_text(FIXABLE, "utf-8")
    assert mended(path, tmp_path) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["index.yml"]


TEXTS = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"), exclude_characters="\x85\ufeff"),
    min_size=1,
    max_size=20,
)


@given(
    st.lists(TEXTS, min_size=1, max_size=8),
    TEXTS,
    st.integers(0, 2**32),
    st.sampled_from(["'", '"']),
)
def test_any_value_can_become_any_other(values, new, seed, quote):
    rng = random.Random(seed)  # noqa: S311

    def quoted(value):
        if quote == "'":
            return "'" + value.replace("'", "''") + "'"
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'

    text = "".join(f"k{i}: {quoted(v)}  # note\n" for i, v in enumerate(values))
    whole = Text("index.yml", text)
    line = rng.randrange(len(values))
    fix = Fix(Location("index.yml", line + 1, len(f"k{line}: ") + 1), values[line], new)
    after, made = patched(whole, ".yml", [fix])
    wanted = [*values]
    wanted[line] = new
    roots, _ = nodes.compose(Text("index.yml", after).part())
    assert [value.value for _, value in roots[0].value] == wanted
    assert made == (new != values[line])
    assert [x for i, x in enumerate(after.splitlines()) if i != line] == [
        x for i, x in enumerate(text.splitlines()) if i != line
    ]


@given(TEXTS, st.sampled_from(["Name: {}\n", "- {}\n", "{{a: {}, b: c}}\n", "[x, {}]\n"]))
def test_a_plain_value_gets_quotes_where_it_needs_them(new, template):
    whole = Text("index.yml", template.format("old"))
    column = template.index("{}") + 1 - template[: template.index("{}")].count("{{")
    after, made = patched(whole, ".yml", [Fix(Location("index.yml", 1, column), "old", new)])
    assert made == (new != "old")
    roots, findings = nodes.compose(Text("index.yml", after).part())
    assert findings == []
    assert repr(new)[1:-1] in repr(flat(roots[0]))


def flat(node):
    if isinstance(node.value, str):
        return node.value
    return [flat(x) if not isinstance(x, tuple) else [flat(y) for y in x] for x in node.value]


def fixed(text, *fixes, ending=".yml"):
    """A text with fixes of (line, column, old, new) made, and how many were."""
    placed = [Fix(Location("a", line, column), old, new) for line, column, old, new in fixes]
    return patched(Text("a", text), ending, placed)


@pytest.mark.parametrize(
    ("text", "column", "new", "after"),
    [
        ("a: b\n", 4, "c", "a: c\n"),
        ("a: b\n", 4, "c: d", "a: 'c: d'\n"),
        ("a: b\n", 4, "c:", "a: 'c:'\n"),
        ("a: b\n", 4, "c #d", "a: 'c #d'\n"),
        ("a: b\n", 4, "c#d", "a: c#d\n"),
        ("a: b\n", 4, "c ", "a: 'c '\n"),
        ("a: b\n", 4, "", "a: ''\n"),
        ("a: b\n", 4, "it's", "a: it's\n"),
        ("a: b\n", 4, "[c", "a: '[c'\n"),
        ("a: 'b'\n", 4, "it's", "a: 'it''s'\n"),
        ('a: "b"\n', 4, 'c"\\d', 'a: "c\\"\\\\d"\n'),
        ("a: &x !t b\n", 4, "c", "a: &x !t c\n"),
        ("b: a\n", 1, "c", "c: a\n"),
    ],
)
def test_a_new_value_keeps_the_quotes_or_gets_those_it_needs(text, column, new, after):
    assert fixed(text, (1, column, "b", new)) == (after, 1)


def test_json_gets_quotes_only_from_the_old_value():
    assert fixed('{"a": 1}', (1, 7, "1", "2"), ending=".json") == ('{"a": 2}', 1)
    assert fixed('{"a": "b"}', (1, 7, "b", 'c"'), ending=".json") == ('{"a": "c\\""}', 1)
    assert fixed('{"a": 1}', (1, 7, "1", "b: c"), ending=".json") == ('{"a": 1}', 0)


@pytest.mark.parametrize(
    "text", ["a: 'b\n  c'\n", "a: |\n  b c\n", "a: >\n  b\n  c\n", "a: b\n  c\n"]
)
def test_a_text_over_several_lines_stays(text):
    (root,), _ = nodes.compose(Text("a", text).part())
    old = root.value[0][1].value
    assert fixed(text, (1, 4, old, "new")) == (text, 0)


def test_a_change_that_would_touch_another_value_is_left_out_and_the_others_are_made():
    # The value of the alias would change too.
    text = "a: &x b\nc: *x\nd: e\n"
    assert fixed(text, (1, 4, "b", "n"), (3, 4, "e", "f")) == ("a: &x n\nc: *x\nd: f\n", 2)
    # In quotes, a line break is read as a blank.
    text = "a: b\nd: e\n"
    assert fixed(text, (1, 4, "b", "x\ny"), (2, 4, "e", "f")) == ("a: b\nd: f\n", 1)


def test_several_changes_in_one_line_keep_their_places():
    text = "{a: b, c: d, e: f}\n"
    fixes = [(1, 5, "b", "longer"), (1, 11, "d", ""), (1, 17, "f", "g")]
    assert fixed(text, *fixes) == ("{a: longer, c: '', e: g}\n", 3)


def test_only_the_first_of_two_fixes_for_a_place_is_made(tmp_path):
    path = tmp_path / "a.yml"
    path.write_text("a: b\n")
    place = Location(str(path), 1, 4)

    def finding(new, **more):
        return Finding("MZ000", "x", place, fixes=(Fix(place, "b", new),), **more)

    (patch,) = patches([finding("w", waived="known"), finding("c"), finding("d")])
    assert (patch.file, patch.before, patch.after, patch.made) == (str(path), "a: b\n", "a: c\n", 1)
    assert patches([finding("w", waived="known")]) == []
    assert patches([finding("b")]) == []
    path.unlink()
    assert patches([finding("c")]) == []


def test_a_patch_shows_its_change_as_a_diff():
    lines = list(Patch("a\x1b.yml", "a: b\nc: d", "a: b\nc: e", 1).diff())
    assert lines[0] == "--- a\\x1b.yml\n"
    assert lines[3:] == [
        *(" a: b\n", "-c: d\n", "\\ No newline at end of file\n"),
        *("+c: e\n", "\\ No newline at end of file\n"),
    ]
    assert list(Patch("a", "b\r\nc\rd\n", "b\r\nc\re\n", 1).diff())[-2:] == ["-c\rd\n", "+c\re\n"]


def test_front_matter_and_comments_are_mended_and_the_page_is_not():
    page = "---\nModels: a\n---\nModels: a\n<!-- Name: a -->\n"
    after, made = fixed(page, (2, 9, "a", "b"), (4, 9, "a", "b"), (5, 12, "a", "b"), ending=".md")
    assert (after, made) == ("---\nModels: b\n---\nModels: a\n<!-- Name: b -->\n", 2)
