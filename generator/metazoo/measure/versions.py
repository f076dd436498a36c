"""Which versions are installed, found without importing what they are of."""

from __future__ import annotations

from functools import cache
from importlib import metadata

from metazoo import __version__


def installed_versions(source: str) -> dict[str, str]:
    """Versions that decide what a measurement says: of metazoo, torch and the source's package.

    A local part (``2.9.0+cu130``) is left out: it says which hardware torch was built for, and
    counting is done on none.

    Args:
        source: Name of a source: ``timm``.

    Returns:
        Versions by package name; a package that isn't installed is missing.
    """
    versions = {"metazoo": __version__, **_of("torch")}
    if source in ("timm", "torchvision"):
        return versions | _of(source)
    points = metadata.entry_points(group="metazoo.sources", name=source)
    return versions | {p.dist.name: p.dist.version for p in points if p.dist is not None}


@cache
def _of(package: str) -> dict[str, str]:
    try:
        return {package: metadata.version(package).partition("+")[0]}
    except metadata.PackageNotFoundError:
        return {}
