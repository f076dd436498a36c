"""``metazoo check`` as a user runs it."""

import json
import re
from pathlib import Path

import pytest

from metazoo.index.reader import read_index
from metazoo.rules import check
from tests.cli.command import DATA, git, metazoo

SEED = DATA / "resnext-2021.md"

# What to write instead of what, on the first line that has it, and what must be found at which text.
PLANTED = [
    ("    Parameters: 88790000\n", "    Paramters: 88790000\n", "MZ208", "Paramters"),
    ("    File Size: 356082095\n", "    File Size: big\n", "MZ301", "big"),
    ("    Crop Pct: '0.875'\n", "    Crop Pct: '87.5'\n", "MZ302", "'87.5'"),
    ("    ID: resnext101_32x8d\n", "    ID: resnext101_32x4d\n", "MZ402", "resnext101_32x4d"),
    (
        "  Weights: https://download.pytorch.org/models/resnext101_32x8d-8ba56ff5.pth\n",
        "  Weights: https//download.pytorch.org/models/resnext101_32x8d-8ba56ff5.pth\n",
        "MZ501",
        "https//download",
    ),
    (
        "      Top 1 Accuracy: 79.3%\n      Top 5 Accuracy: 94.53%\n",
        "      Top 1 Accuracy: 94.53%\n      Top 5 Accuracy: 79.3%\n",
        "MZ401",
        "94.53%",
    ),
    ("- Name: resnext50_32x4d\n", "- Name: resnext101_32x8d\n", "MZ205", None),
    (
        "  In Collection: ResNeXt\n  Metadata:\n    FLOPs: 5781119488\n",
        "  In Collection: ResNext\n  Metadata:\n    FLOPs: 5781119488\n",
        "MZ206",
        "ResNext\n",
    ),
    ("    Momentum: 0.9\n", "    Momentum: 9.0\n", "MZ302", "9.0\n"),
    (
        "    URL: https://paperswithcode.com/paper/aggregated",
        "    URL: https://papperswithcode.com/paper/aggregated",
        "MZ503",
        "https://papperswithcode",
    ),
]


def test_ten_planted_faults_are_named_where_they_stand_and_nothing_else(tmp_path):
    # Without its ID, a model that gets the name of another has no second fault.
    text = SEED.read_text("utf-8").replace("    ID: resnext50_32x4d\n", "", 1)
    before = {(f.code, f.message) for f in check(read_index([SEED], root=DATA))}
    wanted = set()
    for old, new, code, spot in PLANTED:
        assert old in text, old
        start = text.index(old)
        text = text[:start] + new + text[start + len(old) :]
        at = start + (new.index(spot) if spot else len("- Name: "))
        line_start = text.rindex("\n", 0, at) + 1
        wanted.add((code, text.count("\n", 0, at) + 1, at - line_start + 1))
    page = tmp_path / "resnext-2021.md"
    page.write_text(text, "utf-8")

    result = metazoo("check", page, "--format", "json")

    findings = json.loads(result.stdout)["findings"]
    new = {
        (f["code"], f["line"], f["column"])
        for f in findings
        if (f["code"], f["message"]) not in before
    }
    assert len(wanted) == 10
    assert new == wanted
    assert result.returncode == 1


def test_exit_codes(tmp_path):
    clean = tmp_path / "clean.yml"
    clean.write_text("Models: [{Name: a}]\n", "utf-8")
    broken = tmp_path / "broken.yml"
    broken.write_text("Models: [\n", "utf-8")
    binary = tmp_path / "binary.yml"
    binary.write_bytes(b"\x00\x01")
    assert metazoo("check", clean).returncode == 0
    assert metazoo("check", broken).returncode == 1
    assert metazoo("check", binary).returncode == 2
    assert metazoo("check", tmp_path / "none.yml").returncode == 2
    assert metazoo("check", clean, "--select", "MZ999").returncode == 2
    assert metazoo("check", clean, "--format", "morse").returncode == 2


