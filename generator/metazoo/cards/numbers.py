"""Numbers for people: few digits in a table, every digit where it counts."""

from __future__ import annotations

import math


def is_finite(number: float) -> bool:
    """Whether a number is none of NaN and infinity, and no whole number too large for a float."""
    try:
        return math.isfinite(number)
    except OverflowError:
        return False


def pixels(text: str) -> int | None:
    """A side of an image as the index writes it; None where it is no number of pixels."""
    return int(text) if text.isdecimal() and len(text) < 10 else None


def scaled(count: float, unit: float) -> str:
    """A count in a unit, with two decimals; three significant digits below a tenth.

    Args:
        count: The exact number.
        unit: What one unit is: 1e6 for millions.
    """
    number = count / unit
    if number >= 0.1 or number == 0:
        return f"{number:,.2f}"
    return f"{number:.3g}"


def exact(number: float) -> str:
    """Every digit, thousands apart."""
    if isinstance(number, float) and number.is_integer():
        number = int(number)
    return f"{number:,}"


def short(count: float, billion: str = "G") -> str:
    """Three significant digits with a prefix: ``8.46 G``. Parameters come by the ``B``."""
    for unit, prefix in ((1e12, "T"), (1e9, billion), (1e6, "M"), (1e3, "k")):
        if abs(count) >= unit * 0.9995:
            return f"{count / unit:.3g} {prefix}"
    return f"{count:.3g}"


def short_range(counts: list[float], billion: str = "G") -> str:
    """``4.23 G``, or ``4.23 G – 16.4 G``; empty where there is nothing."""
    if not counts:
        return ""
    low, high = short(min(counts), billion), short(max(counts), billion)
    return low if low == high else f"{low} – {high}"


def signed_percent(share: float) -> str:
    """A relative difference with its sign: ``−35.3 %``."""
    sign = "−" if share < 0 else "+"
    size = abs(share) * 100
    return f"{sign}{size:.1f} %" if size >= 0.1 else f"{sign}{size:.2g} %"
