"""What an operation gives back on the meta device, found faster than torch finds it.

torch's own meta kernels for the most frequent operations are written in Python and take up to a
millisecond each; a pass through every model of a zoo spends most of its time there. The rules here
say the same in a few microseconds, for the simple cases that models are made of: shape, dtype and
strides of the result. For every other case a rule gives None, and torch's kernel decides.

Every rule is tested against that kernel, on every layout of its arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch._ops import OpOverload

aten = torch.ops.aten


def output_of(op: OpOverload, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """The result of an operation: by a rule where one applies, else by torch itself."""
    rule = RULES.get(op)
    if rule is not None:
        first = args[0]
        if isinstance(first, list | tuple):
            first = first[0]
        if first.is_meta:
            out = rule(*args, **kwargs)
            if out is not None:
                return out
    return op(*args, **kwargs)


def _same(x: Tensor) -> Tensor:
    """An empty tensor of the same shape and type, and of the same layout where that has no gaps."""
    if x.is_contiguous():
        return x.new_empty(x.shape)
    strides = x.stride()
    places = 1
    for stride, size in sorted(zip(strides, x.shape, strict=True)):
        if size == 1:
            continue
        if stride != places:
            return torch.empty_like(x)  # slow: it is written in Python, too
        places *= size
    return torch.empty_strided(x.shape, strides, dtype=x.dtype, device=x.device)


def _like_it(x: Tensor, *_: Any, **__: Any) -> Tensor | None:
    """An operation on each element of one tensor, with numbers as its other arguments."""
    return _same(x) if x.is_floating_point() else None


def _normalised(x: Tensor, *_: Any, **__: Any) -> Tensor | None:
    """A norm keeps a layout that is row by row or, of a picture, channels last."""
    if x.is_contiguous() or (x.dim() == 4 and x.is_contiguous(memory_format=torch.channels_last)):
        return _same(x)
    return None


def _rms_normalised(x: Tensor, *_: Any, **__: Any) -> Tensor | None:
    return _same(x) if x.is_contiguous() else None


def _rewritten(x: Tensor, *_: Any, **__: Any) -> Tensor | None:
    """A tensor of the same shape, put row by row."""
    return x.new_empty(x.shape)


def _in_place(x: Tensor, *_: Any, **__: Any) -> Tensor | None:
    """An operation on each element of one tensor, into itself."""
    return x


def _in_place_pair(x: Tensor, other: Any, **__: Any) -> Tensor | None:
    if not isinstance(other, Tensor) or other.shape == x.shape or other.dim() == 0:
        return x
    return None


def _pair(x: Tensor, other: Any, **__: Any) -> Tensor | None:
    """An operation on two tensors, the first of the result's shape, or on a tensor and a number."""
    if not x.is_floating_point():
        return None
    if isinstance(other, int | float):
        return _same(x)
    if other.dtype != x.dtype or not other.is_meta or other.dim() > x.dim():
        return None
    if 0 in x.stride():  # then the other's layout decides
        return None
    if other.shape != x.shape and any(
        theirs not in (1, ours)
        for ours, theirs in zip(reversed(x.shape), reversed(other.shape), strict=False)
    ):
        return None
    return _same(x)


