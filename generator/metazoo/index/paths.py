"""Which files a path or glob in an index names, and that none of them lies outside the root.

Own globbing rather than `glob`'s: that one follows symbolic links in circles, and says nothing of
where it went.
"""

from __future__ import annotations

import os
import re
from fnmatch import translate
from functools import lru_cache
from pathlib import Path

from metazoo.errors import UsageError
from metazoo.files import inside

INDEX_TYPES = (".yml", ".yaml", ".json", ".md", ".mdx")
"""Endings of the files that an index may stand in."""

ROOT_FILES = tuple(
    f"{stem}{end}"
    for stem in ("model-index", "model_index", "index")
    for end in (".yml", ".yaml", ".json")
)
"""Names of a folder's root file, the first that is there."""

MOST_MATCHES = 100_000
"""Files that one glob may match; it is said where there are more."""
_MAGIC = re.compile(r"[*?\[]")


def has_magic(pattern: str) -> bool:
    """Whether a path is a glob."""
    return _MAGIC.search(pattern) is not None


def is_there(path: Path) -> bool:
    """Whether there is a file or folder; False for what no file system could have."""
    return os.path.exists(path)  # noqa: PTH110 (Path.exists raises for a name too long)


def is_file(path: Path) -> bool:
    """Whether there is a file, following symbolic links."""
    return os.path.isfile(path)  # noqa: PTH113 (as above)


def expand(pattern: str, folder: Path, root: Path) -> list[Path]:
    """The files a glob matches below `folder`, in order of their names.

    ``**`` matches any number of folders, none included; hidden files need their dot written.
    Symbolic links to folders are not walked into by ``**``. Nothing outside `root` is looked at,
    wherever the pattern and the links in it lead.
    """
    parts: list[str] = []
    for part in pattern.replace("\\", "/").split("/"):
        if part not in {"", "."} and not (part == "**" and parts[-1:] == ["**"]):
            parts.append(part)
    if pattern.startswith("/") or not inside(folder, root):
        return []
    walk = _Walk(root)
    walk.visit(folder, tuple(parts))
    return sorted(walk.found)


class _Walk:
    """One search: what was found, and where it has been, so that no place is searched twice."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._seen: set[tuple[Path, tuple[str, ...]]] = set()
        self.found: set[Path] = set()

    def visit(self, folder: Path, parts: tuple[str, ...]) -> None:
        """Match `parts` below a folder that is known to lie in the root."""
        if not parts or (folder, parts) in self._seen or len(self.found) >= MOST_MATCHES:
            return
        self._seen.add((folder, parts))
        first, rest = parts[0], parts[1:]
        if first == "**":
            self.visit(folder, rest or ("*",))
            for entry in _listing(folder):
                if entry.is_dir(follow_symlinks=False) and not entry.name.startswith("."):
                    self.visit(Path(entry.path), parts)
        elif has_magic(first):
            matches = _matcher(first)
            for entry in _listing(folder):
                hidden = entry.name.startswith(".")
                if matches.match(entry.name) and hidden == first.startswith("."):
                    self._enter(Path(entry.path), rest, is_folder=_is_folder(entry))
        else:
            path = Path(os.path.normpath(folder / first))
            self._enter(path, rest, is_folder=os.path.isdir(path))  # noqa: PTH112 (as above)

    def _enter(self, path: Path, rest: tuple[str, ...], *, is_folder: bool) -> None:
        if rest and is_folder:
            if inside(path, self._root):
                self.visit(path, rest)
        elif not rest and not is_folder and is_there(path):
            self.found.add(path)


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
    """The files to read for a folder: its root file, or every index file below it.

    Raises:
        UsageError: The folder has no root file and more files than anyone's index.
    """
    for name in ROOT_FILES:
        if (folder / name).is_file():
            return [folder / name]
    found = expand("**/*", folder, folder)
    if len(found) >= MOST_MATCHES:
        raise UsageError(
            f"{folder} holds {MOST_MATCHES:,} files or more; name the index's own file"
        )
    return [path for path in found if path.suffix.lower() in INDEX_TYPES]
