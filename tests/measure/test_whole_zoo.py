"""A sample of the zoo against torch's own counter; the whole of it is `benchmarks/measure_zoo.py`."""

import warnings

import pytest

torch = pytest.importorskip("torch")
timm = pytest.importorskip("timm")

from torch.utils.flop_counter import FlopCounterMode

from metazoo.measure.request import Request
from metazoo.measure.run import measure_models

pytestmark = pytest.mark.measure


@pytest.mark.parametrize("step", [97, pytest.param(13, marks=pytest.mark.heavy)])
def test_every_architecture_of_a_sample_is_counted_as_torch_counts_it(step):
    sample = timm.list_models()[::step]
    measured = {m.model: m for m in measure_models(map(Request, sample), jobs=0)}
    assert list(measured) == sample
    for name, measurement in measured.items():
        assert measurement.error is None
        with torch.device("meta"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = timm.create_model(name).eval().requires_grad_(False)
        picture = torch.empty((1, *measurement.input_size), device="meta")
        with torch.no_grad(), FlopCounterMode(display=False) as counter:
            output = model(picture)
        assert measurement.flops == counter.get_total_flops(), name
        assert measurement.output_shape == tuple(output.shape), name
        assert measurement.params == sum(p.numel() for p in model.parameters()), name
