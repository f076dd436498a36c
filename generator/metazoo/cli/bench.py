"""``metazoo bench``: how fast models run on this machine, and in how much memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from metazoo.cli import CLEAN, FOUND, INTERRUPTED
from metazoo.cli.formats import Format, FormatOption
from metazoo.cli.measuring import DeviceKind
from metazoo.cli.output import print_line
from metazoo.sanitize import printable, printable_json

if TYPE_CHECKING:
    from metazoo.bench.compare import Report
    from metazoo.bench.record import Benchmarks, BenchSettings
    from metazoo.measure.request import Request


class Precision(StrEnum):
    """Precision to compute in."""

    FP32 = "fp32"
    FP16 = "fp16"
    BF16 = "bf16"
    AMP = "amp"


def bench(
    models: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[MODEL...]",
            help="Models by name or glob, or files of an index for all of its models; the project's by default.",
        ),
    ] = None,
    device: Annotated[DeviceKind, typer.Option(help="Hardware to run on.")] = DeviceKind.CPU,
    precision: Annotated[
        Precision, typer.Option(help="Precision to compute in; amp lets torch choose.")
    ] = Precision.FP32,
    channels_last: Annotated[
        bool, typer.Option("--channels-last", help="Use the channels-last memory format.")
    ] = False,
    compile_: Annotated[
        bool, typer.Option("--compile", help="Run each model through torch.compile.")
    ] = False,
    batch_size: Annotated[
        str,
        typer.Option(
            metavar="N|auto", help="Batch size for throughput; auto searches for the best."
        ),
    ] = "auto",
    budget: Annotated[
        float, typer.Option(metavar="SECONDS", min=1, help="Time to spend on each model.")
    ] = 45.0,
    compare: Annotated[
        Path | None,
        typer.Option(
            metavar="OLD.json", help="Fail if a model is slower or larger than in this file."
        ),
    ] = None,
    records: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Folder to keep benchmark files in; by default the project's, for its own index.",
        ),
    ] = None,
    source: Annotated[str, typer.Option(help="Where models given by name come from.")] = "timm",
    ray: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Run once on each kind of hardware of a Ray cluster."),
    ] = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Benchmark models: latency, throughput, memory, and share of what the device can reach.

    Exits with 1 if a model could not be measured or, with --compare, is slower or larger.
    """
    from metazoo.bench.compare import compare as hold_against
    from metazoo.bench.compare import require_same_hardware
    from metazoo.bench.files import read_file, update_folder
    from metazoo.bench.record import BenchSettings, Hardware
    from metazoo.bench.session import Plan, bench_models
    from metazoo.cli.output import require_folder
    from metazoo.errors import UsageError

    requests, records = _requests(models or [], source, records)
    if records is not None:
        require_folder(records)
    settings = BenchSettings(
        str(device), str(precision), channels_last, compile_, _batch_size(batch_size)
    )
    old = read_file(compare) if compare else None
    if old:
        _require_rows(old, f"{compare}", requests, settings)
    plan = Plan(budget)
    batches = _batches(old, requests, settings) if old else None
    known_by_hardware: dict[str, Benchmarks] = {}

    def keep(known: Benchmarks) -> None:
        known_by_hardware[known.hardware] = known
        if records is not None:
            update_folder(records, known)

    def expect(hardware: Hardware) -> None:
        if old:
            require_same_hardware(old.hardware, hardware.label)

    def undecided(known: Benchmarks) -> frozenset[str]:
        if old is None or known.hardware != old.hardware:
            return frozenset()
        return hold_against(old, known).undecided

    interrupted = False
    try:
        with _progress() as say:
            if ray is None:
                bench_models(
                    requests,
                    settings,
                    plan=plan,
                    batches=batches,
                    on_hardware=expect,
                    on_round=keep,
                    on_progress=say,
                    undecided=undecided,
                )
            else:
                from metazoo.bench.cluster import bench_on_ray

                for _ in bench_on_ray(
                    requests,
                    settings,
                    ray,
                    plan=plan,
                    batches=batches,
                    on_round=keep,
                    on_progress=say,
                    undecided=undecided,
                ):
                    pass  # each is kept after its every round
    except KeyboardInterrupt:
        interrupted = True
    found = list(known_by_hardware.values())
    # A cluster may have hardware that the older file is not of; this machine's is all there is.
    reports = [
        hold_against(old, known) if old and (not ray or known.hardware == old.hardware) else None
        for known in found
    ]
    if found:
        _print(found, reports, output, as_list=ray is not None)
    if interrupted:
        done = sum(bool(row.latency) for known in found for row in known.rows)
        print_line(
            f"metazoo: interrupted: {done} of {len(requests)} models have results, from fewer rounds",
            err=True,
        )
        raise typer.Exit(INTERRUPTED)
    if old and not any(reports):
        raise UsageError(f"the cluster has no {old.hardware}, on which {compare} was measured")
    if reports and not any(report and report.comparisons for report in reports) and old:
        raise UsageError(f"nothing could be compared with {compare}, for the reasons above")
    failed = any(row.error and not row.skipped for known in found for row in known.rows)
    worse = any(report and report.worse for report in reports)
    raise typer.Exit(FOUND if failed or worse else CLEAN)


