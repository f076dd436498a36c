"""Why a model could not be measured, and what to do about it. No torch here."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from metazoo.measure.measurement import Measurement


class Cause(StrEnum):
    """What kept a model from being measured."""

    UNKNOWN = "unknown name"
    SOURCE = "source"
    TIME = "time"
    MEMORY = "memory"
    DIED = "died"
    VALUES = "values"
    OUTPUT = "output"
    OTHER = "other"


_REMEDIES = {
    Cause.UNKNOWN: "Name a model that its source knows, or waive this with a reason",
    Cause.SOURCE: "Mend the source, or its entry under [sources] in the configuration",
    Cause.TIME: "Give it more time with --timeout, or waive this with a reason",
    Cause.MEMORY: "Give it more memory with --memory, or verify it where there is more",
    Cause.DIED: (
        "Measure it by itself with `metazoo measure`, and look at what it prints: its code or a library"
        " of it ends the process, or the system killed it for want of memory"
    ),
    Cause.VALUES: (
        "Have its source build the part that computes without looking at values (not the selection of"
        " boxes after it, for example), or waive this with a reason"
    ),
    Cause.OUTPUT: (
        "Have its source return a model whose output is made of tensors, in tuples, lists, mappings or"
        " data classes"
    ),
    Cause.OTHER: "Mend the model or its source, or waive this with a reason",
}


def remedy(measurement: Measurement) -> str:
    """What to do about the error of a measurement."""
    return _REMEDIES.get(cause_of(measurement), _REMEDIES[Cause.OTHER])


def cause_of(measurement: Measurement) -> Cause:
    """The cause of a measurement's error, whoever wrote it: a record may be older than the causes."""
    if measurement.cause is None:
        return Cause.OTHER if measurement.resolved_name else Cause.UNKNOWN
    try:
        return Cause(measurement.cause)
    except ValueError:
        return Cause.OTHER


_NEEDS_VALUES = re.compile(
    r"meta tensors?\b|'Meta' backend|for the Meta backend|Dynamic\w*Exception|unimplemented by default"
    r"|data[- ]dependent",
    re.IGNORECASE,
)
"""How torch says that an operation asks for values where tensors have none."""


def needs_values(error: BaseException) -> bool:
    """Whether an error comes of tensors that have a shape and no values."""
    return isinstance(error, RuntimeError) and bool(_NEEDS_VALUES.search(text_of(error)))


def text_of(error: BaseException) -> str:
    """What an exception says, on one line; it may be a stranger's, and fail at that too."""
    try:
        return " ".join(str(error).split())
    except Exception:  # noqa: BLE001
        return "(what it says can't be read)"


def sentence(error: BaseException, *, named: bool = True) -> str:
    """An exception as part of a message: its name and what it says, of bounded length.

    Args:
        error: The exception.
        named: Whether to say what it is called, even where it says something.
    """
    name, text = type(error).__name__, text_of(error)[:500]
    if not text:
        return name
    return f"{name}: {text}" if named else text
