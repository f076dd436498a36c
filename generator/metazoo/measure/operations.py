"""What an operation is to the counter: composite, free by definition, uncounted, or a fault.

FLOPs are those of convolutions, linear layers, matrix products and attention. Everything that costs
a few operations an element beside them is free by that definition: arithmetic on elements, norms,
pooling, softmax, resampling, sums, and moving data about. What is neither is reported by name.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import cache

import torch
from torch._C import DispatchKey
from torch._ops import OpOverload


class Role(Enum):
    """What becomes of an operation that is not counted itself."""

    COMPOSITE = "made of other operations: taken apart"
    FREE = "costs nothing by the definition of FLOPs"
    UNCOUNTED = "computes, and is named in the measurement"
    MUST_BE_COUNTED = "looks like a matrix product: an error"


@cache
def role_of(op: OpOverload) -> Role:
    """The role of an operation for which there is no formula.

    Args:
        op: An operation as the dispatcher names it, such as ``torch.ops.aten.add.Tensor``.
    """
    name = op.overloadpacket.__name__.rstrip("_")
    if op.namespace in ("aten", "prim") and (
        name in _FREE or torch.Tag.pointwise in op.tags or op.is_view
    ):
        return Role.FREE
    if _is_composite(op):
        return Role.COMPOSITE
    if _LOOKS_COUNTABLE.search(name):
        return Role.MUST_BE_COUNTED
    return Role.UNCOUNTED


def _is_composite(op: OpOverload) -> bool:
    return (
        torch._C._dispatch_has_kernel_for_dispatch_key(
            op.name(), DispatchKey.CompositeImplicitAutograd
        )
        or DispatchKey.CompositeImplicitAutograd in op.py_kernels
    )


_LOOKS_COUNTABLE = re.compile(
    r"(^|_)(add|b)*(mm|mv|bmm|matmul|linear|conv\w*|dot\w*|einsum|attention|attn|mha|lstm|gru|rnn"
    r"|bilinear|trilinear|transformer|flash|cross_entropy_linear)(_|$)"
)

_NORMS_AND_SOFTMAX = """
    batch_norm native_batch_norm _native_batch_norm_legit_no_training layer_norm native_layer_norm
    group_norm native_group_norm instance_norm rms_norm _fused_rms_norm local_response_norm
    softmax _softmax log_softmax _log_softmax linalg_vector_norm norm
"""
_SUMS_AND_CHOICES = """
    sum mean var var_mean std prod amax amin max min argmax argmin all any logsumexp cumsum cummax
    topk sort argsort nonzero unique_consecutive searchsorted bucketize one_hot where equal
"""
_POOLING_AND_RESAMPLING = """
    avg_pool1d avg_pool2d avg_pool3d max_pool1d max_pool2d max_pool3d max_pool2d_with_indices
    adaptive_avg_pool1d adaptive_avg_pool2d _adaptive_avg_pool2d adaptive_max_pool2d
    upsample_nearest1d upsample_nearest2d upsample_linear1d upsample_bilinear2d upsample_bicubic2d
    _upsample_bilinear2d_aa _upsample_bicubic2d_aa grid_sampler grid_sampler_2d
"""
_ELEMENTS = """
    gelu prelu _prelu_kernel glu relu6 selu celu softplus hardswish floor_divide
    dropout feature_dropout alpha_dropout
"""
_MOVING_DATA = """
    cat concat stack hstack vstack pad constant_pad_nd reflection_pad2d replication_pad2d
    index index_select gather take_along_dim scatter index_put index_copy masked_fill masked_scatter
    embedding repeat repeat_interleave tile roll flip rot90 tril triu meshgrid
    im2col col2im unfold pixel_shuffle pixel_unshuffle channel_shuffle
    clone copy contiguous to _to_copy type_as reshape reshape_as flatten unflatten view_as
    expand_as broadcast_to broadcast_tensors lift_fresh detach resize set
"""
_MAKING_AND_ASKING = """
    arange linspace empty empty_like empty_strided new_empty new_empty_strided zeros zeros_like
    new_zeros ones ones_like new_ones full full_like new_full scalar_tensor eye fill zero
    bernoulli normal uniform randn rand randint randperm
    item _local_scalar_dense _assert_async _assert_scalar is_nonzero allclose
"""
_FREE = frozenset(
    (
        _NORMS_AND_SOFTMAX
        + _SUMS_AND_CHOICES
        + _POOLING_AND_RESAMPLING
        + _ELEMENTS
        + _MOVING_DATA
        + _MAKING_AND_ASKING
    ).split()
)
