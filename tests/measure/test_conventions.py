"""Every convention against the tool it is named after."""

import contextlib
import io
import warnings

import pytest

torch = pytest.importorskip("torch")
timm = pytest.importorskip("timm")

from metazoo.measure.conventions import CONVENTIONS
from metazoo.measure.request import Request
from metazoo.measure.run import measure_models

pytestmark = pytest.mark.measure

MODELS = [
    "coat_tiny",  # shared layers
    "hrnet_w18_small",  # upsampling
    "mixer_s32_224",  # linear layers over the other axis
    "nf_regnet_b0",  # weights normalised by a batch norm
    "sequencer2d_s",  # LSTM
    "tf_mobilenetv3_small_minimal_100",  # convolutions of timm's own class
    "xcit_nano_12_p16_224",
]
QUICK = "tf_mobilenetv3_small_minimal_100"
"""The one that `make test` compares; `make test-heavy` compares the others."""


def fvcore(model, picture):
    analysis = pytest.importorskip("fvcore.nn").FlopCountAnalysis(model, picture)
    analysis.unsupported_ops_warnings(False).uncalled_modules_warnings(False)
    return int(analysis.total())


def ptflops(model, picture):
    count = pytest.importorskip("ptflops").get_model_complexity_info
    size = tuple(picture.shape[1:])
    return count(model, size, as_strings=False, print_per_layer_stat=False, backend="aten")[0]


def thop(model, picture):
    return int(pytest.importorskip("thop").profile(model, (picture,), verbose=False)[0])


def torch_itself(model, picture):
    from torch.utils.flop_counter import FlopCounterMode

    model, picture = model.to("meta"), picture.to("meta")
    with FlopCounterMode(display=False) as counter:
        model(picture)
    return counter.get_total_flops() // 2


TOOLS = {
    "fvcore": fvcore,
    "timm": fvcore,
    "ptflops": ptflops,
    "thop": thop,
    "torch": torch_itself,
}


@pytest.fixture(scope="module")
def components():
    requests = [Request(name, "timm", components=True) for name in MODELS]
    return {m.model: m for m in measure_models(requests, jobs=0)}


@pytest.mark.parametrize(
    "name",
    [n if n == QUICK else pytest.param(n, marks=pytest.mark.heavy) for n in MODELS],
)
@pytest.mark.parametrize("convention", TOOLS)
def test_a_convention_counts_as_its_tool_does(convention, name, components):
    measurement = components[name]
    ours = CONVENTIONS[convention].count(measurement.components)
    timm.layers.set_fused_attn(convention != "timm")
    try:
        with (
            warnings.catch_warnings(),
            torch.no_grad(),
            contextlib.redirect_stdout(io.StringIO()),
        ):
            warnings.simplefilter("ignore")
            model = timm.create_model(name).eval()
            theirs = TOOLS[convention](model, torch.zeros(1, *measurement.input_size))
    finally:
        timm.layers.set_fused_attn(True)
    assert ours == theirs


def test_torch_is_what_metazoo_counts_itself(components):
    for measurement in components.values():
        assert CONVENTIONS["torch"].count(measurement.components) == measurement.macs
