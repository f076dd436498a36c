"""What other counters count, taken apart: everything a convention needs, from one pass.

Some counters watch operations (fvcore, ptflops), others watch layers by their exact class (thop).
Both are seen here, as plain totals under a name; `metazoo.measure.conventions` adds them up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import prod
from typing import Any

import torch
from torch import Tensor, nn
from torch._ops import OpOverload

from metazoo.measure.counter import MacCounter

aten = torch.ops.aten


class ComponentCounter(MacCounter):
    """As `MacCounter`, and besides sums up what other counters count, into `components`."""

    def __init__(self) -> None:
        super().__init__()
        self.components: Counter[str] = Counter()
        self._recurrent = 0
        self._places: Counter[nn.Module] = Counter()

    def __torch_dispatch__(
        self,
        func: OpOverload,
        types: Sequence[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        if func in _RECURRENT:
            self._recurrent += 1
            try:
                return super().__torch_dispatch__(func, types, args, kwargs)
            finally:
                self._recurrent -= 1
        before = self.tally.macs.total()
        out = super().__torch_dispatch__(func, types, args, kwargs)
        note = _NOTES.get(func)
        if note is not None:
            macs = self.tally.macs.total() - before
            where = "recurrent." if self._recurrent else ""
            for name, count in note(macs, out, *args, **(kwargs or {})):
                self.components[where + name] += count
        return out

    @contextmanager
    def watching(self, model: nn.Module) -> Iterator[None]:
        """Watch the layers of a model, too, while it runs."""
        layers = [m for m in model.modules() if _layer_kind(m) is not None]
        hooks = [layer.register_forward_hook(self._note_layer) for layer in layers]
        self._places = _places_in_tree(model)
        try:
            yield
        finally:
            for hook in hooks:
                hook.remove()

    def _note_layer(self, layer: nn.Module, inputs: tuple[Any, ...], out: Any) -> None:
        kind = _layer_kind(layer)
        if kind is None or not inputs:
            return
        name, count, exact = kind
        x = inputs[0]
        prefix = "layer." if type(layer) in exact else "subclass."
        amount = count(layer, x, out)
        self.components[prefix + name] += amount
        if prefix == "layer.":
            # thop counts a shared layer for each place, as often as it has places.
            self.components[f"repeated.{name}"] += amount * (self._places[layer] ** 2 - 1)
        if name == "linear":
            self.components["layer.classifier"] = amount  # the last one is it
        if name == "conv" and layer.bias is not None:
            self.components[f"{prefix}conv_bias"] += out.numel()


_Notes = list[tuple[str, int]]


def _conv(macs: int, out: Tensor, _x: Tensor, _w: Tensor, bias: Any = None, *_: Any) -> _Notes:
    return [("conv", macs), ("conv_bias", out.numel() if bias is not None else 0)]


def _conv_padded_to_size(
    macs: int, out: Tensor, _x: Tensor, _w: Tensor, bias: Any = None, *_: Any
) -> _Notes:
    return [("conv_same", macs), ("conv_bias", out.numel() if bias is not None else 0)]


def _linear(macs: int, out: Tensor, x: Tensor, _w: Tensor, bias: Any = None) -> _Notes:
    # torch adds the bias inside the product only where it need not rearrange the input first.
    inside = bias is not None and (x.dim() == 2 or x.is_contiguous())
    return [("linear", macs), ("linear_bias", out.numel() if inside else 0)]


def _product(macs: int, *_: Any, **__: Any) -> _Notes:
    return [("matmul", macs)]


def _sum_and_product(macs: int, *_: Any, **__: Any) -> _Notes:
    return [("added_matmul", macs)]


def _attention(macs: int, *_: Any, **__: Any) -> _Notes:
    return [("attention", macs)]


def _batch_norm(_macs: int, _out: Tensor, x: Tensor, weight: Any, *rest: Any) -> _Notes:
    training = rest[3]  # after bias, mean and variance: weights, too, are normalised that way
    name = "norm" if training else "batch_norm"
    return [(name if weight is not None else f"{name}_plain", x.numel())]


def _norm(_macs: int, _out: Tensor, x: Tensor, _n: Any, weight: Any = None, *_: Any) -> _Notes:
    return [("norm" if weight is not None else "norm_plain", x.numel())]


def _elements(name: str, *, of_input: bool = False) -> Callable[..., _Notes]:
    def note(_macs: int, out: Tensor, x: Tensor, *_: Any, **__: Any) -> _Notes:
        return [(name, (x if of_input else out).numel())]

    return note


_NOTES: dict[OpOverload, Callable[..., _Notes]] = {
    **dict.fromkeys(
        (
            aten.conv1d.default,
            aten.conv2d.default,
            aten.conv3d.default,
            aten.conv_transpose1d.default,
            aten.conv_transpose2d.input,
            aten.conv_transpose3d.input,
            aten.convolution.default,
        ),
        _conv,
    ),
    **dict.fromkeys(
        (aten.conv1d.padding, aten.conv2d.padding, aten.conv3d.padding), _conv_padded_to_size
    ),
    aten.linear.default: _linear,
    **dict.fromkeys((aten.matmul.default, aten.mm.default, aten.bmm.default), _product),
    aten.addmm.default: _product,
    aten.baddbmm.default: _sum_and_product,
    aten.scaled_dot_product_attention.default: _attention,
    aten.batch_norm.default: _batch_norm,
    aten.layer_norm.default: _norm,
    aten.group_norm.default: _norm,
    aten.upsample_nearest2d.vec: _elements("upsample_nearest"),
    aten.upsample_bilinear2d.vec: _elements("upsample_bilinear"),
    aten.adaptive_avg_pool2d.default: _elements("adaptive_avg_pool", of_input=True),
}

_RECURRENT = {
    aten.lstm.input,
    aten.lstm.data,
    aten.gru.input,
    aten.gru.data,
    aten.rnn_tanh.input,
    aten.rnn_relu.input,
}

_Count = Callable[[Any, Any, Any], int]


def _layer_conv(layer: Any, x: Any, out: Any) -> int:
    return int(out.numel() * (x.shape[1] // layer.groups) * prod(layer.weight.shape[2:]))


def _layer_input(_layer: Any, x: Any, _out: Any) -> int:
    return int(x.numel())


def _layer_output(_layer: Any, _x: Any, out: Any) -> int:
    return int(out.numel())


def _layer_linear(layer: Any, _x: Any, out: Any) -> int:
    return int(out.numel() * layer.in_features)


def _layer_adaptive_pool(_layer: Any, x: Any, out: Any) -> int:
    # One addition for each place of the window, and one division, as thop has it.
    window = prod(x.shape[2:]) / prod(out.shape[2:])
    return int((window + 1) * out.numel())


def _layer_softmax(layer: Any, x: Any, _out: Any) -> int:
    features = int(x.shape[layer.dim])
    return int(x.numel()) // features * (3 * features - 1)


def _layer_upsample(layer: Any, _x: Any, out: Any) -> int:
    factors = {"nearest": 1, "linear": 5, "bilinear": 11, "bicubic": 224 + 35}
    return factors.get(layer.mode, 0) * int(out.numel())


def _layer_lstm(layer: Any, x: Any, _out: Any) -> int:
    directions = 2 if layer.bidirectional else 1
    hidden = int(layer.hidden_size)

    def cell(features: int) -> int:
        gates: int = 4 * ((features + hidden) * hidden + hidden + 2 * hidden * bool(layer.bias))
        return int(directions * (gates + 4 * hidden))

    deeper = cell(hidden * directions)
    once = cell(layer.input_size) + (int(layer.num_layers) - 1) * deeper
    return int(prod(x.shape[:2])) * once


_CONVS = (
    nn.Conv1d,
    nn.Conv2d,
    nn.Conv3d,
    nn.ConvTranspose1d,
    nn.ConvTranspose2d,
    nn.ConvTranspose3d,
)
_LAYERS: tuple[tuple[str, _Count, tuple[type[nn.Module], ...]], ...] = (
    ("conv", _layer_conv, _CONVS),
    ("batch_norm", _layer_input, (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)),
    ("layer_norm", _layer_input, (nn.LayerNorm,)),
    ("linear", _layer_linear, (nn.Linear,)),
    ("avg_pool", _layer_output, (nn.AvgPool1d, nn.AvgPool2d, nn.AvgPool3d)),
    ("adaptive_avg_pool", _layer_adaptive_pool, (nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d)),
    ("softmax", _layer_softmax, (nn.Softmax,)),
    ("leaky_relu", _layer_input, (nn.LeakyReLU,)),
    ("upsample", _layer_upsample, (nn.Upsample,)),
    ("lstm", _layer_lstm, (nn.LSTM,)),
)


def _layer_kind(layer: nn.Module) -> tuple[str, _Count, tuple[type[nn.Module], ...]] | None:
    for kind in _LAYERS:
        if isinstance(layer, kind[2]):
            return kind
    return None


def _places_in_tree(model: nn.Module) -> Counter[nn.Module]:
    """How many places each module has in the tree: a shared one has several."""
    places: Counter[nn.Module] = Counter()

    def walk(module: nn.Module) -> None:
        places[module] += 1
        for child in module.children():
            walk(child)

    walk(model)
    return places
