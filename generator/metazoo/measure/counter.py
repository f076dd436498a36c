"""Count what a model computes, by watching every operation of one forward pass.

The pass runs on the meta device, where tensors have shapes and no data, under inference mode, where
a linear layer or an attention still arrives as one operation. (Under autograd it would arrive in
pieces; on a CPU or GPU, fused kernels would hide the work.) Every operation is one of three:

- *counted*: convolutions, linear layers, matrix products, attention;
- *composite*: made of other operations, and taken apart until only the other two kinds are left;
- *a leaf that isn't counted*: free by the definition of FLOPs (see `metazoo.measure.operations`),
  or else named in `Tally.uncounted`. One that looks like work of the counted kind is an error.
"""

from __future__ import annotations

from collections import Counter as Multiset
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from math import prod
from typing import Any

import torch
from torch._ops import OpOverload
from torch.utils._python_dispatch import TorchDispatchMode

from metazoo.measure import formulas
from metazoo.measure.operations import Role, role_of
from metazoo.measure.shapes import output_of

aten = torch.ops.aten


class UncountableError(Exception):
    """The model does work that looks like a matrix product and that no formula here knows."""


@dataclass(slots=True)
class Tally:
    """What one forward pass computed.

    Attributes:
        macs: Multiply-accumulates by kind: conv, linear, matmul, attention.
        activations: Output elements of the same operations.
        uncounted: How often operations ran that compute and are neither counted nor free.
    """

    macs: Multiset[str] = field(default_factory=Multiset)
    activations: int = 0
    uncounted: Multiset[str] = field(default_factory=Multiset)


class _Watching:
    """What `MacCounter` does at each operation.

    A class of its own, because torch wraps a dispatch method that stands in a mode's own body: against
    being compiled, which nobody does here, and at a cost for every operation.
    """

    tally: Tally

    def __torch_dispatch__(
        self,
        func: OpOverload,
        types: Sequence[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        kwargs = kwargs or {}
        count, role = _treatment(func)
        if count is not None:
            out = output_of(func, args, kwargs)
            kind, macs, activations = count(out, *args, **kwargs)
            self.tally.macs[kind] += macs
            self.tally.activations += activations
            return out
        if role is Role.COMPOSITE:
            with self:  # type: ignore[attr-defined]  # it is a mode
                return func.decompose(*args, **kwargs)
        if role is Role.UNCOUNTED:
            self.tally.uncounted[str(func.overloadpacket)] += 1
        elif role is Role.MUST_BE_COUNTED:
            raise UncountableError(
                f"{func} looks like a matrix product, convolution, attention or recurrent cell,"
                " and metazoo has no formula for it"
            )
        return output_of(func, args, kwargs)


class MacCounter(_Watching, TorchDispatchMode):  # type: ignore[misc]  # torch is not typed
    """Count the operations that run inside ``with MacCounter() as counter``, into `counter.tally`.

    Raises:
        UncountableError: From inside the forward pass, at an operation that must be counted and
            can't be.
    """

    def __init__(self) -> None:
        super().__init__()
        self.tally = Tally()


_Count = tuple[str, int, int]


def _linear(out: torch.Tensor, x: torch.Tensor, weight: torch.Tensor, *_: Any, **__: Any) -> _Count:
    return "linear", formulas.linear(x.shape, weight.shape), out.numel()


def _convolution(
    out: torch.Tensor, x: torch.Tensor, weight: torch.Tensor, *_: Any, **__: Any
) -> _Count:
    shape, out_shape = x.shape, out.shape
    if x.dim() < weight.dim():  # a picture without its batch axis
        shape, out_shape = (1, *shape), (1, *out_shape)
    return "conv", formulas.convolution(shape, weight.shape, out_shape), out.numel()


def _transposed_convolution(
    out: torch.Tensor, x: torch.Tensor, weight: torch.Tensor, *_: Any, **__: Any
) -> _Count:
    shape = x.shape if x.dim() == weight.dim() else (1, *x.shape)
    macs = formulas.convolution(shape, weight.shape, (), transposed=True)
    return "conv", macs, out.numel()


def _any_convolution(
    out: torch.Tensor, x: torch.Tensor, weight: torch.Tensor, *settings: Any
) -> _Count:
    transposed = settings[4]  # after bias, stride, padding and dilation
    macs = formulas.convolution(x.shape, weight.shape, out.shape, transposed=transposed)
    return "conv", macs, out.numel()


def _product(out: torch.Tensor, a: torch.Tensor, *_: Any, **__: Any) -> _Count:
    return "matmul", formulas.matrix_product(a.shape, out.shape), out.numel()


def _product_plus(
    out: torch.Tensor, _added: torch.Tensor, a: torch.Tensor, *_: Any, **__: Any
) -> _Count:
    return "matmul", formulas.matrix_product(a.shape, out.shape), out.numel()


def _summed_products_plus(
    out: torch.Tensor, _added: torch.Tensor, a: torch.Tensor, b: torch.Tensor, **_: Any
) -> _Count:
    return "matmul", prod(a.shape) * b.shape[-1], out.numel()


def _attention(
    _out: torch.Tensor,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    *_: Any,
    **__: Any,
) -> _Count:
    shapes = query.shape, key.shape, value.shape
    return "attention", formulas.attention(*shapes), formulas.attention_activations(*shapes)


_COUNTED: dict[OpOverload, Callable[..., _Count]] = {
    aten.linear.default: _linear,
    aten.conv1d.default: _convolution,
    aten.conv1d.padding: _convolution,
    aten.conv2d.default: _convolution,
    aten.conv2d.padding: _convolution,
    aten.conv3d.default: _convolution,
    aten.conv3d.padding: _convolution,
    aten.conv_transpose1d.default: _transposed_convolution,
    aten.conv_transpose2d.input: _transposed_convolution,
    aten.conv_transpose3d.input: _transposed_convolution,
    aten.convolution.default: _any_convolution,
    aten._convolution.default: _any_convolution,
    aten.matmul.default: _product,
    aten.mm.default: _product,
    aten.bmm.default: _product,
    aten.mv.default: _product,
    aten.dot.default: _product,
    aten.addmm.default: _product_plus,
    aten.addmv.default: _product_plus,
    aten.baddbmm.default: _product_plus,
    aten.addbmm.default: _summed_products_plus,
    aten.scaled_dot_product_attention.default: _attention,
}


@cache
def _treatment(func: OpOverload) -> tuple[Callable[..., _Count] | None, Role | None]:
    """How to count an operation, or its role: found once, for looking an operation up is not cheap."""
    count = _COUNTED.get(func)
    return (count, None) if count else (None, role_of(func))
