"""The formats that programs read."""

import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from jsonschema import Draft202012Validator

from metazoo.findings import Finding, Location, Severity
from metazoo.index.reader import read_index
from metazoo.report import data
from metazoo.rules import check
from metazoo.sanitize import printable

CORPUS = Path(__file__).parents[1] / "corpus"
BAD = sorted(CORPUS.glob("bad/*/*.yml"))[::12]
FINDINGS = [
    Finding(
        "MZ301", "FLOPs is “<a> & b”", Location("a b/index.yml", 4, 13), Severity.ERROR, "m", "Do."
    ),
    Finding("MZ210", "x is missing", Location("index.yml", 1, 2), Severity.INFO),
    Finding("MZ504", "closed: 100%, gone\nbadly", Location("c,d:e.yml", 2, 3), Severity.WARNING),
    Finding("MZ101", "no \x1b file", Location("none.yml"), Severity.ERROR, waived="known"),
]


SCHEMA = json.loads(Path(__file__).with_name("sarif-2.1.0.json").read_text("utf-8"))
"""OASIS's schema of SARIF 2.1.0, as Microsoft's sarif-multitool 5.7.0 brings it (MIT licence)."""
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)


@pytest.fixture
def sarif():
    return json.loads(data.as_sarif(FINDINGS))


def test_sarif_names_the_tool_and_its_rules(sarif):
    assert sarif["version"] == "2.1.0"
    assert sarif["$schema"].endswith("sarif-2.1.0.json")
    (run,) = sarif["runs"]
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["tool"]["driver"]["name"] == "metazoo"
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["MZ101", "MZ210", "MZ301", "MZ504"]
    for rule in rules:
        assert rule["shortDescription"]["text"]
        assert rule["defaultConfiguration"]["level"] in {"error", "warning", "note"}
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


@pytest.mark.parametrize("file", [None, *BAD], ids=lambda file: file.name if file else "planted")
def test_sarif_is_what_its_schema_says(file):
    findings = FINDINGS if file is None else check(read_index([file]))
    report = json.loads(data.as_sarif(findings))
    errors = sorted(VALIDATOR.iter_errors(report), key=str)
    assert [f"{'/'.join(map(str, e.absolute_path))}: {e.message}" for e in errors] == []


def test_the_schema_refuses_what_is_not_sarif(sarif):
    del sarif["runs"][0]["results"][0]["message"]
    sarif["runs"][0]["results"][1]["level"] = "fatal"
    assert len(list(VALIDATOR.iter_errors(sarif))) == 2


def test_sarif_says_where_and_how_bad(sarif):
    first, second, third, waived = sarif["runs"][0]["results"]
    assert first["level"] == "error"
    assert first["message"]["text"] == "FLOPs is “<a> & b”. Do."
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "a%20b/index.yml"}
    assert place["region"] == {"startLine": 4, "startColumn": 13}
    assert first["locations"][0]["logicalLocations"] == [{"name": "m", "kind": "object"}]
    assert (second["level"], third["level"]) == ("note", "warning")
    assert "region" not in waived["locations"][0]["physicalLocation"]
    assert waived["suppressions"] == [{"kind": "external", "justification": "known"}]
    assert "suppressions" not in first


def fingerprints(findings):
    results = json.loads(data.as_sarif(findings))["runs"][0]["results"]
    return [result["partialFingerprints"]["metazooFinding/v1"] for result in results]


def test_fingerprints_survive_an_edit_above(tmp_path):
    file = tmp_path / "index.yml"
    text = "Models:\n" + "".join(
        f"- Name: m{n}\n  Metadata: {{Epochs: ninety, LR: [], Epochz: 1}}\n" for n in (1, 1, 2)
    )
    file.write_text(text, "utf-8")
    before = check(read_index([file]))
    file.write_text(f"# one\n\n{text}", "utf-8")
    after = check(read_index([file]))
    assert [f.location.line + 2 for f in before] == [f.location.line for f in after]
    assert len(before) > 6
    assert fingerprints(before) == fingerprints(after)


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"location": Location("a b/index.yml", 9, 1)}, True),
        ({"hint": "Do otherwise."}, True),
        ({"severity": Severity.WARNING}, True),
        ({"code": "MZ302"}, False),
        ({"model": "n"}, False),
        ({"location": Location("b/index.yml", 4, 13)}, False),
        ({"message": "Parameters is “<a> & b”"}, False),
    ],
)
def test_a_fingerprint_is_of_rule_file_model_and_message(change, same):
    assert (fingerprints([replace(FINDINGS[0], **change)]) == fingerprints(FINDINGS[:1])) is same


