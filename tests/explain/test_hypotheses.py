"""How many digits make a hit an explanation."""

import pytest

from metazoo.explain.explain import summary
from metazoo.explain.hypotheses import Hypothesis, Network, Question, sizes_of
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
        "2 of 3 declared FLOPs and MACs that differ are explained to the last digit; the"
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


def test_one_is_explained():
    asked = question(1)
    asked.add([Hypothesis(1, "it")])
    assert [h.text for h in asked.hypotheses] == ["consistent with it"]


def test_a_hypothesis_within_two_percent_is_kept():
    asked = question(1000, "1000.0")
    asked.add(Hypothesis(value, str(value)) for value in (979, 980, 1020, 1021))
    assert sorted(h.value for h in asked.hypotheses) == [980, 1020]


def test_the_five_best_hypotheses_are_kept():
    asked = question(1_000_003)
    asked.add(Hypothesis(1_000_003 + n, str(n)) for n in (6, 5, 4, 3, 2, 1))
    assert [h.text for h in asked.hypotheses] == ["1", "2", "3", "4", "5"]


def test_what_fits_precedes_what_is_near_and_what_is_exact_precedes_what_is_consistent():
    asked = question(5_472_648_192)
    asked.add(
        [
            Hypothesis(5_472_648_193, "next"),
            Hypothesis(5_472_648_190, "near"),
            Hypothesis(5_472_648_192, "exact", assumptions=9),
        ]
    )
    assert [h.text for h in asked.hypotheses] == ["exact", "next", "near"]
    asked = question(194_000_000, "194M")
    series = Hypothesis(194_000_002, "exact", spacing=10**9, assumptions=5)
    asked.add([Hypothesis(194_000_001, "simple", spacing=1), series])
    assert [h.text for h in asked.hypotheses] == ["exact", "consistent with simple"]


def chance(asked, *others, assumptions=0):
    """How likely a hit is by chance, after others were tried, in parts of the rounding."""
    found = Hypothesis(1234, "it", assumptions=assumptions)
    asked.add([found, *others])
    return asked.chance(found) * 1234


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ([], 1 / 1.5),
        # Each value from half to twice the number counts once.
        ([617], 2 / 1.5),
        ([616], 1 / 1.5),
        ([2468], 2 / 1.5),
        ([2469], 1 / 1.5),
        ([700, 700], 2 / 1.5),
        # Those within two percent count for the crowd near the number, too.
        ([1235], 2 / 1.5 + 1 / 0.04),
        ([1235, 1236], 3 / 1.5 + 2 / 0.04),
    ],
)
def test_chance_grows_with_the_values_that_were_tried(others, expected):
    tried = [Hypothesis(value, "other") for value in others]
    assert chance(question(1234), *tried) == pytest.approx(expected)


def test_chance_counts_only_hypotheses_that_assume_no_more():
    others = [Hypothesis(700, "far", assumptions=2), Hypothesis(1235, "near", assumptions=2)]
    assert chance(question(1234), *others, assumptions=1) == pytest.approx(1 / 1.5)
    assert chance(question(1234), *others, assumptions=2) == pytest.approx(3 / 1.5 + 1 / 0.04)


@pytest.mark.parametrize("order", [(0, 2), (2, 0)])
def test_a_value_assumes_as_little_as_the_simplest_way_to_it(order):
    others = [Hypothesis(700, "far", assumptions=n) for n in order]
    assert chance(question(1234), *others) == pytest.approx(2 / 1.5)


def test_chance_grows_with_the_rounding_and_the_container():
    asked = question(1234, field="File Size")
    found = Hypothesis(2450, "it", unit=2.0, container=(50, 60))
    asked.add([found])
    assert asked.chance(found) == pytest.approx((2 + 10) / 2468 / 1.5)


def test_chance_in_a_series_is_the_rounding_by_the_spacing():
    asked = question(1234)
    assert asked.chance(Hypothesis(1234, "it", spacing=50)) == 1 / 50


@pytest.mark.parametrize(("spacing", "exact"), [(100, False), (101, True)])
def test_a_chance_of_one_percent_is_too_much(spacing, exact):
    asked = question(1234)
    asked.add([Hypothesis(1234, "it", spacing=spacing)])
    assert asked.hypotheses[0].exact is exact


@pytest.mark.parametrize(
    ("unit", "value", "fits"),
    [
        (1.0, 1_234_567 - 400, True),
        (1.0, 1_234_567 - 401, False),
        (1.0, 1_234_567 - 50, True),
        (1.0, 1_234_567 - 49, False),
        # In another unit, half a unit of the last digit is one byte.
        (2.0, 2_469_134 - 401, True),
        (2.0, 2_469_134 - 402, False),
        (2.0, 2_469_134 - 49, True),
        (2.0, 2_469_134 - 48, False),
    ],
)
def test_a_file_fits_between_the_smallest_and_the_largest_container(unit, value, fits):
    asked = question(1_234_567, field="File Size")
    asked.add([Hypothesis(value, "it", unit=unit, container=(50, 400))])
    assert asked.hypotheses[0].fits is fits


