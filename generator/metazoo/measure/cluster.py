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
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any

from metazoo.errors import MetazooError, MissingExtraError, UsageError
from metazoo.measure.measurement import Measurement
from metazoo.measure.request import Request
from metazoo.measure.workers import Limits, lost, too_long

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
    with connected(address) as ray:
        resources = ray.cluster_resources()
        if any(r.device == "cuda" for r in requests) and not resources.get("GPU"):
            raise UsageError("the cluster has no GPU to run models on")
        # On real hardware each in a new process: what that grows by is then the model's alone, and a
        # fault on CUDA leaves no process that could go on.
        tasks = {
            "meta": ray.remote(max_retries=RETRIES, num_cpus=1)(_measure),
            "cpu": ray.remote(max_retries=RETRIES, num_cpus=1, max_calls=1)(_measure),
            "cuda": ray.remote(max_retries=RETRIES, num_cpus=1, num_gpus=1, max_calls=1)(_measure),
        }
        waiting = iter(requests)
        most = _IN_FLIGHT * max(1, int(resources.get("CPU", 1)))
        running: dict[Any, Request] = {}
        try:
            while True:
                for request in itertools.islice(waiting, most - len(running)):
                    running[tasks[request.device].remote(request, limits)] = request
                if not running:
                    return
                for done in ray.wait(list(running))[0]:
                    request = running.pop(done)
                    yield request, _result(done, request)
        finally:
            for reference in running:
                # Not by force: Ray 2.60 may end this process, too, where it kills a task's process
                # while the task is just done.
                ray.cancel(reference)


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


def _measure(request: Request, limits: Limits) -> Measurement:
    """Measure one model: it runs in a worker of the cluster."""
    from metazoo.measure.one import measure_one
    from metazoo.measure.sources import load_source

    source = load_source(request.source)
    late = too_long(limits.seconds)
    try:
        with stopped_after(limits.seconds):
            measurement = measure_one(request, source)
    except TimeoutError:
        return lost(request, late)
    # `measure_one` makes an error of whatever a model raises, the alarm included.
    stopped = measurement.error is not None and late in measurement.error
    return lost(request, late) if stopped else measurement


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


def _result(reference: Any, request: Request) -> Measurement:
    import ray

    try:
        measurement: Measurement = ray.get(reference)
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
        return lost(request, f"lost its worker {RETRIES + 1} times ({type(error).__name__})")
    return measurement
