"""Write pages to a folder: only what changes, only in the folder, and over nothing that isn't ours."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from metazoo import files
from metazoo.cards.page import Page
from metazoo.errors import UsageError

MANIFEST = ".metazoo-rendered.json"
"""The list of what was written, in the folder itself: by it the next run knows its own files."""
_MOST_NAMED = 5

_Digests = dict[str, set[str]]
"""By the place of a file, the digests of what it may hold and still be ours. There is more than one only while
pages are written: a run that is killed leaves old and new ones."""


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a folder.

    Attributes:
        changed: How many files were new or changed.
        deleted: Files of an earlier run that were deleted, because they are no longer rendered.
        kept: Files of an earlier run that were edited since, and therefore stay.
    """

    changed: int
    deleted: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


def write_pages(pages: Sequence[Page], folder: Path, *, whole: bool = True) -> Written:
    """Write each page where its `uri` says, and delete what an earlier run wrote and this one didn't.

    A file that already has the same content keeps its time, so that site tools and `make` see no
    change. Files that metazoo did not write stay; one at a page's place is an error.

    Args:
        pages: All of them.
        folder: Where they go; made if it isn't there.
        whole: Whether `pages` is everything there is. If not, because the index could not be read,
            nothing is deleted.

    Raises:
        UsageError: The folder can't be written to, leads elsewhere through a link, or holds files
            that metazoo did not write. Nothing has been written then.
    """
    folder = files.real(folder)
    known = _known(folder)
    contents = {page.uri: page.content.encode("utf-8") for page in pages}
    new = {uri: hashlib.sha256(content).hexdigest() for uri, content in contents.items()}
    everything = {*contents, *(known or ())}
    for parent in {(folder / uri).parent for uri in everything}:
        _refuse_links(parent, folder)
    present = {uri: found for uri in everything if (found := _digest(folder / uri))}
    _refuse_foreign(folder, new, known, present)
    known = known or {}
    gone = [uri for uri in sorted(known) if uri not in new and uri in present]
    deleted = [uri for uri in gone if whole and present[uri] in known[uri]]
    _remember(folder, {uri: known.get(uri, set()) | {new.get(uri, "")} for uri in {*known, *new}})
    changed = 0
    for uri, content in contents.items():
        if present.get(uri) != new[uri]:
            _put(folder / uri, content)
            changed += 1
    for uri in deleted:
        _delete(folder, uri)
    stay = {} if whole else {uri: known[uri] for uri in gone}
    _remember(folder, {**stay, **{uri: {digest} for uri, digest in new.items()}})
    kept = [uri for uri in gone if whole and uri not in deleted]
    return Written(changed, tuple(deleted), tuple(kept))


def refuse_sources(folder: Path, root: Path, sources: Iterable[Path]) -> None:
    """Refuse to write pages where a project keeps what they are made from, or out of it by a link.

    Args:
        folder: Where the pages are to go.
        root: The project's folder.
        sources: Folders with its cards, index and records; they need not exist.

    Raises:
        UsageError: The folder is one of them, contains one, or lies in one; or it is in the project
            by its name, and elsewhere by a link.
    """
    target, top = files.real(folder), files.real(root)
    named_inside = Path(os.path.abspath(folder)).is_relative_to(os.path.abspath(root))  # noqa: PTH100
    if named_inside and not target.is_relative_to(top):
        raise UsageError(f"{folder} leads out of the project through a link; name {target} instead")
    for source in (top, *map(files.real, sources)):
        contains = source.is_relative_to(target)
        # A project may keep its index at its top, and its pages must go somewhere.
        lies_in = target.is_relative_to(source) and not top.is_relative_to(source)
        if contains or lies_in:
            how = "is" if target == source else "contains" if contains else "lies in"
            what = (
                "the project's folder" if source == top else f"{source}, which pages are made from"
            )
            raise UsageError(
                f"{folder} {how} {what}: rendered pages would replace it."
                " Name another folder, such as --out pages"
            )


def write_page(page: Page, folder: Path) -> bool:
    """Write one page to a folder that is metazoo's own; says whether it was written.

    Raises:
        UsageError: It can't be written, or its place leads out of the folder through a link.
    """
    target = folder / page.uri
    content = page.content.encode("utf-8")
    _refuse_links(target.parent, folder)
    if _digest(target) == hashlib.sha256(content).hexdigest():
        return False
    _put(target, content)
    return True


