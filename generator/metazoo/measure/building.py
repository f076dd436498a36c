"""Build models on the meta device, where a tensor has a shape and nothing else.

Giving initial values to tensors that hold none is most of the time that building takes; so while a
model is built, torch's ways to give them do nothing to tensors on the meta device. Another tenth goes
into asking each number and text that is set on a layer whether it is a parameter, a layer or a buffer.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import FunctionType
from typing import Any
from unittest.mock import patch

import torch
from torch import nn

from metazoo.measure.feed import SEED
from metazoo.measure.sources.protocol import BuildOptions, PlacingSource, Resolved, Source

_IN_PLACE = (
    "add_",
    "clamp_",
    "copy_",
    "div_",
    "erfinv_",
    "fill_",
    "mul_",
    "normal_",
    "sub_",
    "trunc_",
    "uniform_",
    "zero_",
)

_LAYERS = (
    nn.BatchNorm2d,
    nn.Embedding,
    nn.GroupNorm,
    nn.LayerNorm,
    nn.Linear,
    nn.RMSNorm,
    nn.modules.batchnorm._NormBase,
    nn.modules.conv._ConvNd,
)

_PLAIN = frozenset((bool, int, float, str, tuple, list, dict, FunctionType))
"""Types of attributes that are exactly what they seem: no tensor, no layer."""


def build_on_meta(source: Source, resolved: Resolved, options: BuildOptions) -> nn.Module:
    """Build a model on the meta device, ready for inference.

    A few models compute with values while they are built: torchvision's RegNets work out their widths
    so. Those are built on the CPU, where memory that nobody writes to costs nothing, and then moved.

    Args:
        source: Where the model comes from.
        resolved: What its name stands for there.
        options: How to build it.
    """
    with quick_building():
        try:
            if isinstance(source, PlacingSource):
                model = source.build_on("meta", resolved, options)
            else:
                with torch.device("meta"):
                    model = source.build(resolved, options)
        except RuntimeError as error:  # a NotImplementedError is one
            if "meta tensor" not in str(error):
                raise
            model = source.build(resolved, options).to("meta")
        return model.eval()


def build_with_values(
    source: Source, resolved: Resolved, options: BuildOptions, device: torch.device
) -> nn.Module:
    """Build a model with random weights, the same in every run, ready for inference on a device.

    Giving values to billions of weights takes a processor minutes: on CUDA the device does it itself,
    where the source can build there.

    Args:
        source: Where the model comes from.
        resolved: What its name stands for there.
        options: How to build it.
        device: What it is to run on.
    """
    if device.type == "cuda" and isinstance(source, PlacingSource):
        torch.manual_seed(SEED)
        try:
            with giving_values():
                return source.build_on(str(device), resolved, options).eval()
        except torch.OutOfMemoryError:
            raise
        except RuntimeError as error:
            if "same device" not in str(error):
                raise
            # It computes with tensors that it makes on the CPU: so build all of it there.
    torch.manual_seed(SEED)
    with giving_values():
        return source.build(resolved, options).to(device).eval()


_quick = False
_giving_values = False


@contextmanager
def giving_values() -> Iterator[None]:
    """Give values to tensors all the same, where models are built without."""
    global _giving_values
    before, _giving_values = _giving_values, True
    try:
        yield
    finally:
        _giving_values = before


@contextmanager
def quick_building() -> Iterator[None]:
    """Build models without giving values to their tensors.

    Entering this takes as long as building a small model, for torch has thousands of classes that must
    be told; a process that does nothing else enters it once.
    """
    global _quick
    if _quick:
        yield
        return
    _quick = True
    try:
        with ExitStack() as stack:
            for name in dir(nn.init):
                if name.endswith("_") and not name.startswith("__"):
                    fill = _unchanged_unless_asked(getattr(nn.init, name))
                    stack.enter_context(patch.object(nn.init, name, fill))
            for layer in _LAYERS:
                reset = _nothing_unless_asked(layer.reset_parameters)
                stack.enter_context(patch.object(layer, "reset_parameters", reset))
            for name in _IN_PLACE:
                original = getattr(torch.Tensor, name)
                stack.enter_context(patch.object(torch.Tensor, name, _unless_meta(original)))
            set_attribute = _plain_directly(nn.Module.__setattr__)
            stack.enter_context(patch.object(nn.Module, "__setattr__", set_attribute))
            begin = _as_the_first_began(nn.Module.__init__)
            stack.enter_context(patch.object(nn.Module, "__init__", begin))
            yield
    finally:
        _quick = False


def _plain_directly(assign: Callable[..., None]) -> Callable[..., None]:
    """Set what is no tensor and no layer as Python does, where no tensor or layer has its name."""
    directly = object.__setattr__

    def set_attribute(layer: nn.Module, name: str, value: Any) -> None:
        if type(value) in _PLAIN:
            own = layer.__dict__
            # A name that is there as plain is nothing else. Without `_modules`, the layer's own
            # `__init__` has not been called yet.
            if name in own or (
                "_modules" in own
                and name not in own["_modules"]
                and name not in own["_parameters"]
                and name not in own["_buffers"]
            ):
                directly(layer, name, value)
                return
        assign(layer, name, value)

    return set_attribute


def _as_the_first_began(begin: Callable[..., None]) -> Callable[..., None]:
    """Begin a layer with what torch gives to every layer, found once."""
    first = vars(nn.Module())
    empty = {n: type(v) for n, v in first.items() if isinstance(v, dict | set)}
    constant = {n: v for n, v in first.items() if n not in empty}
    makers = tuple(empty.items())

    def begin_layer(layer: nn.Module, *args: Any, **kwargs: Any) -> None:
        if args or kwargs or layer.call_super_init:
            begin(layer, *args, **kwargs)
            return
        own = layer.__dict__
        own.update(constant)
        for name, make in makers:
            own[name] = make()

    return begin_layer


def _unchanged_unless_asked(fill: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(fill)
    def filled(tensor: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
        return fill(tensor, *args, **kwargs) if _giving_values else tensor

    return filled


def _nothing_unless_asked(reset: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(reset)
    def given(layer: nn.Module) -> None:
        if _giving_values:
            reset(layer)

    return given


def _unless_meta(change: Callable[..., Any]) -> Callable[..., Any]:
    # A tensor made on the CPU on purpose, such as a table of positions, keeps its values.
    @functools.wraps(change)
    def changed(tensor: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
        return tensor if tensor.is_meta else change(tensor, *args, **kwargs)

    return changed
