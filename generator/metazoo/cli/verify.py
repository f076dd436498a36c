"""``metazoo verify``: compare what an index declares with what is measured."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from metazoo.cli import CLEAN, FOUND
from metazoo.cli.formats import Format, FormatOption
from metazoo.cli.measuring import (
    DeviceOption,
    JobsOption,
    MemoryOption,
    RayOption,
    TimeoutOption,
    measure_with_progress,
    require_one_place,
)

if TYPE_CHECKING:
    from metazoo.measure.measurement import Measurement
    from metazoo.measure.request import Request
    from metazoo.verify.run import Outcome


def verify(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[PATH...]", help="Files of an index; the project's by default."),
    ] = None,
    check: Annotated[
        bool,
        typer.Option("--check", help="Measure nothing; fail if a record is missing or stale."),
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Also measure again what is on record.")
    ] = False,
    records: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder of records; by default the project's, if any."),
    ] = None,
    no_records: Annotated[
        bool, typer.Option("--no-records", help="Leave the records as they are.")
    ] = False,
    models: Annotated[
        list[str] | None,
        typer.Option(metavar="GLOB", help="Only models whose names match; can be repeated."),
    ] = None,
    again: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=0,
            help="Measure N recorded models again, different ones every day, and compare.",
        ),
    ] = None,
    changed_since: Annotated[
        str | None,
        typer.Option(
            metavar="REV", help="With --again, also measure models that changed since a revision."
        ),
    ] = None,
    device: DeviceOption = None,
    jobs: JobsOption = None,
    timeout: TimeoutOption = 120.0,
    memory: MemoryOption = 8.0,
    ray: RayOption = None,
    explain: Annotated[
        bool,
        typer.Option("--explain", help="Look for explanations of numbers that differ."),
    ] = False,
    fix: Annotated[
        bool, typer.Option("--fix", help="Write measured values where declared ones differ.")
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Print what --fix would change; change nothing.")
    ] = False,
    output: FormatOption = Format.TEXT,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print findings only.")] = False,
) -> None:
    """Compare what an index declares with what is measured.

    Exits with 1 if a fact differs, a model can't be measured, or, with --check, a record is missing
    or stale.
    """
    from metazoo.cli.explain import catalog_of, say
    from metazoo.cli.mending import mend, print_diff
    from metazoo.cli.output import require_folder
    from metazoo.cli.reading import open_project
    from metazoo.errors import UsageError
    from metazoo.project import Again, Project

    conflicts = (
        (
            check and (explain or (ray and again is None)),
            (
                "--check measures nothing: it can't be combined with --explain, and with --ray only if"
                " --again is given"
            ),
        ),
        (
            check and force,
            "--check measures nothing and --force measures everything: choose one",
        ),
        (
            check and fix,
            (
                "--check leaves everything as it is and --fix writes: choose one (--check --diff shows"
                " what the records would have --fix write)"
            ),
        ),
        (
            changed_since is not None and again is None,
            "--changed-since says what to measure again: it needs --again N",
        ),
    )
    for is_asked, why in conflicts:
        if is_asked:
            raise UsageError(why)
    require_one_place(jobs, ray)
    project = open_project(paths)
    if records is None:
        project = project.within_own_index()
        records = project.records if project.is_own else None
    if check and records is None:
        raise UsageError("--check compares with records: name their folder with --records DIR")
    if records is not None and not (check or no_records):
        require_folder(records)
    if records is None and not no_records:
        typer.echo(
            "No records are kept for files outside the project's index; --records DIR keeps them",
            err=True,
        )
    measure = partial(_measure, jobs=jobs, timeout=timeout, memory=memory, ray=ray)
    anew = partial(measure, cache=False)

    def look(project: Project, *, force: bool = False) -> Outcome:
        return project.verify(
            None if check else anew if force else measure,
            records=records,
            keep=not no_records,
            force=force,
            device=str(device) if device else "meta",
            models=models or (),
            explain_with=catalog_of(records) if explain else None,
            say=say,
            again=None if again is None else Again(again, anew, changed_since),
        )

    outcome = look(project, force=force)
    if diff:
        print_diff(outcome.findings)
        raise typer.Exit(_exit_code(outcome))
    if fix:
        mend(outcome.findings, lambda: look(project.read_again()).findings)
        outcome = look(project.read_again())
    if output is Format.JSON:
        from metazoo.report.verification import verification_as_json
        from metazoo.sanitize import json_text

        typer.echo(json_text(verification_as_json(outcome)))
    else:
        from rich.console import Console

        from metazoo.report.text import print_findings
        from metazoo.report.verification import print_verification

        console = Console(highlight=False, soft_wrap=True)
        print_findings(outcome.findings, console)
        if not quiet:
            print_verification(outcome, console)
    raise typer.Exit(_exit_code(outcome))


def _exit_code(outcome: Outcome) -> int:
    from metazoo.findings import Severity

    errors = (f for f in outcome.findings if f.severity is Severity.ERROR and f.waived is None)
    return FOUND if any(errors) else CLEAN


def _measure(
    requests: list[Request],
    *,
    cache: bool = True,
    jobs: int | None,
    timeout: float,
    memory: float,
    ray: str | None,
) -> Iterator[Measurement]:
    from metazoo.measure.workers import Limits

    limits = Limits(timeout, memory)
    return measure_with_progress(requests, cache=cache, jobs=jobs, limits=limits, ray=ray)
