"""How many digits make a hit an explanation."""

import pytest

from metazoo.explain.explain import summary
from metazoo.explain.hypotheses import Hypothesis, Question, sizes_of
from metazoo.findings import Location
from metazoo.index.model import Model, Value
from metazoo.measure.measurement import Measurement
from metazoo.measure.request import Request

HERE = Location("index.yml", 1, 1)


def question(number, text=None, *, field="FLOPs", unit="", name="m"):
    declared = Value(number, text or str(number), HERE, unit)
    model = Model(Value(name, name, HERE), HERE)
    found = Measurement("m", params=100, state_dict_bytes=46_796_608, state_dict_tensors=122)
    return Question(model, field, declared, 1, Request("m", "timm"), found)


def candidates(count, *, around=5_472_648_192, assumptions=2):
    """As many values within two percent, one of them right."""
    for number in range(count):
        yield Hypothesis(around + number * 100_003, f"way {number}", assumptions=assumptions)


@pytest.mark.parametrize(
    ("number", "text", "others", "exact"),
    [
        (5_300_000_000, "5.3 G", 0, False),
        (5_473_000_000, "5.473 G", 0, True),
        (5_473_000_000, "5.473 G", 5, False),
        (5_472_650_000, "5472650000", 5, True),
        (5_472_650_000, "5472650000", 500, False),
        (5_472_648_192, "5472648192", 1000, True),
    ],
)
def test_the_more_is_tried_the_more_digits_are_needed(number, text, others, exact):
    asked = question(number, text)
    asked.add(candidates(others + 1, around=5_472_648_192 if exact or others else number))
    best = asked.hypotheses[0]
    assert best.fits
    assert best.exact is exact
    assert asked.explained is exact
    assert best.text.startswith("consistent with ") is not exact


def test_all_that_was_tried_counts_and_not_only_what_is_near():
    asked = question(194_000_000, "194M", field="Parameters")
    asked.add([Hypothesis(194_026_792, "it")])
    assert asked.explained
    asked.add(Hypothesis(n * 20_000_000, f"another {n}") for n in range(6, 15))
    assert not asked.explained


def test_a_simple_hypothesis_needs_no_more_digits_for_the_search_behind_it():
    asked = question(5_473_000_000, "5.473 G")
    asked.add([Hypothesis(5_472_648_192, "plain"), *candidates(500)])
    assert asked.explained
    assert asked.hypotheses[0].text == "plain"


def test_a_number_that_was_cut_off_has_the_digits_it_was_made_from():
    assert question(66_349_999).rounding == 10_000


def test_of_equal_values_one_is_kept_the_roundest():
    asked = question(5_472_648_192)
    sizes = [(3, side, side) for side in (369, 368, 370)]
    asked.add(Hypothesis(5_400_000_000, f"at {s}", input_size=s) for s in sizes)
    asked.add([Hypothesis(5_450_000_000, "another")])
    assert [h.text for h in asked.hypotheses] == ["another", "at (3, 368, 368)"]


def test_a_series_of_values_is_as_thick_as_it_is():
    asked = question(11_181_642, field="Parameters")
    asked.add([Hypothesis(11_181_642, "solved", spacing=513)])
    assert asked.explained
    asked = question(11_181_642, field="Parameters")
    asked.add([Hypothesis(11_181_642, "solved", spacing=50)])
    assert not asked.explained


@pytest.mark.parametrize(
    ("number", "text", "unit", "said"),
    [
        (23_400_000, "23.4 MB", "MB", "the file of the state dict in half precision"),
        (23_441_000, "23441000", "", "the file of the state dict in half precision"),
        (44_650_000, "44.65 MB", "MB", "the file of the state dict, in MiB instead of MB"),
    ],
)
def test_a_file_is_as_large_as_its_digits_and_its_unit_allow(number, text, unit, said):
    asked = question(number, text, field="File Size", unit=unit)
    asked.add(sizes_of(asked, asked.measurement, None))
    assert asked.hypotheses[0].text == said
    assert asked.explained


def test_what_is_less_than_one_is_not_explained():
    for number in (0, -5):
        asked = question(number)
        asked.add([Hypothesis(0, "nothing"), Hypothesis(number, "just that")])
        assert asked.hypotheses == []


def explained(name, *conventions, field="FLOPs"):
    asked = question(5_472_648_192, name=name, field=field)
    asked.add(
        Hypothesis(5_472_648_192 + n, c, convention=c, assumptions=n)
        for n, c in enumerate(conventions)
    )
    return asked


def test_the_summary_counts_what_is_printed_and_breaks_ties_in_the_order_of_conventions():
    found = [
        explained("a", "thop", "fvcore"),
        explained("b", "fvcore", "thop"),
        explained("c", field="MACs"),
    ]
    assert " ".join(summary(found)) == (
        "Of 3 declared FLOPs and MACs that differ, 2 are explained to the last digit; the"
        " convention fvcore alone explains 1. The rest: a (thop), c (unexplained)."
    )


def test_of_what_is_consistent_the_simplest_comes_first_and_not_the_nearest():
    asked = question(1_820_000_000, "1.82e9")
    asked.add([Hypothesis(1_820_000_000, "far", assumptions=2), Hypothesis(1_819_065_856, "plain")])
    asked.add([Hypothesis(1_819_966_368, "later")])
    found = [h.text for h in asked.hypotheses]
    assert found == [f"consistent with {text}" for text in ("plain", "later", "far")]


def test_of_equal_ways_the_preferred_convention_is_kept():
    asked = question(5_472_648_192)
    asked.add(Hypothesis(5_472_648_192, c, convention=c) for c in ("thop", "thop-2020"))
    assert asked.conventions == ["thop", "thop-2020"]
    asked.prefer("thop-2020")
    assert asked.hypotheses[0].text == "thop-2020"
    asked.prefer("torch")
    assert len(asked.hypotheses) == 1


def test_the_summary_of_nothing_names_the_fields():
    assert summary([], ["Parameters", "MACs"]) == ["No declared Parameters or MACs differ."]
