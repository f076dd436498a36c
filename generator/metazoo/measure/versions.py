"""Which versions are installed, found without importing what they are of."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import metadata
from pathlib import Path

from metazoo import __version__, config
from metazoo.files import inside, read_bytes
from metazoo.measure.code import code_files, fingerprint, is_installed
from metazoo.measure.sources.built_in import BUILT_IN


def installed_versions(source: str) -> dict[str, str]:
    """Versions that decide what a measurement says: of metazoo, torch and the source's package.

    A local part (``2.9.0+cu130``) is left out: it says which hardware torch was built for, and
    counting is done on none. The version of a project's own code is a digest of it
    (``sha256:9f86d081884c7d65``), since it changes without getting another number.

    Args:
        source: Name of a source: ``timm``.

    Returns:
        Versions by package name; a package that isn't installed is missing.
    """
    versions = {"metazoo": __version__, **_of("torch")}
    if source in BUILT_IN:
        for _, package in BUILT_IN[source].packages:
            versions |= _of(package)
        return versions
    points = metadata.entry_points(group="metazoo.sources", name=source)
    versions |= {p.dist.name: p.dist.version for p in points if p.dist is not None}
    for module, root in _own_modules(source):
        digest = fingerprint(module, root)
        if digest is not None:
            versions[module.partition(".")[0]] = digest
    return versions


def config_version(path: str | None) -> dict[str, str]:
    """A digest of a configuration file that a model is built from, under ``config``.

    Args:
        path: Relative to the project's root; None for a model without one.

    Returns:
        Nothing where the project has no such file: it then is one of the source's own package.
    """
    if path is None:
        return {}
    root = config.current().root
    file = root / path
    if not inside(file, root) or not file.is_file():
        return {}
    return {"config": f"sha256:{hashlib.sha256(read_bytes(file)).hexdigest()[:16]}"}


def own_code(source: str) -> list[Path]:
    """The files of a source's own code, which no version stands for; none of a source that was installed."""
    return [file for module, root in _own_modules(source) for file in code_files(module, root)]


def _own_modules(source: str) -> list[tuple[str, Path]]:
    """The modules that a source is in and that no version stands for, each with its project's root."""
    if source in BUILT_IN:
        return []
    points = metadata.entry_points(group="metazoo.sources", name=source)
    settings = config.current()
    if points:
        return [
            (p.module, settings.root) for p in points if not _has_version(p.module, settings.root)
        ]
    where = settings.sources.get(source)
    return [(where.partition(":")[0], settings.root)] if where is not None else []


def _has_version(module: str, root: Path) -> bool:
    return all(is_installed(file) for file in code_files(module, root))


@cache
def _of(package: str) -> dict[str, str]:
    try:
        return {package: metadata.version(package).partition("+")[0]}
    except metadata.PackageNotFoundError:
        return {}
