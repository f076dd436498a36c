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


def _empty(shape: Sequence[int], x: Tensor) -> Tensor:
    """A tensor of the type of `x`; its own `new_empty` is written in Python, too."""
    return torch.empty(shape, dtype=x.dtype, device="meta")


def _same(x: Tensor) -> Tensor:
    """An empty tensor of the same shape and type, its axes in the same order, without gaps."""
    if x.is_contiguous():
        return _empty(x.shape, x)
    strides = [1] * x.dim()
    places, previous = 1, 0
    for stride, size, axis in sorted(zip(x.stride(), x.shape, range(x.dim()), strict=True)):
        if size == 1:
            continue
        if stride == previous:
            return torch.empty_like(x)  # slow: it is written in Python, too
        strides[axis] = places
        places, previous = places * size, stride
    return torch.empty_strided(x.shape, strides, dtype=x.dtype, device="meta")


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
    return _empty(x.shape, x)


def _in_place(x: Tensor, *_: Any, **__: Any) -> Tensor | None:
    """An operation on each element of one tensor, into itself."""
    return x


def _in_place_pair(x: Tensor, other: Any, **__: Any) -> Tensor | None:
    if not isinstance(other, Tensor) or other.shape == x.shape or other.dim() == 0:
        return x
    return None


def _pair(x: Tensor, other: Any, **__: Any) -> Tensor | None:
    """An operation on a tensor and a number, or on two tensors of which one has the result's shape."""
    if not x.is_floating_point():
        return None
    if isinstance(other, int | float):
        return _same(x)
    if other.dtype != x.dtype or not other.is_meta:
        return None
    if _spreads_over(other, x):
        return _same(x)
    # The first decides the layout, unless it is a single row and has none.
    if sum(n > 1 for n in x.shape) <= 1 and _spreads_over(x, other):
        return _same(other)
    return None


def _spreads_over(small: Tensor, large: Tensor) -> bool:
    """Whether the large one has the shape that the two have together, and each place only once."""
    if small.dim() > large.dim() or 0 in large.stride():
        return False
    if small.shape == large.shape:
        return True
    return all(
        theirs in (1, ours)
        for ours, theirs in zip(reversed(large.shape), reversed(small.shape), strict=False)
    )


def _clamped(x: Tensor, least: Tensor | None = None, most: Tensor | None = None) -> Tensor | None:
    for limit in (least, most):
        if limit is not None and (limit.dim() or limit.dtype != x.dtype):
            return None
    return _like_it(x)


