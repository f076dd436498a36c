"""Where models come from: a registry that knows names, and can build what they stand for.

timm and torchvision are built in. A project adds its own as an entry point of the group
``metazoo.sources``, or under ``sources`` in its configuration, as ``module:object``.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from functools import cache
from importlib import metadata

from metazoo import config
from metazoo.errors import ConfigError, MissingExtraError, UsageError
from metazoo.measure.sources.callables import CallableSource
from metazoo.measure.sources.protocol import (
    BuildOptions,
    PlacingSource,
    Resolved,
    Source,
    UnknownModelError,
)

__all__ = [
    "BuildOptions",
    "CallableSource",
    "PlacingSource",
    "Resolved",
    "Source",
    "UnknownModelError",
    "load_source",
]

BUILT_IN = ("timm", "torchvision")
"""Sources that come with metazoo; each is named like the package it builds from."""


@cache
def load_source(name: str) -> Source:
    """The source of that name, ready to use.

    Raises:
        UsageError: There is none.
        ConfigError: The configuration names what can't be imported, or is no source of that name.
        MissingExtraError: The package it builds from is not installed.
    """
    if name in BUILT_IN:
        if importlib.util.find_spec(name) is None:
            raise MissingExtraError(f"Measuring a model of {name}", name, "verify")
        return _built_in(name)
    points = metadata.entry_points(group="metazoo.sources", name=name)
    for point in points:
        return _checked(point.load(), name, f"the entry point {point.value!r}")
    settings = config.load()
    where = settings.sources.get(name)
    if where is None:
        known = [*BUILT_IN, *metadata.entry_points(group="metazoo.sources").names]
        raise UsageError(
            f"there is no source {name!r}; known are: {', '.join([*known, *settings.sources])}"
        )
    if str(settings.root) not in sys.path:
        sys.path.insert(0, str(settings.root))
    module, _, attribute = where.partition(":")
    try:
        found = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise ConfigError(f"{settings.file}: source {name!r} can't be loaded: {error}") from error
    return _checked(found, name, f"{settings.file}: {where!r}")


def _checked(found: object, name: str, where: str) -> Source:
    if isinstance(found, type) or not isinstance(found, Source):
        raise ConfigError(
            f"{where} is no source of models: it must be an object with `name`, `names`, `resolve` and"
            " `build`, such as a `metazoo.measure.sources.CallableSource`"
        )
    if found.name != name:
        raise ConfigError(
            f"{where} calls itself {found.name!r}, but is to be source {name!r}: give it one name"
        )
    return found


def _built_in(name: str) -> Source:
    if name == "timm":
        from metazoo.measure.sources.timm import TimmSource

        return TimmSource()
    from metazoo.measure.sources.torchvision import TorchvisionSource

    return TorchvisionSource()
