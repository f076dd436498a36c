"""The models that installed packages of OpenMMLab describe in their metafiles."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path, PurePosixPath

from mmengine.config.utils import MODULE2PACKAGE

from metazoo import config
from metazoo.files import inside
from metazoo.index.model import Model
from metazoo.index.reader import read_index
from metazoo.measure.code import is_installed
from metazoo.measure.sources.protocol import UnknownModelError
from metazoo.measure.sources.suggesting import suggestion

MAIN = "mmpretrain"
"""The package whose models have names here; those of the others are found by their `Config`."""

_OTHERS = ("mmdet", "mmseg", "mmpose")
"""Packages to name where a `Config` is not found."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A model of a metafile.

    Attributes:
        package: The module of the package it is in: ``mmdet``.
        root: The folder that its paths are relative to.
        model: As the metafile has it.
    """

    package: str
    root: Path
    model: Model

    @property
    def name(self) -> str:
        """As mmpretrain lists it, in lower case."""
        return (self.model.name.value or "").lower()

    @property
    def config(self) -> str:
        """Path of its configuration, relative to the root; empty without one."""
        return _normal(self.model.config.text) if self.model.config else ""


def names() -> list[str]:
    """Every model of mmpretrain, sorted."""
    return sorted(_by_name(MAIN, _root(MAIN)))


def by_name(name: str) -> Entry:
    """A model of mmpretrain; upper and lower case are the same, as there.

    Raises:
        UnknownModelError: mmpretrain has no such model.
    """
    known = _by_name(MAIN, _root(MAIN))
    if name.lower() not in known:
        raise UnknownModelError(
            f"mmpretrain {version(MAIN)} has no model {name!r}{suggestion(name, known)}"
        )
    return known[name.lower()]


def by_config(name: str, path: str) -> Entry:
    """The model that a configuration belongs to; of several, the one of that name, else the first.

    Args:
        name: The model's name in the index.
        path: The configuration's, as in a metafile: ``configs/resnet/resnet50_8xb32_in1k.py``.

    Raises:
        UnknownModelError: No installed package has it, or several have and none has the name.
    """
    installed = [p for p in (MAIN, *sorted(MODULE2PACKAGE.keys() - {MAIN})) if _root(p) is not None]
    wanted = _normal(path)
    found = [entry for p in installed for entry in _entries(p, _root(p)) if entry.config == wanted]
    named = [entry for entry in found if entry.name == name.lower()]
    if not found:
        here = ", ".join(f"{MODULE2PACKAGE[p]} {version(p)}" for p in installed)
        others = ", ".join(MODULE2PACKAGE[p] for p in _OTHERS if p not in installed)
        raise UnknownModelError(
            f"no installed package of OpenMMLab ({here}) has a model whose Config is {path!r}; where"
            f" another has, install it: pip install {others or '…'}"
        )
    packages = dict.fromkeys(entry.package for entry in found)
    if not named and len(packages) > 1:
        raise UnknownModelError(
            f"{' and '.join(packages)} have models whose Config is {path!r}, and none is called"
            f" {name!r}; give it the name that it has in its package"
        )
    return (named or found)[0]


def version(package: str) -> str:
    """The installed version of a package, by its module.

    Raises:
        PackageNotFoundError: It isn't installed.
    """
    return metadata.version(MODULE2PACKAGE[package])


def _root(package: str) -> Path | None:
    """The folder that the paths of a package's metafiles are relative to; None where it isn't installed.

    A package in the project may come from a stranger, and its configurations are code: it is left aside.
    """
    try:
        version(package)
    except metadata.PackageNotFoundError:
        return None
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(spec.submodule_search_locations[0])
    if inside(folder, config.current().root) and not is_installed(folder):
        return None
    index = folder / ".mim" / "model-index.yml"
    # A package that is installed to be edited has links here, to the repository's own files.
    return index.resolve().parent if index.is_file() else None


@cache
def _entries(package: str, root: Path | None) -> tuple[Entry, ...]:
    if root is None:
        return ()
    index = read_index([root / "model-index.yml"], root=root)
    return tuple(Entry(package, root, model) for model in index.models)


@cache
def _by_name(package: str, root: Path | None) -> dict[str, Entry]:
    return {entry.name: entry for entry in _entries(package, root) if entry.config}


def _normal(path: str) -> str:
    return PurePosixPath(path).as_posix()
