"""Every rule's own examples: the bad one breaks the rule, the good one doesn't."""

import re

import pytest

from metazoo.findings import Severity
from metazoo.index.reader import read_index
from metazoo.rules import CATALOGUE, check, waivers

# What verification and cards report needs more than an index; their own tests hold their examples.
ELSEWHERE = {"verification", "cards"}
WITH_EXAMPLE = [r for r in CATALOGUE.values() if r.bad and r.group not in ELSEWHERE]


def codes(folder, rule, text):
    file = folder / rule.file
    file.write_text(text, "utf-8")
    if rule.group == "waivers":
        _, findings = waivers.read(file)
    else:
        findings = check(read_index([file], root=folder))
    return {finding.code for finding in findings}, findings


@pytest.mark.parametrize("rule", WITH_EXAMPLE, ids=lambda rule: rule.code)
def test_the_bad_example_breaks_the_rule(rule, tmp_path):
    found, findings = codes(tmp_path, rule, rule.bad)
    assert rule.code in found, findings


@pytest.mark.parametrize("rule", WITH_EXAMPLE, ids=lambda rule: rule.code)
def test_the_good_example_keeps_it_and_has_no_error(rule, tmp_path):
    _, findings = codes(tmp_path, rule, rule.good)
    assert rule.code not in {finding.code for finding in findings}
    assert [f for f in findings if f.severity is Severity.ERROR] == []


@pytest.mark.parametrize("rule", CATALOGUE.values(), ids=lambda rule: rule.code)
def test_every_entry_says_what_and_why(rule):
    assert re.fullmatch(r"MZ[1-8]\d\d", rule.code)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule.name)
    assert rule.summary.endswith(".")
    assert rule.why.endswith((".", "?"))
    assert (rule.bad and rule.good) or rule.remedy or rule.code == "MZ117"


def test_only_rules_that_the_reader_reports_lack_an_example():
    assert [r.code for r in CATALOGUE.values() if r.check is not None and not r.bad] == []


def test_codes_stand_in_order():
    assert list(CATALOGUE) == sorted(CATALOGUE)
