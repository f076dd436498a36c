"""How many multiply-accumulates an operation takes, from the shapes of its tensors alone.

One multiply-accumulate (MAC) is one product added to a sum. Biases, strides over padding and the
softmax between the two products of attention count nothing: these are the dense, textbook counts
that torch's own flop counter doubles.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

Shape = Sequence[int]


def linear(x: Shape, weight: Shape) -> int:
    """MACs of ``x @ weight.T``: every one of x's rows meets every weight.

    Args:
        x: Shape of the input, ``(…, in)``.
        weight: Shape of the weight, ``(out, in)`` or ``(in,)``.
    """
    return prod(x[:-1]) * prod(weight)


def convolution(x: Shape, weight: Shape, out: Shape, *, transposed: bool = False) -> int:
    """MACs of a convolution: at every place of the output, the whole kernel of every channel.

    A transposed convolution instead spreads every place of its *input* over the kernel.

    Args:
        x: Shape of the input, ``(batch, channels, *places)``.
        weight: Shape of the kernel, ``(out, in / groups, *kernel)``, or, transposed,
            ``(in, out / groups, *kernel)``.
        out: Shape of the output, ``(batch, channels, *places)``.
        transposed: Whether the convolution is transposed.
    """
    places = prod((x if transposed else out)[2:])
    return x[0] * places * prod(weight)


def matrix_product(a: Shape, out: Shape) -> int:
    """MACs of ``a @ b`` as `torch.matmul` has it, vectors and broadcast batches included.

    Args:
        a: Shape of the left factor; its last axis is summed over.
        out: Shape of the product.
    """
    return prod(out) * a[-1]


def attention(query: Shape, key: Shape, value: Shape) -> int:
    """MACs of scaled-dot-product attention: the scores, then their product with the values.

    A mask changes nothing, nor does causality: the products are counted as if computed in full.

    Args:
        query: Shape ``(…, heads, queries, depth)``.
        key: Shape ``(…, heads, keys, depth)``; with grouped queries, fewer heads.
        value: Shape ``(…, heads, keys, value depth)``.
    """
    return prod(query[:-1]) * key[-2] * (query[-1] + value[-1])


def attention_activations(query: Shape, key: Shape, value: Shape) -> int:
    """Output elements of both products inside attention: the scores and the result.

    Args: as of `attention`.
    """
    return prod(query[:-1]) * (key[-2] + value[-1])
