"""Measure many models."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Iterator

from metazoo.errors import MissingExtraError, SourceError, UsageError
from metazoo.measure.cache import Cache
from metazoo.measure.faults import Cause
from metazoo.measure.measurement import Measurement
from metazoo.measure.processes import Lost
from metazoo.measure.request import Request
from metazoo.measure.sources import load_source, require_installed
from metazoo.measure.sources.built_in import is_released
from metazoo.measure.workers import (
    Limits,
    call_in_worker,
    default_jobs,
    lost,
    measure_in_workers,
)


def measure_models(
    requests: Iterable[Request],
    *,
    jobs: int | None = None,
    limits: Limits | None = None,
    cache: Cache | None = None,
    ray: str | None = None,
) -> Iterator[Measurement]:
    """Measure models, each yielded as soon as it is done; so not always in the order asked.

    A model that can't be measured yields a measurement with an `error`, and the others go on.

    Args:
        requests: What to measure.
        jobs: Worker processes; one for each processor by default, and one only where models run on
            real hardware. 0 measures in this process, without limits.
        limits: What one model may take in a worker.
        cache: Where to look first, and to keep what was measured.
        ray: Address of a Ray cluster to measure on, or ``local``; None for processes of this
            machine.

    Raises:
        MissingExtraError: torch or the source's package is not installed.
        UsageError: A request names a source or a device that doesn't exist.
    """
    todo = []
    for request in dict.fromkeys(requests):
        kept = cache.measurement(request) if cache else None
        if kept is None:
            todo.append(request)
        else:
            yield kept
    if not todo:
        return
    for request, measurement in _measured(todo, jobs, limits or Limits(), ray):
        if cache:
            cache.keep(request, measurement)
        yield measurement


def _measured(
    requests: list[Request], jobs: int | None, limits: Limits, ray: str | None
) -> Iterator[tuple[Request, Measurement]]:
    require_packages({r.source for r in requests})
    on_cuda = any(r.device == "cuda" for r in requests)
    if ray is not None:
        from metazoo.measure.cluster import measure_on_ray

        yield from measure_on_ray(requests, ray, limits)
        return
    if on_cuda and (problem := call_in_worker(_why_no_cuda)):
        raise UsageError(f"can't run models on cuda: {problem}")
    if jobs == 0:
        yield from _here(requests)
        return
    if jobs is None:
        jobs = default_jobs() if all(r.device == "meta" for r in requests) else 1
    yield from measure_in_workers(requests, jobs, limits)


def _why_no_cuda() -> str | None:
    from metazoo.measure.cuda import why_no_cuda

    return why_no_cuda()


def require_packages(sources: Iterable[str]) -> None:
    """Make sure that what measuring needs is installed, without importing it.

    Raises:
        MissingExtraError: It isn't.
    """
    if importlib.util.find_spec("torch") is None:
        raise MissingExtraError("Measuring a model", "torch", "verify")
    for source in sources:
        if is_released(source):
            require_installed(source)


def _here(requests: list[Request]) -> Iterator[tuple[Request, Measurement]]:
    from metazoo.measure.one import measure_one

    for request in requests:
        try:
            source = load_source(request.source)
        except SourceError as error:
            yield request, lost(request, Lost(str(error), Cause.SOURCE))
        else:
            yield request, measure_one(request, source)


def source_names(source: str, cache: Cache | None = None) -> list[str]:
    """Every architecture of a source, sorted.

    Raises:
        MissingExtraError: torch or the source's package is not installed.
        UsageError: There is no such source.
    """
    names = cache.names(source) if cache else None
    if names is None:
        require_packages([source])
        names = call_in_worker(_names, source)
        if cache:
            cache.keep_names(source, names)
    return names


def _names(source: str) -> list[str]:
    return load_source(source).names()