def test_text_quotes_the_line_and_marks_the_spot(tmp_path):
    (tmp_path / "index.yml").write_text(
        "Models:\n- Name: a\n  Metadata:\n    Epochs: ninety\n", "utf-8"
    )
    result = metazoo("check", "index.yml", cwd=tmp_path)
    lines = result.stdout.splitlines()
    at = next(i for i, line in enumerate(lines) if "MZ301" in line)
    assert lines[at].startswith("index.yml:4:13: error MZ301: a: Epochs is “ninety”")
    assert lines[at + 1] == "  4 |     Epochs: ninety"
    assert lines[at + 2] == "    |             ^"
    assert lines[at + 3].startswith("  = Write one number")
    assert lines[-2:] == [
        "Run with --verbose to list the notes.",
        "1 error, 1 note (1 file, 1 model)",
    ]
    assert result.stderr == ""


def test_text_can_not_steer_a_terminal(tmp_path):
    file = tmp_path / "index.yml"
    file.write_text('Models:\n- Name: "a\\e[31m"\n  Weights: "https//x\\u202e"\n', "utf-8")
    result = metazoo("check", file)
    assert "MZ501" in result.stdout
    assert not re.search("[\x1b\u202e]", result.stdout)


def test_select_ignore_and_severities(tmp_path):
    (tmp_path / "index.yml").write_text("Models: [{Name: a, Metadata: {Epochs: 0}}]\n", "utf-8")

    def codes(*arguments):
        result = metazoo("check", "index.yml", "--format", "json", *arguments, cwd=tmp_path)
        return [f["code"] for f in json.loads(result.stdout)["findings"]], result.returncode

    assert codes() == (["MZ210", "MZ302"], 1)
    assert codes("--ignore", "out-of-range") == (["MZ210"], 0)
    assert codes("--select", "values") == (["MZ302"], 1)
    assert codes("--select", "MZ2,MZ3", "--ignore", "MZ302") == (["MZ210"], 0)
    (tmp_path / "metazoo.toml").write_text(
        'ignore = ["MZ302"]\n[severity]\nmissing-field = "error"\n', "utf-8"
    )
    assert codes() == (["MZ210"], 1)
    (tmp_path / "metazoo.toml").write_text('[severity]\nMZ302 = "grave"\n', "utf-8")
    result = metazoo("check", "index.yml", cwd=tmp_path)
    assert result.returncode == 2
    assert "error, warning, info" in result.stderr


def test_waivers(tmp_path):
    (tmp_path / "model_index").mkdir()
    (tmp_path / "model_index" / "index.yml").write_text(
        "Models:\n- {Name: abc, Metadata: {Epochs: 0}}\n- {Name: xyz, Metadata: {Epochs: 0}}\n",
        "utf-8",
    )
    (tmp_path / "model_index" / "waivers.yml").write_text(
        """\
Waivers:
- {Rule: MZ302, Models: a*, Reason: trained for no epoch, Expires: 2999-01-01}
- {Rule: out-of-range, Models: xyz, Reason: was fine once, Expires: 2001-01-01}
- {Rule: MZ401, Models: [nobody], Reason: left over, Expires: 2999-01-01}
- {Rule: MZ210, Reason: known, Expires: 2999-01-01}
- {Rule: MZ999, Reason: no such rule, Expires: 2999-01-01}
""",
        "utf-8",
    )
    result = metazoo("check", "--format", "json", cwd=tmp_path)
    found = json.loads(result.stdout)
    shown = {(f["code"], f["model"], f["line"], f["waived"]) for f in found["findings"]}
    assert shown == {
        ("MZ302", "abc", 2, "trained for no epoch"),
        ("MZ302", "xyz", 3, None),
        ("MZ210", "abc", 2, "known"),
        ("MZ210", "xyz", 3, "known"),
        ("MZ702", None, 3, None),
        ("MZ703", None, 4, None),
        ("MZ701", None, 6, None),
    }
    assert found["summary"]["waived"] == 3
    text = metazoo("check", cwd=tmp_path)
    assert "3 waived" in text.stdout
    assert "abc" not in text.stdout


