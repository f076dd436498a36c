"""Run a model, or one of its passes, on inputs made for it; and count what that computes. Needs torch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from typing import Any, NamedTuple

import torch
from torch import nn
from torch._ops import OpOverload

from metazoo.inputs import Inputs, at_size, image
from metazoo.measure.components import ComponentCounter
from metazoo.measure.counter import MacCounter, Tally
from metazoo.measure.feed import Arguments, arguments
from metazoo.measure.measurement import Pass, PassCounts, SourceFacts
from metazoo.measure.outputs import output_shape, shapes_by_name
from metazoo.measure.request import Request
from metazoo.measure.sources import PreparingSource, Source

WHOLE = "whole"
"""Name of the pass that is the model itself."""


def inputs_of(request: Request, facts: SourceFacts) -> Inputs:
    """What a model is given: what the request says, or its source, or one image of the given size.

    Returns:
        The inputs; empty where nobody says them.
    """
    if request.inputs:
        return request.inputs
    size = request.input_size or facts.input_size
    if facts.inputs:
        return at_size(facts.inputs, request.input_size)
    return image(size) if size else ()


def passes_of(request: Request, facts: SourceFacts) -> tuple[Pass, ...]:
    """The further passes of a model, their images at the size that is asked for.

    Inputs of one's own say what the whole takes; what the passes would then take, nobody knows.
    """
    if request.inputs and request.inputs != facts.inputs:
        return ()
    return tuple(
        Pass(one.name, at_size(one.inputs, request.input_size), one.method) for one in facts.passes
    )


def runner(
    source: Source, model: nn.Module, made: Arguments, one: Pass | None = None
) -> Callable[[], Any]:
    """What runs a pass of a model on arguments; what it needs beforehand is done here.

    Args:
        source: Where the model comes from.
        model: As built.
        made: What it is called with.
        one: The pass; None for the model itself.
    """
    if isinstance(source, PreparingSource):
        return source.prepare(model, one.name if one else WHOLE, made)
    method = one.method if one else None
    return lambda: made.call(getattr(model, method) if method else model)


class Counted(NamedTuple):
    """What one pass came to.

    Attributes:
        tally: What was counted.
        output: What the model returned.
        components: Totals that other conventions add up, where they were asked for.
    """

    tally: Tally
    output: Any
    components: Mapping[str, int]


def counted(
    run: Callable[[], Any],
    counter: MacCounter,
    *around: AbstractContextManager[Any],
) -> Counted:
    """Run a pass and count it.

    Args:
        run: From `runner`.
        counter: Counts; of its own for each pass.
        around: Entered before the counter, and left after it.

    Raises:
        UncountableError: The model does work that no formula knows.
        Exception: Whatever the model raises.
    """
    with torch.inference_mode(), ExitStack() as stack:
        for one in around:
            stack.enter_context(one)
        with counter:
            output = run()
    components = counter.components if isinstance(counter, ComponentCounter) else {}
    return Counted(counter.tally, output, {n: c for n, c in components.items() if c})


def counts_of(inputs: Inputs, found: Counted) -> PassCounts:
    """The counts of a pass as they are recorded.

    Raises:
        OutputError: It returned no tensor.
    """
    macs = found.tally.macs.total()
    return PassCounts(
        inputs=inputs,
        macs=macs,
        flops=2 * macs,
        activations=found.tally.activations,
        macs_by_kind=dict(sorted(found.tally.macs.items())),
        uncounted=tuple(sorted(found.tally.uncounted)),
        output_shape=output_shape(found.output),
        outputs=shapes_by_name(found.output),
    )


def made_on(inputs: Inputs, device: torch.device | str) -> Arguments:
    """Arguments for one sample on a device, made under inference mode as they are used."""
    with torch.inference_mode():
        return arguments(inputs, device)


class ValueCounter(MacCounter):
    """Count a pass over tensors that have values, and note which operations look at them.

    Attributes:
        looked: Names of the operations whose output has a shape, or is a number, that depends on values.
    """

    def __init__(self) -> None:
        super().__init__()
        self.looked: set[str] = set()

    def __torch_dispatch__(
        self,
        func: OpOverload,
        types: Sequence[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        if _looks_at_values(func, args):
            self.looked.add(str(func.overloadpacket))
        return super().__torch_dispatch__(func, types, args, kwargs)


def _looks_at_values(op: OpOverload, args: tuple[Any, ...]) -> bool:
    """Whether the shape of an operation's output, or the number it gives, depends on values."""
    if op is torch.ops.aten.index.Tensor:
        # Its output has as many elements as whole numbers pick, and an unknown number where a mask does.
        return any(index is not None and index.dtype in _MASKS for index in args[1])
    return (
        torch.Tag.dynamic_output_shape in op.tags
        or torch.Tag.data_dependent_output in op.tags
        or str(op.overloadpacket) in _UNTAGGED
    )


_MASKS = (torch.bool, torch.uint8)
_UNTAGGED = frozenset({"aten.item", "torchvision.nms"})
