"""What each layer and operation adds for the conventions of other counters, worked out by hand."""

import pytest

torch = pytest.importorskip("torch")

from torch import nn
from torch.nn import functional as F  # noqa: N812

from metazoo.measure.components import ComponentCounter

pytestmark = pytest.mark.measure


def meta(*shape):
    return torch.empty(shape, device="meta")


def components(model, *inputs):
    """What one pass adds, zeros left out; `model` is a module or a function."""
    with torch.inference_mode():
        counter = ComponentCounter()
        if isinstance(model, nn.Module):
            model = model.eval().to("meta")
            with counter.watching(model), counter:
                model(*inputs)
        else:
            with counter:
                model(*inputs)
    return {name: count for name, count in counter.components.items() if count}


class OwnConv(nn.Conv2d):
    pass


class OwnLinear(nn.Linear):
    pass


@pytest.mark.parametrize(
    ("layer", "x", "added"),
    [
        (
            nn.Conv2d(4, 6, 3, groups=2),
            meta(1, 4, 9, 9),
            {
                "conv": 49 * 6 * 2 * 9,
                "conv_bias": 49 * 6,
                "layer.conv": 49 * 6 * 2 * 9,
                "layer.conv_bias": 49 * 6,
            },
        ),
        (
            nn.Conv2d(4, 6, 3, bias=False, padding="same"),
            meta(1, 4, 9, 9),
            {"conv_same": 81 * 6 * 4 * 9, "layer.conv": 81 * 6 * 4 * 9},
        ),
        (
            nn.Conv2d(4, 6, 3, padding="same"),
            meta(1, 4, 9, 9),
            {
                "conv_same": 81 * 6 * 4 * 9,
                "conv_bias": 81 * 6,
                "layer.conv": 81 * 6 * 4 * 9,
                "layer.conv_bias": 81 * 6,
            },
        ),
        (
            OwnConv(4, 6, 1),
            meta(1, 4, 3, 3),
            {
                "conv": 9 * 24,
                "conv_bias": 54,
                "subclass.conv": 9 * 24,
                "subclass.conv_bias": 54,
            },
        ),
        (
            nn.Linear(5, 3),
            meta(2, 7, 5),
            {
                "linear": 14 * 15,
                "linear_bias": 14 * 3,
                "layer.linear": 14 * 15,
                "layer.classifier": 14 * 15,
            },
        ),
        (  # its bias is added afterwards: the input has to be rearranged first
            nn.Linear(5, 3),
            meta(2, 5, 7).transpose(1, 2),
            {"linear": 14 * 15, "layer.linear": 14 * 15, "layer.classifier": 14 * 15},
        ),
        (
            nn.Linear(5, 3),
            meta(5, 7).t(),
            {
                "linear": 7 * 15,
                "linear_bias": 21,
                "layer.linear": 7 * 15,
                "layer.classifier": 7 * 15,
            },
        ),
        (
            OwnLinear(5, 3, bias=False),
            meta(2, 5),
            {"linear": 30, "subclass.linear": 30, "layer.classifier": 30},
        ),
        (nn.BatchNorm2d(4), meta(1, 4, 3, 3), {"batch_norm": 36, "layer.batch_norm": 36}),
        (
            nn.BatchNorm2d(4, affine=False),
            meta(1, 4, 3, 3),
            {"batch_norm_plain": 36, "layer.batch_norm": 36},
        ),
        (nn.LayerNorm(5), meta(2, 5), {"norm": 10, "layer.layer_norm": 10}),
        (
            nn.LayerNorm(5, elementwise_affine=False),
            meta(2, 5),
            {"norm_plain": 10, "layer.layer_norm": 10},
        ),
        (nn.GroupNorm(2, 4), meta(1, 4, 3), {"norm": 12}),
        (nn.AvgPool2d(2), meta(1, 4, 6, 6), {"layer.avg_pool": 36}),
        (  # a window of 9 places: 9 additions and a division
            nn.AdaptiveAvgPool2d(2),
            meta(1, 4, 6, 6),
            {"adaptive_avg_pool": 144, "layer.adaptive_avg_pool": 16 * 10},
        ),
        (nn.Softmax(1), meta(3, 5, 2), {"layer.softmax": 6 * 14}),
        (nn.LeakyReLU(), meta(3, 5), {"layer.leaky_relu": 15}),
        (
            nn.Upsample(scale_factor=2),
            meta(1, 2, 3, 3),
            {"upsample_nearest": 72, "layer.upsample": 72},
        ),
        (
            nn.Upsample(scale_factor=2, mode="bilinear"),
            meta(1, 2, 3, 3),
            {"upsample_bilinear": 72, "layer.upsample": 11 * 72},
        ),
        (nn.Upsample(scale_factor=2, mode="linear"), meta(1, 2, 3), {"layer.upsample": 5 * 12}),
        (
            nn.Upsample(scale_factor=2, mode="bicubic"),
            meta(1, 2, 3, 3),
            {"layer.upsample": 259 * 72},
        ),
        (nn.Upsample(scale_factor=2, mode="trilinear"), meta(1, 2, 3, 3, 3), {}),
        (nn.ReLU(), meta(3, 5), {}),
    ],
    ids=str,
)
def test_a_layer_adds(layer, x, added):
    assert components(layer, x) == added