def test_no_path_means_the_project(tmp_path):
    (tmp_path / "model_index").mkdir()
    (tmp_path / "model_index" / "index.yml").write_text("Models: [{Name: a}]\n", "utf-8")
    (tmp_path / "deeper").mkdir()
    result = metazoo("check", "--verbose", cwd=tmp_path)
    assert "model_index/index.yml:1:17: note MZ210" in result.stdout
    assert metazoo("check", cwd=tmp_path / "deeper").returncode == 0


@pytest.mark.parametrize("name", ["model-index.yml", "model_index.json", "index.yaml"])
def test_without_a_project_the_index_that_is_here_is_named(tmp_path, name):
    (tmp_path / name).write_text('{"Models": [{"Name": "a"}]}', "utf-8")
    result = metazoo("check", cwd=tmp_path)
    assert result.returncode == 2
    assert result.stderr == (
        f"metazoo: model_index/index.yml does not exist; to read {name} instead, name it:"
        f" `metazoo check {name}`\n"
    )
    assert metazoo("check", name, cwd=tmp_path).returncode == 0


def test_without_a_project_and_an_index_none_is_named(tmp_path):
    (tmp_path / "family.yml").write_text("Models: [{Name: a}]\n", "utf-8")
    result = metazoo("check", cwd=tmp_path)
    assert result.returncode == 2
    assert "name an index to read, or run this in a project's folder" in result.stderr


def test_output_goes_to_a_file(tmp_path):
    target = tmp_path / "report.json"
    result = metazoo("check", SEED, "--format", "json", "--output", target)
    assert result.stdout == ""
    assert json.loads(target.read_text("utf-8"))["summary"]["models"] == 4


def test_checking_needs_no_torch():
    assert metazoo("check", SEED, torch=False).returncode == 0


def test_the_index_of_this_repository_has_no_errors():
    result = metazoo("check", "--format", "json", cwd=Path(__file__).parents[2])
    assert json.loads(result.stdout)["summary"]["error"] == 0


def test_fix_mends_and_diff_only_shows(tmp_path):
    file = tmp_path / "index.yml"
    text = "Models:\n- Name: a  # one\n  Metadata: {Paramters: 25.03M}\n"
    file.write_text(text, "utf-8")
    shown = metazoo("check", "index.yml", "--diff", cwd=tmp_path)
    assert file.read_text("utf-8") == text
    assert "-  Metadata: {Paramters: 25.03M}\n+  Metadata: {Parameters: 25.03M}\n" in shown.stdout
    mended = metazoo("check", "index.yml", "--fix", cwd=tmp_path)
    assert "Fixed 2 values in 1 file" in mended.stderr
    assert file.read_text("utf-8") == text.replace("Paramters: 25.03M", "Parameters: 25030000")
    assert "Fixed 0 values" in metazoo("check", "index.yml", "--fix", cwd=tmp_path).stderr


MIXED = """\
Models:
- {Name: a, Metadata: {Epochs: 0}}
- {Name: b, Metadata: {Epochs: 0, Paramters: 3}}
- {Name: c, Metadata: {Epochs: 1}}
"""


