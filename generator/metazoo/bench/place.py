"""Where a benchmark runs: a place runs one call at a time, each in a fresh process.

This machine is one; `metazoo.bench.cluster` has those of a Ray cluster. No torch is imported here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from metazoo.measure.processes import Lost, run_alone


class Place(Protocol):
    """Somewhere to run a function in a process that nothing else ran in before."""

    def call(self, function: Callable[..., Any], arguments: tuple[Any, ...], limit: float) -> Any:
        """Run a function and wait for it.

        Args:
            function: Of a module, since another process looks it up by name.
            arguments: For it.
            limit: Seconds after which it counts as hung and is stopped.

        Returns:
            What the function returns; an error message if the process died or timed out.
        """


class Here:
    """Processes of this machine, forked from a server that has imported what they need."""

    def call(self, function: Callable[..., Any], arguments: tuple[Any, ...], limit: float) -> Any:
        """Run a function in a process of its own; see `Place`."""
        result = run_alone(function, arguments, limit)
        return result.why if isinstance(result, Lost) else result
