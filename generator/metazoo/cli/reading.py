"""Read the index that a command works on."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from metazoo.cli.output import as_seen_from_here, print_line

if TYPE_CHECKING:
    from metazoo.config import Config
    from metazoo.index.model import ModelIndex

_MOST_NAMED = 20


def read_project(
    paths: Sequence[Path] | None, project: Config, root: Path | None = None
) -> ModelIndex:
    """Read the files that a command was given, or else the project's own index.

    Args:
        paths: Files and folders. Those of several files that hold no index are skipped, and said.
        project: Settings of the project.
        root: As for `metazoo.index.reader.read_index`; by default the project's for its own index.

    Raises:
        UsageError: A path is not there.
    """
    from metazoo.index.reader import read_index

    if not paths:
        return read_index([as_seen_from_here(project.index)], root=root or project.root)
    index = read_index(paths, root=root)
    if index.skipped:
        _say_skipped(*map(str, index.skipped))
    return index


@cache  # --fix reads again and again
def _say_skipped(*files: str) -> None:
    holding = "1 file that holds" if len(files) == 1 else f"{len(files)} files that hold"
    more = f", and {len(files) - _MOST_NAMED} more" if len(files) > _MOST_NAMED else ""
    print_line(f"Skipped {holding} no index: {', '.join(files[:_MOST_NAMED])}{more}", err=True)
