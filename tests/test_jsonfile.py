"""Data classes as JSON: what is written is read back, and nothing else is taken."""

import json
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metazoo.bench.record import Row
from metazoo.jsonfile import DamagedError, as_text, from_plain, to_plain

st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))


@dataclass(frozen=True)
class Part:
    size: tuple[int, int] | None = None
    share: float = 0.0


@dataclass(frozen=True)
class Whole:
    name: str
    parts: tuple[Part, ...] = ()
    first: Part | None = None
    counts: dict[str, int] = field(default_factory=dict)
    number: int | float = 0


@given(st.from_type(Row) | st.from_type(Whole))
def test_what_is_written_is_read_back(thing):
    assert from_plain(type(thing), json.loads(as_text(to_plain(thing)))) == thing


def test_what_is_as_by_default_is_left_out():
    assert to_plain(Whole("a", (Part(share=0.5), Part()))) == {
        "name": "a",
        "parts": [{"share": 0.5}, {}],
    }


def test_digits_are_kept_as_asked_and_infinity_is_nothing():
    third = Whole("a", number=1 / 3)
    assert to_plain(third)["number"] == 1 / 3
    assert to_plain(third, digits=3)["number"] == 0.333
    assert to_plain(Whole("a", number=float("inf")))["number"] is None


@pytest.mark.parametrize(
    ("plain", "damage"),
    [
        (3, "3 stands where there should be an object"),
        ({}, "has no 'name'"),
        ({"name": "a", "nmae": "b"}, "has the unknown entry 'nmae'"),
        ({"name": None}, "name: is None, not str"),
        ({"name": "a", "number": "1"}, "number: is '1', not int"),
        ({"name": "a", "number": True}, "number: is True, not int"),
        ({"name": "a", "first": {"size": [1]}}, "first.size: is [1], not tuple"),
        ({"name": "a", "first": {"size": [1, "2"]}}, "first.size: is '2', not int"),
        ({"name": "a", "parts": {}}, "parts: is {}, not tuple"),
        ({"name": "a", "parts": [{"share": "much"}]}, "parts.share: is 'much', not float"),
        ({"name": "a", "counts": {"conv": 0.5}}, "counts: is 0.5, not int"),
    ],
)
def test_damage_is_named_with_its_place(plain, damage):
    with pytest.raises(DamagedError) as error:
        from_plain(Whole, plain)
    assert str(error.value) == damage


def test_a_whole_number_will_do_for_a_fraction():
    assert from_plain(Part, {"share": 1}) == Part(share=1.0)
