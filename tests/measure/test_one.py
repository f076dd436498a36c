"""What one measurement says of a model that runs, fails, or is too large."""

from types import SimpleNamespace

import pytest

torch = pytest.importorskip("torch")

from torch import nn

from metazoo.measure import forward, memory
from metazoo.measure import one as one_module
from metazoo.measure.faults import Cause
from metazoo.measure.measurement import ForwardRun
from metazoo.measure.one import measure_one
from metazoo.measure.request import Request
from metazoo.measure.sources import CallableSource

pytestmark = pytest.mark.measure


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(4, 3)

    def forward(self, x):
        return self.layer(x)


def measured(build=Model, *, gibibytes=None, size=(1, 4, 4), **options):
    source = CallableSource("mine", {"model": build}, input_size=size)
    return measure_one(Request("model", source="mine", **options), source, gibibytes)


def raising(error):
    def build():
        raise error

    return build


def test_what_was_counted():
    m = measured()
    assert m.error is None
    assert (m.macs, m.flops, m.activations) == (4 * 12, 2 * 4 * 12, 4 * 3)
    assert (m.params, m.buffers) == (15, 0)
    assert (m.state_dict_bytes, m.state_dict_tensors) == (60, 2)
    assert m.macs_by_kind == {"linear": 48}
    assert m.output_shape == (1, 1, 4, 3)
    assert m.input_size == (1, 4, 4)
    assert m.components == m.modules == {}
    assert m.forward is None
    assert not m.transient
    assert not m.skipped


def test_components_and_modules_where_asked_for():
    m = measured(components=True)
    assert m.components == {
        "linear": 48,
        "linear_bias": 12,
        "layer.linear": 48,
        "layer.classifier": 48,
    }
    assert m.modules == {}
    m = measured(per_module=True)
    assert m.modules == {"": 48, "layer": 48}
    assert m.components == {}


def test_modules_hold_what_is_inside_them_and_add_up_over_calls():
    class Twice(nn.Module):
        def __init__(self):
            super().__init__()
            self.body = nn.Sequential(nn.Linear(4, 4, bias=False), nn.ReLU())
            self.head = nn.Linear(4, 3, bias=False)

        def forward(self, x):
            return self.head(self.body(self.body(x)))

    m = measured(Twice, per_module=True, input_size=(1, 1, 4))
    assert m.modules == {"": 44, "body": 32, "body.0": 32, "head": 12}


def test_a_size_is_needed():
    m = measured(size=None)
    assert m.error.startswith("neither its source nor the index says what it takes")
    assert m.cause == Cause.OTHER
    assert measured(size=None, input_size=(1, 2, 4)).macs == 24
    assert measured(input_size=(1, 2, 4)).macs == 24


@pytest.mark.parametrize(
    ("error", "said", "cause", "transient"),
    [
        (ValueError("no"), "ValueError: no", Cause.OTHER, False),
        (SystemExit(3), "SystemExit: 3", Cause.OTHER, False),
        (RuntimeError("CUDA error: busy"), "RuntimeError: CUDA error: busy", Cause.OTHER, True),
        (MemoryError(), "ran out of memory", Cause.MEMORY, True),
        (torch.OutOfMemoryError("full"), "ran out of memory", Cause.MEMORY, True),
        (OSError("Cannot allocate memory"), "ran out of memory", Cause.MEMORY, True),
        (OSError("can't allocate memory"), "ran out of memory", Cause.MEMORY, True),
        (RuntimeError("CUBLAS_STATUS_ALLOC_FAILED"), "ran out of memory", Cause.MEMORY, True),
        (
            RuntimeError("DefaultCPUAllocator: not enough memory"),
            "ran out of memory",
            Cause.MEMORY,
            True,
        ),
    ],
)
def test_an_error_while_building(error, said, cause, transient):
    m = measured(raising(error))
    assert (m.error, m.cause, m.transient, m.skipped) == (said, cause, transient, False)
    assert m.macs is None


