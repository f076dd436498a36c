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
from typing import NamedTuple

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
MOST_VISITED = 1_000_000
"""Entries of folders that all globs of one reading may be compared with; it is said where there are more."""
_MAGIC = re.compile(r"[*?\[]")


def has_magic(pattern: str) -> bool:
    """Whether a path is a glob."""
    return _MAGIC.search(pattern) is not None


def home(path: Path) -> Path:
    """The root of a file where none is named: the working directory, or else the file's own folder."""
    here, full = Path.cwd(), absolute(path)
    return here if full.is_relative_to(here) else full.parent


def absolute(path: Path) -> Path:
    """Made absolute and without `..`, but with symbolic links left in: names stay as written."""
    return Path(os.path.abspath(path))  # noqa: PTH100


def is_there(path: Path) -> bool:
    """Whether there is a file or folder; False for what no file system could have."""
    return os.path.exists(path)  # noqa: PTH110 (Path.exists raises for a name too long)


def is_link(path: Path) -> bool:
    """Whether there is a symbolic link, wherever it leads."""
    return os.path.islink(path)  # noqa: PTH114 (as above)


def is_folder(path: Path) -> bool:
    """Whether there is a folder, following symbolic links."""
    return os.path.isdir(path)  # noqa: PTH112 (as above)


def is_file(path: Path) -> bool:
    """Whether there is a file, following symbolic links."""
    return os.path.isfile(path)  # noqa: PTH113 (as above)


class _Entry(NamedTuple):
    """One entry of a folder: whether it is one itself, and whether it is one through a link."""

    name: str
    path: Path
    is_folder: bool
    leads_to_folder: bool
    is_there: bool


class Folders:
    """What one reading has seen of the file system, asked of it once.

    Attributes:
        visited: Entries that globs were compared with so far, and those that matched once more.
    """

    def __init__(self) -> None:
        self.visited = 0
        self._listings: dict[Path, list[_Entry]] = {}
        self._inside: dict[tuple[Path, Path], bool] = {}

    @property
    def exhausted(self) -> bool:
        """Whether globs have visited more than `MOST_VISITED` entries; nothing is searched then."""
        return self.visited > MOST_VISITED

    def listing(self, folder: Path) -> list[_Entry]:
        """The entries of a folder by name; none where it can't be listed, or when exhausted."""
        found = self._listings.get(folder)
        if found is None:
            found = self._listings[folder] = [] if self.exhausted else _listing(folder)
        self.visited += len(found)
        return [] if self.exhausted else found

    def inside(self, path: Path, root: Path) -> bool:
        """Whether a path lies in `root`, with symbolic links resolved."""
        found = self._inside.get((path, root))
        if found is None:
            found = self._inside[path, root] = inside(path, root)
        return found


def expand(pattern: str, folder: Path, root: Path, folders: Folders) -> list[Path]:
    """The files a glob matches below `folder`, in order of their names.

    ``**`` matches any number of folders, none included; hidden files need their dot written.
    Symbolic links to folders are not walked into by ``**``. Nothing outside `root` is looked at,
    wherever the pattern and the links in it lead. When `folders` is exhausted, the search ends.
    """
    parts: list[str] = []
    for part in pattern.replace("\\", "/").split("/"):
        if part not in {"", "."} and not (part == "**" and parts[-1:] == ["**"]):
            parts.append(part)
    if pattern.startswith("/") or not folders.inside(folder, root):
        return []
    walk = _Walk(root, folders)
    walk.visit(folder, tuple(parts))
    return sorted(walk.found)


class _Walk:
    """One search: what was found, and where it has been, so that no place is searched twice."""

    def __init__(self, root: Path, folders: Folders) -> None:
        self._root = root
        self._folders = folders
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
            for entry in self._folders.listing(folder):
                if entry.is_folder and not entry.name.startswith("."):
                    self.visit(entry.path, parts)
        elif has_magic(first):
            matches = _matcher(first)
            for entry in self._folders.listing(folder):
                hidden = entry.name.startswith(".")
                if hidden == first.startswith(".") and matches.match(entry.name):
                    self._enter(
                        entry.path, rest, is_folder=entry.leads_to_folder, there=entry.is_there
                    )
        else:
            path = Path(os.path.normpath(folder / first))
            self._enter(path, rest, is_folder=is_folder(path), there=is_there(path))

    def _enter(self, path: Path, rest: tuple[str, ...], *, is_folder: bool, there: bool) -> None:
        if rest and is_folder:
            if self._folders.inside(path, self._root):
                self.visit(path, rest)
        elif not rest and not is_folder and there:
            self.found.add(path)
            self._folders.visited += 1


@lru_cache(maxsize=64)
def _matcher(pattern: str) -> re.Pattern[str]:
    return re.compile(translate(pattern))


def _listing(folder: Path) -> list[_Entry]:
    try:
        with os.scandir(folder) as entries:
            return sorted(_Entry(e.name, folder / e.name, *_kind(e)) for e in entries)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        # Nothing to match there; a pattern that matches nothing at all is reported by the reader.
        return []


def _kind(entry: os.DirEntry[str]) -> tuple[bool, bool, bool]:
    if not entry.is_symlink():
        own = entry.is_dir()
        return own, own, True
    path = Path(entry.path)
    return False, is_folder(path), is_there(path)


def index_files(folder: Path, folders: Folders) -> list[Path]:
    """The files to read for a folder: its root file, or every index file below it.

    Raises:
        UsageError: The folder has no root file and more files than anyone's index.
    """
    for name in ROOT_FILES:
        if is_file(folder / name) or is_link(folder / name):
            return [folder / name]
    found = expand("**/*", folder, folder, folders)
    if len(found) >= MOST_MATCHES or folders.exhausted:
        raise UsageError(
            f"{folder} holds {MOST_MATCHES:,} files or more; name the index's own file"
        )
    return [path for path in found if path.suffix.lower() in INDEX_TYPES]
