"""``--fix`` and ``--diff``: make the changes that findings bring along, or show them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import typer

from metazoo.cli.output import print_line
from metazoo.sanitize import printable_diff

if TYPE_CHECKING:
    from metazoo.findings import Finding

_MOST_ROUNDS = 10
"""A fix can bring to light what another one mends. Each round makes at least one change."""


def print_diff(findings: Sequence[Finding]) -> None:
    """Print as a unified diff what the fixes would change."""
    from metazoo.index.patch import patches

    for patch in patches(findings):
        for line in patch.diff():
            typer.echo(printable_diff(line), nl=False)


def mend(findings: Sequence[Finding], look: Callable[[], Sequence[Finding]]) -> None:
    """Make the fixes, and those that show only once others were made.

    Args:
        findings: What was found.
        look: Finds again, after something was changed.
    """
    from metazoo.index.patch import patches

    made, files = 0, set()
    for _ in range(_MOST_ROUNDS):
        found = patches(findings)
        if not found:
            break
        for patch in found:
            patch.write()
            made += patch.made
            files.add(patch.file)
        findings = look()
    values = "value" if made == 1 else "values"
    in_files = "1 file" if len(files) == 1 else f"{len(files)} files"
    print_line(f"Mended {made} {values} in {in_files}", err=True)
