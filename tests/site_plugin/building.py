"""Runs the real MkDocs."""

import os

from tests.commands import run_forked


def mkdocs(*arguments, cwd, **environment):
    """Run MkDocs in a fork of a process that has imported everything."""
    return run_forked(["mkdocs", *map(str, arguments)], cwd, {**os.environ, **environment})
