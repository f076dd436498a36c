"""Where models come from: a registry that knows names, and can build what they stand for."""

from __future__ import annotations

import importlib.util
from functools import cache

from metazoo.errors import MissingExtraError, UsageError
from metazoo.measure.sources.protocol import BuildOptions, Resolved, Source, UnknownModelError

__all__ = ["BuildOptions", "Resolved", "Source", "UnknownModelError", "load_source"]


@cache
def load_source(name: str) -> Source:
    """The source of that name, ready to use.

    Raises:
        UsageError: There is none.
        MissingExtraError: The package it builds from is not installed.
    """
    if name != "timm":
        raise UsageError(f"there is no source {name!r}; known are: timm")
    if importlib.util.find_spec("timm") is None:
        raise MissingExtraError("Measuring a model of timm", "timm", "verify")
    from metazoo.measure.sources.timm import TimmSource

    return TimmSource()