def test_notes_are_counted_by_rule_and_the_rest_is_listed(tmp_path):
    (tmp_path / "index.yml").write_text(MIXED, "utf-8")
    lines = metazoo("check", "index.yml", cwd=tmp_path).stdout.splitlines()
    assert [line for line in lines if "MZ" in line] == [
        next(line for line in lines if line.startswith("index.yml:2:32: error MZ302: a:")),
        next(line for line in lines if line.startswith("index.yml:3:32: error MZ302: b:")),
        next(line for line in lines if line.startswith("index.yml:3:35: warning MZ208: b:")),
        "note MZ210 missing-field (3 models): A model lacks fields that users of a zoo look for.",
    ]
    assert lines[-2:] == [
        "Run with --verbose to list the notes.",
        "2 errors, 1 warning, 3 notes (1 file, 3 models)",
    ]
    for option in ("--verbose", "-v"):
        lines = metazoo("check", "index.yml", option, cwd=tmp_path).stdout.splitlines()
        assert sum(": note MZ210: " in line for line in lines) == 3
        assert lines[-1] == "2 errors, 1 warning, 3 notes (1 file, 3 models)"


def test_a_note_that_is_made_a_warning_is_listed(tmp_path):
    (tmp_path / "index.yml").write_text(MIXED, "utf-8")
    (tmp_path / "metazoo.toml").write_text('[severity]\nmissing-field = "warning"\n', "utf-8")
    shown = metazoo("check", "index.yml", cwd=tmp_path).stdout
    assert shown.count(": warning MZ210: ") == 3
    assert "--verbose" not in shown


def test_statistics_count_findings_by_rule(tmp_path):
    (tmp_path / "index.yml").write_text(MIXED, "utf-8")
    result = metazoo("check", "index.yml", "--statistics", cwd=tmp_path)
    assert result.returncode == 1
    assert result.stdout.splitlines() == [
        "3  MZ210  note     missing-field",
        "2  MZ302  error    out-of-range",
        "1  MZ208  warning  misspelled-key",
        "2 errors, 1 warning, 3 notes (1 file, 3 models)",
    ]
    (tmp_path / "index.yml").write_text("Models: []\n", "utf-8")
    result = metazoo("check", "index.yml", "--statistics", cwd=tmp_path)
    assert (result.returncode, result.stdout) == (0, "Nothing found (1 file, 0 models)\n")
    for other in (("--verbose",), ("--format", "json")):
        result = metazoo("check", "index.yml", "--statistics", *other, cwd=tmp_path)
        assert result.returncode == 2
        assert "--statistics prints counts" in result.stderr


@pytest.mark.parametrize("form", ["json", "sarif", "junit", "github"])
def test_formats_for_programs_hold_every_note(tmp_path, form):
    (tmp_path / "index.yml").write_text(MIXED, "utf-8")
    shown = metazoo("check", "index.yml", "--format", form, cwd=tmp_path).stdout
    assert len(re.findall("(?:are|is) missing", shown)) == 3


def test_the_zoo_of_this_repository_fits_a_screen():
    result = metazoo("check", cwd=Path(__file__).parents[2])
    lines = result.stdout.splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 100
    assert re.search(r"^note MZ210 missing-field \(\d+ models\)", result.stdout, re.MULTILINE)


# What pre-commit may pass along with an index: other YAML, JSON and Markdown.
OTHERS = {
    ".github/workflows/ci.yml": "name: ci\non: push\njobs: {a: {runs-on: x}}\n",
    "mkdocs.yml": "site_name: x\nx: !!python/name:a.b\n",
    "two.yml": "a: 1\n---\nb: 2\n",
    "hooks.yaml": "- {id: a, name: b, entry: c}\n",
    "empty.yml": "",
    "package.json": '{"name": "x", "license": "MIT", "config": {}}\n',
    "measured/f.json": '{"format": 1, "models": [{"model": "a", "source": "timm"}]}\n',
    "README.md": "# A zoo\n<!-- a comment -->\n",
    "post.md": "---\ntitle: x\n---\n# A post\n",
}


def write_others(folder):
    for name, text in OTHERS.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")


