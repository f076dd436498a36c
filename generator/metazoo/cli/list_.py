"""``metazoo list``: filter and sort the models of an index, and print chosen columns."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from metazoo.cli import UNUSABLE
from metazoo.cli.formats import Format, ListFormatOption
from metazoo.cli.output import print_line


def list_models(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[PATH...]", help="Files of an index; the project's by default."),
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CONDITION",
            help="Only models that meet this: 'params<30M', 'license=apache*', '!paper'.",
        ),
    ] = None,
    sort: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN,...", help="Sort by these; -COLUMN sorts in descending order."
        ),
    ] = None,
    columns: Annotated[
        str | None, typer.Option(metavar="COLUMN,...", help="What to print about each model.")
    ] = None,
    output: ListFormatOption = Format.TEXT,
) -> None:
    """List the models of an index, from what it declares and what is on record.

    A column is a key of the metadata; name, family, paper, weights, code, recipe, file; macs,
    activations or bytes as measured; top1 or top5 on ImageNet, top1@ImageNet-A elsewhere.
    """
    from metazoo.cli.reading import open_project
    from metazoo.export import listing
    from metazoo.findings import Severity
    from metazoo.measure.records import read_records
    from metazoo.verify.run import request_of

    project = open_project(paths)
    index = project.index
    faults = [f for f in index.findings if f.severity is Severity.ERROR]
    for fault in faults:
        print_line(f"{fault.location}: {fault.message}", err=True)
    if not (index.files or index.skipped):
        raise typer.Exit(UNUSABLE)
    records = read_records(project.records, lambda error: print_line(str(error), err=True))
    asked = [(model, request_of(model, index)) for model in index.models]
    rows = [listing.Listed(m, records.find(r) if r is not None else None) for m, r in asked]
    for text in where or ():
        holds = listing.condition(text, index)
        rows = [row for row in rows if holds(row)]
    rows = listing.sorted_by(rows, _split(sort), index)
    shown = [listing.column(name, index) for name in _split(columns) or listing.USUAL]
    if output is Format.JSON:
        typer.echo(listing.as_json(rows, shown))
    elif output is Format.CSV:
        typer.echo(listing.as_csv(rows, shown))
    else:
        typer.echo(listing.as_text(rows, shown))


def _split(names: str | None) -> list[str]:
    return [name.strip() for name in (names or "").split(",") if name.strip()]
