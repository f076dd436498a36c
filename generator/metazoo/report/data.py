"""Findings for programs: JSON, SARIF 2.1.0, JUnit XML and GitHub annotations."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree as ET

from metazoo import __version__
from metazoo.findings import Finding, Severity
from metazoo.rules import CATALOGUE, Rule
from metazoo.sanitize import json_text, printable

_SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_FINGERPRINT = "metazooFinding/v1"
"""Not ``primaryLocationLineHash``: GitHub's upload computes that itself and warns about any other."""
_SARIF_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_GITHUB_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def as_json(findings: Sequence[Finding], files: int, models: int) -> str:
    """All findings, waived ones included, and how many there are of each severity."""
    counts = Counter(str(f.severity) for f in findings if f.waived is None)
    content = {
        "findings": [finding.as_json() for finding in findings],
        "summary": {
            "error": counts["error"],
            "warning": counts["warning"],
            "info": counts["info"],
            "waived": sum(f.waived is not None for f in findings),
            "files": files,
            "models": models,
        },
    }
    return json_text(content)


def as_sarif(findings: Sequence[Finding]) -> str:
    """One run of the Static Analysis Results Interchange Format, version 2.1.0."""
    codes = sorted({finding.code for finding in findings})
    position = {code: index for index, code in enumerate(codes)}
    driver = {
        "name": "metazoo",
        "semanticVersion": __version__,
        "rules": [_sarif_rule(CATALOGUE[code]) for code in codes],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [
            _sarif_result(finding, position[finding.code], fingerprint)
            for finding, fingerprint in zip(findings, _fingerprints(findings), strict=True)
        ],
    }
    return json_text({"$schema": _SARIF_SCHEMA, "version": "2.1.0", "runs": [run]})


def _sarif_rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.why},
        "defaultConfiguration": {"level": _SARIF_LEVELS[rule.severity]},
        "properties": {"tags": [rule.group]},
    }


def _fingerprints(findings: Iterable[Finding]) -> Iterator[str]:
    """Yield a fingerprint per finding, unique in a run and stable from one run to the next.

    It depends on no line and no number, so that an edit above the finding or another wrong value in
    the same place doesn't change it. Findings that are otherwise alike are numbered.
    """
    seen: Counter[str] = Counter()
    for f in findings:
        about = (f.code, f.location.file, f.model, re.sub(r"\d+", "0", f.message))
        # JSON keeps apart what a separator would not, and escapes what isn't valid Unicode.
        digest = hashlib.sha256(json.dumps(about).encode()).hexdigest()[:32]
        seen[digest] += 1
        yield f"{digest}:{seen[digest]}"


def _sarif_result(finding: Finding, rule_index: int, fingerprint: str) -> dict[str, Any]:
    message = finding.message + (f". {finding.hint}" if finding.hint else "")
    physical: dict[str, Any] = {
        "artifactLocation": {"uri": quote(os.fsencode(finding.location.file))}
    }
    if finding.location.line:
        physical["region"] = {
            "startLine": finding.location.line,
            "startColumn": finding.location.column,
        }
    location: dict[str, Any] = {"physicalLocation": physical}
    if finding.model:
        location["logicalLocations"] = [{"name": finding.model, "kind": "object"}]
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": rule_index,
        "level": _SARIF_LEVELS[finding.severity],
        "message": {"text": message},
        "locations": [location],
        "partialFingerprints": {_FINGERPRINT: fingerprint},
    }
    if finding.waived is not None:
        result["suppressions"] = [{"kind": "external", "justification": finding.waived}]
    return result


def as_junit(findings: Sequence[Finding], files: Sequence[str]) -> str:
    """JUnit XML: one case per finding, and a passing case for each file without findings.

    Errors are failures, waived findings are skipped, and the rest passes with its text as output.
    """
    suites = ET.Element("testsuites", name="metazoo check")
    suite = ET.SubElement(suites, "testsuite", name="metazoo check")
    for finding in findings:
        _junit_case(suite, finding)
    touched = {finding.location.file for finding in findings}
    for file in files:
        if file not in touched:
            ET.SubElement(suite, "testcase", classname=printable(file), name="no findings")
    for element in (suites, suite):
        element.set("tests", str(len(suite)))
        element.set("failures", str(len(suite.findall("*/failure"))))
        element.set("skipped", str(len(suite.findall("*/skipped"))))
        element.set("errors", "0")
    ET.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(suites, encoding="unicode")


def _junit_case(suite: ET.Element, finding: Finding) -> None:
    # XML can't hold most control characters, not even as references: `printable` escapes them.
    message = printable(finding.message)
    case = ET.SubElement(
        suite,
        "testcase",
        classname=printable(finding.location.file),
        name=printable(f"{finding.code} {finding.location}"),
    )
    text = message + (f"\n{printable(finding.hint)}" if finding.hint else "")
    if finding.waived is not None:
        ET.SubElement(case, "skipped", message=printable(finding.waived))
    elif finding.severity is Severity.ERROR:
        failure = ET.SubElement(case, "failure", type=finding.code, message=message)
        failure.text = text
    else:
        ET.SubElement(case, "system-out").text = f"{finding.severity}: {text}"


def as_github(findings: Sequence[Finding]) -> str:
    """Workflow commands that GitHub shows beside the lines of a pull request."""
    shown = []
    for finding in findings:
        if finding.waived is not None:
            continue
        properties = [f"file={_property(finding.location.file)}"]
        if finding.location.line:
            properties.append(f"line={finding.location.line},col={finding.location.column}")
        properties.append(f"title={_property(f'{finding.code} {CATALOGUE[finding.code].name}')}")
        about = f"{finding.model}: " if finding.model else ""
        message = _data(about + finding.message)
        if finding.hint:
            message += f"%0A{_data(finding.hint)}"
        level = _GITHUB_LEVELS[finding.severity]
        shown.append(f"::{level} {','.join(properties)}::{message}")
    return "\n".join(shown)


def _data(text: str) -> str:
    """As GitHub's toolkit escapes it, except that a line of the text does not become one of the log."""
    return printable(text).replace("%", "%25")


def _property(text: str) -> str:
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return printable(escaped.replace(":", "%3A").replace(",", "%2C"))
