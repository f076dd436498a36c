"""The code of a project's own models, found without importing it: what no version number tells apart."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import os
import sys
from collections.abc import Iterator
from functools import cache
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path

from metazoo.files import inside, read_bytes, real

_INSTALLED = {"site-packages", "dist-packages"}
"""Folders of what was installed and not edited since, so that its version tells what it is."""


@cache
def fingerprint(module: str, root: Path) -> str | None:
    """A digest of the Python code that a module consists of; None where it isn't found.

    Asked once a process: a module that was imported stays as it was then.

    Args:
        module: Its name, as it is imported.
        root: Root of the project, which is looked in last, as when it is imported.
    """
    folder, files = _code(module, root)
    if folder is None or not files:
        return None
    digest = hashlib.sha256()
    # Names as they are wherever the project lies.
    for name, file in sorted((os.path.relpath(file, folder), file) for file in files):
        content = read_bytes(file)
        digest.update(f"{len(name)} {name} {len(content)} ".encode())
        digest.update(content)
    return f"sha256:{digest.hexdigest()[:16]}"


def code_files(module: str, root: Path) -> list[Path]:
    """The Python files of a module's whole package, and of the project's own that these import.

    What was installed is not followed, since a version stands for it, nor what is imported by a name
    that is put together at run time.

    Args:
        module: Its name, as it is imported.
        root: Root of the project, which is looked in last, as when it is imported.
    """
    return _code(module, root)[1]


def _code(module: str, root: Path) -> tuple[Path | None, list[Path]]:
    """The files, and the folder that the module itself was found in."""
    name = module.partition(".")[0]
    beside, files = _found(name, root)
    found = dict.fromkeys(files)
    if beside is None or is_installed(beside):
        return beside, files
    asked = {name}
    waiting = files
    while waiting:
        imported = {name for file in waiting for name in _imported(file)}
        waiting = []
        for name in sorted(imported - asked - sys.stdlib_module_names):
            folder, files = _found(name, root)
            if folder and not is_installed(folder) and (folder == beside or inside(folder, root)):
                waiting += [file for file in files if file not in found]
        asked |= imported
        found |= dict.fromkeys(waiting)
    return beside, list(found)


def is_installed(path: Path) -> bool:
    """Whether a file or folder lies where packages are installed, and not edited, to."""
    return not _INSTALLED.isdisjoint(path.parts)


def _found(name: str, root: Path) -> tuple[Path | None, list[Path]]:
    """The folder that a top-level module is found in, and its files."""
    spec = _spec(name, root)
    if spec is None:
        return None, []
    if spec.submodule_search_locations:
        folders = [real(Path(place)) for place in spec.submodule_search_locations]
        files = [file for folder in folders for file in folder.rglob("*.py") if file.is_file()]
        return folders[0].parent, files
    if spec.origin is None or not spec.origin.endswith(".py"):
        return None, []
    file = real(Path(spec.origin))
    return file.parent, [file]


def _spec(name: str, root: Path) -> ModuleSpec | None:
    spec = PathFinder.find_spec(name, [*sys.path, str(root)])
    if spec is not None:
        return spec
    try:
        # Editable installs may have a finder of their own.
        return importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return None


def _imported(file: Path) -> Iterator[str]:
    """The top-level names that a file imports, wherever in it that is done."""
    try:
        tree = ast.parse(read_bytes(file))
    except (SyntaxError, ValueError, RecursionError):
        return  # its bytes count all the same
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield node.module.partition(".")[0]
