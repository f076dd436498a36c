"""``metazoo export``: the index as JSON, CSV or one canonical YAML file."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Optional

import typer

from metazoo.cli import CLEAN, FOUND
from metazoo.sanitize import json_text


class Target(StrEnum):
    """What to export to."""

    JSON = "json"
    CSV = "csv"
    MODEL_INDEX = "model-index"


def export(
    paths: Annotated[
        Optional[list[Path]],  # noqa: UP045 (typer evaluates it)
        typer.Argument(help="Index files or folders; the project's own index by default."),
    ] = None,
    target: Annotated[Target, typer.Option("--to", help="The form to export to.")] = Target.JSON,
    output: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--output", "-o", help="Write there instead of to standard output."),
    ] = None,
    root: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(help="Folder that no path may leave, and that paths may be relative to."),
    ] = None,
) -> None:
    """Export an index, with what models inherit resolved.

    If the index has errors, they go to standard error and the exit code is 1; what could be read is
    still exported.
    """
    from metazoo.cli.reading import open_project
    from metazoo.findings import Severity
    from metazoo.report.text import lines

    index = open_project(paths, root).index
    errors = [finding for finding in index.findings if finding.severity is Severity.ERROR]
    for line in lines(errors, color=False):
        typer.echo(line, err=True)
    if target is Target.JSON:
        from metazoo.export.plain import plain_index

        text = json_text(plain_index(index)) + "\n"
    elif target is Target.CSV:
        from metazoo.export.table import as_csv

        text = as_csv(index, printed=output is None)
    else:
        from metazoo.export.canonical import as_model_index

        text = as_model_index(index)
    if output is None:
        typer.echo(text, nl=False)
    else:
        output.write_text(text, "utf-8", newline="")
    raise typer.Exit(FOUND if errors else CLEAN)
