"""A glossary from a stranger: every fault is a finding with its place, and the rest is kept."""

import os
from pathlib import Path

import pytest

from metazoo.findings import Location, Severity
from metazoo.index.glossary import MOST_FINDINGS, read_glossary
from metazoo.index.nodes import DEEPEST
from metazoo.metrics import Better
from metazoo.rules import CATALOGUE

CORPUS = Path(__file__).parents[1] / "corpus" / "glossary"
CASES = sorted(CORPUS.glob("*.expected"))


def read(tmp_path, content):
    file = tmp_path / "glossary.yml"
    file.write_text(content, "utf-8")
    return read_glossary(file, tmp_path)


@pytest.mark.parametrize("expected", CASES, ids=lambda path: path.stem)
def test_a_bad_glossary_gives_its_findings_and_nothing_else(expected):
    file = expected.with_suffix(".yml")
    findings = read_glossary(file, CORPUS).findings
    found = "".join(f"{f.code} {f.location.line} {f.location.column}\n" for f in findings)
    assert found == expected.read_text("utf-8"), "\n".join(map(str, findings))
    for finding in findings:
        assert finding.location.file.endswith(file.name)
        assert finding.hint.endswith(".")
        assert not finding.message.endswith(".")
        assert finding.severity is CATALOGUE[finding.code].severity


def test_the_rest_of_a_glossary_is_kept():
    entries = read_glossary(CORPUS / "values.yml", CORPUS).entries
    assert set(entries) == {"relu", "quoted", "2026-13-45", "mixup", "cutmix", "last"}
    assert entries["relu"].text == "Again."
    assert entries["quoted"].text == "12345"
    assert entries["mixup"].url == "https://arxiv.org/abs/1710.09412"


def test_without_a_file_a_glossary_is_empty(tmp_path):
    glossary = read_glossary(tmp_path / "glossary.yml", tmp_path)
    assert glossary.entries == {}
    assert glossary.findings == ()
    assert glossary.metrics.find("WER").better is Better.LOWER


@pytest.mark.parametrize(
    "content", ["", "\n", "# nothing\n", "~\n", "{}\n", "Metrics:\n- Name: A\n"]
)
def test_an_empty_glossary_is_no_fault(tmp_path, content):
    assert read(tmp_path, content).findings == ()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("[" * 100_000, "MZ108"),
        ("A: " + "{a: " * 100_000, "MZ108"),
        ("a: " * 100_000, "MZ106"),
        ("A: " + "9" * 5_000, "MZ803"),
        ("A: !!int " + "9" * 5_000, "MZ803"),
        ("A: 1" + ":59" * 5_000, "MZ803"),
        ("A: !!timestamp 2026-13-45", "MZ110"),
        ("A: &a [*a]", "MZ109"),
        ("a\n" * 600_000, "MZ102"),
    ],
)
def test_a_hostile_glossary_is_refused_at_its_place(tmp_path, content, code):
    findings = [f for f in read(tmp_path, content).findings if f.code == code]
    assert findings
    assert len(findings[0].message) < 200


def test_aliases_that_nest_too_deep_are_refused(tmp_path):
    def nested(levels):
        lines = ["X1: &x1 [a]", *(f"X{n}: &x{n} [*x{n - 1}]" for n in range(2, levels + 1))]
        return "\n".join(lines)

    # The document itself is one level.
    codes = {f.code for f in read(tmp_path, nested(DEEPEST - 1)).findings}
    assert codes == {"MZ803"}
    assert [f.code for f in read(tmp_path, nested(DEEPEST)).findings] == ["MZ109"]
    assert [f.code for f in read(tmp_path, nested(600)).findings] == ["MZ109"]


def test_faults_are_listed_up_to_a_limit_and_counted_beyond_it(tmp_path):
    def faulty(count):
        return read(tmp_path, "".join(f"W{n}: 1\n" for n in range(count)) + "Good: A word.\n")

    assert len(faulty(MOST_FINDINGS).findings) == MOST_FINDINGS
    glossary = faulty(MOST_FINDINGS + 1)
    assert len(glossary.findings) == MOST_FINDINGS + 1
    assert "1 more problem" in glossary.findings[-1].message
    assert "good" in glossary.entries


def test_a_link_out_of_the_project_is_refused_and_not_quoted(tmp_path):
    (tmp_path / "secret.yml").write_text("Password: [hunter2\n")
    project = tmp_path / "project"
    project.mkdir()
    (project / "glossary.yml").symlink_to(tmp_path / "secret.yml")
    glossary = read_glossary(project / "glossary.yml", project)
    (finding,) = glossary.findings
    assert glossary.entries == {}
    assert "leads out of the project" in finding.message
    assert finding.location == Location((project / "glossary.yml").as_posix())
    assert "hunter2" not in str(finding)
    assert read_glossary(project / "glossary.yml", tmp_path).findings[0].code == "MZ106", "inside"


def test_a_link_within_the_project_is_read(tmp_path):
    (tmp_path / "words.yml").write_text("ReLU: A word.\n")
    (tmp_path / "glossary.yml").symlink_to("words.yml")
    assert read_glossary(tmp_path / "glossary.yml", tmp_path).entries["relu"].text == "A word."


@pytest.mark.parametrize("kind", ["pipe", "folder", "nowhere", "circle"])
def test_what_is_no_regular_file_is_a_finding(tmp_path, kind):
    file = tmp_path / "glossary.yml"
    if kind == "pipe":
        os.mkfifo(file)
    elif kind == "folder":
        file.mkdir()
    else:
        file.symlink_to("glossary.yml" if kind == "circle" else "missing.yml")
    (finding,) = read_glossary(file, tmp_path).findings
    assert finding.code == "MZ101"
    assert finding.severity is Severity.ERROR


def test_a_zoo_adds_metrics_as_a_list(tmp_path):
    metrics = read_glossary(CORPUS / "metrics.yml", CORPUS).metrics
    found = metrics.find("m-rob")
    assert found is metrics.find("Robustness")
    assert (found.better, found.unit, found.low, found.high) == (Better.HIGHER, "%", 0, 100)
    assert found.text == "Share that stays right."
    assert metrics.find("Silence").better is None
    assert (metrics.find("Open").low, metrics.find("Open").high) == (0, None)
    assert metrics.find("Backwards").high is None
    assert metrics.find("fine").name == "Other"


def test_a_zoo_adds_metrics_by_name(tmp_path):
    metrics = read(
        tmp_path, "metrics:\n  Robustness: {better: lower}\n  WER: {Better: higher}\n"
    ).metrics
    assert metrics.better("robustness") is Better.LOWER
    assert metrics.better("Test WER") is Better.HIGHER, (
        "its own takes the place of the packaged one"
    )


def test_metrics_may_be_a_word_like_any_other(tmp_path):
    assert read(tmp_path, "Metrics: What a model is judged by.\n").entries["metrics"]
    glossary = read(tmp_path, "Metrics: {Text: What a model is judged by., URL: x}\n")
    assert glossary.entries["metrics"].url == "x"
    assert glossary.metrics.own == ()
