"""Which sources there are here: those that come with metazoo, of installed packages, and of the project.

Nothing of theirs is imported in this process.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from importlib import metadata
from typing import Any

from metazoo import config
from metazoo.errors import MetazooError
from metazoo.measure.cache import Cache
from metazoo.measure.faults import sentence
from metazoo.measure.run import source_names
from metazoo.measure.sources.built_in import BUILT_IN
from metazoo.measure.versions import installed_versions


@dataclass(frozen=True, slots=True)
class AvailableSource:
    """One source.

    Attributes:
        name: As an index or ``--source`` gives it.
        origin: Where it comes from: ``metazoo``, an entry point, the project's configuration.
        installed: Whether the packages that it builds from are installed.
        importable: Whether they can be imported; None if they are not installed.
        names: How many architectures it has; None if that can't be told.
        versions: Versions of these packages, or a digest of the project's own code.
        install: What installs them; None for a source that metazoo doesn't know.
        license_note: What to know about their licenses before installing them.
        error: Why the source can't be used, if it can't though it is installed.
    """

    name: str
    origin: str
    installed: bool
    importable: bool | None = None
    names: int | None = None
    versions: dict[str, str] = field(default_factory=dict)
    install: str | None = None
    license_note: str | None = None
    error: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Plain values, for ``--format json``."""
        return asdict(self)


def available_sources(cache: Cache | None = None) -> Iterator[AvailableSource]:
    """Look at every source: built-in ones first, then those of packages, then the project's own.

    Of two with the same name, only the one that is used is listed. The names of an installed source are
    counted in a worker process.

    Args:
        cache: Where to look first for the names of built-in sources, and to keep them.

    Raises:
        ConfigError: The project's configuration can't be read.
    """
    for name, known in BUILT_IN.items():
        installed = all(importlib.util.find_spec(module) for module, _ in known.packages)
        yield _looked_at(
            AvailableSource(
                name,
                "metazoo",
                installed,
                install=known.install,
                license_note=known.license_note,
            ),
            cache,
        )
    settings = config.current()
    own: dict[str, str] = {}
    for point in metadata.entry_points(group="metazoo.sources"):
        package = f" of {point.dist.name} {point.dist.version}" if point.dist else ""
        own.setdefault(point.name, f"entry point {point.value}{package}")
    for name, value in settings.sources.items():
        own.setdefault(name, f"{settings.file}: {value}")
    for name, origin in own.items():
        if name not in BUILT_IN:
            yield _looked_at(AvailableSource(name, origin, installed=True), cache)


def _looked_at(source: AvailableSource, cache: Cache | None) -> AvailableSource:
    """A source with its versions and the number of its names."""
    found = asdict(source)
    others = installed_versions(source.name)
    found["versions"] = {k: v for k, v in others.items() if k not in {"metazoo", "torch"}}
    if source.installed:
        try:
            names = source_names(source.name, cache)
        except MetazooError as error:
            found |= {"importable": False, "error": str(error)}
        except Exception as error:  # noqa: BLE001  # a source's code may raise anything; it is shown
            found |= {"importable": False, "error": sentence(error)}
        else:
            found |= {"importable": True, "names": len(names)}
    return AvailableSource(**found)
