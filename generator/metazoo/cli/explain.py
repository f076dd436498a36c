"""``metazoo explain``: where declared numbers that differ may come from."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from metazoo.cli import CLEAN, FOUND

if TYPE_CHECKING:
    from metazoo.measure import Measurement, Request


class Format(StrEnum):
    """How to print explanations."""

    TEXT = "text"
    JSON = "json"


class Field(StrEnum):
    """A fact that is measured."""

    FLOPS = "FLOPs"
    PARAMETERS = "Parameters"
    FILE_SIZE = "File Size"


def explain(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[PATH...]", help="Files of an index; the project's by default."),
    ] = None,
    model: Annotated[
        list[str] | None,
        typer.Option("--model", metavar="GLOB", help="Only models whose name matches; repeatable."),
    ] = None,
    field: Annotated[
        list[Field] | None, typer.Option("--field", help="Only this fact; repeatable.")
    ] = None,
    cache: Annotated[
        bool, typer.Option("--cache/--no-cache", help="Use what was measured before.")
    ] = True,
    output: Annotated[Format, typer.Option("--format", help="How to print.")] = Format.TEXT,
) -> None:
    """Look for the way in which declared numbers that differ came about.

    Tries other conventions of counting, input sizes, factors and networks. Exits with 1 if a number
    remains unexplained.
    """
    from metazoo import config
    from metazoo.cli.measuring import measure_with_progress, names_of
    from metazoo.index.reader import read_index
    from metazoo.verify.explain import explain as explain_all
    from metazoo.verify.explain import questions_of, summary

    project = config.load(paths[0] if paths and paths[0].exists() else None)
    index = read_index(paths) if paths else read_index([project.index], root=project.root)
    if model:
        index.models = [
            m for m in index.models if any(fnmatchcase(m.name.text, glob) for glob in model)
        ]

    def measure(requests: list[Request]) -> Iterator[Measurement]:
        return measure_with_progress(requests, cache=cache)

    questions = questions_of(index, measure, [str(f) for f in field or Field])
    explain_all(questions, measure, lambda: names_of("timm", cache=cache))
    if output is Format.JSON:
        import json

        typer.echo(json.dumps([q.as_json() for q in questions], indent=2, ensure_ascii=False))
    else:
        for question in questions:
            typer.echo(
                f"{question.declared.location}: {question.model.name.text}:"
                f" {question.field} is declared as {question.declared.text}"
            )
            shown = [h for h in question.hypotheses if h.exact == question.explained]
            for h in shown[: 1 if question.explained else 3]:
                sign = "=" if h.exact else "≈"
                typer.echo(f"  {sign} {h.value:,}: {h.text}")
            if not shown:
                typer.echo("  nothing that was tried comes near it")
        typer.echo(summary(questions))
    raise typer.Exit(CLEAN if all(q.explained for q in questions) else FOUND)
