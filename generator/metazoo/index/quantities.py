"""Numbers as people write them: ``25.03M``, ``5.47 GFLOPs``, ``79.3%``, ``96 MB``, ``3x224x224``.

Everything here is exact. Decimal fractions are scaled as decimals, so ``25.03M`` is 25,030,000 and
not a float next to it; a whole number stays an `int`.
"""

from __future__ import annotations

import re
from decimal import Context, Decimal
from enum import Enum
from typing import NamedTuple

from metazoo.metrics import known_unit


class Scale(Enum):
    """What a prefix on a number may mean.

    `NONE`: no prefix, only a percent sign. `COUNT`: powers of 1000, with ``B`` for a billion.
    `BYTES`: powers of 1000 (``MB``) and of 1024 (``MiB``).
    """

    NONE = "none"
    COUNT = "count"
    BYTES = "bytes"


class Quantity(NamedTuple):
    """A number and the unit that was written with it.

    Attributes:
        value: In base units: ``25.03M`` is 25030000. Of a percentage, the number before the sign.
        unit: As written, without the blanks around it: ``M``, ``GFLOPs``, ``%``; often empty.
    """

    value: int | float
    unit: str = ""


_LONGEST = 40
"""Characters that a number may have. Longer ones are no number of a model."""
_LARGEST_EXPONENT = 30
_EXACT = Context(prec=2 * _LONGEST)
"""Enough digits for any such number times any unit."""

_NUMBER = re.compile(
    r"""(?P<sign>[+-]?)
        (?P<digits>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+(?:_[0-9]+)*|(?=\.[0-9]))
        (?P<fraction>\.[0-9]*)?
        (?:[eE](?P<exponent>[+-]?[0-9]{1,4}))?
        \s*(?P<unit>%|[A-Za-z][A-Za-z /-]*)?""",
    re.VERBOSE | re.ASCII,
)
_PLAIN_FLOAT = re.compile(r"-?[0-9]{1,15}\.[0-9]{1,15}(?:e[+-]?[0-9]{1,2})?", re.ASCII)

_COUNT_PREFIXES: dict[str, int] = {
    "": 0,
    "K": 3,
    "k": 3,
    "M": 6,
    "m": 6,
    "G": 9,
    "B": 9,
    "b": 9,
    "T": 12,
    "P": 15,
}
_COUNT_WORDS: dict[str, int] = {"thousand": 3, "million": 6, "billion": 9, "trillion": 12}
_COUNT_NOUNS = frozenset(
    {"flop", "flops", "mac", "macs", "fma", "ops", "madd", "madds", "multadds", "multiplyadds"}
    | {"param", "params", "parameters", "acts", "activations"}
)
_BYTE_UNITS = {
    "": 1,
    "b": 1,
    "byte": 1,
    "bytes": 1,
    "k": 10**3,
    "kb": 10**3,
    "m": 10**6,
    "mb": 10**6,
    "g": 10**9,
    "gb": 10**9,
    "tb": 10**12,
    "kib": 2**10,
    "mib": 2**20,
    "gib": 2**30,
    "tib": 2**40,
}


def number(text: str, scale: Scale = Scale.NONE) -> Quantity | None:
    """Read one number with its unit.

    Args:
        text: As written; blanks around it don't matter.
        scale: Which prefixes are understood.

    Returns:
        The quantity, or None where the text is not one number, has a unit that `scale` doesn't
        know, or is so large that it can't be meant.
    """
    if text.isdigit() and text.isascii() and len(text) <= _LONGEST:
        return Quantity(int(text))
    if _PLAIN_FLOAT.fullmatch(text) and "e" not in text:
        return Quantity(float(text))
    text = text.strip()
    if len(text) > _LONGEST:
        return None
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    unit = (match["unit"] or "").strip()
    factor = _factor(unit, scale)
    exponent = int(match["exponent"] or 0)
    if factor is None or abs(exponent) > _LARGEST_EXPONENT:
        return None
    digits = match["digits"].replace(",", "").replace("_", "")
    fraction = match["fraction"] or ""
    written = Decimal(f"{match['sign']}{digits}{fraction}E{exponent}")
    exact = _EXACT.multiply(written, factor)
    scaled = factor != 1 or match["exponent"] is not None
    if exact == exact.to_integral_value() and (scaled or not fraction):
        return Quantity(int(exact), unit)
    return Quantity(float(exact), unit)


_FIGURE = re.compile(
    r"""(?P<number>[+-]?[0-9.][0-9.,_]*(?:[eE][+-]?[0-9]{1,4})?)
        \s*(?P<unit>[^\W\d_][^\W\d_²³·/%-]*(?:[/·-][^\W\d_]+)*[²³]?|[%‰°])""",
    re.VERBOSE,
)


def figure(text: str) -> Quantity | None:
    """Read the value of a metric: ``79.3%``, ``79.3``, ``9 ms``, ``31.2 dB``, ``3x``.

    The number isn't converted: what its unit means depends on the metric. Any word may be a unit.

    Args:
        text: As written.

    Returns:
        The number and its unit as written, or None if the text is not a number with a unit.
    """
    plain = number(text)
    if plain is not None or len(text) > _LONGEST:
        return plain
    text = text.strip()
    match = _FIGURE.fullmatch(text)
    if match is None:
        # Units of several words are those that are known: "30 images per second".
        first, _, rest = text.partition(" ")
        unit = rest.strip()
        if known_unit(unit) is None:
            return None
    else:
        first, unit = match["number"], match["unit"]
    quantity = number(first)
    return None if quantity is None or quantity.unit else Quantity(quantity.value, unit)


def _factor(unit: str, scale: Scale) -> int | None:
    """What to multiply by, or None for a unit that `scale` doesn't know."""
    if not unit or (unit == "%" and scale is Scale.NONE):
        return 1
    if scale is Scale.COUNT:
        return _count_factor(unit)
    if scale is Scale.BYTES:
        return _BYTE_UNITS.get(unit.lower())
    return None


def _count_factor(unit: str) -> int | None:
    words = unit.split()
    noun = "".join(words).replace("-", "").replace("/", "").lower()
    if noun in _COUNT_NOUNS:
        return 1
    first = words[0]
    if first.lower() in _COUNT_WORDS and (
        len(words) == 1 or noun.removeprefix(first.lower()) in _COUNT_NOUNS
    ):
        return _power(_COUNT_WORDS[first.lower()])
    if unit[0] in _COUNT_PREFIXES and (len(unit) == 1 or noun[1:] in _COUNT_NOUNS):
        return _power(_COUNT_PREFIXES[unit[0]])
    return None


def _power(exponent: int) -> int:
    return int(10**exponent)


_IMAGE_SIZE = re.compile(
    r"[\[(]?\s*([0-9]{1,6})(?:\s*[x×X,*]\s*([0-9]{1,6}))?(?:\s*[x×X,*]\s*([0-9]{1,6}))?\s*(?:px)?\s*[\])]?"
)


def image_size(text: str) -> tuple[int, int, int] | None:
    """Read an image size as channels, height and width.

    ``224`` is a square of three channels, ``256x192`` height by width, ``1x28x28`` all three.

    Args:
        text: As written; ``x``, ``×``, ``*`` and commas divide, brackets around it don't matter.

    Returns:
        Channels, height, width in pixels; None where the text is no image size.
    """
    match = _IMAGE_SIZE.fullmatch(text.strip())
    if match is None:
        return None
    first, second, third = match.groups()
    if second is None:
        return 3, int(first), int(first)
    if third is None:
        return 3, int(first), int(second)
    return int(first), int(second), int(third)
