"""Runs the real MkDocs."""

import subprocess
import sys


def mkdocs(*arguments, cwd):
    """Run MkDocs in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
