"""What commands print, and the places they name and write to."""

from __future__ import annotations

import os
from pathlib import Path

import typer

from metazoo.errors import UsageError
from metazoo.sanitize import printable


def print_line(line: str, *, err: bool = False) -> None:
    """Print one line, whatever it quotes.

    Args:
        line: Text without an end; what would end the line or be a command in a log is escaped.
        err: Whether it goes to standard error.
    """
    typer.echo(printable(line), err=err)


def require_folder(folder: Path) -> None:
    """Make sure that files can be written into a folder, which need not exist yet.

    Raises:
        UsageError: It, or the folder that it would be created in, is not a folder or is read-only.
    """
    there = folder.absolute()
    while not os.path.lexists(there):
        there = there.parent
    if not there.is_dir():
        raise UsageError(f"{folder}: {there} is not a folder; choose another place to write to")
    if not os.access(there, os.W_OK | os.X_OK):
        raise UsageError(f"{folder}: {there} can't be written to; choose another place")
