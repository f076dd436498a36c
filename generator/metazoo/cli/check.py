"""``metazoo check``: read an index and say what is wrong with it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from metazoo.cli import CLEAN, FOUND, UNUSABLE
from metazoo.cli.formats import FindingsFormatOption, Format

if TYPE_CHECKING:
    from metazoo.config import Config
    from metazoo.findings import Finding
    from metazoo.index.model import ModelIndex
    from metazoo.rules import RuleSettings


def check(
    paths: Annotated[
        Optional[list[Path]],  # noqa: UP045 (typer evaluates it)
        typer.Argument(help="Index files or folders; the project's own index by default."),
    ] = None,
    output_format: FindingsFormatOption = Format.TEXT,
    output: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--output", "-o", help="Write there instead of to standard output."),
    ] = None,
    select: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(help="Report only these rules: a code, its beginning, a name or a group."),
    ] = None,
    ignore: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(help="Ignore these rules."),
    ] = None,
    root: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(help="Folder that no path may leave, and that paths may be relative to."),
    ] = None,
    changed_since: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="REV", help="Report only what changed since this git revision."),
    ] = None,
    fix: Annotated[
        bool, typer.Option("--fix", help="Fix what can be fixed safely, then check.")
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Print what --fix would change; change nothing.")
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="List every note instead of one line per rule.")
    ] = False,
    statistics: Annotated[
        bool, typer.Option("--statistics", help="Print only how many findings each rule has.")
    ] = False,
) -> None:
    """Check an index without building any model.

    Errors and warnings are listed one by one, notes are counted by rule. All formats but text hold
    every finding.

    Exit code 0: no errors. 1: errors were found. 2: used wrongly, or nothing could be read.
    """
    import gc

    from metazoo.cli.mending import mend, print_diff
    from metazoo.cli.reading import open_project
    from metazoo.errors import UsageError

    # An index is a large tree without cycles: the cyclic garbage collector finds nothing in it and
    # takes half the time.
    gc.disable()
    if statistics and (verbose or output_format is not Format.TEXT):
        raise UsageError(
            "--statistics prints counts instead of findings: it can't be combined with --verbose or with"
            " a --format other than text"
        )
    project = open_project(paths, root, partial(_settings, select=select, ignore=ignore))
    findings = project.check(changed_since=changed_since)
    if diff:
        print_diff(findings)
        raise typer.Exit(FOUND if _has_errors(findings) else CLEAN)
    if fix:
        mend(findings, lambda: project.read_again().check(changed_since=changed_since))
        project = project.read_again()
        findings = project.check(changed_since=changed_since)
    index = project.index
    if output_format is Format.TEXT:
        text = _as_text(findings, index, verbose, statistics, to_terminal=output is None)
    else:
        text = _as_data(findings, index, output_format)
    if output is None:
        typer.echo(text)
    else:
        output.write_text(text + "\n", "utf-8")
    code = FOUND if _has_errors(findings) else CLEAN
    if not (index.files or index.skipped):
        code = UNUSABLE
    raise typer.Exit(code)


def _settings(config: Config, select: list[str] | None, ignore: list[str] | None) -> RuleSettings:
    from metazoo.rules import RuleSettings

    return RuleSettings(
        _split(select) or config.select,
        (*config.ignore, *_split(ignore)),
        config.severity,
    )


def _split(names: list[str] | None) -> tuple[str, ...]:
    return tuple(part for name in names or () for part in name.split(",") if part.strip())


def _has_errors(findings: list[Finding]) -> bool:
    from metazoo.findings import Severity

    return any(f.severity is Severity.ERROR and f.waived is None for f in findings)


def _as_text(
    findings: list[Finding],
    index: ModelIndex,
    verbose: bool,
    statistics: bool,
    *,
    to_terminal: bool,
) -> str:
    import os
    import sys

    from metazoo.findings import Severity
    from metazoo.report import text

    color = to_terminal and sys.stdout.isatty() and "NO_COLOR" not in os.environ
    summary = text.summary(findings, len(index.files), len(index.models))
    if statistics:
        return "\n".join([*text.statistics(findings, color=color), summary])
    listed = [f for f in findings if verbose or f.severity is not Severity.INFO]
    notes = [f for f in findings if not verbose and f.severity is Severity.INFO]
    counted = list(text.notes_by_rule(notes, color=color))
    hint = ["Run with --verbose to list the notes."] if counted else []
    return "\n".join([*text.lines(listed, color=color), *counted, *hint, summary])


def _as_data(findings: list[Finding], index: ModelIndex, output_format: Format) -> str:
    from metazoo.report import data

    if output_format is Format.JSON:
        return data.as_json(findings, len(index.files), len(index.models))
    if output_format is Format.SARIF:
        return data.as_sarif(findings)
    if output_format is Format.JUNIT:
        return data.as_junit(findings, [file.as_posix() for file in index.files])
    return data.as_github(findings)
