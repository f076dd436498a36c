"""``--fix`` and ``--diff``: make the changes that findings propose, or show them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import typer

from metazoo.cli.output import print_line
from metazoo.sanitize import printable_diff

if TYPE_CHECKING:
    from metazoo.findings import Finding

_MOST_ROUNDS = 10
"""One fix can uncover another. Each round makes at least one change."""


def print_diff(findings: Sequence[Finding]) -> None:
    """Print as a unified diff what the fixes would change."""
    from metazoo.index.patch import patches

    for patch in patches(findings):
        for line in patch.diff():
            typer.echo(printable_diff(line), nl=False)


def mend(findings: Sequence[Finding], look: Callable[[], Sequence[Finding]]) -> None:
    """Make the fixes, and those that show only after others were made.

    A file that somebody else changes meanwhile keeps that change and is read again.

    Args:
        findings: What was found.
        look: Returns the findings after something was changed.

    Raises:
        UsageError: Files could not be written. All others were fixed.
    """
    from metazoo.errors import UsageError
    from metazoo.index.patch import patches

    made: dict[str, int] = {}
    refused: dict[str, str] = {}
    for _ in range(_MOST_ROUNDS):
        found = [patch for patch in patches(findings) if patch.file not in refused]
        if not found:
            break
        for patch in found:
            try:
                written = patch.write()
            except UsageError as error:
                refused[patch.file] = str(error)
            except OSError as error:
                refused[patch.file] = f"{patch.file}: can't be written: {error.strerror}"
            else:
                if written:
                    made[patch.file] = made.get(patch.file, 0) + patch.made
                else:
                    what = "was changed by somebody else in the meantime; it is read again"
                    print_line(f"{patch.file} {what}", err=True)
        findings = look()
    values, files = _count(sum(made.values()), "value"), _count(len(made), "file")
    print_line(f"Fixed {values} in {files}", err=True)
    if refused:
        raise UsageError("; ".join(refused.values()))


def _count(number: int, what: str) -> str:
    return f"{number} {what if number == 1 else what + 's'}"
