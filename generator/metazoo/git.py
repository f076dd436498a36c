"""Ask git about a project, which may hold files that a stranger made to look like a repository of git's.

A folder with files such as `HEAD` and `config` is a bare repository to git, and a repository's settings name
programs to run. Such a folder can be committed to another repository; the one that git made lies in `.git`,
which can't.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

_HARMLESS = {
    "safe.bareRepository": "explicit",
    # For versions of git that don't know the first one, and for what git reads but its user never asked for.
    "core.fsmonitor": "false",
    "core.alternateRefsCommand": "",
    "log.showSignature": "false",
    "diff.external": "",
}


def git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run git in a folder, with what it prints as text: names of files as Python reads them from the disk.

    Raises:
        FileNotFoundError: git is not installed.
    """
    settings = (part for name, value in _HARMLESS.items() for part in ("-c", f"{name}={value}"))
    run = subprocess.run(  # noqa: S603
        ["git", *settings, "-C", str(folder), *arguments],  # noqa: S607  # git is where the user has it
        capture_output=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    return subprocess.CompletedProcess(
        run.args, run.returncode, os.fsdecode(run.stdout), os.fsdecode(run.stderr)
    )
