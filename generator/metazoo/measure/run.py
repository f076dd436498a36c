"""Measure many models."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from metazoo.errors import MissingExtraError
from metazoo.measure.measurement import Measurement
from metazoo.measure.request import Request


def measure_models(requests: Iterable[Request]) -> Iterator[Measurement]:
    """Measure models one after the other, each yielded as soon as it is done, in the order asked.

    A model that can't be measured yields a measurement with an `error`, and the others go on.

    Raises:
        MissingExtraError: torch or the source's package is not installed.
        UsageError: A request names a source that doesn't exist.
    """
    requests = list(requests)
    if not requests:
        return
    try:
        from metazoo.measure.one import measure_one
    except ModuleNotFoundError as error:
        package = (error.name or "torch").partition(".")[0]
        raise MissingExtraError("Measuring a model", package, "verify") from error
    from metazoo.measure.sources import load_source

    sources = {name: load_source(name) for name in {r.source for r in requests}}
    for request in requests:
        yield measure_one(request, sources[request.source])
