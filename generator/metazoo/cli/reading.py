"""Open the project that a command works on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from metazoo.cli.output import print_line

if TYPE_CHECKING:
    from metazoo.config import Config
    from metazoo.project import Project
    from metazoo.rules import RuleSettings

_MOST_NAMED = 20


def open_project(
    paths: Sequence[Path] | None,
    root: Path | None = None,
    settings: Callable[[Config], RuleSettings] | None = None,
) -> Project:
    """Open the project of the files that a command was given, or of the working directory.

    Args:
        paths: Files and folders. Those of several files that hold no index are skipped, and said.
        root: As for `metazoo.project.Project.open`.
        settings: As there.

    Raises:
        ConfigError: The settings can't be read.
        UsageError: A path is not there, or the project has no index.
    """
    from metazoo.project import Project

    if not paths:
        _require_own_index()

    project = Project.open(paths, root=root, settings=settings)
    skipped = list(map(str, project.index.skipped))
    if skipped:
        holding = "1 file that holds" if len(skipped) == 1 else f"{len(skipped)} files that hold"
        more = f", and {len(skipped) - _MOST_NAMED} more" if len(skipped) > _MOST_NAMED else ""
        print_line(
            f"Skipped {holding} no index: {', '.join(skipped[:_MOST_NAMED])}{more}", err=True
        )
    return project


def _require_own_index() -> None:
    """Make sure that the project of the working directory has an index; else name the one that is here."""
    import os

    from metazoo import config
    from metazoo.errors import UsageError
    from metazoo.files import as_seen_from_here
    from metazoo.index.paths import ROOT_FILES

    own = config.load().index
    if os.path.lexists(own):
        return
    missing = f"{as_seen_from_here(own)} does not exist"
    here = next((name for name in ROOT_FILES if Path(name).is_file()), None)
    if here is None:
        raise UsageError(f"{missing}; name an index to read, or run this in a project's folder")
    raise UsageError(f"{missing}; to read {here} instead, name it: `metazoo check {here}`")
