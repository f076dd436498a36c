"""Measure many models."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Iterator

from metazoo.errors import MissingExtraError
from metazoo.measure.measurement import Measurement
from metazoo.measure.request import Request
from metazoo.measure.workers import Limits, default_jobs, measure_in_workers


def measure_models(
    requests: Iterable[Request], *, jobs: int | None = None, limits: Limits | None = None
) -> Iterator[Measurement]:
    """Measure models, each yielded as soon as it is done; so not always in the order asked.

    A model that can't be measured yields a measurement with an `error`, and the others go on.

    Args:
        requests: What to measure.
        jobs: Worker processes; one for each processor by default, and one only where models run on
            real hardware. 0 measures in this process, without limits. With workers, a script needs
            the usual ``if __name__ == "__main__":``.
        limits: What one model may take in a worker.

    Raises:
        MissingExtraError: torch or the source's package is not installed.
        UsageError: A request names a source that doesn't exist.
    """
    requests = list(requests)
    if not requests:
        return
    require_packages({r.source for r in requests})
    if jobs == 0:
        yield from _here(requests)
        return
    if jobs is None:
        jobs = default_jobs() if all(r.device == "meta" for r in requests) else 1
    yield from measure_in_workers(requests, jobs, limits or Limits())


def require_packages(sources: Iterable[str]) -> None:
    """Make sure that what measuring needs is installed, without importing it.

    Raises:
        MissingExtraError: It isn't.
    """
    own = [source for source in sources if source in ("timm", "torchvision")]
    for package in ("torch", "pebble", *own):
        if importlib.util.find_spec(package) is None:
            raise MissingExtraError("Measuring a model", package, "verify")


def _here(requests: list[Request]) -> Iterator[Measurement]:
    from metazoo.measure.one import measure_one
    from metazoo.measure.sources import load_source

    for request in requests:
        yield measure_one(request, load_source(request.source))
