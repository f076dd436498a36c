"""``metazoo rules`` and ``metazoo rule``: the catalogue of what is checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from metazoo.cli.formats import Format, FormatOption
from metazoo.cli.output import print_line
from metazoo.sanitize import json_text

if TYPE_CHECKING:
    from metazoo.rules import Rule


def rules(
    output_format: FormatOption = Format.TEXT,
) -> None:
    """List every rule that is checked."""
    from metazoo.rules import CATALOGUE

    if output_format is Format.JSON:
        typer.echo(json_text([_as_json(rule) for rule in CATALOGUE.values()]))
        return
    group = ""
    for rule in CATALOGUE.values():
        if rule.group != group:
            if group:
                typer.echo()
            print_line(rule.group)
            group = rule.group
        fixable = " [--fix]" if rule.fixable else ""
        print_line(f"  {rule.code}  {rule.severity:7}  {rule.name}: {rule.summary}{fixable}")


def rule(
    name: Annotated[str, typer.Argument(help="A code such as MZ401, or a name.")],
    output_format: FormatOption = Format.TEXT,
) -> None:
    """Explain one rule: what it finds, why that is bad, and how to fix it."""
    from metazoo.errors import UsageError
    from metazoo.rules import find
    from metazoo.rules.pages import page

    found = find(name)
    if len(found) > 1:
        raise UsageError(
            f"{name!r} stands for {len(found)} rules; name one, such as {found[0].code}"
        )
    typer.echo(
        json_text(_as_json(found[0])) if output_format is Format.JSON else page(found[0]).rstrip()
    )


def _as_json(rule: Rule) -> dict[str, str | bool]:
    return {
        "code": rule.code,
        "name": rule.name,
        "group": rule.group,
        "severity": str(rule.severity),
        "fixable": rule.fixable,
        "summary": rule.summary,
        "why": rule.why,
        "bad": rule.bad,
        "good": rule.good,
        "remedy": rule.remedy,
    }
