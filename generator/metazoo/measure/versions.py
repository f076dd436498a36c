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
    return {"metazoo": __version__, **_of("torch"), **_of(source)}


@cache
def _of(package: str) -> dict[str, str]:
    try:
        return {package: metadata.version(package).partition("+")[0]}
    except metadata.PackageNotFoundError:
        return {}
