"""What the commands that measure share: options, progress, the cache, names."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from metazoo.cli.output import print_line

if TYPE_CHECKING:
    from metazoo.measure.cache import Cache
    from metazoo.measure.measurement import Measurement
    from metazoo.measure.request import Request
    from metazoo.measure.workers import Limits


class DeviceKind(StrEnum):
    """Hardware to run models on."""

    CPU = "cpu"
    CUDA = "cuda"


DeviceOption = Annotated[
    DeviceKind | None,
    typer.Option(help="Also run each model once on this hardware, with random weights."),
]
JobsOption = Annotated[
    int | None, typer.Option(min=1, help="Worker processes; one for each processor by default.")
]
TimeoutOption = Annotated[float, typer.Option(min=1, help="Seconds that one model may take.")]
MemoryOption = Annotated[
    float, typer.Option(min=0.1, help="GiB that one model may take; enforced on Linux.")
]
RayOption = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS", help="Measure on a Ray cluster; `local` starts one here."),
]


def measure_with_progress(
    requests: Sequence[Request],
    *,
    cache: bool = True,
    jobs: int | None = None,
    limits: Limits | None = None,
    ray: str | None = None,
) -> Iterator[Measurement]:
    """Measure with progress on standard error: a bar on a terminal, else a line every ten seconds.

    Yields each measurement as soon as it is done.
    """
    import time

    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    from metazoo.measure.run import measure_models

    console = Console(stderr=True)
    measurements = measure_models(
        requests, jobs=jobs, limits=limits, cache=open_cache() if cache else None, ray=ray
    )
    begun = said = time.monotonic()
    with Progress(
        TextColumn("Measuring"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal or not requests,
    ) as progress:
        task = progress.add_task("", total=len(requests), rate="")
        for done, measurement in enumerate(measurements, 1):
            now = time.monotonic()
            rate = f"{done / max(now - begun, 1e-3):.1f}/s"
            progress.update(task, advance=1, rate=rate)
            if not console.is_terminal and now - said > 10:
                said = now
                print_line(f"Measuring: {done} of {len(requests)}, {rate}", err=True)
            yield measurement


@functools.cache
def open_cache() -> Cache:
    """The cache of this machine's measurements; if it can't be used, standard error says so once."""
    from metazoo.measure.cache import Cache

    def say(why: str) -> None:
        print_line(
            f"metazoo: the cache can't be used, so everything is measured again: {why}", err=True
        )

    return Cache(on_unusable=say)


def require_one_place(jobs: int | None, ray: str | None) -> None:
    """Make sure that models are measured either in processes here or on a cluster.

    Raises:
        UsageError: Both are asked for.
    """
    from metazoo.errors import UsageError

    if ray is not None and jobs is not None:
        raise UsageError(
            "--jobs sets the processes on this machine; with --ray, the cluster decides"
        )


def names_of(source: str, *, cache: bool = True) -> list[str]:
    """List every architecture of a source; import its packages only if the cache doesn't know them."""
    from metazoo.measure.run import source_names

    return source_names(source, open_cache() if cache else None)


def names_matching(patterns: Sequence[str], source: str, *, cache: bool = True) -> list[str]:
    """Replace every glob among the names by the architectures that it matches.

    Raises:
        UsageError: A glob matches nothing.
    """
    from fnmatch import filter as matching

    from metazoo.errors import UsageError

    names: dict[str, None] = {}
    for pattern in patterns:
        if not set(pattern) & set("*?["):
            names[pattern] = None
            continue
        found = matching(names_of(source, cache=cache), pattern)
        if not found:
            raise UsageError(f"no architecture of {source} matches {pattern!r}")
        names.update(dict.fromkeys(found))
    return list(names)
