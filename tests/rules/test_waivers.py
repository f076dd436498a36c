"""Waivers: what is read, what is refused, what one covers, and until when."""

import datetime as dt

import pytest

from metazoo.findings import Finding, Location, Severity
from metazoo.rules import CATALOGUE, RuleSettings, waivers
from metazoo.rules.judge import judge

PLACE = Location("index.yml", 1, 1)
TODAY = dt.date(2026, 6, 15)
EVERY = frozenset(CATALOGUE)

ONE = "Rule: MZ407, Models: resnet18, Reason: one file, Expires: 2099-01-01"


def finding(code="MZ407", model="resnet18"):
    return Finding(code, "a", PLACE, CATALOGUE[code].severity, model)


def waiver(*codes, models=("*",), expires=TODAY, reason="known", line=1):
    place = Location("waivers.yml", line, 1)
    return waivers.Waiver(place, frozenset(codes), list(models), reason, expires)


@pytest.fixture
def read(tmp_path):
    def run(text):
        file = tmp_path / "waivers.yml"
        file.write_text(text, "utf-8")
        return waivers.read(file)

    return run


@pytest.mark.parametrize(
    "text",
    [
        f"Waivers:\n- {{{ONE}}}\n",
        f"- {{{ONE}}}\n",
        f"waivers:\n- {{{ONE}}}\n",
        f"Version: 1\n[a]: b\nWaivers:\n- {{{ONE}}}\n",
        f"Waivers: {{{ONE}}}\n",
        f"{{{ONE}}}\n",
        f"--- {{{ONE}}}\n---\n",
        "- {rules: [MZ407], model: [resnet18], REASON: one file, expire: 2099-01-01}\n",
        "- {Rule: shared-weights, Model: resnet18, Reason: one file, Expires: '2099-01-01 '}\n",
        f"- {{{ONE}, [a]: b}}\n",
        "- {Rules: [null, MZ407], Models: [~, resnet18], Reason: one file, Expires: 2099-01-01}\n",
        "- {Rule: MZ407, Models: [[a], resnet18], Reason: [one file, b], Expires: [2099-01-01]}\n",
    ],
)
def test_ways_to_write_a_waiver(text, read):
    (only,), findings = read(text)
    assert findings == []
    assert only.codes == {"MZ407"}
    assert only.models == ["resnet18"]
    assert (only.reason, only.expires, only.used) == ("one file", dt.date(2099, 1, 1), False)
    assert only.location.line in {1, 2, 4}


def test_several_documents_and_rules(read):
    found, findings = read(
        "- {Rules: [MZ407, links], Reason: a, Expires: 2099-01-01}\n"
        f"---\n- {{{ONE}}}\n- {{{ONE}}}\n"
    )
    assert findings == []
    assert [w.location.line for w in found] == [1, 3, 4]
    assert found[0].models == ["*"]
    assert {"MZ407", "MZ501", "MZ512"} <= found[0].codes
    assert "MZ401" not in found[0].codes


@pytest.mark.parametrize(
    "text", ["", "null\n", "Waivers:\n", "Waivers: []\n", "[]\n", "---\n---\n"]
)
def test_no_waivers(text, read):
    assert read(text) == ([], [])


def test_of_two_lists_the_first_counts(read):
    found, _ = read(f"Waivers:\n- {{{ONE}}}\nwaivers: []\n")
    assert len(found) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- MZ407\n", "a waiver must be a mapping"),
        ("Waivers: MZ407\n", "a waiver must be a mapping"),
        (f"- {{{ONE}, Modles: a}}\n", "unknown key “Modles” in a waiver"),
        (f"- {{{ONE}, s: a}}\n", "unknown key “s” in a waiver"),
        ("- {Reason: a, Expires: 2099-01-01}\n", "this waiver has no Rule"),
        ("- {Rule: MZ407, Expires: 2099-01-01}\n", "this waiver has no Reason"),
        ("- {Rule: MZ407, Reason: a}\n", "this waiver has no Expires"),
        ("- {Rule: MZ407}\n", "this waiver has no Reason and no Expires"),
        ("- {Rule: MZ407, Reason: ' ', Expires: 2099-01-01}\n", "this waiver has no Reason"),
        ("- {Rule: MZ407, Reason: null, Expires: 2099-01-01}\n", "this waiver has no Reason"),
        ("- {Rule: [], Reason: a, Expires: 2099-01-01}\n", "this waiver has no Rule"),
        ("- {Rule: {a: b}, Reason: a, Expires: 2099-01-01}\n", "this waiver has no Rule"),
    ],
)
def test_malformed_waiver(text, message, read):
    found, (fault,) = read(text)
    assert found == []
    assert (fault.code, fault.message, fault.location.line) == ("MZ701", message, 1)
    assert "Expires" in fault.hint


def test_unknown_rule_and_date(read):
    text = "- {{Rule: {}, Reason: a, Expires: {}}}\n"
    _, (rule,) = read(text.format("[MZ407, MZ999]", "2099-01-01"))
    assert "MZ999" in rule.message
    for day in ("2026-13-01", "soon", "2026"):
        _, (date,) = read(text.format("MZ407", day))
        assert f"“{day}”" in date.message


def test_a_malformed_waiver_stops_no_other(read):
    found, (fault,) = read(f"- MZ407\n- {{{ONE}}}\n- {{Rule: a\n")
    assert found == []  # the file is not YAML
    assert fault.code == "MZ106"
    found, faults = read(f"- MZ407\n- {{{ONE}}}\n- b\n")
    assert [w.location.line for w in found] == [2]
    assert [f.location.line for f in faults] == [1, 3]


def test_a_file_that_cannot_be_read(tmp_path):
    found, (fault,) = waivers.read(tmp_path / "none.yml")
    assert (found, fault.code) == ([], "MZ101")


