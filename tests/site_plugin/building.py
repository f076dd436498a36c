"""Runs the real MkDocs."""

import os

from tests.commands import run_forked

HANGS = 1800
"""Seconds after which a process hangs, however slow the machine is."""


def mkdocs(*arguments, cwd, **environment):
    """Run MkDocs in a fork of a process that has imported everything."""
    return run_forked(["mkdocs", *map(str, arguments)], cwd, {**os.environ, **environment})