def _linear(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor | None:
    if weight.dim() != 2 or x.dim() < 2 or x.shape[-1] != weight.shape[1]:
        return None
    if x.dtype != weight.dtype:
        return None
    if bias is not None and bias.shape != weight.shape[:1]:
        return None
    return _empty((*x.shape[:-1], weight.shape[0]), x)


def _convolution(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Sequence[int] = (1, 1),
    padding: Sequence[int] = (0, 0),
    dilation: Sequence[int] = (1, 1),
    groups: int = 1,
) -> Tensor | None:
    shape, kernel = x.shape, weight.shape
    if len(shape) != 4 or not (x.is_contiguous() and weight.is_contiguous()):
        return None
    # A picture of one place may lie either way, and its product then does, too.
    if not _is_row_by_row(x) and shape[2] * shape[3] > 1:
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
    return _empty((shape[0], kernel[0], height, width), x)


def _is_row_by_row(x: Tensor) -> bool:
    """Whether a batch of pictures lies row by row in memory, and cannot be taken for channels last."""
    return x.is_contiguous() and not x.is_contiguous(memory_format=torch.channels_last)


def _pooled(
    x: Tensor,
    kernel: Sequence[int],
    stride: Sequence[int] = (),
    padding: Sequence[int] = (0, 0),
    dilation: Sequence[int] = (1, 1),
    larger: bool = False,
) -> Tensor | None:
    stride = stride or kernel
    if larger or x.dim() != 4 or not _is_row_by_row(x) or not x.is_floating_point():
        return None
    if not len(kernel) == len(stride) == len(padding) == len(dilation) == 2:
        return None
    if 0 in (*kernel, *stride, *dilation) or any(
        2 * p > k for p, k in zip(padding, kernel, strict=True)
    ):
        return None
    height, width = (
        (x.shape[i + 2] + 2 * padding[i] - dilation[i] * (kernel[i] - 1) - 1) // stride[i] + 1
        for i in (0, 1)
    )
    if height < 1 or width < 1:
        return None
    return _empty((*x.shape[:2], height, width), x)


def _average_pooled(
    x: Tensor,
    kernel: Sequence[int],
    stride: Sequence[int] = (),
    padding: Sequence[int] = (0, 0),
    larger: bool = False,
    *_: Any,
) -> Tensor | None:
    return _pooled(x, kernel, stride, padding, (1, 1), larger)


def _pooled_to_size(x: Tensor, size: Sequence[int]) -> Tensor | None:
    if x.dim() != 4 or not _is_row_by_row(x) or not x.is_floating_point() or len(size) != 2:
        return None
    return _empty((*x.shape[:2], *size), x)


def _matrix_product(a: Tensor, b: Tensor) -> Tensor | None:
    if a.dim() != b.dim() or a.dim() < 2 or a.dtype != b.dtype:
        return None
    if a.shape[:-2] != b.shape[:-2] or a.shape[-1] != b.shape[-2]:
        return None
    return _empty((*a.shape[:-1], b.shape[-1]), a)


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
    return _empty((*query.shape[:-1], value.shape[-1]), query)


def _reduced(x: Tensor, dims: Any = None, keepdim: bool = False, **kwargs: Any) -> Tensor | None:
    if dims is None or kwargs or not (x.is_contiguous() and x.is_floating_point()):
        return None
    if isinstance(dims, int):
        dims = [dims]
    gone = {dim % x.dim() for dim in dims}
    if not gone:
        return None
    if keepdim:
        return _empty([1 if i in gone else n for i, n in enumerate(x.shape)], x)
    return _empty([n for i, n in enumerate(x.shape) if i not in gone], x)


def _vector_norm(
    x: Tensor, _order: Any = 2, dims: Any = None, keepdim: bool = False, **kwargs: Any
) -> Tensor | None:
    return _reduced(_empty(x.shape, x), dims, keepdim, **kwargs)  # whatever its layout


def _joined(tensors: Sequence[Tensor], dim: int = 0) -> Tensor | None:
    first = tensors[0]
    axis = dim % first.dim() if first.dim() else 0
    length = 0
    for tensor in tensors:
        if tensor.dtype != first.dtype or tensor.dim() != first.dim() or not tensor.dim():
            return None
        if tensor.dim() >= 4 and tensor.stride(-1) >= tensor.stride(1):
            return None  # it may lie with the channels last, and then the result does, too
        length += tensor.shape[axis]
        if any(
            theirs != ours
            for i, (theirs, ours) in enumerate(zip(tensor.shape, first.shape, strict=True))
            if i != axis
        ):
            return None
    return _empty([length if i == axis else n for i, n in enumerate(first.shape)], first)


def _stacked(tensors: Sequence[Tensor], dim: int = 0) -> Tensor | None:
    if not all(tensor.is_contiguous() for tensor in tensors):
        return None
    dim %= tensors[0].dim() + 1
    return _joined([tensor.unsqueeze(dim) for tensor in tensors], dim)


def _resampled(x: Tensor, size: Sequence[int] | None, *_: Any) -> Tensor | None:
    if size is None or x.dim() != 4 or not _is_row_by_row(x):
        return None
    return _empty((*x.shape[:2], *size), x)


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
    aten.clamp.Tensor: _clamped,
    aten.conv2d.default: _convolution,
    aten.linear.default: _linear,
    aten.scaled_dot_product_attention.default: _attention,
    aten.matmul.default: _matrix_product,
    aten.avg_pool2d.default: _average_pooled,
    aten.max_pool2d.default: _pooled,
    aten.adaptive_avg_pool2d.default: _pooled_to_size,
    aten.cat.default: _joined,
    aten.stack.default: _stacked,
    aten.mean.dim: _reduced,
    aten.sum.dim_IntList: _reduced,
    aten.linalg_vector_norm.default: _vector_norm,
    aten.upsample_bicubic2d.vec: _resampled,
}
"""Rules by operation; a rule takes the operation's arguments and gives its result, or None."""
