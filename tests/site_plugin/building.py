"""Runs the real MkDocs."""

import os
import subprocess
import sys

HANGS = 1800
"""Seconds after which a process hangs, however slow the machine is."""


def mkdocs(*arguments, cwd, **environment):
    """Run MkDocs in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", *arguments],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=HANGS,
        check=False,
    )
