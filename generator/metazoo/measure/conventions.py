"""Ways to count that published numbers were made with, each by name. No torch here.

Every one is a function of the components that a single pass saw (`metazoo.measure.components`), in
multiply-accumulates, except where the tool itself counts more. Each is tested against the real
tool, in the version named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from metazoo.errors import UsageError
from metazoo.measure.measurement import Measurement

Components = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Convention:
    """A way to count.

    Attributes:
        name: As on the command line.
        what: What it counts, in a sentence.
        count: The number, from the components of a pass.
    """

    name: str
    what: str
    count: Callable[[Components], int]


def _sum(components: Components, **factors: int) -> int:
    return sum(f * components.get(name, 0) for name, f in factors.items())


def _layers(components: Components, prefix: str, **factors: int) -> int:
    return sum(f * components.get(f"{prefix}.{name}", 0) for name, f in factors.items())


def _torch(c: Components) -> int:
    products = _sum(c, conv=1, conv_same=1, linear=1, matmul=1, added_matmul=1, attention=1)
    return products + _layers(c, "recurrent", linear=1, matmul=1)


def _fvcore(c: Components) -> int:
    products = _sum(c, conv=1, linear=1, matmul=1)
    norms = _sum(c, batch_norm=2, batch_norm_plain=1, norm=5, norm_plain=4)
    return products + norms + _sum(c, adaptive_avg_pool=1, upsample_nearest=1, upsample_bilinear=4)


def _timm(c: Components) -> int:
    return _fvcore(c) + _sum(c, attention=1)


def _ptflops(c: Components) -> int:
    products = _sum(c, conv=1, conv_same=1, linear=1, matmul=1)
    return products + _sum(c, conv_bias=1, linear_bias=1)


_THOP = {
    "conv": 1,
    "batch_norm": 4,
    "layer_norm": 4,
    "linear": 1,
    "avg_pool": 1,
    "adaptive_avg_pool": 1,
    "softmax": 1,
    "upsample": 1,
    "lstm": 1,
}


def _thop(c: Components) -> int:
    return _layers(c, "layer", **_THOP) + _layers(c, "repeated", **_THOP)


def _thop_2020(c: Components) -> int:
    return _layers(
        c,
        "layer",
        conv=1,
        conv_bias=1,
        batch_norm=2,
        linear=1,
        avg_pool=1,
        adaptive_avg_pool=1,
        leaky_relu=1,
    )


CONVENTIONS: dict[str, Convention] = {
    convention.name: convention
    for convention in (
        Convention(
            "torch",
            "MACs of convolutions, linear layers, matrix products and attention; half of what"
            " torch's FlopCounterMode says. metazoo's own count",
            _torch,
        ),
        Convention(
            "fvcore",
            "fvcore 0.1.5: MACs, 2 an element of batch norms, 5 of other norms, pooling and"
            " resampling; fused attention, recurrent cells and padding='same' are missing",
            _fvcore,
        ),
        Convention(
            "timm",
            "fvcore with fused attention off, as timm's benchmark counts the GMACs it publishes",
            _timm,
        ),
        Convention(
            "ptflops",
            "ptflops 0.7, its aten backend on a CPU: MACs and biases; fused attention is missing",
            _ptflops,
        ),
        Convention(
            "thop",
            "thop 0.1.1, layers of exactly torch's classes: MACs, 4 an element of norms, pooling;"
            " subclassed layers and all functional calls are missing",
            _thop,
        ),
        Convention(
            "thop-2020",
            "thop 0.0.31, as thop, but with the biases of convolutions and 2 an element of batch"
            " norms; other norms are missing",
            _thop_2020,
        ),
    )
}
"""Every convention by its name."""


def known_conventions(names: Iterable[str]) -> list[Convention]:
    """The conventions of these names.

    Raises:
        UsageError: There is none of a name.
    """
    unknown = [name for name in names if name not in CONVENTIONS]
    if unknown:
        raise UsageError(
            f"there is no convention {unknown[0]!r}; known are: {', '.join(CONVENTIONS)}"
        )
    return [CONVENTIONS[name] for name in names]


def by_conventions(measurement: Measurement, conventions: Iterable[Convention]) -> Measurement:
    """The same measurement, with the count by each convention."""
    if measurement.error:
        return measurement
    counts = {c.name: c.count(measurement.components) for c in conventions}
    return replace(measurement, conventions=counts)