def _requests(
    subjects: list[str], source: str, records: Path | None
) -> tuple[list[Request], Path | None]:
    """The models to benchmark, and the folder to keep results in; None to keep none."""
    from metazoo.cli.measuring import names_matching
    from metazoo.cli.reading import open_project
    from metazoo.errors import UsageError
    from metazoo.findings import Severity
    from metazoo.measure.request import Request
    from metazoo.verify.run import request_of
    from metazoo.verify.sourceless import without_source

    paths = [Path(s) for s in subjects if _is_path(s)]
    names = names_matching([s for s in subjects if not _is_path(s)], source)
    requests = [Request(name, source) for name in names]
    for path in paths:
        if not path.exists():
            raise UsageError(f"{path}: there is no such file or folder")
    if paths or not subjects:
        project = open_project(paths)
        index = project.index
        for finding in index.findings:
            if finding.severity is Severity.ERROR:
                raise UsageError(f"{finding.location}: {finding.message}; fix it first")
        asked = (request_of(model, index) for model in index.models)
        requests += [request for request in asked if request is not None]
        sourceless = without_source(index, index.models)
        if sourceless is not None:
            what = f"{sourceless.location}: {sourceless.message}. {sourceless.hint}"
            if not requests:
                raise UsageError(what)
            print_line(what, err=True)
        if not paths and records is None:
            records = project.benchmarks
    if not requests:
        raise UsageError("there is no model to benchmark: name one, or an index that has models")
    return list(dict.fromkeys(requests)), records


def _is_path(subject: str) -> bool:
    suffixes = (".yml", ".yaml", ".json", ".md", ".mdx")
    return "/" in subject or subject.endswith(suffixes) or Path(subject).is_dir()


def _batch_size(text: str) -> int | None:
    from metazoo.errors import UsageError

    if text == "auto":
        return None
    if not text.isdecimal() or int(text) == 0:
        raise UsageError(f"--batch-size is {text!r}; write a number of images, or auto")
    return int(text)


def _require_rows(
    old: Benchmarks, file: str, requests: list[Request], settings: BenchSettings
) -> None:
    """Refuse to benchmark models that the older file has nothing to compare with.

    Raises:
        UsageError: It has no results with these settings, or none with the same reference work.
    """
    from metazoo.bench.record import REFERENCE
    from metazoo.errors import UsageError

    names = {request.model for request in requests}
    rows = [row for row in old.rows if row.model in names and row.settings == settings]
    if not rows:
        known = dict.fromkeys(row.settings.way for row in old.rows if row.model in names)
        ways = " and ".join(known) or "none of these models"
        raise UsageError(
            f"{file}: has no results for these models on {settings.device} in {settings.way}"
            f"{f', batch {settings.batch_size}' if settings.batch_size else ''}; it has {ways}"
        )
    if not any(old.runs[row.run].reference == REFERENCE for row in rows):
        raise UsageError(
            f"{file}: its times for these models can't be compared: they were imported, or measured with"
            " other reference work than this version of metazoo uses; benchmark the models again with"
            " --records, and compare with the new file"
        )


def _batches(old: Benchmarks, requests: list[Request], settings: BenchSettings) -> dict[str, int]:
    """The batch of each model in the old file, so that the same batches are compared."""
    names = {request.model for request in requests}
    return {
        row.model: row.throughput.batch
        for row in old.rows
        if row.model in names and row.throughput and row.settings == settings
    }


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Show progress on standard error: a status line on a terminal, else a line every ten seconds."""
    import time

    from rich.console import Console
    from rich.text import Text

    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        said = time.monotonic()

        def say(text: str) -> None:
            nonlocal said
            if time.monotonic() - said > 10:
                said = time.monotonic()
                print_line(f"Benchmarking {text}", err=True)

        yield say
        return
    with console.status("Benchmarking") as status:
        yield lambda text: status.update(Text(printable(f"Benchmarking {text}")))


def _print(
    found: list[Benchmarks], reports: list[Report | None], output: Format, *, as_list: bool
) -> None:
    if output is Format.JSON:
        from metazoo.bench.files import as_text

        texts = [as_text(*pair) for pair in zip(found, reports, strict=True)]
        text = f"[\n{','.join(texts)}]\n" if as_list else texts[0]
        typer.echo(printable_json(text), nl=False)
        return
    from metazoo.cli.bench_table import print_benchmarks, print_report

    for known, report in zip(found, reports, strict=True):
        print_benchmarks(known)
        if report:
            print_report(report)
