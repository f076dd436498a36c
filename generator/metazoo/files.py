"""Read and write files that others may have put there. Knows nothing of what they hold.

An index, its records and all that lies beside them may come from a stranger's pull request: a "file"
may be a pipe that never ends, a device, a link to a secret. And whatever a command is doing when it is
killed, a file holds the old content or the new one, never a part.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from metazoo.errors import NEEDS_POSIX, UsageError

if sys.platform == "win32":
    raise ImportError(NEEDS_POSIX)

import fcntl


def cache_folder() -> Path:
    """The folder that may be deleted at any time: ``METAZOO_CACHE``, or ours in the user's cache folder.

    Raises:
        UsageError: The user has no home folder.
    """
    own = os.environ.get("METAZOO_CACHE")
    if own:
        return Path(own)
    try:
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "metazoo"
    except RuntimeError as error:
        raise UsageError(
            "this user has no home folder; let METAZOO_CACHE name a folder for the cache"
        ) from error


LARGEST_BYTES = 64 * 2**20
"""Size up to which a file is read; the largest record file of timm has 0.3 MB."""
_NEW = ".metazoo-new"
"""Ending of a file's next content, while it is written beside the file: ``.a.json.metazoo-new``."""


def real(path: Path) -> Path:
    """Resolve symbolic links; return the path itself where they lead in a circle."""
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        return path


def inside(path: Path, root: Path) -> bool:
    """Whether a path lies in `root`, with symbolic links resolved on both sides."""
    return real(path).is_relative_to(real(root))


def as_seen_from_here(path: Path) -> Path:
    """The path as a person in the working directory would write it."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def read_bytes(path: Path, most: int = LARGEST_BYTES) -> bytes:
    """Read a regular file of bounded size.

    Args:
        path: The file; a symbolic link is followed.
        most: Bytes it may have.

    Raises:
        OSError: It can't be read, is not a regular file, or is larger than `most`; `strerror` says why.
    """
    # Without O_NONBLOCK, opening a pipe waits for a writer.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "it is not a regular file", str(path))
        # A file that grows while it is read is as large as it says at the end.
        content = file.read(most + 1) if status.st_size <= most else None
        if content is None or len(content) > most:
            size = max(status.st_size, most + 1) / 2**20
            why = f"it is too large ({size:,.0f} MiB, the limit is {most / 2**20:,.0f} MiB)"
            raise OSError(errno.EFBIG, why, str(path))
        return content


def read_text(path: Path, most: int = LARGEST_BYTES) -> str:
    """Read a regular file of bounded size as UTF-8.

    Raises:
        OSError: As `read_bytes`.
        UnicodeDecodeError: It is not UTF-8.
    """
    return read_bytes(path, most).decode("utf-8")


def rewrite(path: Path, change: Callable[[bytes | None], bytes | None]) -> bool:
    """Replace the content of a file in one step, and say whether it changed.

    The new content is written beside the file and renamed, so that a reader finds the old content or the
    new one. Others that rewrite the same file wait until this is done. Mode and owner stay.

    Args:
        path: The file; its folder must exist.
        change: Gets the file's present content, None where there is no file, and returns what the file
            should hold; None deletes it. If it raises, the file stays as it is. It is called again where
            others have changed the file while the new content was written.

    Raises:
        UsageError: The file can't be replaced without changing its owner or separating hard links.
        OSError: The folder can't be written to, or the disk is full; the file is then as it was.
    """
    path = real(path)
    _delete_leftovers(path.parent)
    with _next_content(path) as (descriptor, beside):
        renamed = False
        try:
            before, status = _present(path)
            while True:
                after = change(before)
                if after == before:
                    return False
                if after is None:
                    path.unlink()
                    return True
                _take_over(path, status, descriptor)
                os.ftruncate(descriptor, 0)
                os.lseek(descriptor, 0, os.SEEK_SET)
                with os.fdopen(descriptor, "wb", closefd=False) as file:
                    file.write(after)
                    file.flush()
                    os.fsync(descriptor)
                now, status = _present(path)
                if now == before:
                    break
                before = (
                    now  # somebody else, an editor say, has saved it while the disk was waited for
                )
            beside.replace(path)
            renamed = True
            return True
        finally:
            if not renamed:
                beside.unlink()


def put(path: Path, content: bytes) -> None:
    """Write a file in one step, in place of whatever stood there: a link is replaced, not followed.

    For what can be made again, such as pages: unlike `rewrite` it waits for no disk, so that thousands
    of files take no longer than their bytes.

    Raises:
        OSError: The folder can't be written to, or the disk is full; the file is then as it was.
    """
    with _next_content(path) as (descriptor, beside):
        renamed = False
        try:
            _take_over(path, None, descriptor)
            with os.fdopen(descriptor, "wb", closefd=False) as file:
                file.write(content)
            beside.replace(path)
            renamed = True
        finally:
            if not renamed:
                beside.unlink()


def _present(path: Path) -> tuple[bytes | None, os.stat_result | None]:
    try:
        return read_bytes(path), path.stat()
    except FileNotFoundError:
        return None, None


def _take_over(path: Path, status: os.stat_result | None, descriptor: int) -> None:
    """Give the new file the mode and the owner of the old one."""
    if status is None:
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(descriptor, 0o666 & ~mask)
        return
    if status.st_nlink > 1:
        raise UsageError(
            f"{path}: the file has {status.st_nlink} hard links, and replacing it would separate them."
            " Make the change by hand, or replace the link by a copy first"
        )
    new = os.fstat(descriptor)
    if (new.st_uid, new.st_gid) != (status.st_uid, status.st_gid):
        try:
            os.chown(descriptor, status.st_uid, status.st_gid)
        except OSError as error:
            raise UsageError(
                f"{path}: the file belongs to another user or group, and replacing it would change that."
                " Run the command as its owner"
            ) from error
    os.chmod(descriptor, stat.S_IMODE(status.st_mode))


@contextmanager
def _next_content(path: Path) -> Iterator[tuple[int, Path]]:
    """An empty file beside `path`, locked: its descriptor and its place."""
    beside = path.with_name(f".{path.name}{_NEW}")
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW
    while True:
        descriptor = os.open(beside, flags, 0o600)
        try:
            _lock(descriptor, wait=True)
            if _is_still(beside, descriptor):
                os.ftruncate(descriptor, 0)
                yield descriptor, beside
                return
            # Whoever had it before has renamed it meanwhile: take a new one.
        finally:
            os.close(descriptor)


def _delete_leftovers(folder: Path) -> None:
    """Delete what was left behind by a process that was killed while it wrote."""
    for beside in folder.glob(f".*{_NEW}"):
        try:
            descriptor = os.open(beside, os.O_RDWR | os.O_NOFOLLOW)
        except OSError:  # gone meanwhile, or not ours
            continue
        try:
            if _lock(descriptor, wait=False) and _is_still(beside, descriptor):
                beside.unlink()
        finally:
            os.close(descriptor)


def _lock(descriptor: int, *, wait: bool) -> bool:
    """Lock a file until its descriptor is closed; False if another process has it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    return True


def _is_still(path: Path, descriptor: int) -> bool:
    try:
        there = path.stat(follow_symlinks=False)
    except FileNotFoundError:
        return False
    here = os.fstat(descriptor)
    return (there.st_dev, there.st_ino) == (here.st_dev, here.st_ino)
