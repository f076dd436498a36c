"""``metazoo explain``: find out how declared numbers that differ were counted."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from metazoo import facts
from metazoo.cli import CLEAN, FOUND
from metazoo.cli.formats import Format, FormatOption
from metazoo.cli.output import print_line
from metazoo.sanitize import json_text

if TYPE_CHECKING:
    from metazoo.explain.hypotheses import Question
    from metazoo.explain.networks import NetworkCatalog
    from metazoo.measure.measurement import Measurement
    from metazoo.measure.request import Request


class FactOption(StrEnum):
    """A fact that is measured."""

    FLOPS = facts.FLOPS.key
    MACS = facts.MACS.key
    PARAMETERS = facts.PARAMETERS.key
    FILE_SIZE = facts.FILE_SIZE.key


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
        list[FactOption] | None, typer.Option("--field", help="Only this fact; repeatable.")
    ] = None,
    cache: Annotated[
        bool, typer.Option("--cache/--no-cache", help="Use what was measured before.")
    ] = True,
    output: FormatOption = Format.TEXT,
) -> None:
    """Explain declared numbers that differ from the measured ones.

    Tries other counting conventions, input sizes, factors and networks. Exits with 1 if a number
    remains unexplained or can't be compared.
    """
    from metazoo.cli.measuring import measure_with_progress
    from metazoo.cli.reading import open_project
    from metazoo.explain.explain import summary

    project = open_project(paths)
    fields = [str(f) for f in field or FactOption]

    def measure(requests: list[Request]) -> Iterator[Measurement]:
        return measure_with_progress(requests, cache=cache)

    catalog = catalog_of(project.config.records, cache=cache)
    found = project.explain(measure, models=model or ["*"], fields=fields, catalog=catalog, say=say)
    questions = found.questions
    for sentence in found.unanswered:
        say(sentence)
    if output is Format.JSON:
        typer.echo(json_text([q.as_json() for q in questions]))
    else:
        for question in questions:
            _print(question)
        for line in summary(questions, fields):
            print_line(line)
        if found.unanswered:
            print_line(f"{len(found.unanswered)} not compared; standard error says why.")
    clean = not found.unanswered and all(q.explained for q in questions)
    raise typer.Exit(CLEAN if clean else FOUND)


def _print(question: Question) -> None:
    print_line(
        f"{question.declared.location}: {question.model.name.text}:"
        f" {question.field} is declared as {question.declared.text}"
    )
    shown = question.hypotheses[: 1 if question.explained else 3]
    for h in shown:
        print_line(f"  {'=' if h.exact else '≈'} {h.value:,}: {h.text}")
    if not shown:
        print_line("  nothing that was tried comes close to it")


def say(text: str) -> None:
    """Say on standard error what was looked at, or could not be."""
    print_line(text, err=True)


def catalog_of(records: Path | None, *, cache: bool = True) -> NetworkCatalog:
    """Where other networks are looked up: a folder of records, and what this machine measured."""
    from functools import partial

    from metazoo.cli.measuring import names_of, open_cache
    from metazoo.explain.networks import catalog_on_record

    names = partial(names_of, cache=cache)
    return catalog_on_record(names, records, open_cache() if cache else None, say)
