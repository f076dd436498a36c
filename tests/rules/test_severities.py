"""A rule's severity stands in the catalogue; who reports a finding can't say another."""

import ast
from pathlib import Path

import pytest

import metazoo
from metazoo.findings import Severity
from metazoo.index.reader import read_index
from metazoo.rules import CATALOGUE, finding

PACKAGE = Path(metazoo.__file__).parent
CORPUS = Path(__file__).parents[1] / "corpus" / "bad"


def reported():
    """Every call that names a rule's code and a severity, as written."""
    for file in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            arguments = [*node.args, *(k.value for k in node.keywords)]
            codes = [a.value for a in arguments if isinstance(a, ast.Constant)]
            codes = [c for c in codes if isinstance(c, str) and c in CATALOGUE]
            words = [ast.unparse(a) for a in arguments]
            said = [w.removeprefix("Severity.") for w in words if w.startswith("Severity.")]
            if not said and ast.unparse(node.func) in ("Finding", "self._report"):
                said = [] if any("severity" in w for w in words) else ["ERROR"]
            if len(codes) == 1 and len(said) == 1:
                yield pytest.param(codes[0], said[0].lower(), id=f"{file.name}:{node.lineno}")


@pytest.mark.parametrize(("code", "severity"), list(reported()))
def test_who_reports_a_finding_says_no_other_severity_than_the_catalogue(code, severity):
    assert CATALOGUE[code].severity == severity


def test_verification_leaves_severities_to_the_catalogue():
    for file in (PACKAGE / "verify").glob("*.py"):
        words = file.read_text("utf-8")
        assert "Finding(\n" not in words, file
        assert "Severity.WARNING" not in words, file


def test_what_the_reader_reports_is_as_severe_as_the_catalogue_says():
    found = [
        f for file in sorted(CORPUS.glob("reading/*.yml")) for f in read_index([file]).findings
    ]
    assert len({f.code for f in found}) > 5
    assert [f for f in found if f.severity is not CATALOGUE[f.code].severity] == []


def test_a_finding_is_as_severe_as_the_catalogue_says():
    place = read_index([CORPUS / "../good/index.yml"]).models[0].location
    assert finding("MZ604", "a", place).severity is Severity.ERROR
    assert finding("MZ615", "a", place).severity is Severity.WARNING
