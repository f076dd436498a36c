"""Measure in processes of their own, so that a model can cost no more than itself.

A model is a stranger's code: it may hang, take all memory or end its process. Each worker measures
one model at a time, under a limit of time and memory; a worker that dies is replaced, and its model
named. Workers are forked from a server that has imported torch and the sources once, so a new one
costs milliseconds. No torch is imported here.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from metazoo.measure.measurement import Measurement
from metazoo.measure.request import Request
from metazoo.measure.versions import installed_versions

COLLECT_EVERY = 25
"""Models between two garbage collections: models are full of cycles, and collecting is slow."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one model may take.

    Attributes:
        seconds: Of wall time.
        gibibytes: Of memory, beyond what a worker has before it begins. Enforced on Linux.
    """

    seconds: float = 120.0
    gibibytes: float = 8.0


def measure_in_workers(
    requests: Sequence[Request], jobs: int, limits: Limits
) -> Iterator[tuple[Request, Measurement]]:
    """Measure in `jobs` processes, and yield each request answered as soon as it is.

    Stop iterating, or be interrupted, and the workers are stopped too.
    """
    from pebble import ProcessPool

    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["metazoo.measure.preloaded"])
    pool = ProcessPool(
        max_workers=min(jobs, len(requests)),
        initializer=_prepare,
        initargs=(limits,),
        context=context,
    )
    try:
        asked = {
            pool.schedule(_measure, (request, limits), timeout=limits.seconds): request
            for request in requests
        }
        for future in as_completed(asked):
            request = asked[future]
            error = future.exception()
            yield (
                request,
                lost(request, why_lost(error, limits.seconds)) if error else future.result(),
            )
        pool.close()
    finally:
        pool.stop()
        pool.join()


def default_jobs() -> int:
    """As many workers as this process may use processors, but no more than eight."""
    available = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count()
    return min(8, available or 1)


def _prepare(limits: Limits) -> None:
    """Make a new worker ready: it runs in the worker."""
    import torch

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt means
    torch.set_num_threads(1)
    gc.collect()
    gc.freeze()
    gc.disable()
    _limit_memory(limits)


def _limit_memory(limits: Limits) -> None:
    if sys.platform != "linux":
        return
    import resource

    pages = int(Path("/proc/self/statm").read_text().split()[5])  # data and stack
    most = pages * resource.getpagesize() + int(limits.gibibytes * 2**30)
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))


_measured = 0


def _measure(request: Request, limits: Limits) -> Measurement:
    """Measure one model: it runs in the worker."""
    global _measured
    from metazoo.measure.one import measure_one
    from metazoo.measure.sources import load_source

    # The parent ends a worker that takes too long; should the parent be gone, the alarm does.
    signal.alarm(int(limits.seconds) + 10)
    try:
        return measure_one(request, load_source(request.source))
    finally:
        signal.alarm(0)
        _measured += 1
        if request.device != "meta" or _measured % COLLECT_EVERY == 0:
            gc.collect()


def too_long(seconds: float) -> str:
    """What is said of work that was stopped when its time was up."""
    return f"took longer than {seconds:g} seconds, and was stopped"


def why_lost(error: BaseException, seconds: float) -> str:
    """What is said of work that pebble could not finish; errors of other kinds are raised.

    Args:
        error: Of the work's future.
        seconds: That it was given.
    """
    if isinstance(error, TimeoutError):
        return too_long(seconds)
    code = getattr(error, "exitcode", None)
    if not isinstance(code, int):
        raise error
    how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with {code}"
    return f"ended its process, which {how}"


def lost(request: Request, why: str) -> Measurement:
    """The measurement of a model that gave none: not its last word, so it is tried again."""
    return Measurement(
        model=request.model,
        source=request.source,
        input_size=request.input_size,
        num_classes=request.num_classes,
        reparameterized=request.reparameterize,
        device=request.device,
        versions=installed_versions(request.source),
        measured_on=datetime.now(UTC).date().isoformat(),
        error=why,
        transient=True,
    )
