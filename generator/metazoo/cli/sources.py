"""``metazoo sources``: what can build models here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from metazoo.cli.formats import Format, FormatOption
from metazoo.sanitize import json_text

if TYPE_CHECKING:
    from metazoo.measure.available import AvailableSource


def sources(
    cache: Annotated[
        bool, typer.Option("--cache/--no-cache", help="Use and keep the names counted before.")
    ] = True,
    output: FormatOption = Format.TEXT,
) -> None:
    """List the sources of models: installed versions, number of names, how to install the others."""
    from metazoo.cli.measuring import open_cache
    from metazoo.measure.available import available_sources

    found = list(available_sources(open_cache() if cache else None))
    if output is Format.JSON:
        typer.echo(json_text([source.as_json() for source in found]))
    else:
        _print(found)


def _print(found: list[AvailableSource]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    from metazoo.cli.rich_text import cell, line

    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = max(console.width, 160)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("source", overflow="fold")
    table.add_column("installed", overflow="fold")
    table.add_column("names", justify="right", no_wrap=True)
    table.add_column("from", overflow="fold")
    for source in found:
        versions = ", ".join(f"{name} {version}" for name, version in source.versions.items())
        names = "–" if source.names is None else f"{source.names:,}"
        installed = (versions or "yes") if source.installed else "no"
        table.add_row(cell(source.name), cell(installed), names, cell(source.origin))
    console.print(table)
    for source in found:
        if source.error is not None:
            line(console, f"{source.name} can't be used: {source.error}")
        elif not source.installed:
            line(console, f"{source.name} is not installed; install it with: {source.install}")
        if source.license_note is not None:
            line(console, f"note: {source.license_note}")
