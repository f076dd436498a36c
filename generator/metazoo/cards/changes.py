"""When a file of the index last changed, as git's history has it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path


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
        or _git(folder, "rev-parse", "--is-shallow-repository") != "false"
    ):
        return {}
    top = _git(folder, "rev-parse", "--show-toplevel")
    log = _git(
        folder,
        *("-c", "core.quotePath=false"),
        *("log", "--format=@%cs", "--name-only", "--no-renames", "--", "."),
    )
    if top is None or log is None:
        return {}
    days: dict[Path, str] = {}
    day = ""
    for line in log.splitlines():
        if line.startswith("@"):
            day = line[1:]
        elif line:
            days.setdefault(Path(top) / line, day)  # the newest commit comes first
    return days


def _git(folder: Path, *arguments: str) -> str | None:
    """What git prints; None where it fails, as outside of a repository."""
    run = subprocess.run(  # noqa: S603
        ["git", "-C", str(folder), *arguments],  # noqa: S607
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return run.stdout.strip() if run.returncode == 0 else None
