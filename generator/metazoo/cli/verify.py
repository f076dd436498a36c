"""``metazoo verify``: what an index declares against what is measured."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from metazoo.cli import CLEAN, FOUND
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
    from metazoo.config import Config
    from metazoo.index.model import Model, ModelIndex
    from metazoo.measure.measurement import Measurement
    from metazoo.measure.request import Request
    from metazoo.verify.explanations import Explanation
    from metazoo.verify.run import Outcome

    Measure = Callable[[list[Request]], Iterator[Measurement]]


class Format(StrEnum):
    """How to print the verdicts."""

    TEXT = "text"
    JSON = "json"


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
        bool, typer.Option("--force", help="Measure anew what is on record, too.")
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
            help="Measure N models again that are on record, others every day, and compare.",
        ),
    ] = None,
    changed_since: Annotated[
        str | None,
        typer.Option(metavar="REV", help="With --again, also those that changed since a revision."),
    ] = None,
    device: DeviceOption = None,
    jobs: JobsOption = None,
    timeout: TimeoutOption = 120.0,
    memory: MemoryOption = 8.0,
    ray: RayOption = None,
    explain: Annotated[
        bool,
        typer.Option("--explain", help="Look for where numbers that differ may come from."),
    ] = False,
    fix: Annotated[
        bool, typer.Option("--fix", help="Write measured values where declared ones differ.")
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Print what --fix would change; change nothing.")
    ] = False,
    output: Annotated[Format, typer.Option("--format", help="How to print.")] = Format.TEXT,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print findings only.")] = False,
) -> None:
    """Hold what an index declares against what is measured.

    Exits with 1 if a fact differs, a model can't be measured, or, with --check, a record is missing
    or stale.
    """
    from metazoo import config
    from metazoo.cli.mending import mend, print_diff
    from metazoo.cli.output import as_seen_from_here, require_folder
    from metazoo.errors import UsageError
    from metazoo.rules import CATALOGUE, Settings
    from metazoo.rules.judge import judge
    from metazoo.verify.run import verify as verify_all

    project = config.load_for(paths)
    within_project = records is None and (not paths or _covers(project, paths))
    if within_project:
        records = as_seen_from_here(project.records)
    if check and records is None:
        raise UsageError("--check compares with records: name their folder with --records DIR")
    if check and (explain or (ray and again is None)):
        raise UsageError(
            "--check measures nothing, so it goes neither with --explain nor, but for --again,"
            " with --ray"
        )
    if check and force:
        raise UsageError("--check measures nothing and --force measures everything: choose one")
    if records is not None and not (check or no_records):
        require_folder(records)
    if check and fix:
        raise UsageError(
            "--check leaves everything as it is and --fix writes: choose one (--check --diff shows"
            " what the records would have --fix write)"
        )
    if changed_since is not None and again is None:
        raise UsageError("--changed-since says what to measure again: it goes with --again N")
    require_one_place(jobs, ray)
    if records is None and not no_records:
        typer.echo(
            "No records are kept of files that are not part of a project's index; --records DIR keeps them",
            err=True,
        )
    measure = partial(_measure, jobs=jobs, timeout=timeout, memory=memory, ray=ray)
    settings = Settings(project.select, project.ignore, project.severity)
    ran = frozenset(c for c, rule in CATALOGUE.items() if rule.group == "verification")

    def look(*, force: bool = False) -> Outcome:
        index, part = _read(project, paths, within_project=within_project)
        _check_globs(models or [], index)
        outcome = verify_all(
            index,
            measure=None if check else partial(measure, cache=not force),
            records=records,
            device=str(device) if device else "meta",
            # A folder named by hand may hold another zoo's records, too.
            whole=part is None
            and (within_project or (not paths and _is_same(records, project.records))),
            keep=not no_records,
            force=force,
            wanted=partial(_is_wanted, models, part) if models or part is not None else None,
        )
        if explain:
            _explain(outcome, index, None if no_records else records, measure)
        if again is not None:
            names = _names_to_measure_again(outcome, index, again, changed_since, records)
            anew = partial(measure, cache=False)
            _measure_again(outcome, index, names, str(device) if device else "meta", anew)
        waivers = as_seen_from_here(project.waivers)
        outcome.findings = judge(outcome.findings, settings, waivers, ran=ran)
        return outcome

    outcome = look(force=force)
    if diff:
        print_diff(outcome.findings)
        raise typer.Exit(_exit_code(outcome))
    if fix:
        mend(outcome.findings, lambda: look().findings)
        outcome = look()
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


def _covers(project: Config, paths: list[Path]) -> bool:
    """Whether the project's index has read all that these paths hold."""
    from metazoo.files import real
    from metazoo.index.reader import read_index

    if not project.index.is_file():
        return False
    index = read_index([project.index], root=project.root)
    files = {real(file) for file in read_index(paths).files}
    return bool(files) and files <= {real(file) for file in index.files}