def _refuse_links(parent: Path, folder: Path) -> None:
    if not files.inside(parent, folder):
        raise UsageError(f"{parent} leads out of {folder} through a link; delete it, and run again")


def _digest(target: Path) -> str:
    """The digest of a file; empty where there is none, a word where it isn't a plain file."""
    if target.is_symlink():
        return "a link"
    try:
        return hashlib.sha256(files.read_bytes(target)).hexdigest()
    except FileNotFoundError:
        return ""
    except OSError:
        return "not to be read"


def _put(target: Path, content: bytes) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        files.put(target, content)
    except OSError as error:
        raise UsageError(f"{target} can't be written: {error.strerror}") from error


def _delete(folder: Path, uri: str) -> None:
    """Delete a file, and the folders that it leaves empty."""
    try:
        (folder / uri).unlink()
        for parent in [folder / above for above in PurePosixPath(uri).parents][:-1]:
            if any(parent.iterdir()):
                break
            parent.rmdir()
    except OSError as error:
        raise UsageError(f"{folder / uri} can't be deleted: {error.strerror}") from error


def _known(folder: Path) -> _Digests | None:
    """What was written to a folder; None where nothing says it."""
    file = folder / MANIFEST
    try:
        listed = json.loads(files.read_text(file))["files"]
        known = {str(uri): {str(digest) for digest in digests} for uri, digests in listed.items()}
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageError(f"{file} can't be read: {error.strerror}") from error
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise UsageError(
            f"{file} is damaged. If metazoo wrote everything in {folder}, delete the folder and render"
            " again; else render into an empty folder"
        ) from error
    for uri in known:
        path = PurePosixPath(uri)
        if path.is_absolute() or ".." in path.parts or not path.name:
            raise UsageError(f"{file} is damaged: it names {uri!r}, which is no place in {folder}")
    return known


def _remember(folder: Path, digests: _Digests) -> None:
    listed = {uri: sorted(found - {""}) for uri, found in sorted(digests.items())}
    text = json.dumps({"generator": "metazoo render", "files": listed}, indent=1) + "\n"
    if (folder / MANIFEST).is_symlink():
        raise UsageError(f"{folder / MANIFEST} is a link; delete it, and run again")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        files.rewrite(folder / MANIFEST, lambda _: text.encode())
    except OSError as error:
        raise UsageError(f"{folder} can't be written to: {error.strerror}") from error


def _refuse_foreign(
    folder: Path, new: Mapping[str, str], known: _Digests | None, present: Mapping[str, str]
) -> None:
    """Raise an error if writing would replace what metazoo did not write."""
    if known is None:
        # A folder of an older version has no list: it is ours if every file in it is as we'd write it.
        foreign = [uri for uri in _all_files(folder) if present.get(uri, "") != new.get(uri)]
        if foreign:
            raise UsageError(
                f"{folder} contains files that metazoo did not write: {_named(foreign)}."
                " Choose an empty or a new folder"
            )
        return
    foreign = [
        uri for uri in new if uri in present and present[uri] not in {*known.get(uri, ()), new[uri]}
    ]
    if foreign:
        raise UsageError(
            f"{folder} contains files that would be replaced, but were edited or are not metazoo's:"
            f" {_named(foreign)}. Move or delete them"
        )


def _all_files(folder: Path) -> list[str]:
    """What a folder holds, but for names with a dot at its top: the likes of ``.git`` are no pages."""
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is not a folder")
    found = []
    for place, folders, names in os.walk(folder):
        here = Path(place)
        if here == folder:
            folders[:] = [name for name in folders if not name.startswith(".")]
            names = [name for name in names if not name.startswith(".")]
        links = [name for name in folders if (here / name).is_symlink()]
        found += [(here / name).relative_to(folder).as_posix() for name in (*names, *links)]
    return sorted(found)


def _named(uris: Sequence[str]) -> str:
    more = f" and {len(uris) - _MOST_NAMED:,} more" if len(uris) > _MOST_NAMED else ""
    return ", ".join(uris[:_MOST_NAMED]) + more
