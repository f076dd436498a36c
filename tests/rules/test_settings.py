"""Which rules count, under which name, and how much."""

import pytest

from metazoo.errors import ConfigError
from metazoo.findings import Finding, Location, Severity
from metazoo.index.reader import read_index
from metazoo.rules import CATALOGUE, GROUPS, RuleSettings, check, checked, find, settle
from metazoo.rules.pages import overview, page, pages, write
from metazoo.rules.rule import Rule, enter


def codes(rules):
    return [rule.code for rule in rules]


@pytest.mark.parametrize(
    "name", ["MZ401", "mz401", " MZ401 ", "top1-above-top5", "Top1-Above-Top5"]
)
def test_a_rule_is_found_by_code_and_name(name):
    assert codes(find(name)) == ["MZ401"]


def test_rules_are_found_by_group_and_beginning():
    assert codes(find("MZ4")) == codes(find("consistency"))
    assert len(find("MZ4")) == 14
    assert codes(find("MZ")) == list(CATALOGUE)
    assert codes(find("MZ61")) == [f"MZ61{digit}" for digit in range(8)]


@pytest.mark.parametrize("name", ["", "  ", "MZ999", "top1", "401", "MZ4011"])
def test_no_rule_of_that_name(name):
    with pytest.raises(ConfigError, match="metazoo rules"):
        find(name)


@pytest.fixture
def index(tmp_path):
    # MZ201 by the reader, MZ402 and MZ210 by rules.
    file = tmp_path / "index.yml"
    file.write_text("Models:\n- Name: a\n  Name: a\n  Metadata: {ID: b}\n", "utf-8")
    return read_index([file])


@pytest.mark.parametrize(
    ("settings", "reported"),
    [
        (None, {"MZ201", "MZ402", "MZ210"}),
        (RuleSettings(), {"MZ201", "MZ402", "MZ210"}),
        (RuleSettings(select=("MZ402",)), {"MZ402"}),
        (RuleSettings(select=("MZ4", "structure")), {"MZ201", "MZ402", "MZ210"}),
        (RuleSettings(ignore=("MZ402",)), {"MZ201", "MZ210"}),
        (RuleSettings(ignore=("MZ2",)), {"MZ402"}),
        (RuleSettings(select=("MZ2",), ignore=("MZ210",)), {"MZ201"}),  # ignore wins
        (RuleSettings(select=("MZ402",), ignore=("MZ402",)), set()),
    ],
)
def test_rules_that_are_reported(settings, reported, index):
    assert {f.code for f in check(index, settings)} == reported


def test_findings_stand_in_the_order_of_their_places(index):
    found = check(index)
    assert [f.location for f in found] == sorted(f.location for f in found)


def test_the_last_severity_wins(index):
    info, error = Severity.INFO, Severity.ERROR

    def weighed(**severity):
        names = {name.replace("_", "-"): value for name, value in severity.items()}
        return {f.code: f.severity for f in check(index, RuleSettings(severity=names))}

    assert weighed() == {"MZ201": error, "MZ402": Severity.WARNING, "MZ210": info}
    assert weighed(MZ4=info)["MZ402"] is info
    assert weighed(consistency=info, id_differs_from_name=error)["MZ402"] is error
    assert weighed(id_differs_from_name=error, consistency=info)["MZ402"] is info
    assert weighed(MZ4=info)["MZ201"] is error


def test_a_severity_that_nobody_set_is_the_catalogues():
    given = Finding("MZ402", "a", Location("index.yml", 1, 1), Severity.ERROR)
    (kept,) = settle([given], RuleSettings())
    assert kept.severity is Severity.WARNING


def test_rules_that_a_check_runs():
    groups = {CATALOGUE[code].group for code in checked(RuleSettings())}
    assert groups == {"reading", "structure", "values", "consistency", "links"}
    assert checked(RuleSettings(select=("MZ401", "MZ601", "MZ701"))) == {"MZ401"}
    assert "MZ401" not in checked(RuleSettings(ignore=("MZ401",)))


@pytest.mark.parametrize(
    ("code", "name", "says"),
    [
        ("MZ401", "new", "already in the catalogue"),
        ("MZ499", "top1-above-top5", "already in the catalogue"),
        ("MZ999", "new", "no group"),
    ],
)
def test_codes_and_names_are_unique(code, name, says):
    before = dict(CATALOGUE)
    with pytest.raises(ValueError, match=says):
        enter(Rule(code, name, Severity.ERROR, "a", "b"))
    assert before == CATALOGUE


def test_groups():
    assert GROUPS[CATALOGUE["MZ803"].code[:3]] == CATALOGUE["MZ803"].group == "cards"


def test_a_page_says_what_fix_does():
    assert "`--fix` can fix some" in page(CATALOGUE["MZ208"])
    assert "`--fix` does not fix" in page(CATALOGUE["MZ204"])
    assert "## Example" not in page(CATALOGUE["MZ116"])
    assert "## How to fix it" not in page(CATALOGUE["MZ204"])


def test_an_example_with_a_fence_is_fenced_by_more():
    rule = Rule("MZ199", "new", Severity.ERROR, "a | b", "c", "```\n", "d\n", file="a.md")
    assert "````markdown\n```\n````" in page(rule)


def test_the_overview_lists_each_rule_once():
    text = overview()
    assert [text.count(f"[{code}]({code}.md)") for code in CATALOGUE] == [1] * len(CATALOGUE)


def test_pages_of_rules_that_are_gone_are_deleted(tmp_path):
    folder = tmp_path / "docs" / "rules"
    write(folder)
    (folder / "MZ999.md").touch()
    (folder / "picture.svg").touch()
    (folder / "MZ401.md").write_text("old", "utf-8")
    write(folder)
    assert {f.name for f in folder.iterdir()} == {*pages(), "picture.svg"}
    assert (folder / "MZ401.md").read_text("utf-8") == page(CATALOGUE["MZ401"])
