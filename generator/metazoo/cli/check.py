"""``metazoo check``: read an index and say what is wrong with it."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from metazoo.cli import CLEAN, FOUND, UNUSABLE

if TYPE_CHECKING:
    from metazoo.config import Config
    from metazoo.findings import Finding
    from metazoo.index.model import ModelIndex
    from metazoo.rules import Settings


class Format(StrEnum):
    """How findings are printed."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"
    GITHUB = "github"


def check(
    paths: Annotated[
        Optional[list[Path]],  # noqa: UP045 (typer evaluates it)
        typer.Argument(help="Index files or folders; the project's own index by default."),
    ] = None,
    output_format: Annotated[Format, typer.Option("--format", help="How to print.")] = Format.TEXT,
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
        typer.Option(help="Leave these rules out."),
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
        bool, typer.Option("--fix", help="Mend what can be mended safely, then check.")
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Print what --fix would change; change nothing.")
    ] = False,
) -> None:
    """Check an index without building any model.

    Exit code 0: no errors. 1: errors were found. 2: used wrongly, or nothing could be read.
    """
    import gc

    from metazoo import config
    from metazoo.cli.mending import mend, print_diff
    from metazoo.index.reader import read_index

    # An index is a large tree without circles; collecting garbage while it grows finds nothing and
    # takes half the time.
    gc.disable()
    project = config.load(paths[0] if paths and paths[0].exists() else None)
    settings = _settings(project, select, ignore)
    wanted = paths or [_shown(project.index)]

    def look() -> tuple[ModelIndex, list[Finding]]:
        index = read_index(wanted, root=root or (None if paths else project.root))
        findings = _findings(index, project, settings)
        if changed_since is not None:
            from metazoo.cli.changed import touched

            findings = touched(findings, index, changed_since)
        return index, findings

    index, findings = look()
    if diff:
        print_diff(findings)
        raise typer.Exit(FOUND if _has_errors(findings) else CLEAN)
    if fix:
        mend(findings, lambda: look()[1])
        index, findings = look()
    text = _rendered(findings, index, output_format, to_terminal=output is None)
    if output is None:
        typer.echo(text)
    else:
        output.write_text(text + "\n", "utf-8")
    code = FOUND if _has_errors(findings) else CLEAN
    if not index.files:
        code = UNUSABLE
    if len(index.models) > _MANY:
        _leave(code)
    raise typer.Exit(code)


_MANY = 1000


def _leave(code: int) -> None:
    """End the process at once: taking a million objects apart one by one serves nobody."""
    import os
    import sys

    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _shown(path: Path) -> Path:
    """The path as a person in the working directory would write it."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _settings(project: Config, select: list[str] | None, ignore: list[str] | None) -> Settings:
    from metazoo.rules import Settings

    return Settings(
        _split(select) or project.select,
        (*project.ignore, *_split(ignore)),
        project.severity,
    )


def _split(names: list[str] | None) -> tuple[str, ...]:
    return tuple(part for name in names or () for part in name.split(",") if part.strip())


def _findings(index: ModelIndex, project: Config, settings: Settings) -> list[Finding]:
    from metazoo import rules
    from metazoo.rules.judge import judge

    findings = rules.check(index, settings)
    return judge(findings, settings, _shown(project.waivers), rules.checked(settings), project.root)


def _has_errors(findings: list[Finding]) -> bool:
    from metazoo.findings import Severity

    return any(f.severity is Severity.ERROR and f.waived is None for f in findings)


def _rendered(
    findings: list[Finding], index: ModelIndex, output_format: Format, *, to_terminal: bool
) -> str:
    import os
    import sys

    files, models = len(index.files), len(index.models)
    if output_format is Format.TEXT:
        from metazoo.report import text

        colour = to_terminal and sys.stdout.isatty() and "NO_COLOR" not in os.environ
        shown = text.lines(findings, colour=colour)
        return "\n".join([*shown, text.summary(findings, files, models)])
    from metazoo.report import data

    if output_format is Format.JSON:
        return data.as_json(findings, files, models)
    if output_format is Format.SARIF:
        return data.as_sarif(findings)
    if output_format is Format.JUNIT:
        return data.as_junit(findings, [file.as_posix() for file in index.files])
    return data.as_github(findings)
