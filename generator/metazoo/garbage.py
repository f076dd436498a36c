"""Python's search for garbage in circles, put off where it finds nothing."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def gc_pause() -> Iterator[None]:
    """Look for no garbage in circles.

    An index is a large tree without circles. Looking for them again and again while it grows finds
    nothing, and takes as long as reading it.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
