"""Findings for people: what is quoted, counted and colored."""

import io

import pytest
from rich.console import Console

from metazoo.findings import Finding, Location, Severity
from metazoo.index.reader import read_index
from metazoo.report import text
from metazoo.report.verification import print_verification
from metazoo.verify.run import verify


def finding(file="a.yml", line=0, column=0, **changes):
    given = {"code": "MZ301", "message": "wrong", "severity": Severity.ERROR, **changes}
    return Finding(location=Location(str(file), line, column), **given)


def quoted(tmp_path, line, column):
    file = tmp_path / "a.yml"
    file.write_text(line + "\n", "utf-8")
    found = list(text.lines([finding(file, 1, column)], color=False))
    return [shown.partition("| ")[2] for shown in found[1:]]


def test_a_line_of_110_characters_is_quoted_whole(tmp_path):
    assert quoted(tmp_path, "x" * 110, 110) == ["x" * 110, " " * 109 + "^"]


def test_of_a_longer_line_110_characters_around_the_spot_are_quoted(tmp_path):
    line = "".join(chr(ord("a") + i % 26) for i in range(300))
    assert quoted(tmp_path, line, 1) == [line[:110] + "…", "^"]
    assert quoted(tmp_path, line, 74) == [line[:110] + "…", " " * 73 + "^"]
    # Two thirds of the width stand before the spot.
    assert quoted(tmp_path, line, 75) == ["…" + line[1:111] + "…", " " * 74 + "^"]
    assert quoted(tmp_path, line, 300)[0] == "…" + line[226:]


def test_a_place_beyond_the_file_is_named_without_a_quote(tmp_path):
    file = tmp_path / "a.yml"
    file.write_text("one\n", "utf-8")
    for line, shown in ((0, 1), (1, 3), (2, 3), (3, 1)):
        assert len(list(text.lines([finding(file, line, 1)], color=False))) == shown
    assert len(list(text.lines([finding(tmp_path / "gone.yml", 1, 1)], color=False))) == 1


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_are_counted_by_any_line_end(tmp_path, end):
    file = tmp_path / f"{len(end)}{ord(end[0])}.yml"
    file.write_bytes(f"\ufeffone{end}two{end}".encode())
    assert "  2 | two" in list(text.lines([finding(file, 2, 1)], color=False))


@pytest.mark.parametrize(
    ("count", "summary"),
    [(0, "Nothing found (1 file, 0 models)"), (1, "1 error (1 file, 0 models)"),
     (2, "2 errors (1 file, 0 models)")],
)  # fmt: skip
def test_a_summary_counts_in_plain_english(count, summary):
    assert text.summary([finding()] * count, 1, 0) == summary
    waived = finding(waived="known")
    assert text.summary([waived], 2, 1) == "1 waived (2 files, 1 model)"


def test_waived_findings_are_counted_in_the_summary_only():
    waived = finding(waived="known", severity=Severity.INFO, code="MZ210")
    assert list(text.lines([waived], color=False)) == []
    assert list(text.notes_by_rule([waived], color=False)) == []
    assert list(text.statistics([waived], color=False)) == []


def test_notes_count_places_where_one_is_of_no_model():
    note = {"severity": Severity.INFO, "code": "MZ210"}
    of_models = [finding(model=name, **note) for name in "aab"]
    (line,) = text.notes_by_rule(of_models, color=False)
    assert line.startswith("note MZ210 missing-field (2 models): ")
    (line,) = text.notes_by_rule([*of_models, finding(**note)], color=False)
    assert line.startswith("note MZ210 missing-field (4 places): ")


@pytest.mark.parametrize("color", [True, False])
def test_colors_are_used_if_they_are_asked_for(color):
    shown = "".join(text.lines([finding(model="m", hint="Do.")], color=color))
    assert ("\x1b[31;1merror\x1b[0m" in shown) is color
    assert ("\x1b" in shown) is color


@pytest.mark.parametrize(("models", "listed"), [(40, 40), (41, 0)])
def test_up_to_40_models_each_get_a_line_even_if_nothing_is_wrong(tmp_path, models, listed):
    outcome = outcome_of(tmp_path, models)
    for model in outcome.models:
        model.fields.clear()
    assert sum(line.startswith("model-") for line in printed(outcome)) == listed


def test_of_more_than_40_models_those_with_a_wrong_fact_get_a_line(tmp_path):
    outcome = outcome_of(tmp_path, 41)
    for model in outcome.models[1:]:
        model.fields.clear()
    assert [line.split()[0] for line in printed(outcome) if line.startswith("model-")] == [
        "model-0"
    ]


@pytest.mark.parametrize(("count", "more"), [(10, ""), (11, " and 1 more")])
def test_ten_removed_models_are_named(tmp_path, count, more):
    outcome = outcome_of(tmp_path, 1)
    outcome.removed = [f"gone-{n}" for n in range(count)]
    (line,) = (line for line in printed(outcome) if line.startswith("Removed from the records"))
    assert line.endswith(f"gone-8, gone-9{more}")


def outcome_of(tmp_path, models):
    file = tmp_path / "index.yml"
    names = "".join(f"- {{Name: model-{n}, Metadata: {{FLOPs: 1}}}}\n" for n in range(models))
    file.write_text(f"Models:\n{names}", "utf-8")
    return verify(read_index([file]), measure=None)


def printed(outcome):
    out = io.StringIO()
    print_verification(outcome, Console(file=out, width=120))
    return out.getvalue().splitlines()
