"""When a file of the index last changed, as git's history has it."""

from __future__ import annotations

import shutil
from pathlib import Path

from metazoo.git import git


def last_changes(folder: Path) -> dict[Path, str]:
    """The day of the last commit of every file below a folder, such as ``2026-01-31``.

    Empty where there is no git or no repository, and in a shallow clone, whose history has been cut
    off and would say the same day of every file.

    Args:
        folder: Below the top of a working tree, or the top itself.

    Returns:
        Days by absolute path; a file that was never committed is not there.
    """
    if (
        shutil.which("git") is None
        or _git(folder, "rev-parse", "--is-shallow-repository") != "false\n"
    ):
        return {}
    top = _git(folder, "rev-parse", "--show-toplevel")
    # For each commit an empty part and its day, then the names; the first begins with a line break.
    log = _git(
        folder,
        *("log", "-z", "--format=%x00@%cs", "--name-only", "--no-renames", "--", "."),
    )
    if top is None or log is None:
        return {}
    days: dict[Path, str] = {}
    parts = iter(log.split("\0"))
    day, first = "", False
    for part in parts:
        if not part:
            day, first = next(parts, "").removeprefix("@"), True
        else:
            name = part.removeprefix("\n") if first else part
            first = False
            days.setdefault(Path(top.removesuffix("\n")) / name, day)  # the newest comes first
    return days


def _git(folder: Path, *arguments: str) -> str | None:
    """What git prints; None where it fails, as outside of a repository."""
    run = git(folder, *arguments)
    return run.stdout if run.returncode == 0 else None