def test_a_fingerprint_holds_no_number():
    one, two = (Finding("MZ302", f"Epochs is {n}", Location("a.yml", n, n)) for n in (7, 1234))
    assert fingerprints([one]) == fingerprints([two])


def test_fingerprints_are_unique_in_a_run():
    found = fingerprints([FINDINGS[0]] * 3 + FINDINGS)
    assert len(set(found)) == len(found) == 7


def test_junit_is_xml_with_a_case_a_finding_and_a_file():
    suites = ET.fromstring(data.as_junit(FINDINGS, ["clean.yml", "index.yml"]))  # noqa: S314
    assert suites.attrib["tests"] == "5"
    assert (suites.attrib["failures"], suites.attrib["skipped"]) == ("1", "1")
    cases = suites.findall("testsuite/testcase")
    assert [case.attrib["classname"] for case in cases] == [
        "a b/index.yml",
        "index.yml",
        "c,d:e.yml",
        "none.yml",
        "clean.yml",
    ]
    failure = cases[0].find("failure")
    assert failure.attrib["message"] == "FLOPs is “<a> & b”"
    assert failure.text == "FLOPs is “<a> & b”\nDo."
    assert cases[3].find("skipped").attrib["message"] == "known"
    assert list(cases[4]) == []


def test_junit_stays_well_formed_whatever_a_finding_quotes():
    # Characters that XML 1.0 can't hold in any form, that end a tag or a quote, or that it normalizes.
    hostile = "".join(map(chr, range(0x20))) + "\x7f\x85\u2028\ufffe\uffff\udc80\U0001f600 <]]>&\"'"
    finding = Finding("MZ301", hostile, Location(hostile, 1, 1), Severity.ERROR, hint=hostile)
    waived = replace(finding, waived=hostile)
    note = replace(finding, severity=Severity.INFO)
    suites = ET.fromstring(data.as_junit([finding, waived, note], [f"{hostile}2"]))  # noqa: S314
    failed, skipped, passed, clean = suites.findall("testsuite/testcase")
    shown = printable(hostile)
    assert shown.isprintable()
    assert "\\x00" in shown
    assert failed.attrib["classname"] == skipped.attrib["classname"] == shown
    assert failed.find("failure").attrib == {"type": "MZ301", "message": shown}
    assert failed.find("failure").text == f"{shown}\n{shown}"
    assert skipped.find("skipped").attrib == {"message": shown}
    assert passed.find("system-out").text == f"info: {shown}\n{shown}"
    assert clean.attrib["classname"] == f"{shown}2"


def test_junit_counts_a_waived_error_as_skipped_only():
    error = replace(FINDINGS[0], waived="known")
    warning = replace(FINDINGS[2], waived="known")
    suites = ET.fromstring(data.as_junit([error, warning, FINDINGS[2]], []))  # noqa: S314
    for element in (suites, suites[0]):
        counts = {key: element.attrib[key] for key in ("tests", "failures", "skipped", "errors")}
        assert counts == {"tests": "3", "failures": "0", "skipped": "2", "errors": "0"}


def test_github_escapes_what_would_end_a_command():
    lines = data.as_github(FINDINGS).splitlines()
    assert lines == [
        "::error file=a b/index.yml,line=4,col=13,title=MZ301 not-a-number::m: FLOPs is “<a> & b”%0ADo.",
        "::notice file=index.yml,line=1,col=2,title=MZ210 missing-field::x is missing",
        "::warning file=c%2Cd%3Ae.yml,line=2,col=3,title=MZ504 closed-site::closed: 100%25, gone\\x0abadly",
    ]


def test_json_has_all_findings_and_their_number():
    content = json.loads(data.as_json(FINDINGS, 3, 7))
    assert [f["code"] for f in content["findings"]] == ["MZ301", "MZ210", "MZ504", "MZ101"]
    assert content["summary"] == {
        "error": 1,
        "warning": 1,
        "info": 1,
        "waived": 1,
        "files": 3,
        "models": 7,
    }
