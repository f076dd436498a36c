"""Which part of a model computes how much."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from torch import nn

from metazoo.measure.counter import MacCounter


@contextmanager
def macs_by_module(model: nn.Module, counter: MacCounter, macs: dict[str, int]) -> Iterator[None]:
    """Fill a mapping of module paths to MACs while the model runs; the whole model is ``""``.

    A module's number has in it those of the modules inside it.

    Args:
        model: The model.
        counter: Counts its operations.
        macs: To fill.
    """
    begun: list[int] = []

    def enter(_module: nn.Module, _inputs: Any) -> None:
        begun.append(counter.tally.macs.total())

    hooks = []
    for name, module in model.named_modules():

        def leave(_module: nn.Module, _inputs: Any, _out: Any, name: str = name) -> None:
            macs[name] = macs.get(name, 0) + counter.tally.macs.total() - begun.pop()

        hooks += [module.register_forward_pre_hook(enter), module.register_forward_hook(leave)]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()