def lstm_cell(features, hidden, bias):
    """What thop counts at one place: four gates, and four operations for each hidden unit."""
    return 4 * ((features + hidden) * hidden + hidden + 2 * hidden * bias) + 4 * hidden


@pytest.mark.parametrize(
    ("layer", "lstm"),
    [
        (nn.LSTM(4, 5), lstm_cell(4, 5, True)),
        (nn.LSTM(4, 5, bias=False), lstm_cell(4, 5, False)),
        (nn.LSTM(4, 5, 3), lstm_cell(4, 5, True) + 2 * lstm_cell(5, 5, True)),
        (
            nn.LSTM(4, 5, 2, bidirectional=True),
            2 * (lstm_cell(4, 5, True) + lstm_cell(10, 5, True)),
        ),
    ],
    ids=str,
)
def test_an_lstm_adds_what_thop_counts_and_its_products_apart(layer, lstm):
    found = components(layer, meta(6, 2, 4))
    assert found["layer.lstm"] == 6 * 2 * lstm
    assert found["recurrent.linear"] > 0
    assert not [name for name in found if name.split(".")[0] not in ("layer", "recurrent")]


def test_work_after_a_recurrent_layer_is_not_recurrent():
    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.cell, self.head = nn.GRU(4, 5), nn.Linear(5, 3, bias=False)

        def forward(self, x):
            return self.head(self.cell(x)[0])

    found = components(Model(), meta(6, 2, 4))
    assert found["linear"] == found["layer.linear"] == 12 * 15
    assert found["recurrent.linear"] == 12 * 3 * (4 + 5) * 5


def test_a_layer_in_several_places_counts_for_each_as_often_as_it_runs():
    layer = nn.Linear(4, 4, bias=False)
    found = components(nn.Sequential(layer, nn.Sequential(layer)), meta(1, 4))
    assert found["layer.linear"] == 2 * 16
    # thop adds a layer's total, of two runs, for each of two places: 4 · 16 · 2 in all
    assert found["repeated.linear"] == 2 * 3 * 16
    assert "repeated.linear" not in components(nn.Sequential(layer, layer), meta(1, 4))


def test_the_last_linear_layer_is_the_classifier():
    model = nn.Sequential(nn.Linear(4, 7, bias=False), nn.Linear(7, 3, bias=False))
    found = components(model, meta(1, 4))
    assert found["layer.linear"] == 28 + 21
    assert found["layer.classifier"] == 21


@pytest.mark.parametrize(
    ("operation", "added"),
    [
        (lambda: meta(2, 3, 4) @ meta(2, 4, 5), {"matmul": 120}),
        (lambda: torch.mm(meta(3, 4), meta(4, 5)), {"matmul": 60}),
        (lambda: torch.addmm(meta(5), meta(3, 4), meta(4, 5)), {"matmul": 60}),
        (
            lambda: torch.baddbmm(meta(2, 3, 5), meta(2, 3, 4), meta(2, 4, 5)),
            {"added_matmul": 120},
        ),
        (
            lambda: F.scaled_dot_product_attention(*[meta(1, 2, 3, 4)] * 3),
            {"attention": 2 * 3 * 3 * 8},
        ),
        (  # as weights are normalized: with the numbers of this batch
            lambda: F.batch_norm(meta(1, 4, 9), None, None, meta(4), training=True),
            {"norm": 36},
        ),
        (lambda: F.batch_norm(meta(1, 4, 9), None, None, training=True), {"norm_plain": 36}),
        (lambda: F.conv_transpose2d(meta(1, 4, 5, 5), meta(4, 2, 3, 3)), {"conv": 25 * 72}),
    ],
)
def test_an_operation_adds(operation, added):
    assert components(operation) == added


def test_hooks_are_removed_even_if_the_model_fails():
    model = nn.Linear(4, 4, device="meta")
    counter = ComponentCounter()
    with pytest.raises(RuntimeError), counter.watching(model):
        model(meta(1, 3))
    assert not model._forward_hooks
