"""Which names may have been meant by one that a source doesn't know."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from metazoo.spelling import folded

_LONGEST = 100
"""Characters of a name that is compared with others; no network's name is longer."""


def suggestion(name: str, known: Iterable[str]) -> str:
    """The end of a sentence that says what was meant; empty where nothing is near.

    Case, ``-``, ``_`` and blanks don't count: ``EfficientNet-B0`` is ``efficientnet_b0``, and nothing
    else is then suggested. What follows a dot, the tag, is left aside.

    Args:
        name: As asked for, with a tag or without.
        known: Every name there is, without tags.
    """
    architecture = name.partition(".")[0]
    if len(architecture) > _LONGEST:
        return ""
    known = list(known)
    close = [other for other in known if folded(other) == folded(architecture)]
    if not close:
        wanted = architecture.strip().lower().replace("-", "_").replace(" ", "_")
        close = difflib.get_close_matches(wanted, known, n=3, cutoff=0.75)
    return f"; did you mean {' or '.join(map(repr, close))}?" if close else ""
