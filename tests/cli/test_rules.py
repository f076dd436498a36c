"""``metazoo rules``, ``metazoo rule``, ``metazoo schema``."""

import json

from jsonschema import Draft202012Validator

from metazoo.rules import CATALOGUE
from tests.cli.command import metazoo


def test_rules_lists_every_rule():
    result = metazoo("rules")
    assert all(f"{rule.code}  " in result.stdout for rule in CATALOGUE.values())
    listed = json.loads(metazoo("rules", "--format", "json").stdout)
    assert [rule["code"] for rule in listed] == list(CATALOGUE)


def test_rule_explains_one_by_code_or_name():
    by_code, by_name = metazoo("rule", "MZ401"), metazoo("rule", "top1-above-top5")
    assert by_code.stdout == by_name.stdout
    assert by_code.stdout.startswith("# MZ401: top1-above-top5\n")
    assert CATALOGUE["MZ401"].why in by_code.stdout


def test_rule_says_what_it_does_not_know():
    for name in ("MZ999", "MZ4", ""):
        result = metazoo("rule", name)
        assert result.returncode == 2
        assert result.stderr.startswith("metazoo: ")


def test_schema_is_a_schema():
    Draft202012Validator.check_schema(json.loads(metazoo("schema").stdout))
