"""Build models on the meta device, where a tensor has a shape and nothing else.

Giving initial values to tensors that hold none is most of the time that building takes; so while a
model is built, torch's ways to give them do nothing to tensors on the meta device.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

import torch
from torch import nn

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


def build_on_meta(build: Callable[[], nn.Module]) -> nn.Module:
    """Build a model on the meta device.

    A few models compute with values while they are built (torchvision's RegNets work out their
    widths so, and with timm 1.0.20 four hundred models do). Those are built on the CPU, where memory that nobody writes to costs nothing, and
    then moved.
    """
    with without_initial_values():
        try:
            with torch.device("meta"):
                return build()
        except RuntimeError as error:  # a NotImplementedError is one
            if "meta tensor" not in str(error):
                raise
        return build().to("meta")


@contextmanager
def without_initial_values() -> Iterator[None]:
    """Leave the tensors of layers without values."""
    with ExitStack() as stack:
        for name in dir(nn.init):
            if name.endswith("_") and not name.startswith("__"):
                stack.enter_context(patch.object(nn.init, name, _unchanged))
        for layer in _LAYERS:
            stack.enter_context(patch.object(layer, "reset_parameters", _nothing))
        for name in _IN_PLACE:
            original = getattr(torch.Tensor, name)
            stack.enter_context(patch.object(torch.Tensor, name, _unless_meta(original)))
        yield


def _unchanged(tensor: torch.Tensor, *_: Any, **__: Any) -> torch.Tensor:
    return tensor


def _nothing(_layer: nn.Module) -> None:
    pass


def _unless_meta(change: Callable[..., Any]) -> Callable[..., Any]:
    # A tensor made on the CPU on purpose, such as a table of positions, keeps its values.
    @functools.wraps(change)
    def changed(tensor: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
        return tensor if tensor.is_meta else change(tensor, *args, **kwargs)

    return changed
