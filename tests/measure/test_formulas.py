"""Each formula on sizes that are all different, so that no axis can stand in for another."""

import pytest

from metazoo.errors import UsageError
from metazoo.measure import formulas
from metazoo.measure.conventions import CONVENTIONS, by_conventions, known_conventions
from metazoo.measure.measurement import Measurement


@pytest.mark.parametrize(
    ("x", "weight", "macs"),
    [((5,), (3, 5), 15), ((2, 7, 5), (3, 5), 2 * 7 * 15), ((2, 7, 5), (5,), 2 * 7 * 5)],
)
def test_linear(x, weight, macs):
    assert formulas.linear(x, weight) == macs


def test_a_convolution_runs_its_kernel_at_each_place_of_the_output():
    x, weight, out = (2, 3, 11, 13), (5, 3, 7, 1), (2, 5, 17, 19)
    assert formulas.convolution(x, weight, out) == 2 * 17 * 19 * 5 * 3 * 7


def test_a_transposed_convolution_runs_its_kernel_at_each_place_of_the_input():
    x, weight, out = (2, 3, 11, 13), (3, 5, 7, 1), (2, 5, 17, 19)
    assert formulas.convolution(x, weight, out, transposed=True) == 2 * 11 * 13 * 3 * 5 * 7


@pytest.mark.parametrize(
    ("a", "out", "macs"), [((7,), (), 7), ((3, 7), (3,), 21), ((2, 3, 7), (2, 3, 5), 210)]
)
def test_matrix_product(a, out, macs):
    assert formulas.matrix_product(a, out) == macs


def test_attention_is_two_products():
    query, key, value = (2, 3, 5, 7), (2, 3, 11, 7), (2, 3, 11, 13)
    assert formulas.attention(query, key, value) == 2 * 3 * (5 * 7 * 11 + 5 * 11 * 13)
    assert formulas.attention_activations(query, key, value) == 2 * 3 * (5 * 11 + 5 * 13)
    query, key, value = (3, 5, 7), (3, 11, 7), (3, 11, 13)
    assert formulas.attention(query, key, value) == 3 * (5 * 7 * 11 + 5 * 11 * 13)
    assert formulas.attention_activations(query, key, value) == 3 * (5 * 11 + 5 * 13)


LAYERS = (
    "conv conv_bias batch_norm layer_norm linear avg_pool adaptive_avg_pool softmax upsample lstm"
)
COMPONENTS = [
    *[
        "conv",
        "conv_same",
        "conv_bias",
        "linear",
        "linear_bias",
        "matmul",
        "added_matmul",
        "attention",
    ],
    *["batch_norm", "batch_norm_plain", "norm", "norm_plain", "adaptive_avg_pool"],
    *[
        "upsample_nearest",
        "upsample_bilinear",
        "recurrent.conv",
        "recurrent.linear",
        "recurrent.matmul",
    ],
    *(f"layer.{name}" for name in [*LAYERS.split(), "leaky_relu", "classifier"]),
    *(f"repeated.{name}" for name in LAYERS.split()),
    *(f"subclass.{name}" for name in LAYERS.split()),
]
FVCORE = (
    "conv linear matmul 2*batch_norm batch_norm_plain 5*norm 4*norm_plain adaptive_avg_pool"
    " upsample_nearest 4*upsample_bilinear"
)
THOP = "conv 4*batch_norm 4*layer_norm linear avg_pool adaptive_avg_pool softmax upsample lstm"
WEIGHTS = {
    "torch": "conv conv_same linear matmul added_matmul attention recurrent.linear recurrent.matmul",
    "fvcore": FVCORE,
    "timm": f"{FVCORE} attention",
    "ptflops": "conv conv_same linear matmul conv_bias linear_bias",
    "thop": " ".join(
        term.replace(name, f"{prefix}.{name}")
        for prefix in ("layer", "repeated")
        for term in THOP.split()
        for name in [term.rpartition("*")[2]]
    ),
    "thop-2020": (
        "layer.conv layer.conv_bias 2*layer.batch_norm layer.linear layer.avg_pool"
        " layer.adaptive_avg_pool layer.leaky_relu"
    ),
}


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_a_convention_weighs_each_component(convention):
    weights = {}
    for term in WEIGHTS[convention].split():
        factor, _, name = term.rpartition("*")
        weights[name] = int(factor or 1)
    assert weights.keys() <= set(COMPONENTS)
    for name in COMPONENTS:
        assert CONVENTIONS[convention].count({name: 1000}) == 1000 * weights.get(name, 0), name
    everything = dict.fromkeys(COMPONENTS, 1)
    assert CONVENTIONS[convention].count(everything) == sum(weights.values())


def test_conventions_are_found_by_name():
    assert [c.name for c in known_conventions(["thop", "torch"])] == ["thop", "torch"]
    assert known_conventions([]) == []
    with pytest.raises(UsageError, match=r"no convention 'flops'; known are: torch, fvcore"):
        known_conventions(["torch", "flops", "nope"])


def test_a_measurement_is_counted_by_conventions_unless_it_failed():
    chosen = known_conventions(["torch", "ptflops"])
    components = {"conv": 3, "conv_bias": 2}
    done = by_conventions(Measurement("a", components=components), chosen)
    assert done.conventions == {"torch": 3, "ptflops": 5}
    failed = Measurement("a", components=components, error="it failed")
    assert by_conventions(failed, chosen) is failed