@pytest.mark.parametrize(
    ("unit", "factor"),
    [
        ("", 1),
        ("B", 1),
        ("kB", 1.024),
        ("MB", 1.024**2),
        (" mb ", 1.024**2),
        ("GB", 1.024**3),
        ("TB", 1.024**4),
        ("MiB", 1),
    ],
)
def test_a_decimal_unit_may_be_meant_to_be_binary(unit, factor):
    assert question(97_800_000, "97.8 MB", unit=unit).binary == factor


def test_spaces_do_not_hide_that_a_number_was_cut_off():
    assert question(66_349_999, " 66349999 ").rounding == 10_000


def test_conventions_are_those_of_the_simplest_way_to_the_best_value():
    asked = question(5_472_648_192)
    assert asked.conventions == []
    ways = (("fvcore", 1), ("thop", 0), ("torch", 0), ("thop", 0), (None, 0), ("timm", 1))
    asked.add(Hypothesis(5_472_648_192, str(c), convention=c, assumptions=n) for c, n in ways)
    assert asked.conventions == ["thop", "torch"]
    asked = question(5_300_000_000, "5.3 G")
    asked.add([Hypothesis(5_300_000_001, "it", convention="thop")])
    assert asked.conventions == []


def test_roundness_counts_for_squares_only():
    asked = question(5_472_648_192)
    sizes = [(3, 224, 288), (3, 225, 225), (3, 224, 224), (3, 256, 256)]
    asked.add(Hypothesis(5_400_000_000, f"at {s}", input_size=s) for s in sizes)
    assert asked.hypotheses[0].text == "at (3, 224, 224)"  # 256 is a multiple of 32, too


def test_a_question_as_json():
    asked = question(1234)
    asked.add([Hypothesis(1234, "it", "thop", (3, 8, 8), 2.0)])
    assert asked.as_json() == {
        "model": "m",
        "field": "FLOPs",
        "declared": 1234,
        "hypotheses": [
            {
                "value": 1234,
                "exact": True,
                "convention": "thop",
                "input_size": (3, 8, 8),
                "factor": 2.0,
                "text": "it",
            }
        ],
    }


def network(assumptions):
    return Network(Request("other"), "another", assumptions)


def sizes(field, found, of=None, *, unit=""):
    asked = question(97_800_000, "97.8 MB", field=field, unit=unit)
    return [(h.value, h.text, h.assumptions, h.unit) for h in sizes_of(asked, found, of)]


def test_parameters_may_be_counted_with_buffers_or_in_bytes():
    found = Measurement("m", params=100, buffers=7)
    assert sizes("Parameters", found) == [
        (107, "parameters and buffers together", 1, 1.0),
        (400, "the bytes of the parameters", 1, 1.0),
    ]
    assert sizes("Parameters", Measurement("m", params=100))[0][0] == 100
    assert sizes("Parameters", found, network(3)) == [(100, "the parameters of another", 3, 1.0)]


@pytest.mark.parametrize("field", ["Parameters", "File Size", "FLOPs"])
def test_what_was_not_measured_suggests_nothing(field):
    assert sizes(field, Measurement("m")) == []
    assert sizes("FLOPs", Measurement("m", params=100, state_dict_bytes=100)) == []


def test_a_file_may_hold_half_precision_or_an_optimizer_in_either_unit():
    found = Measurement("m", state_dict_bytes=1000, state_dict_tensors=3)
    binary = 1.024**2
    assert sizes("File Size", found, unit="MB") == [
        (1000, "the file of the state dict, in MiB instead of MB", 1, binary),
        (500, "the file of the state dict in half precision", 1, 1.0),
        (500, "the file of the state dict in half precision, in MiB instead of MB", 2, binary),
        (2000, "the file of the state dict and one moment of an optimizer", 1, 1.0),
        (
            2000,
            "the file of the state dict and one moment of an optimizer, in MiB instead of MB",
            2,
            binary,
        ),
        (3000, "the file of the state dict and both moments of Adam", 1, 1.0),
        (
            3000,
            "the file of the state dict and both moments of Adam, in MiB instead of MB",
            2,
            binary,
        ),
    ]


def test_a_file_of_a_network_that_takes_much_to_assume_is_taken_as_it_is():
    found = Measurement("m", state_dict_bytes=1000)
    assert [text for _, text, *_ in sizes("File Size", found, network(2))] == [
        "the file of another",
        "the file of another in half precision",
        "the file of another and one moment of an optimizer",
        "the file of another and both moments of Adam",
    ]
    assert sizes("File Size", found, network(2))[1] == (
        500,
        "the file of another in half precision",
        3,
        1.0,
    )
    assert sizes("File Size", found, network(3)) == [(1000, "the file of another", 3, 1.0)]


@pytest.mark.parametrize(("tensors", "container"), [(None, (50, 400)), (3, (150, 1200))])
def test_a_container_takes_50_to_400_bytes_a_tensor(tensors, container):
    found = Measurement("m", state_dict_bytes=1000, state_dict_tensors=tensors)
    (first, *_) = sizes_of(question(1000, field="File Size"), found, network(1))
    assert first.container == container
