"""Measure on a Ray cluster: the same function as in local workers, on as many machines as there are.

Ray decides where a task runs, and runs it again where its worker or its node is lost. What is left
to do here: ask for a GPU where a model shall run on one, keep only so many tasks waiting that
stopping is quick, and name the model that no worker survives. No torch is imported here.
"""

from __future__ import annotations

import itertools
import os
import signal
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import chdir, contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from metazoo import config
from metazoo.errors import MetazooError, MissingExtraError, SourceError, UsageError
from metazoo.measure.faults import Cause
from metazoo.measure.measurement import Measurement
from metazoo.measure.processes import Lost, too_long
from metazoo.measure.request import Request
from metazoo.measure.workers import Limits, lost, needs_own_process

if TYPE_CHECKING:
    from metazoo.measure.shared import Shared

LOCAL = "local"
"""The address that starts a cluster of this machine alone."""
RETRIES = 3
"""How often a model is tried again whose worker or node was lost."""
_SECONDS_TO_CONNECT = 10
_IN_FLIGHT = 4
"""Tasks that wait in Ray for each processor of the cluster."""


def measure_on_ray(
    requests: Sequence[Request], address: str, limits: Limits
) -> Iterator[tuple[Request, Measurement]]:
    """Measure on a cluster, and yield each measurement as soon as it is there.

    Stop iterating, or be interrupted, and what still runs on the cluster is cancelled.

    Args:
        requests: What to measure. One that runs on ``cuda`` gets a GPU of its own.
        address: ``local``, ``auto``, or the address of a cluster, such as ``10.0.0.1:6379``.
        limits: What one model may take.

    Raises:
        MissingExtraError: Ray is not installed.
        UsageError: There is no cluster at the address, or it has no GPU and one is asked for.
    """
    project = project_on(address)
    with connected(address) as ray:
        resources = ray.cluster_resources()
        if any(r.device == "cuda" for r in requests) and not resources.get("GPU"):
            raise UsageError("the cluster has no GPU to run models on")
        # On real hardware each in a new process: what that grows by is then the model's alone, and a
        # fault on CUDA leaves no process that could go on.
        shared = ray.remote(max_retries=RETRIES, num_cpus=1)(_measure)
        alone = ray.remote(max_retries=RETRIES, num_cpus=1, max_calls=1)(_measure)

        def begun(request: Request, *, by_itself: bool) -> Any:
            task = alone if by_itself or needs_own_process(request) else shared
            gpus = 1 if request.device == "cuda" else 0
            return task.options(num_gpus=gpus).remote(request, limits, project)

        waiting = iter(requests)
        most = _IN_FLIGHT * max(1, int(resources.get("CPU", 1)))
        running: dict[Any, Request] = {}
        try:
            while True:
                for request in itertools.islice(waiting, most - len(running)):
                    running[begun(request, by_itself=False)] = request
                if not running:
                    return
                for done in ray.wait(list(running))[0]:
                    request = running.pop(done)
                    result = _result(done, request)
                    if result is None:
                        running[begun(request, by_itself=True)] = request
                    else:
                        yield request, result
        finally:
            for reference in running:
                # Not by force: Ray 2.60 may end this process, too, where it kills a task's process
                # while the task is just done.
                ray.cancel(reference)


def project_on(address: str) -> Path | None:
    """The root of this project, as the workers of a cluster see it; None where they have their own."""
    return config.current_root() or Path.cwd() if address == LOCAL else None


@contextmanager
def connected(address: str) -> Iterator[Any]:
    """Ray, connected; disconnected afterwards if it was not before.

    Raises:
        MissingExtraError: Ray is not installed.
        UsageError: There is no cluster at the address.
    """
    # Ray would tell its makers of this run, and its workers would repeat all output here.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
    except ModuleNotFoundError as error:
        raise MissingExtraError("Measuring on a cluster", "ray", "ray") from error
    if ray.is_initialized():
        yield ray
        return
    _require_listener(address)
    try:
        # Ray has its workers look for modules where it is called: in a checkout, say.
        with chdir(sys.prefix):
            ray.init(
                address,
                log_to_driver=False,
                logging_level="error",
                include_dashboard=False if address == LOCAL else None,
            )
    except (ConnectionError, ValueError, RuntimeError) as error:
        reason = " ".join(str(error).split())
        raise UsageError(f"there is no Ray cluster at {address!r}: {reason}") from error
    try:
        yield ray
    finally:
        ray.shutdown()


def _require_listener(address: str) -> None:
    # Ray itself tries for more than five minutes, and then ends the process.
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal() or "://" in address:
        return
    try:
        socket.create_connection((host, int(port)), timeout=_SECONDS_TO_CONNECT).close()
    except OSError as error:
        raise UsageError(f"there is no Ray cluster at {address!r}: {error}") from error


_shared: Shared | None = None
_spoiled = False


def _measure(request: Request, limits: Limits, project: Path | None) -> Measurement | None:
    """Measure one model: it runs in a worker of the cluster.

    Returns:
        The measurement; None where the model has changed what others meet in this process, and is to be
        measured in one of its own.
    """
    global _shared, _spoiled
    from metazoo.measure.one import measure_one
    from metazoo.measure.shared import Shared
    from metazoo.measure.sources import load_source

    if project is not None:
        config.work_on(project)
    if _spoiled:
        os._exit(1)  # Ray runs this task again, in another process
    try:
        source = load_source(request.source)
    except SourceError as error:
        return lost(request, Lost(str(error), Cause.SOURCE))
    if not needs_own_process(request):
        _shared = _shared or Shared()
    late = Lost(too_long(limits.seconds), Cause.TIME)
    try:
        with stopped_after(limits.seconds):
            measurement = measure_one(request, source)
    except TimeoutError:
        measurement = lost(request, late)
    # `measure_one` makes an error of whatever a model raises, the alarm included.
    if measurement.error is not None and late.why in measurement.error:
        measurement = lost(request, late)
    if _shared is not None and _shared.changed():
        _spoiled = True
        return None
    return measurement


@contextmanager
def stopped_after(seconds: float) -> Iterator[None]:
    """Stop what runs in a task of the cluster when its time is up, by an exception.

    Raises:
        TimeoutError: It was; the message says so.
    """

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise TimeoutError(too_long(seconds))

    before = signal.signal(signal.SIGALRM, stop)
    try:
        # Again every second: code that swallows exceptions may swallow the first.
        signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _result(reference: Any, request: Request) -> Measurement | None:
    import ray

    try:
        measurement: Measurement | None = ray.get(reference)
    except ray.exceptions.RayTaskError as error:
        cause = error.cause
        if isinstance(cause, MetazooError):
            raise UsageError(
                f"on the cluster, {cause}. A project's own source must be installed there as an entry"
                " point, or the cluster be started in the project's folder"
            ) from error
        raise
    except ray.exceptions.RayError as error:
        # `measure_one` turns every fault of a model into a measurement: what arrives here is that
        # its worker was lost more often than Ray tries again.
        why = f"lost its worker {RETRIES + 1} times ({type(error).__name__})"
        return lost(request, Lost(why, Cause.DIED))
    return measurement
