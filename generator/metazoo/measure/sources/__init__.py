"""Where models come from: a registry that knows names, and can build what they stand for.

Some come with metazoo, see `metazoo.measure.sources.built_in`. A package adds its own as an entry point of
the group ``metazoo.sources``; a project under ``sources`` in its configuration, as ``module:object``.
"""

from __future__ import annotations

import importlib
import importlib.util
import signal
import sys
import traceback
from functools import cache
from importlib import metadata

from metazoo import config
from metazoo.errors import ConfigError, MissingExtraError, SourceError, UsageError
from metazoo.measure.faults import sentence
from metazoo.measure.sources.built_in import BUILT_IN
from metazoo.measure.sources.callables import CallableSource
from metazoo.measure.sources.protocol import (
    BuildOptions,
    ConfiguredSource,
    PlacingSource,
    PreparingSource,
    Resolved,
    Source,
    UnknownModelError,
)

__all__ = [
    "BUILT_IN",
    "BuildOptions",
    "CallableSource",
    "ConfiguredSource",
    "PlacingSource",
    "PreparingSource",
    "Resolved",
    "Source",
    "UnknownModelError",
    "load_source",
    "require_installed",
]


@cache
def load_source(name: str) -> Source:
    """The source of that name, ready to use.

    Raises:
        UsageError: There is none.
        SourceError: What the configuration or a package names can't be imported.
        ConfigError: It is no source of that name.
        MissingExtraError: The package it builds from is not installed.
    """
    if name in BUILT_IN:
        require_installed(name)
        return _built_in(name)
    points = metadata.entry_points(group="metazoo.sources", name=name)
    for point in points:
        where = f"the entry point {point.value!r}"
        return _checked(_imported(name, point.module, point.attr, where), name, where)
    settings = config.current()
    named = settings.sources.get(name)
    if named is None:
        known = [*BUILT_IN, *metadata.entry_points(group="metazoo.sources").names]
        raise UsageError(
            f"there is no source {name!r}; known are: {', '.join([*known, *settings.sources])}"
        )
    # Last, so that nothing in the project takes the place of an installed package.
    if str(settings.root) not in sys.path:
        sys.path.append(str(settings.root))
    module, _, attribute = named.partition(":")
    where = f"{settings.file}: {named!r}"
    return _checked(_imported(name, module, attribute, where), name, where)


def _imported(name: str, module: str, attribute: str, where: str) -> object:
    """What a source's module calls by a name.

    Raises:
        SourceError: The module has none of that name, or can't be imported: it may raise anything.
    """
    try:
        found: object = importlib.import_module(module)
        for part in attribute.split("."):
            found = getattr(found, part)
    except BaseException as error:
        if (
            isinstance(error, KeyboardInterrupt)
            and signal.getsignal(signal.SIGINT) != signal.SIG_IGN
        ):
            raise  # the user's, where it is not a worker's
        at = _place_of(error)
        why = f"{at}: {sentence(error)}" if at else sentence(error)
        raise SourceError(f"{where}: source {name!r} can't be loaded: {why}") from error
    return found


def _place_of(error: BaseException) -> str | None:
    """File and line of a source's own code that an exception comes from."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}:{error.lineno}"
    frames = traceback.extract_tb(error.__traceback__)[1:]  # the first is ours
    own = [f for f in frames if not f.filename.startswith("<frozen ") and f.filename != _IMPORTLIB]
    return f"{own[-1].filename}:{own[-1].lineno}" if own else None


_IMPORTLIB = importlib.__file__


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


def require_installed(name: str) -> None:
    """Make sure that the packages of a source that comes with metazoo are installed.

    Raises:
        MissingExtraError: One isn't.
    """
    for module, distribution in BUILT_IN[name].packages:
        if importlib.util.find_spec(module) is None:
            task = f"Measuring a model of {name}"
            raise MissingExtraError(task, distribution, install=BUILT_IN[name].install)


def _built_in(name: str) -> Source:
    """A source that comes with metazoo.

    Raises:
        SourceError: Its package is installed, and can't be imported.
    """
    module = BUILT_IN[name].module
    found = _imported(name, module, "SOURCE", f"metazoo's own {module}")
    return _checked(found, name, module)
