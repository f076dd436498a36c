"""Data classes as JSON: what is written is read back, and nothing else is taken."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metazoo.bench.record import BenchRow
from metazoo.jsonfile import (
    LARGEST_NUMBER,
    DamagedError,
    as_text,
    from_plain,
    parse_json,
    to_plain,
)

st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))
st.register_type_strategy(int, st.integers(-LARGEST_NUMBER, LARGEST_NUMBER))


@dataclass(frozen=True)
class Part:
    size: tuple[int, int] | None = None
    share: float = 0.0
    scales: tuple[float, ...] = ()


@dataclass(frozen=True)
class Required:
    size: float


@dataclass(frozen=True)
class Loose:
    anything: Any = None


@dataclass(frozen=True)
class Whole:
    name: str
    parts: tuple[Part, ...] = ()
    first: Part | None = None
    counts: dict[str, int] = field(default_factory=dict)
    number: int | float = 0


@given(st.from_type(BenchRow) | st.from_type(Whole))
def test_what_is_written_is_read_back(thing):
    assert from_plain(type(thing), parse_json(as_text(to_plain(thing)))) == thing


def test_what_is_as_by_default_is_left_out():
    assert to_plain(Whole("a", (Part(share=0.5), Part()))) == {
        "name": "a",
        "parts": [{"share": 0.5}, {}],
    }


def test_digits_are_kept_as_asked():
    third = Whole("a", number=1 / 3)
    assert to_plain(third)["number"] == 1 / 3
    assert to_plain(third, digits=3)["number"] == 0.333


@pytest.mark.parametrize("number", [float("inf"), float("-inf"), float("nan")])
def test_a_number_that_json_lacks_is_read_back_as_the_default(number):
    parts = (Part(share=number), Part(scales=(1.0, number)))
    written = as_text(to_plain(Whole("a", parts, number=number)))
    assert from_plain(Whole, parse_json(written)) == Whole("a", (Part(), Part()))


def test_a_number_that_json_lacks_is_null_in_a_field_without_default():
    assert to_plain(Required(float("inf"))) == {"size": None}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("NaN", "NaN"),
        ("-Infinity", "-Infinity"),
        ("1e999", "1e999"),
        ("9223372036854775808", "9223372036854775808"),
        ("-9223372036854775808", "-9223372036854775808"),
        ("1" * 5000, "1111111111… (5,000 characters)"),
    ],
)
def test_numbers_no_record_may_hold_are_damage_with_their_place(text, shown):
    content = parse_json(f'{{"name": "a", "counts": {{"conv": {text}}}}}')
    with pytest.raises(DamagedError) as error:
        from_plain(Whole, content)
    assert str(error.value) == f"counts: is {shown}, not a number of at most 64 bits"
    with pytest.raises(DamagedError, match="not a number"):
        from_plain(Loose, parse_json(f'{{"anything": [{text}]}}'))


@pytest.mark.parametrize("number", [2**63 - 1, 1 - 2**63])
def test_numbers_of_64_bits_are_read(number):
    assert from_plain(Whole, parse_json(f'{{"name": "a", "number": {number}}}')).number == number


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{\n,", "is not JSON: Expecting property name enclosed in double quotes"),
        (b"\xff", "can't be read: 'utf-8' codec can't decode byte 0xff"),
        (b"[" * 5000, "nested too deep"),
        (b'{"a":' * 100_000, "nested too deep"),
    ],
)
def test_content_that_is_no_json_is_damage(content, said):
    with pytest.raises(DamagedError, match=said):
        parse_json(content)


def test_nesting_within_a_value_is_damage_too():
    deep = '{"anything": ' + "[" * 100 + "]" * 100 + "}"
    from_plain(Loose, parse_json(deep))
    content = parse_json(deep.replace("[]", "[[]]"))
    with pytest.raises(DamagedError, match="nested too deep"):
        from_plain(Loose, content)


def test_a_message_quotes_no_whole_file():
    with pytest.raises(DamagedError) as error:
        from_plain(Whole, {"name": ["x" * 10**6]})
    assert len(str(error.value)) < 200


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
