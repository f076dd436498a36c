"""Which files a path or glob in an index names, and that none of them lies outside the root.

Own globbing rather than `glob`'s: that one follows symbolic links in circles, and says nothing of
where it went.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from fnmatch import translate
from functools import lru_cache
from pathlib import Path

INDEX_TYPES = (".yml", ".yaml", ".json", ".md", ".mdx")
"""Endings of the files that an index may stand in."""

ROOT_FILES = tuple(
    f"{stem}{end}"
    for stem in ("model-index", "model_index", "index")
    for end in (".yml", ".yaml", ".json")
)
"""Names of a folder's root file, the first that is there."""

MOST_MATCHES = 100_000
_MAGIC = re.compile(r"[*?\[]")


def has_magic(pattern: str) -> bool:
    """Whether a path is a glob."""
    return _MAGIC.search(pattern) is not None


def real(path: Path) -> Path:
    """The path with symbolic links resolved; itself where they lead in a circle."""
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        return path


def is_there(path: Path) -> bool:
    """Whether there is a file or folder; False for what no file system could have."""
    return os.path.exists(path)  # noqa: PTH110 (Path.exists raises for a name too long)


def is_file(path: Path) -> bool:
    """Whether there is a file, following symbolic links."""
    return os.path.isfile(path)  # noqa: PTH113 (as above)


def inside(path: Path, root: Path) -> bool:
    """Whether a path lies in `root`, symbolic links resolved on both sides."""
    return real(path).is_relative_to(real(root))


def expand(pattern: str, folder: Path) -> list[Path]:
    """The files a glob matches below `folder`, in order of their names.

    ``**`` matches any number of folders, none included; hidden files need their dot written.
    Symbolic links to folders are not walked into by ``**``.
    """
    parts = [part for part in pattern.replace("\\", "/").split("/") if part not in {"", "."}]
    found: dict[Path, None] = {}
    for path in _walk(folder, tuple(parts)):
        found[path] = None
        if len(found) >= MOST_MATCHES:
            break
    return sorted(found)


def _walk(folder: Path, parts: tuple[str, ...]) -> Iterator[Path]:
    if not parts:
        return
    first, rest = parts[0], parts[1:]
    if first == "**":
        yield from _walk(folder, rest or ("*",))
        for entry in _listing(folder):
            if entry.is_dir(follow_symlinks=False) and not entry.name.startswith("."):
                yield from _walk(Path(entry.path), parts)
    elif has_magic(first):
        matches = _matcher(first)
        for entry in _listing(folder):
            if not matches.match(entry.name) or entry.name.startswith(".") != first.startswith("."):
                continue
            if rest and _is_folder(entry):
                yield from _walk(Path(entry.path), rest)
            elif not rest and not _is_folder(entry):
                yield Path(entry.path)
    else:
        path = folder / first
        if rest:
            yield from _walk(Path(os.path.normpath(path)), rest)
        elif is_file(path):
            yield path


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself; opening it says so
        return False


@lru_cache(maxsize=64)
def _matcher(pattern: str) -> re.Pattern[str]:
    return re.compile(translate(pattern))


def _listing(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        # Nothing to match there; a pattern that matches nothing at all is reported by the reader.
        return []


def index_files(folder: Path) -> list[Path]:
    """The files to read for a folder: its root file, or every index file below it."""
    for name in ROOT_FILES:
        if (folder / name).is_file():
            return [folder / name]
    return [path for path in expand("**/*", folder) if path.suffix.lower() in INDEX_TYPES]
