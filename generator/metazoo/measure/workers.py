"""Measure in processes of their own, so that a model can cost no more than itself.

A model is a stranger's code: it may hang, take all memory or end its process. Each worker measures
one model at a time, under a limit of time and memory; a worker that dies is replaced, and its model
named. Workers are forked from a server that has imported torch and the sources once, so a new one
costs milliseconds. No torch is imported here.
"""

from __future__ import annotations

import gc
import itertools
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import Any, TypeVar

from metazoo.measure.measurement import Measurement
from metazoo.measure.request import Request
from metazoo.measure.versions import installed_versions

T = TypeVar("T")

COLLECT_EVERY = 25
"""Models between two garbage collections: models are full of cycles, and collecting is slow."""
_IN_FLIGHT = 8
"""Models that wait in the pool for each worker: it looks at all that it has, ten times a second."""


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

    # Weights have values where a model runs, or where its branches are folded into one.
    without_values = all(r.device == "meta" and not r.reparameterize for r in requests)
    devices = {r.device for r in requests}
    # What a process grows by is a model's alone if it is the only one there; and a fault on CUDA
    # leaves no process that could go on.
    tasks = 0 if devices == {"meta"} else 1
    pool = ProcessPool(
        max_workers=min(jobs, len(requests)),
        max_tasks=tasks,
        initializer=_prepare,
        initargs=(limits, without_values, "cuda" in devices),
        context=forkserver(),
    )
    waiting = iter(requests)
    running: dict[Future[Measurement], Request] = {}
    try:
        while True:
            for request in itertools.islice(waiting, _IN_FLIGHT * jobs - len(running)):
                future = pool.schedule(_measure, (request, limits), timeout=limits.seconds)
                running[future] = request
            if not running:
                break
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                request = running.pop(future)
                error = future.exception()
                yield (
                    request,
                    lost(request, why_lost(error, limits.seconds)) if error else future.result(),
                )
        pool.close()
    finally:
        pool.stop()
        pool.join()


def call_in_worker(function: Callable[..., T], *arguments: Any) -> T:
    """Call a function in a process of its own, which has imported what measuring needs.

    Args:
        function: Of a module, since another process looks it up by name.
        arguments: For it.

    Raises:
        Exception: Whatever the function raises.
    """
    from pebble import ProcessPool

    with ProcessPool(max_workers=1, initializer=ignore_interrupts, context=forkserver()) as pool:
        result: T = pool.schedule(function, arguments).result()
        return result


def default_jobs() -> int:
    """As many workers as this process may use processors, but no more than eight."""
    available = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count()
    return min(8, available or 1)


def forkserver() -> BaseContext:
    """Processes that are forked from a server, which has imported torch and timm once."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["metazoo.measure.preloaded"])
    return context


def ignore_interrupts() -> None:
    """Leave it to the parent what an interrupt means: for a worker to call."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


_for_good = ExitStack()


def _prepare(limits: Limits, without_values: bool, on_cuda: bool) -> None:
    """Make a new worker ready: it runs in the worker."""
    import torch

    from metazoo.measure.building import quick_building

    ignore_interrupts()
    torch.set_num_threads(1)
    if without_values:
        _for_good.enter_context(quick_building())
    if on_cuda:
        torch.cuda.init()  # what CUDA itself takes is not the model's
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
        return measure_one(request, load_source(request.source), limits.gibibytes)
    finally:
        signal.alarm(0)
        _measured += 1
        if request.device != "meta" or _measured % COLLECT_EVERY == 0:
            gc.collect()


def too_long(seconds: float) -> str:
    """What is said of work that was stopped when its time was up."""
    return f"took longer than {seconds:g} seconds, and was stopped"


def why_lost(error: BaseException, seconds: float) -> str:
    """What is said of work that pebble could not finish; errors of ours are raised.

    Args:
        error: Of the work's future.
        seconds: That it was given.
    """
    if isinstance(error, TimeoutError):
        return too_long(seconds)
    code = getattr(error, "exitcode", None)
    if not isinstance(code, int):
        if isinstance(error, Exception):
            raise error
        return f"raised {type(error).__name__}"  # KeyboardInterrupt, say: its own, not the user's
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
