"""Every shape rule against torch's own meta kernel, over layouts, shapes and settings."""

import itertools

import pytest

torch = pytest.importorskip("torch")

from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

from metazoo.measure.shapes import RULES

pytestmark = pytest.mark.measure
aten = torch.ops.aten

SHAPES = [(2, 3, 4, 5), (1, 3, 4, 5), (1, 6, 1, 1), (2, 3, 4), (1, 3, 4), (3, 4), (4,), ()]


def meta(*shape, dtype=torch.float32):
    return torch.empty(shape, device="meta", dtype=dtype)


def layouts(shape):
    """The shape in every order of its axes in memory, and with gaps."""
    axes = range(len(shape))
    for order in itertools.permutations(axes):
        yield meta(*(shape[i] for i in order)).permute([order.index(i) for i in axes])
    if shape:
        yield meta(*shape[:-1], 2 * shape[-1])[..., ::2]
        yield meta(*shape[:-1], 1).expand(shape)


def every(*shapes):
    return [x for shape in shapes for x in layouts(shape)]


def unary(*arguments, shapes=SHAPES):
    return [(x, *arguments) for x in every(*shapes)]


def pairs():
    for shape in SHAPES:
        for x in layouts(shape):
            yield x, 2
            yield x, 0.5
            yield x, meta()
            yield x, meta(*shape)
            yield x, meta(*(1 for _ in shape))
            for kept in range(len(shape)):
                yield x, meta(*(n if i == kept else 1 for i, n in enumerate(shape)))
                yield x, meta(*shape[kept:])
                yield meta(*shape[kept:]), x
                yield meta(*(n if i == kept else 1 for i, n in enumerate(shape))), x
            for other in layouts(shape):
                yield x, other
    yield meta(3, 1), meta(3, 4)
    yield meta(4), meta(3, 4)
    yield meta(3, 4), meta(3, 4, dtype=torch.float64)
    yield meta(3, 4), meta(3, 4, dtype=torch.int64)
    yield meta(3, 4, dtype=torch.int64), meta(3, 4)
    yield meta(3, 4, dtype=torch.int64), 0.5


def norms(*shapes):
    return [(x, meta(c), meta(c)) for x in every(*shapes) for c in [x.shape[1]]]


def reductions():
    for x in every(*SHAPES[:-1]):
        for count in range(1, x.dim() + 1):
            for dims in itertools.combinations(range(x.dim()), count):
                yield x, list(dims)
                yield x, [d - x.dim() for d in dims], True
        yield x, []


