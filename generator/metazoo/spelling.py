"""What two spellings of a name share."""

from __future__ import annotations

import re

_IGNORED = re.compile(r"[\s_\-]+")


def folded(name: str) -> str:
    """A name without case, spaces, ``_`` and ``-``."""
    return _IGNORED.sub("", name).casefold()