@pytest.mark.parametrize(
    ("code", "model", "models", "covered"),
    [
        ("MZ407", "resnet18", ["resnet18"], True),
        ("MZ407", "resnet34", ["resnet18"], False),
        ("MZ407", "resnet34", ["vit", "resnet*"], True),
        ("MZ407", "ResNet34", ["resnet*"], False),
        ("MZ407", "resnet34", ["*"], True),
        ("MZ401", "resnet18", ["resnet18"], False),
        ("MZ407", None, ["*"], True),
        ("MZ407", None, ["resnet18", "*"], True),
        ("MZ407", None, ["**"], False),
        ("MZ401", None, ["*"], False),
    ],
)
def test_what_a_waiver_covers(code, model, models, covered):
    assert waiver("MZ407", "MZ402", models=models).covers(finding(code, model)) is covered


@pytest.mark.parametrize(("day", "holds"), [(0, True), (1, True), (-1, False)])
def test_a_waiver_holds_until_the_end_of_its_day(day, holds):
    only = waiver("MZ407", expires=TODAY + dt.timedelta(days=day))
    result = waivers.apply([finding()], [only], ran=EVERY, today=TODAY)
    assert result[0].waived == ("known" if holds else None)
    assert [f.code for f in result[1:]] == ([] if holds else ["MZ702"])
    assert only.used is holds


def test_an_expired_waiver_is_reported_with_its_day():
    only = waiver("MZ407", expires=dt.date(2020, 2, 1), line=7)
    (expired,) = waivers.apply([], [only], ran=frozenset(), today=TODAY)
    assert "2020-02-01" in expired.message
    assert (expired.severity, expired.location.line) == (Severity.ERROR, 7)


def test_of_two_waivers_the_first_waives_and_the_other_is_unused():
    first, second = waiver("MZ407", reason="first", line=1), waiver("MZ407", reason="b", line=2)
    result = waivers.apply([finding()], [first, second], ran=EVERY, today=TODAY)
    assert [f.waived for f in result] == ["first", None]
    assert (result[1].code, result[1].location.line) == ("MZ703", 2)
    assert result[1].severity is Severity.WARNING


def test_an_expired_waiver_leaves_the_finding_to_the_next():
    past = waiver("MZ407", reason="past", expires=TODAY - dt.timedelta(days=1))
    result = waivers.apply([finding()], [past, waiver("MZ407")], ran=EVERY, today=TODAY)
    assert [(f.code, f.waived) for f in result] == [("MZ407", "known"), ("MZ702", None)]


@pytest.mark.parametrize(
    ("codes", "ran", "unused"),
    [
        (["MZ407"], ["MZ407", "MZ408"], True),
        (["MZ407"], ["MZ408"], False),
        (["MZ407", "MZ408"], ["MZ407", "MZ408"], True),
        (["MZ407", "MZ408"], ["MZ407"], False),  # the other may still need it
    ],
)
def test_a_waiver_is_unused_only_if_all_its_rules_ran(codes, ran, unused):
    result = waivers.apply([], [waiver(*codes)], ran=frozenset(ran), today=TODAY)
    assert [f.code for f in result] == (["MZ703"] if unused else [])


def test_an_unused_waiver_names_at_most_three_rules():
    (unused,) = waivers.apply(
        [],
        [waiver("MZ5", "MZ3", "MZ4", "MZ2")],
        ran=frozenset({"MZ2", "MZ3", "MZ4", "MZ5"}),
        today=TODAY,
    )
    assert "MZ2, MZ3, MZ4" in unused.message
    assert "MZ5" not in unused.message


def test_the_day_is_todays(monkeypatch):
    now = dt.datetime.now(tz=dt.UTC).date()
    assert waivers.mark([finding()], [waiver("MZ407", expires=dt.date.min)])[0].waived is None
    assert waivers.mark([finding()], [waiver("MZ407", expires=dt.date.max)])[0].waived == "known"
    assert abs((waivers._today() - now).days) <= 1
    monkeypatch.setattr(waivers, "_today", lambda: dt.date(2000, 1, 1))
    old = waiver("MZ407", expires=dt.date(2000, 1, 1))
    assert waivers.mark([finding()], [old])[0].waived == "known"
    assert waivers.apply([finding()], [old], ran=EVERY)[0].waived == "known"


def test_judgement_without_waivers_only_weighs(tmp_path):
    settings = RuleSettings(severity={"MZ407": Severity.INFO}, ignore=("MZ401",))
    found = [finding(), finding("MZ401")]
    (kept,) = judge(found, settings, tmp_path / "waivers.yml", EVERY)
    assert (kept.code, kept.severity, kept.waived) == ("MZ407", Severity.INFO, None)


def test_judgement_with_waivers(tmp_path):
    file = tmp_path / "waivers.yml"
    file.write_text(f"- {{{ONE}}}\n- {{{ONE}}}\n- b\n", "utf-8")
    result = judge([finding(), finding("MZ401")], RuleSettings(), file, EVERY)
    assert {(f.code, f.waived) for f in result} == {
        ("MZ407", "one file"),
        ("MZ401", None),
        ("MZ703", None),
        ("MZ701", None),
    }
    assert [f.location for f in result] == sorted(f.location for f in result)
    ignored = judge([finding()], RuleSettings(ignore=("waivers",)), file, EVERY)
    assert [f.code for f in ignored] == ["MZ407"]


def test_a_broken_link_to_waivers_is_reported(tmp_path):
    file = tmp_path / "waivers.yml"
    file.symlink_to(tmp_path / "none.yml")
    assert [f.code for f in judge([], RuleSettings(), file, EVERY)] == ["MZ101"]