def test_an_interrupt_is_the_user_s():
    with pytest.raises(KeyboardInterrupt):
        measured(raising(KeyboardInterrupt()))


def failing_run(monkeypatch, error):
    def fails(*_):
        raise error

    monkeypatch.setattr(one_module, "run_forward", fails)


@pytest.mark.parametrize(
    ("device", "error", "gibibytes", "more"),
    [
        ("cpu", MemoryError(), None, ""),
        ("cpu", MemoryError(), 0.5, ", and a model may take 0.5 GiB here"),
        ("cuda", torch.OutOfMemoryError("full"), 0.5, ""),
        (
            "cuda",
            MemoryError("host"),
            0.5,
            "; what ran out is not the device's memory: MemoryError: host",
        ),
    ],
)
def test_a_model_too_large_to_run_is_skipped_and_stays_counted(
    monkeypatch, device, error, gibibytes, more
):
    failing_run(monkeypatch, error)
    m = measured(device=device, gibibytes=gibibytes)
    assert m.error == f"too large to run on {device}: its weights alone need 60 bytes{more}"
    assert (m.macs, m.cause, m.transient, m.skipped) == (48, Cause.MEMORY, True, True)


def test_a_run_that_fails_otherwise_leaves_what_was_counted(monkeypatch):
    failing_run(monkeypatch, ValueError("no"))
    m = measured(device="cpu")
    assert (m.error, m.macs, m.transient, m.skipped) == ("ValueError: no", 48, False, False)


RUN = ForwardRun("a device", True, 0.25, macs=48)
SHAPE = (1, 1, 4, 3)


@pytest.mark.parametrize(
    ("run", "shape", "error"),
    [
        (RUN, SHAPE, None),
        (ForwardRun("a device", True, 0.25), SHAPE, None),
        (
            ForwardRun("a device", False, 0.25, macs=1),
            (2,),
            "its output on a device has shape (2,), not (1, 1, 4, 3)",
        ),
        (
            ForwardRun("a device", False, 0.25, macs=1000),
            SHAPE,
            "its pass on a device takes 1,000 MACs, not 48",
        ),
        (ForwardRun("a device", False, 0.25), SHAPE, "its output on a device is not finite"),
    ],
)
def test_a_run_must_do_what_was_counted(monkeypatch, run, shape, error):
    monkeypatch.setattr(one_module, "run_forward", lambda *_: (run, shape))
    m = measured(device="cpu")
    assert m.error == error
    assert m.cause == (Cause.OTHER if error else None)
    assert m.forward == run


def test_a_run_on_a_cpu_says_on_what_and_leaves_random_numbers_alone():
    state = torch.random.get_rng_state()
    m = measured(device="cpu")
    assert m.error is None
    assert m.forward.macs == 48
    assert m.forward.finite
    assert m.forward.peak_bytes is None or m.forward.peak_bytes >= 0
    threads = torch.get_num_threads()
    assert m.forward.device.endswith(f", {threads} thread{'s' if threads != 1 else ''})")
    assert torch.equal(torch.random.get_rng_state(), state)


def test_an_output_that_is_not_finite_is_a_fault():
    class Endless(Model):
        def forward(self, x):
            return super().forward(x) / 0

    assert measured(Endless, device="cpu").error.endswith("is not finite")


@pytest.mark.parametrize(
    ("before", "peak", "taken"), [(4, 9, 5), (9, 9, 0), (9, 8, 0), (None, 9, 9), (9, None, None)]
)
def test_a_run_takes_what_the_process_grew_by(monkeypatch, before, peak, taken):
    monkeypatch.setattr(memory, "used_bytes", lambda _: before)
    monkeypatch.setattr(memory, "peak_bytes", lambda _: peak)
    assert measured(device="cpu").forward.peak_bytes == taken


def test_a_run_takes_the_time_of_its_second_pass(monkeypatch):
    times = iter([10.0, 12.5])
    monkeypatch.setattr(forward, "time", SimpleNamespace(perf_counter=lambda: next(times)))
    assert measured(device="cpu").forward.seconds == 2.5
