"""Where a benchmark runs: a place runs one call at a time, each in a fresh process.

This machine is one; `metazoo.bench.cluster` has those of a Ray cluster. No torch is imported here.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from metazoo.measure.workers import forkserver, ignore_interrupts, why_lost


class Place(Protocol):
    """Somewhere to run a function in a process that nothing else ran in before."""

    def call(self, function: Callable[..., Any], arguments: tuple[Any, ...], limit: float) -> Any:
        """Run a function and wait for it.

        Args:
            function: Of a module, since another process looks it up by name.
            arguments: For it.
            limit: Seconds after which it is taken to hang, and stopped.

        Returns:
            What the function returns; a sentence where the process didn't come to return it.
        """


@contextmanager
def here() -> Iterator[Place]:
    """Processes of this machine, forked from a server that has imported what they need."""
    from pebble import ProcessPool

    pool = ProcessPool(
        max_workers=1, max_tasks=1, initializer=ignore_interrupts, context=forkserver()
    )
    try:
        yield _Here(pool)
        pool.close()
    finally:
        pool.stop()
        pool.join()


class _Here:
    def __init__(self, pool: Any) -> None:
        self._pool = pool

    def call(self, function: Callable[..., Any], arguments: tuple[Any, ...], limit: float) -> Any:
        future = self._pool.schedule(_call, (function, arguments, limit), timeout=limit)
        error = future.exception()
        if error is None:
            return future.result()
        return why_lost(error, limit)


def _call(function: Callable[..., Any], arguments: tuple[Any, ...], limit: float) -> Any:
    # The parent ends a process that takes too long; should the parent be gone, the alarm does.
    if hasattr(signal, "alarm"):
        signal.alarm(int(limit) + 10)
    return function(*arguments)
