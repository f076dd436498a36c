"""Measure in processes of their own, so that a model can cost no more than itself.

A model is a stranger's code: it may hang, take all memory, end its process or change what other models
meet in it. Each worker measures one model at a time, under a limit of time and memory; a worker that dies
is replaced, and its model named. Models of a project's own source each get a fork that nothing else runs
in. Those of released packages share a process as long as none changes it: where one does, it and what
follows are measured in fresh ones. No torch is imported here.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from metazoo.errors import MetazooError, SourceError
from metazoo.measure import server
from metazoo.measure.faults import Cause
from metazoo.measure.measurement import Measurement
from metazoo.measure.processes import Call, Lost, run_alone, run_calls
from metazoo.measure.request import Request
from metazoo.measure.sources import load_source
from metazoo.measure.sources.built_in import is_released
from metazoo.measure.versions import installed_versions

if TYPE_CHECKING:
    from metazoo.measure.shared import Shared

T = TypeVar("T")

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
    for released in (True, False):  # what a project's own source imports meets no other model
        todo = [r for r in requests if is_released(r.source) is released]
        # Weights have values where a model runs, or where its branches are folded into one.
        without_values = all(r.device == "meta" and not r.reparameterize for r in todo)
        calls = [_call(request, limits) for request in todo]
        for call, result in run_calls(calls, jobs, _prepare, (without_values,)):
            request: Request = call.arguments[0]
            yield request, lost(request, result) if isinstance(result, Lost) else result


def _call(request: Request, limits: Limits) -> Call:
    fresh = needs_own_process(request)
    return Call(_measure, (request, limits), limits.seconds, first=_load, fresh=fresh)


def needs_own_process(request: Request) -> bool:
    """Whether a model is measured in a process where no other is.

    What a process grows by is a model's alone if it is the only one there; a fault on CUDA leaves no
    process that could go on; and the code of a project's own source may do anything.
    """
    return request.device != "meta" or not is_released(request.source)


def call_in_worker(function: Callable[..., T], *arguments: Any) -> T:
    """Call a function in a process of its own, which has imported what measuring needs.

    Args:
        function: Of a module, since another process looks it up by name.
        arguments: For it.

    Raises:
        MetazooError: The process ends before the function does.
        Exception: Whatever the function raises.
    """
    result = run_alone(function, arguments)
    if isinstance(result, Lost):
        raise MetazooError(f"{function.__name__.strip('_')} {result.why}")
    return result  # type: ignore[no-any-return]  # what it returns there


def default_jobs() -> int:
    """As many workers as this process may use processors, but no more than eight."""
    available = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count()
    return min(8, available or 1)


_for_good = ExitStack()
_shared: Shared | None = None
_limited = False
_loaded: dict[str, str | None] = {}
"""Sources, each with why it can't be imported, if it can't."""
_measured = 0


def _prepare(without_values: bool) -> None:
    """Make a new worker ready: it runs in the worker."""
    global _shared
    import torch

    from metazoo.measure.building import quick_building
    from metazoo.measure.shared import Shared

    torch.set_num_threads(1)
    if without_values:
        _for_good.enter_context(quick_building())
    _shared = Shared()
    gc.freeze()
    gc.disable()


def _load(request: Request, _limits: Limits) -> Measurement | None:
    """Import a model's source once for all its models: it runs in the worker that forks for them.

    Returns:
        None, or the measurement of the model where its source can't be imported.
    """
    if request.source not in _loaded:
        try:
            load_source(request.source)
            _loaded[request.source] = None
        except SourceError as error:
            _loaded[request.source] = str(error)
        if _shared is not None:
            _shared.look()
    why = _loaded[request.source]
    return lost(request, Lost(why, Cause.SOURCE)) if why else None


def _limit_memory(limits: Limits) -> None:
    if sys.platform != "linux":
        return
    import resource

    pages = int(Path("/proc/self/statm").read_text().split()[5])  # data and stack
    most = pages * resource.getpagesize() + int(limits.gibibytes * 2**30)
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def _measure(request: Request, limits: Limits) -> Measurement:
    """Measure one model: it runs in the worker, or in a fork of it.

    Raises:
        SpoiledError: The model has changed what others would meet here.
    """
    global _limited, _measured
    from metazoo.measure.one import measure_one

    if request.device == "cuda":
        import torch

        torch.cuda.init()  # what CUDA itself takes is not the model's
    if not _limited:
        _limit_memory(limits)
        _limited = True
    measurement = measure_one(request, load_source(request.source), limits.gibibytes)
    _measured += 1
    if server.alone:
        return measurement
    if _shared is not None and (what := _shared.changed()):
        raise server.SpoiledError(what)
    if _measured % COLLECT_EVERY == 0:
        gc.collect()
    return measurement


def lost(request: Request, result: Lost) -> Measurement:
    """The measurement of a model that gave none: not its last word, so it is tried again."""
    return Measurement(
        model=request.model,
        source=request.source,
        input_size=request.input_size,
        num_classes=request.num_classes,
        reparameterized=request.reparameterize,
        inputs=request.inputs,
        config=request.config,
        device=request.device,
        versions=installed_versions(request.source),
        measured_on=datetime.now(UTC).date().isoformat(),
        error=result.why,
        cause=result.cause,
        transient=True,
    )