def convolutions():
    for x in every((2, 4, 6, 7), (1, 4, 6, 6), (1, 4, 1, 1), (1, 4, 1, 6), (1, 1, 6, 6)):
        channels = x.shape[1]
        for size, groups in itertools.product((1, 3), {1, channels}):
            for weight in layouts((8, channels // groups, size, size)):
                for bias in (None, meta(8)):
                    yield x, weight, bias, [1, 1], [size // 2] * 2, [1, 1], groups
                yield x, weight, None, [2, 1], [1, 2], [2, 1], groups
    yield meta(1, 4, 6, 6), meta(8, 4, 1, 1)
    yield meta(4, 6, 6), meta(8, 4, 1, 1), None, [1, 1], [0, 0], [1, 1]


PICTURES = [(2, 3, 4, 5), (1, 4, 6, 6), (1, 6, 1, 1)]

CASES = {
    **dict.fromkeys(
        (
            aten.exp.default,
            aten.gelu.default,
            aten.hardsigmoid.default,
            aten.hardswish.default,
            aten.hardtanh.default,
            aten.leaky_relu.default,
            aten.neg.default,
            aten.relu.default,
            aten.rsqrt.default,
            aten.sigmoid.default,
            aten.silu.default,
            aten.sqrt.default,
            aten.tanh.default,
        ),
        lambda: [*unary(), (meta(3, 4, dtype=torch.bfloat16),)],
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
        ),
        lambda: [(meta(2, 3),), (meta(2, 3, 4, 5).permute(0, 2, 3, 1),)],
    ),
    aten.clamp.default: lambda: unary(0.0, 1.0),
    aten.clamp.Tensor: lambda: [
        (x, *limits)
        for x in every(*SHAPES)
        for limits in ((meta(),), (None, meta()), (meta(), meta()), (meta(*x.shape),))
    ],
    aten.clamp_min.default: lambda: unary(0.0),
    aten.clamp_.default: lambda: [(meta(2, 3), 0.0, 1.0)],
    aten.clamp_min_.default: lambda: [(meta(2, 3), 0.0)],
    aten.pow.Tensor_Scalar: lambda: [*unary(2), *unary(0.5)],
    aten.add.Tensor: pairs,
    aten.sub.Tensor: pairs,
    aten.mul.Tensor: pairs,
    aten.div.Tensor: pairs,
    aten.add_.Tensor: lambda: [(meta(2, 3), y) for y in (1, 0.5, meta(), meta(3), meta(2, 3))],
    aten.mul_.Tensor: lambda: [(meta(2, 3), y) for y in (1, 0.5, meta(), meta(3), meta(2, 3))],
    aten.batch_norm.default: lambda: [
        (x, meta(c), meta(c), meta(c), meta(c), False, 0.1, 1e-5, True)
        for x in every((2, 3, 4, 5), (1, 3, 4, 5), (1, 6, 1, 1), (2, 3, 4), (3, 4))
        for c in [x.shape[1]]
    ],
    aten.layer_norm.default: lambda: [
        case
        for x in every(*SHAPES[:-1])
        for w in [meta(*x.shape[-1:])]
        for case in ((x, [x.shape[-1]], w, w), (x, [x.shape[-1]]), (x, list(x.shape)))
    ],
    aten.rms_norm.default: lambda: [
        case
        for x in every(*SHAPES[:-1])
        for case in ((x, [x.shape[-1]], meta(*x.shape[-1:])), (x, [x.shape[-1]]))
    ],
    aten.group_norm.default: lambda: [
        (x, groups, meta(x.shape[1]), meta(x.shape[1]))
        for x in every((2, 4, 3, 5), (1, 4, 6), (2, 4))
        for groups in (1, 2)
    ],
    aten.roll.default: lambda: [
        (x, [1, 2], [1, 2]) for x in every((2, 3, 4, 5), (1, 3, 4, 5), (2, 3, 4))
    ],
    aten.conv2d.default: convolutions,
    aten.linear.default: lambda: [
        (x, meta(7, x.shape[-1]), *bias) for x in every(*SHAPES[:-1]) for bias in ((), (meta(7),))
    ],
    aten.scaled_dot_product_attention.default: lambda: (
        [
            (q, k, v, *mask)
            for q in every((2, 3, 4, 5))
            for k in (meta(2, 3, 6, 5), meta(2, 6, 3, 5).transpose(1, 2))
            for v in (meta(2, 3, 6, 7), meta(2, 6, 3, 7).transpose(1, 2))
            for mask in (
                (),
                (meta(4, 6),),
                (meta(2, 1, 4, 6),),
                (meta(1, 1, 1, 6),),
                (None, 0.0, False),
            )
        ]
        + [
            (q, q, v, *mask)
            for q, v in (
                (meta(3, 4, 5), meta(3, 4, 7)),
                (meta(3, 5, 4).transpose(1, 2), meta(3, 4, 5)),
                (meta(2, 3, 4, 5, 6), meta(2, 3, 4, 5, 6)),
                (meta(2, 5, 4, 3, 6).permute(0, 3, 2, 1, 4), meta(2, 3, 4, 5, 6)),
            )
            for mask in ((), (meta(q.shape[-2], q.shape[-2]),))
        ]
    ),
    aten.matmul.default: lambda: [
        (a, b)
        for a, b in itertools.chain(
            itertools.product(every((2, 3, 4)), every((2, 4, 5))),
            itertools.product(every((2, 6, 3, 4)), every((2, 6, 4, 5))),
            itertools.product(every((3, 4)), every((4, 5))),
            [(meta(4), meta(4)), (meta(2, 3, 4), meta(4, 5)), (meta(1, 3, 4), meta(2, 4, 5))],
        )
    ],
    aten.max_pool2d.default: lambda: [
        (x, *settings)
        for x in every((2, 3, 7, 8), (1, 4, 6, 6), (1, 1, 6, 6))
        for settings in (
            ([2, 2],),
            ([3, 3], [2, 2], [1, 1]),
            ([3, 2], [2, 1], [1, 0], [2, 1]),
            ([3, 3], [2, 2], [1, 1], [1, 1], True),
        )
    ],
    aten.avg_pool2d.default: lambda: [
        (x, *settings)
        for x in every((2, 3, 7, 8), (1, 4, 6, 6), (1, 1, 6, 6))
        for settings in (
            ([2, 2],),
            ([3, 3], [2, 2], [1, 1]),
            ([3, 2], [2, 1], [1, 0]),
            ([2, 2], [2, 2], [0, 0], True, False),
            ([2, 2], [2, 2], [0, 0], False, False),
        )
    ],
    aten.adaptive_avg_pool2d.default: lambda: [
        (x, size) for x in every(*PICTURES) for size in ([1, 1], [2, 3], [7, 7])
    ],
    aten.stack.default: lambda: (
        [([x] * 3, dim) for x in every(*SHAPES) for dim in range(-x.dim() - 1, x.dim() + 1)]
        + [([meta(2, 3), meta(2, 3, dtype=torch.float64)],)]
    ),
    aten.cat.default: lambda: (
        [
            ([x, y], dim)
            for shape in (
                (2, 3, 4),
                (2, 3, 4, 5),
                (1, 6, 1, 5),
                (1, 1, 4, 5),
                (4, 1),
                (2, 2, 2, 2, 2),
            )
            for x, y in itertools.islice(itertools.product(layouts(shape), layouts(shape)), 900)
            for dim in (0, 1, -1)
        ]
        + [([meta(2, 3), meta(2, 3, dtype=torch.float64)],), ([meta(0), meta(2, 3)],), ([meta(2)],)]
    ),
    aten.mean.dim: reductions,
    aten.sum.dim_IntList: reductions,
    aten.linalg_vector_norm.default: lambda: [
        (x, 2, dims, keepdim) for x, dims, *rest in reductions() for keepdim in [bool(rest)]
    ],
    aten.upsample_bicubic2d.vec: lambda: [
        case
        for x in every(*PICTURES)
        for case in ((x, [8, 9], False, None), (x, None, False, [2.0, 2.0]))
    ],
}


def test_every_rule_is_tested():
    assert set(CASES) == set(RULES)


ANSWERED = {
    aten.add.Tensor: 3915,
    aten.sub.Tensor: 3915,
    aten.mul.Tensor: 3915,
    aten.div.Tensor: 3915,
    aten.add_.Tensor: 4,
    aten.mul_.Tensor: 4,
    aten.clamp.Tensor: 307,
    aten.batch_norm.default: 37,
    aten.rms_norm.default: 72,
    aten.group_norm.default: 12,
    aten.conv2d.default: 5234,
    aten.linear.default: 196,
    aten.matmul.default: 756,
    aten.avg_pool2d.default: 20,
    aten.max_pool2d.default: 15,
    aten.adaptive_avg_pool2d.default: 15,
    aten.cat.default: 3409,
    aten.stack.default: 126,
    aten.mean.dim: 964,
    aten.sum.dim_IntList: 964,
    aten.linalg_vector_norm.default: 2594,
    aten.upsample_bicubic2d.vec: 5,
}
"""How many of its cases a rule answers, where that isn't all: one that answers fewer costs time."""


@pytest.mark.parametrize("op", RULES, ids=str)
def test_a_rule_says_what_torch_says(op):
    cases = list(CASES[op]())
    answered = 0
    with torch.inference_mode():
        for arguments in cases:
            ours = RULES[op](*arguments)
            if ours is None:
                continue
            answered += 1
            theirs = op(*arguments)
            assert ours.is_meta
            assert layout(ours) == layout(theirs), describe(arguments)
    assert answered == ANSWERED.get(op, len(cases))


def layout(x):
    """Shape, dtype and the strides that matter: along an axis of one place, none does."""
    return x.shape, x.dtype, [s for s, n in zip(x.stride(), x.shape, strict=True) if n > 1]


def describe(arguments):
    return [(tuple(a.shape), a.stride()) if isinstance(a, torch.Tensor) else a for a in arguments]


class Passed(TorchDispatchMode):
    """What arrives of a call: torch leaves out arguments that are as by default."""

    def __init__(self):
        super().__init__()
        self.calls = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        self.calls.append((func, args, kwargs or {}))
        return func(*args, **(kwargs or {}))


@pytest.mark.parametrize(
    "layer",
    [
        nn.Conv2d(4, 8, 3),
        nn.Conv2d(4, 8, 1, bias=False),
        nn.Conv2d(4, 8, 3, stride=2, padding=1, groups=2),
        nn.BatchNorm2d(4),
        nn.GroupNorm(2, 4),
        nn.LayerNorm(6),
        nn.Linear(6, 5),
        nn.ReLU(),
        nn.ReLU(inplace=True),
        nn.GELU(),
        nn.SiLU(),
        nn.MaxPool2d(3, 2, 1),
        nn.AvgPool2d(2),
        nn.AdaptiveAvgPool2d(1),
    ],
    ids=str,
)
def test_a_rule_answers_what_a_usual_layer_asks(layer):
    layer, x = layer.eval().to("meta"), meta(2, 4, 6, 6)
    with torch.inference_mode(), Passed() as passed:
        layer(x)
    ((func, args, kwargs),) = passed.calls
    assert RULES[func](*args, **kwargs) is not None


@pytest.mark.parametrize(
    ("op", "arguments"),
    [
        (aten.linear.default, (meta(2, 3), meta(4, 5))),
        (aten.linear.default, (meta(2, 3), meta(4, 3), meta(5))),
        (aten.conv2d.default, (meta(1, 3, 4, 4), meta(8, 4, 1, 1), None, [1, 1], [0, 0], [1, 1])),
        (aten.conv2d.default, (meta(1, 4, 2, 2), meta(8, 4, 3, 3), None, [1, 1], [0, 0], [1, 1])),
        (
            aten.conv2d.default,
            (meta(1, 4, 2, 2), meta(8, 4, 1, 1), meta(7), [1, 1], [0, 0], [1, 1]),
        ),
        (aten.add.Tensor, (meta(2, 3), meta(2, 4))),
        (aten.add_.Tensor, (meta(2, 3), meta(2, 4))),
        (aten.cat.default, ([meta(2, 3), meta(3, 4)], 1)),
        (aten.scaled_dot_product_attention.default, (meta(1, 2, 3, 4),) * 2 + (meta(1, 2, 5, 4),)),
        (
            aten.scaled_dot_product_attention.default,
            (*[meta(1, 2, 3, 4)] * 3, meta(4, 4)),
        ),
    ],
    ids=str,
)
def test_what_does_not_fit_is_left_to_torch_to_refuse(op, arguments):
    assert RULES[op](*arguments) is None
