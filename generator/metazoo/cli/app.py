"""The commands, in the order a newcomer meets them."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from metazoo import __version__
from metazoo.cli.bench import bench
from metazoo.cli.check import check
from metazoo.cli.explain import explain
from metazoo.cli.export import export
from metazoo.cli.import_ import import_app
from metazoo.cli.list_ import list_models
from metazoo.cli.measure import measure
from metazoo.cli.output import print_line
from metazoo.cli.render import render
from metazoo.cli.rules import rule, rules
from metazoo.cli.schema import schema
from metazoo.cli.sources import sources
from metazoo.cli.verify import verify
from metazoo.sanitize import printable

_WrongUse: Any = typer.BadParameter.__base__
"""Typer's error for a command line that can't be understood."""


class _Commands(TyperGroup):
    """The commands; errors escape what they quote, since a command line may name hostile files."""

    def make_context(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().make_context(*args, **kwargs)
        except _WrongUse as error:
            raise _harmless(error) from error

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except _WrongUse as error:
            raise _harmless(error) from error


def _harmless(error: Any) -> Any:
    """The error with its message on one line; the help, which is an error too, stays as it is."""
    if type(error).show is not _WrongUse.show:
        return error
    return _WrongUse(printable(error.format_message()), error.ctx)


app = typer.Typer(
    cls=_Commands,
    help="Keep the facts of a model zoo true: read its index, measure its models, publish it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        print_line(f"metazoo {__version__}")
        raise typer.Exit


@app.callback()
def _common(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    pass


app.command()(check)
app.command()(sources)
app.command()(measure)
app.command()(bench)
app.command()(verify)
app.command()(explain)
app.command()(render)
app.command()(export)
app.command()(rules)
app.command()(rule)
app.command()(schema)
app.command("list")(list_models)
app.add_typer(import_app, name="import")