def _read(
    project: Config, paths: list[Path] | None, *, within_project: bool
) -> tuple[ModelIndex, frozenset[Path] | None]:
    """The index, and which of its files to verify; None for all.

    A part of the project's index is read with the whole: the Library and the collections may stand
    elsewhere in it.
    """
    from metazoo.cli.reading import read_project
    from metazoo.files import real

    if not within_project:
        return read_project(paths, project), None
    index = read_project(None, project)
    if not paths:
        return index, None
    part = read_project(paths, project)
    files = frozenset(real(file) for file in part.files)
    if files == {real(file) for file in index.files}:
        return index, None
    index.findings = part.findings
    return index, files


def _is_same(records: Path | None, own: Path) -> bool:
    from metazoo.files import real

    return records is not None and real(records) == real(own)


def _is_wanted(globs: list[str] | None, files: frozenset[Path] | None, model: Model) -> bool:
    from metazoo.files import real

    within = files is None or real(Path(model.location.file)) in files
    return within and _matches(globs or ["*"], model)


def _explain(
    outcome: Outcome,
    index: ModelIndex,
    records: Path | None,
    measure: Measure,
) -> None:
    """Look for what explains the differences that nothing explains yet, and keep what was found."""
    from metazoo.cli.explain import say, zoo_of
    from metazoo.errors import RecordError
    from metazoo.verify import explanations
    from metazoo.verify.explain import explain_differences
    from metazoo.verify.run import record_finding

    found = explain_differences(outcome.models, index, measure, zoo_of(records), say)
    changed = explanations.add_explanations(outcome.models, found)
    outcome.findings = [changed.get(finding, finding) for finding in outcome.findings]
    if records is None:
        return

    def kept(known: list[Explanation]) -> Iterable[Explanation]:
        every = {e.key: e for e in (*known, *found)}.values()
        return explanations.current(outcome.models, every) if outcome.removing else every

    try:
        explanations.update_explanations(records, kept)
    except RecordError as error:
        outcome.findings = list(dict.fromkeys([*outcome.findings, record_finding(error)]))


def _names_to_measure_again(
    outcome: Outcome, index: ModelIndex, count: int, revision: str | None, records: Path | None
) -> set[str]:
    import datetime as dt

    from metazoo.cli.changed import touched_models
    from metazoo.verify.again import sample_of_the_day

    touched = touched_models(index, records, revision) if revision is not None else set()
    rest = [v.model.name.text for v in outcome.recorded if v.model.name.text not in touched]
    return touched | sample_of_the_day(rest, count, dt.datetime.now(dt.UTC).date())


def _measure_again(
    outcome: Outcome, index: ModelIndex, names: set[str], device: str, measure: Measure
) -> None:
    from metazoo.verify.again import contradictions
    from metazoo.verify.run import request_of

    recorded = [v for v in outcome.recorded if v.model.name.text in names]
    requests = dict.fromkeys(request_of(v.model, index, device) for v in recorded)
    measured = list(measure(list(requests)))
    outcome.measured_again = len(recorded)
    outcome.findings += contradictions(recorded, measured)


def _check_globs(globs: list[str], index: ModelIndex) -> None:
    """Refuse what matches nothing: verifying less than was asked for would look like success."""
    from metazoo.errors import UsageError

    for glob in globs:
        if index.models and not any(_matches([glob], model) for model in index.models):
            raise UsageError(
                f"--models {glob}: no model of the index ({len(index.models)} in all) has such a"
                " name; `*` stands for any characters, and case matters"
            )


def _matches(globs: list[str], model: Model) -> bool:
    from fnmatch import fnmatchcase

    return any(fnmatchcase(model.name.text, glob) for glob in globs)


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
    from metazoo.measure import Limits

    limits = Limits(timeout, memory)
    return measure_with_progress(requests, cache=cache, jobs=jobs, limits=limits, ray=ray)