def test_other_files_in_a_list_are_skipped_aloud(tmp_path):
    write_others(tmp_path)
    (tmp_path / "family.yml").write_text("Models: [{Name: a, Metadata: {Epochs: 0}}]\n", "utf-8")
    (tmp_path / "zoo.yml").write_text("Import: family.yml\n", "utf-8")
    for files in (["family.yml", *OTHERS, "zoo.yml"], ["zoo.yml", *OTHERS, "family.yml"]):
        result = metazoo("check", *files, "--format", "json", cwd=tmp_path)
        found = json.loads(result.stdout)
        assert {f["code"] for f in found["findings"]} == {"MZ210", "MZ302"}
        assert (found["summary"]["files"], found["summary"]["models"]) == (2, 1)
        assert result.returncode == 1
        assert result.stderr == f"Skipped 9 files that hold no index: {', '.join(OTHERS)}\n"


def test_a_list_without_any_index_is_fine_and_a_single_file_without_one_is_not(tmp_path):
    write_others(tmp_path)
    result = metazoo("check", "README.md", "mkdocs.yml", cwd=tmp_path)
    assert result.returncode == 0
    assert result.stdout == "Nothing found (0 files, 0 models)\n"
    assert result.stderr == "Skipped 2 files that hold no index: README.md, mkdocs.yml\n"
    result = metazoo("check", "README.md", cwd=tmp_path)
    assert result.returncode == 1
    assert "error MZ112: README.md holds no model index" in result.stdout
    assert result.stderr == ""


def test_a_file_in_a_list_that_cannot_be_read_is_an_error(tmp_path):
    write_others(tmp_path)
    (tmp_path / "bad.yml").write_text("name: [\n", "utf-8")
    result = metazoo("check", "bad.yml", "README.md", cwd=tmp_path)
    assert result.returncode == 1
    assert "bad.yml:1:7: error MZ106" in result.stdout
    assert result.stderr == "Skipped 1 file that holds no index: README.md\n"


def test_many_skipped_files_are_counted(tmp_path):
    names = [f"{n}.md" for n in range(10, 32)]
    for name in names:
        (tmp_path / name).write_text("# A page\n", "utf-8")
    result = metazoo("check", *names[:20], cwd=tmp_path)
    assert result.stderr.endswith(", 29.md\n")
    result = metazoo("check", *names, cwd=tmp_path)
    assert result.stderr.endswith(", 29.md, and 2 more\n")


def test_verify_takes_the_same_list(tmp_path):
    write_others(tmp_path)
    (tmp_path / "zoo.yml").write_text("Models: [{Name: a}]\n", "utf-8")
    arguments = ("--check", "--records", tmp_path / "none", "--format", "json")
    result = metazoo("verify", "zoo.yml", "README.md", *arguments, cwd=tmp_path)
    assert result.stderr == "Skipped 1 file that holds no index: README.md\n"
    assert {v["model"] for v in json.loads(result.stdout)["verdicts"]} == {"a"}


def test_a_part_that_is_named_too_is_read_as_a_part(tmp_path):
    (tmp_path / "part.yml").write_text("{Epochs: 0, LR: 1e-3}\n", "utf-8")
    (tmp_path / "zoo.yml").write_text("Models: [{Name: a, Metadata: part.yml}]\n", "utf-8")
    result = metazoo("check", "part.yml", "zoo.yml", "--format", "json", cwd=tmp_path)
    found = json.loads(result.stdout)
    assert ("MZ302", "part.yml") in {(f["code"], f["file"]) for f in found["findings"]}
    assert found["summary"]["files"] == 2


def test_waivers_are_called_unused_only_where_the_whole_index_was_read(tmp_path):
    (tmp_path / "model_index").mkdir()
    (tmp_path / "model_index" / "index.yml").write_text("Import: [a.yml]\n", "utf-8")
    (tmp_path / "model_index" / "a.yml").write_text("Models: [{Name: a}]\n", "utf-8")
    (tmp_path / "model_index" / "waivers.yml").write_text(
        "Waivers: [{Rule: MZ302, Reason: left over, Expires: 2999-01-01}]\n", "utf-8"
    )

    def unused(*paths):
        return "MZ703" in metazoo("check", *paths, cwd=tmp_path).stdout

    assert unused()
    assert unused("model_index/index.yml")
    assert not unused("model_index/a.yml")


