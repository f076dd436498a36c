"""Make the tensors that a model takes. Needs torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import torch

from metazoo.inputs import MASK, TOKENS, Input, Inputs

SEED = 0
"""Random weights and inputs are the same in every run."""


@dataclass(frozen=True, slots=True)
class Arguments:
    """What a model is called with.

    Attributes:
        positional: By position.
        named: By keyword.
    """

    positional: tuple[Any, ...] = ()
    named: dict[str, Any] = field(default_factory=dict)

    def call(self, function: Callable[..., Any]) -> Any:
        """Call a function with these."""
        return function(*self.positional, **self.named)


def arguments(
    inputs: Inputs,
    device: torch.device | str,
    *,
    batch: int = 1,
    dtype: torch.dtype | None = None,
    change: Callable[[torch.Tensor], torch.Tensor] | None = None,
) -> Arguments:
    """Make valid arguments: ids below their bound, masks of ones, everything else normally distributed.

    On the meta device tensors have no values. Elsewhere they are the same in every run.

    Args:
        inputs: What the model takes.
        device: Where.
        batch: Samples.
        dtype: Data type of what is a floating-point number by default; None for float32.
        change: Applied to each tensor with floating-point elements.
    """
    device = torch.device(device)
    generator = None
    if device.type != "meta":
        generator = torch.Generator(device=device).manual_seed(SEED)
    make = partial(
        _made, device=device, batch=batch, dtype=dtype, change=change, generator=generator
    )
    return Arguments(
        tuple(make(one) for one in inputs if one.name is None),
        {one.name: make(one) for one in inputs if one.name is not None},
    )


def _made(
    one: Input,
    *,
    device: torch.device,
    batch: int,
    dtype: torch.dtype | None,
    change: Callable[[torch.Tensor], torch.Tensor] | None,
    generator: torch.Generator | None,
) -> Any:
    make = partial(
        _made, device=device, batch=batch, dtype=dtype, change=change, generator=generator
    )
    if one.parts:
        if all(part.name is not None for part in one.parts):
            return {part.name: make(part) for part in one.parts}
        return tuple(make(part) for part in one.parts)
    if one.batch == "list":
        return [_tensor(one, one.shape, device, dtype, change, generator) for _ in range(batch)]
    shape = one.shape if one.batch == "none" else (batch, *one.shape)
    return _tensor(one, shape, device, dtype, change, generator)


def _tensor(
    one: Input,
    shape: tuple[int, ...],
    device: torch.device,
    dtype: torch.dtype | None,
    change: Callable[[torch.Tensor], torch.Tensor] | None,
    generator: torch.Generator | None,
) -> torch.Tensor:
    kind: torch.dtype = getattr(torch, one.element_type)
    if kind.is_floating_point and one.dtype is None and dtype is not None:
        kind = dtype
    if device.type == "meta":
        tensor = torch.empty(shape, dtype=kind, device=device)
    elif one.type == MASK or kind is torch.bool:
        tensor = torch.ones(shape, dtype=kind, device=device)
    elif one.type == TOKENS or not kind.is_floating_point:
        top = one.below if one.below is not None else _LARGEST.get(kind, 2)
        tensor = torch.randint(top, shape, generator=generator, device=device).to(kind)
    else:
        tensor = torch.randn(shape, generator=generator, device=device).to(kind)
    return change(tensor) if change is not None and kind.is_floating_point else tensor


_LARGEST = {torch.uint8: 256}
"""One more than the largest value of whole numbers whose bound nobody states; others are 0 or 1."""
