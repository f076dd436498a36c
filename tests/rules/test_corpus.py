"""Bad inputs and what must be found in them, as files: adding a file adds a test.

Beside each input of ``tests/corpus/bad`` stands ``<case>.expected`` with one line a finding: code,
line, column. Nothing else may be found; that a field is missing (MZ210) counts only where expected.
"""

from pathlib import Path

import pytest

from metazoo.findings import Severity
from metazoo.index.reader import read_index
from metazoo.rules import CATALOGUE, RuleSettings, check

CORPUS = Path(__file__).parents[1] / "corpus"
CASES = sorted(CORPUS.glob("bad/**/*.expected"))
GOOD = [
    CORPUS / "good" / name
    for name in (
        "timm-2021",
        "openmmlab",
        "openmmlab-idioms",
        "hub/README.md",
        "comments/page.md",
        "index.yml",
        "paths",
        "anchors.yml",
        "inputs.yml",
    )
]


def case_id(expected):
    return f"{expected.parent.name}/{expected.stem}"


def found_in(path, root, *, missing_fields):
    settings = RuleSettings() if missing_fields else RuleSettings(ignore=("missing-field",))
    return check(read_index([path], root=root), settings)


def test_the_corpus_is_large_enough():
    assert len(CASES) >= 120


@pytest.mark.parametrize("expected", CASES, ids=case_id)
def test_a_bad_input_gives_its_findings_and_nothing_else(expected):
    (path,) = (p for p in expected.parent.glob(f"{expected.stem}.*") if p != expected)
    wanted = expected.read_text("utf-8")
    findings = found_in(path, path.parent, missing_fields="MZ210" in wanted)
    found = "".join(f"{f.code} {f.location.line} {f.location.column}\n" for f in findings)
    assert found == wanted, "\n".join(f"{f.location} {f.code} {f.message}" for f in findings)
    assert all(Path(f.location.file) == path for f in findings)


@pytest.mark.parametrize("expected", CASES, ids=case_id)
def test_every_message_can_be_acted_on(expected):
    (path,) = (p for p in expected.parent.glob(f"{expected.stem}.*") if p != expected)
    for finding in found_in(path, path.parent, missing_fields=True):
        assert finding.hint, finding
        assert finding.hint.endswith((".", "?")), finding
        assert not finding.message.endswith("."), finding
        assert "Traceback" not in finding.message
        assert finding.severity is CATALOGUE[finding.code].severity


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.name)
def test_a_good_input_has_no_error(path):
    index = read_index([path], root=path if path.is_dir() else path.parent)
    assert index.models
    errors = [f for f in check(index) if f.severity is Severity.ERROR]
    assert errors == []


def test_each_rule_of_the_checks_has_a_bad_input():
    expected = {line.split()[0] for case in CASES for line in case.read_text("utf-8").splitlines()}
    checks = {rule.code for rule in CATALOGUE.values() if rule.check is not None}
    assert checks - expected == set()