def test_changed_since_reports_what_the_change_touches(tmp_path):
    bad = "Metadata: {Epochs: 0}"
    files = {
        "index.yml": "Import: [old.yml, family.yml]\n",
        "old.yml": f"Models: [{{Name: old, {bad}}}]\n",
        "family.yml": "Collections: [{Name: F}]\n",
        "unlisted.yml": f"Models: [{{Name: unlisted, {bad}}}]\n",
        "member.yml": f"Models: [{{Name: member, In Collection: F, {bad}}}]\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
    (tmp_path / "index.yml").write_text("Import: [old.yml, family.yml, member.yml]\n", "utf-8")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "first")

    def found(revision="HEAD"):
        arguments = ("--format", "json", "--select", "MZ302", "--changed-since", revision)
        result = metazoo("check", "index.yml", *arguments, cwd=tmp_path)
        return sorted(f["model"] for f in json.loads(result.stdout)["findings"])

    assert found() == []
    (tmp_path / "family.yml").write_text(
        "Collections: [{Name: F, Code: 'https://x.org'}]\n", "utf-8"
    )
    assert found() == ["member"]
    git(tmp_path, "commit", "-qam", "second")
    (tmp_path / "member.yml").write_text(f"Import: unlisted.yml\n{files['member.yml']}", "utf-8")
    assert found() == ["member", "unlisted"]
    assert found("HEAD~1") == ["member", "unlisted"]
    for revision in ("no-such", "--help"):
        result = metazoo("check", "index.yml", f"--changed-since={revision}", cwd=tmp_path)
        assert result.returncode == 2
        assert "revision" in result.stderr


def test_changed_since_needs_a_repository(tmp_path):
    (tmp_path / "index.yml").write_text("Models: [{Name: a}]\n", "utf-8")
    result = metazoo("check", tmp_path / "index.yml", "--changed-since", "HEAD")
    assert result.returncode == 2
    assert "not a git repository" in result.stderr


def test_metrics_of_the_glossary_are_checked(tmp_path):
    folder = tmp_path / "model_index"
    folder.mkdir()
    (folder / "index.yml").write_text(
        "Models:\n- Name: a\n  Results:\n    Dataset: D\n    Metrics: {Grade: 7, Top 1 Accuracy: 70%}\n"
    )
    glossary = folder / "glossary.yml"
    glossary.write_text("Metrics:\n- {Name: Grade, Range: [1, 6], Better: lower}\nReLU: 5\n")
    done = metazoo("check", "--format", "json", "--ignore", "MZ210", cwd=tmp_path)
    found = [(f["code"], f["file"], f["line"]) for f in json.loads(done.stdout)["findings"]]
    assert found == [
        ("MZ803", "model_index/glossary.yml", 3),
        ("MZ302", "model_index/index.yml", 5),
    ]
    glossary.write_text("Metrics:\n- {Name: Grade, Range: [1, 7], Better: lower}\n")
    done = metazoo("check", "--format", "json", "--ignore", "MZ210", cwd=tmp_path)
    assert json.loads(done.stdout)["findings"] == []


def test_a_glossary_outside_the_project_is_not_quoted(tmp_path):
    (tmp_path / "secret").write_text("hunter2: [\n")
    folder = tmp_path / "project" / "model_index"
    folder.mkdir(parents=True)
    (folder / "index.yml").write_text("Models:\n- Name: a\n")
    (folder / "glossary.yml").symlink_to(tmp_path / "secret")
    for style in ("text", "json", "sarif", "junit", "github"):
        done = metazoo("check", "--format", style, "--ignore", "MZ210", cwd=tmp_path / "project")
        assert done.returncode == 1
        assert "leads out of the project" in done.stdout
        assert "hunter2" not in done.stdout + done.stderr
