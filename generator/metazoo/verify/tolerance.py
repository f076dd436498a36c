"""Decide whether a declared number matches the measured one, to the precision of its own digits.

A person who writes ``25030000`` has rounded to four digits; one who writes ``4230479872`` has not. The
tolerance is therefore half a unit of the last significant digit. A flat percentage would hide real errors,
which are often below one percent.
"""

from __future__ import annotations

import re
from fractions import Fraction

_MANTISSA = re.compile(r"[-+]?\d[\d_,]*(?:\.\d+)?")

CONTAINER_BYTES_PER_TENSOR = 4096
"""The largest overhead of a checkpoint file, in bytes per tensor.

In the 262 correct files of timm's 2021 index it is 118 to 313 bytes, except in DLA's files, which have up
to 3,289 bytes per tensor of unused weights. Wrong sizes are off by at least 23,641 bytes per tensor.
"""


def last_digit(number: float, text: str) -> Fraction:
    """Return the value of one unit in the last significant digit.

    Trailing zeros of a plain integer count as rounding, as long as two digits remain. Before a unit or an
    exponent (``25.0M``, ``4.10e9``) all digits are significant.

    Args:
        number: The parsed number: 25030000 for both ``25030000`` and ``25.03M``.
        text: The same as written.

    Returns:
        10000 for ``25030000`` and for ``25.03M``; 1 for ``4230479872``.
    """
    found = _MANTISSA.match(text.strip())
    if found is None or number == 0:
        return Fraction(1)
    digits = re.sub(r"[_,+-]", "", found.group())
    mantissa = Fraction(digits)
    if mantissa == 0:
        return Fraction(1)
    scale = abs(Fraction(number)) / mantissa
    whole, _, decimals = digits.partition(".")
    if decimals or scale != 1:
        return scale / Fraction(10 ** len(decimals))
    meant = whole.rstrip("0")
    if len(meant) < 2:
        meant = whole[:2]
    return Fraction(10 ** (len(whole) - len(meant)))


def agrees(number: float, text: str, measured: int) -> bool:
    """Whether `measured`, rounded like `text`, gives `number`.

    ``66349999`` counts as 66.35 million, because a program truncates the product of 66.35 and a million
    to it. timm's 2021 index has five such numbers.
    """
    if abs(Fraction(number) - measured) <= last_digit(number, text) / 2:
        return True
    cut_off = re.fullmatch(r"\d+999", text.strip())
    return cut_off is not None and agrees(number + 1, str(int(number) + 1), measured)


def file_size_agrees(number: float, text: str, state_dict_bytes: int, tensors: int) -> bool:
    """Whether a file of `number` bytes can hold exactly this state dict.

    A file is as large as its tensors plus the small overhead of its container; see
    `CONTAINER_BYTES_PER_TENSOR`. The rounding of the number is allowed for on both sides.

    Args:
        number: Declared size in bytes.
        text: The same as written.
        state_dict_bytes: Bytes of the tensors of the state dict.
        tensors: Entries of the state dict.
    """
    rounding = last_digit(number, text) / 2
    most = state_dict_bytes + CONTAINER_BYTES_PER_TENSOR * tensors
    return state_dict_bytes - rounding <= Fraction(number) <= most + rounding