def _linear(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor | None:
    if weight.dim() != 2 or x.dim() < 2 or x.shape[-1] != weight.shape[1]:
        return None
    if x.dtype != weight.dtype:
        return None
    if bias is not None and bias.shape != weight.shape[:1]:
        return None
    return x.new_empty((*x.shape[:-1], weight.shape[0]))


def _convolution(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Sequence[int] = (1,),
    padding: Sequence[int] = (0,),
    dilation: Sequence[int] = (1,),
    groups: int = 1,
) -> Tensor | None:
    shape, kernel = x.shape, weight.shape
    if len(shape) != 4 or not (x.is_contiguous() and weight.is_contiguous()):
        return None
    # A picture of one place may lie either way, and its product then does, too.
    if x.is_contiguous(memory_format=torch.channels_last) and shape[2] * shape[3] > 1:
        return None
    if shape[1] != kernel[1] * groups or kernel[0] % groups or x.dtype != weight.dtype:
        return None
    if bias is not None and bias.shape != kernel[:1]:
        return None
    if not len(stride) == len(padding) == len(dilation) == 2 or 0 in stride:
        return None
    height, width = (
        (shape[i + 2] + 2 * padding[i] - dilation[i] * (kernel[i + 2] - 1) - 1) // stride[i] + 1
        for i in (0, 1)
    )
    if height < 1 or width < 1 or shape[0] < 1:
        return None
    return x.new_empty((shape[0], kernel[0], height, width))


def _attention(
    query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None, *_: Any, **__: Any
) -> Tensor | None:
    dims = query.dim()
    if dims < 3 or not dims == key.dim() == value.dim():
        return None
    if not query.shape[:-2] == key.shape[:-2] == value.shape[:-2]:
        return None
    if query.shape[-1] != key.shape[-1] or key.shape[-2] != value.shape[-2]:
        return None
    if mask is not None:
        rows_and_columns = query.shape[-2], key.shape[-2]
        sizes = zip(mask.shape[-2:], rows_and_columns, strict=False)
        if mask.dim() > dims or any(theirs not in (1, ours) for theirs, ours in sizes):
            return None
    return query.new_empty((*query.shape[:-1], value.shape[-1]))


def _reduced(x: Tensor, dims: Any = None, keepdim: bool = False, **kwargs: Any) -> Tensor | None:
    if dims is None or kwargs or not (x.is_contiguous() and x.is_floating_point()):
        return None
    if isinstance(dims, int):
        dims = [dims]
    gone = {dim % x.dim() for dim in dims}
    if not gone:
        return None
    if keepdim:
        return x.new_empty([1 if i in gone else n for i, n in enumerate(x.shape)])
    return x.new_empty([n for i, n in enumerate(x.shape) if i not in gone])


def _vector_norm(
    x: Tensor, _order: Any = 2, dims: Any = None, keepdim: bool = False, **kwargs: Any
) -> Tensor | None:
    return _reduced(x.new_empty(x.shape), dims, keepdim, **kwargs)  # whatever its layout


def _joined(tensors: Sequence[Tensor], dim: int = 0) -> Tensor | None:
    first = tensors[0]
    axis = dim % first.dim() if first.dim() else 0
    length = 0
    for tensor in tensors:
        if not tensor.is_contiguous() or tensor.dtype != first.dtype:
            return None
        if tensor.dim() != first.dim() or not tensor.dim():
            return None
        length += tensor.shape[axis]
        if any(
            theirs != ours
            for i, (theirs, ours) in enumerate(zip(tensor.shape, first.shape, strict=True))
            if i != axis
        ):
            return None
    return first.new_empty([length if i == axis else n for i, n in enumerate(first.shape)])


def _resampled(x: Tensor, size: Sequence[int] | None, *_: Any) -> Tensor | None:
    if size is None or x.dim() != 4 or not x.is_contiguous():
        return None
    if x.is_contiguous(memory_format=torch.channels_last):  # then it could be either
        return None
    return x.new_empty((*x.shape[:2], *size))


RULES: dict[OpOverload, Callable[..., Tensor | None]] = {
    **dict.fromkeys(
        (
            aten.exp.default,
            aten.gelu.default,
            aten.hardsigmoid.default,
            aten.hardswish.default,
            aten.hardtanh.default,
            aten.leaky_relu.default,
            aten.neg.default,
            aten.pow.Tensor_Scalar,
            aten.relu.default,
            aten.rsqrt.default,
            aten.sigmoid.default,
            aten.silu.default,
            aten.sqrt.default,
            aten.tanh.default,
            aten.clamp_min.default,
            aten.clamp.default,
        ),
        _like_it,
    ),
    **dict.fromkeys(
        (
            aten.hardsigmoid_.default,
            aten.hardswish_.default,
            aten.hardtanh_.default,
            aten.leaky_relu_.default,
            aten.relu_.default,
            aten.sigmoid_.default,
            aten.silu_.default,
            aten.clamp_.default,
            aten.clamp_min_.default,
        ),
        _in_place,
    ),
    aten.batch_norm.default: _normalised,
    aten.layer_norm.default: _rewritten,
    aten.rms_norm.default: _rms_normalised,
    aten.group_norm.default: _normalised,
    aten.roll.default: _rewritten,
    aten.add.Tensor: _pair,
    aten.sub.Tensor: _pair,
    aten.mul.Tensor: _pair,
    aten.div.Tensor: _pair,
    aten.add_.Tensor: _in_place_pair,
    aten.mul_.Tensor: _in_place_pair,
    aten.conv2d.default: _convolution,
    aten.linear.default: _linear,
    aten.scaled_dot_product_attention.default: _attention,
    aten.cat.default: _joined,
    aten.mean.dim: _reduced,
    aten.sum.dim_IntList: _reduced,
    aten.linalg_vector_norm.default: _vector_norm,
    aten.upsample_bicubic2d.vec: _resampled,
}
"""Rules by operation; a rule takes the operation's arguments and gives its result, or None."""
