"""Real models, timed in real processes; nothing here depends on how fast the machine is."""

import platform
import shutil

import pytest

pytest.importorskip("torch")

from metazoo.bench.files import as_text
from metazoo.bench.record import BenchSettings, Hardware
from metazoo.bench.session import Plan, at_its_best, bench_models
from metazoo.errors import UsageError
from metazoo.measure.request import Request

from . import zoo

pytestmark = pytest.mark.measure


def bench(*names, settings=None, budget=1.0, **options):
    requests = [Request(name, "zoo") for name in names]
    plan = Plan(budget, seconds=0.05)
    return bench_models(requests, settings or BenchSettings(), plan=plan, load=zoo.load, **options)


@pytest.fixture(scope="module")
def found():
    return bench("small", "infinite", "othershape", "dying", "raising", "huge", "nope")


def row(found, name):
    (one,) = (r for r in found.rows if r.model == name)
    return one


def test_a_model_gets_its_times_and_memory(found):
    small = row(found, "small")
    assert small.error is None
    assert small.latency.batch == 1
    assert 0 < small.latency.low <= small.latency.seconds <= small.latency.high
    assert small.latency.p95 >= small.latency.seconds
    assert small.latency.passes >= 3
    assert len(small.latency.rounds) == len(small.latency.relative) >= 1
    assert small.throughput.images_per_second > 0
    assert small.params == 3 * 8 * 9 + 8 + 8 * 10 + 10
    assert small.macs == 8 * 15 * 15 * 27 + 8 * 10


def test_the_best_batch_was_looked_for_and_the_end_of_it_explained(found):
    small = row(found, "small")
    assert small.throughput.batch & (small.throughput.batch - 1) == 0
    assert small.batch_stop


def test_shares_are_of_what_the_device_itself_reached(found):
    small = row(found, "small")
    (run,) = found.runs.values()
    assert run.hardware.matrix_rate > 0
    assert run.hardware.bandwidth > 0
    expected = 2 * small.macs * small.throughput.images_per_second / run.hardware.matrix_rate
    assert small.matrix_share == pytest.approx(expected)
    assert small.bandwidth_share > 0


def test_it_is_said_on_what_and_when(found):
    (run,) = found.runs.values()
    assert run.hardware.name
    assert run.hardware.threads >= 1
    assert run.date in run.id
    assert {"metazoo", "torch"} <= run.hardware.versions.keys()
    assert found.hardware == run.hardware.label


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("infinite", "not finite"),
        ("othershape", "its output has shape (1, 5), not (1, 10) as on meta"),
        ("dying", "ended its process, which ended with 3"),
        ("raising", "ValueError: it only works on Sundays"),
        ("nope", "there is no nope"),
    ],
)
def test_a_failure_costs_its_model_only_and_is_explained(found, name, why):
    failed = row(found, name)
    assert why in failed.error
    assert failed.latency is None
    assert not failed.skipped


def test_a_model_too_large_for_the_device_is_skipped_with_the_bytes_it_needs(found):
    huge = row(found, "huge")
    assert huge.skipped
    assert f"need {4 * 2**45 + 4 * 314:,} bytes" in huge.error
    assert "are free" in huge.error


def test_a_model_that_fails_at_large_batches_gets_its_times_at_small_ones():
    (few,) = bench("aloneorfew").rows
    assert few.error is None
    assert few.throughput.batch <= 4
    assert few.batch_stop


def test_values_that_leave_the_range_of_fp16_are_no_fault_but_said():
    (half,) = bench("infinite", settings=BenchSettings(precision="fp16", batch_size=1)).rows
    assert half.error is None
    assert half.latency.seconds > 0
    assert half.note == "its output in fp16 with random weights is not finite"


@pytest.mark.heavy
@pytest.mark.skipif(
    not shutil.which("g++"), reason="torch compiles with g++, which is not installed"
)
def test_a_compiled_model_gets_its_times():
    (compiled,) = bench("small", settings=BenchSettings(compile=True)).rows
    assert compiled.error is None
    assert compiled.settings.compile
    assert compiled.latency.seconds > 0
    assert compiled.batch_stop


@pytest.mark.parametrize(
    ("precision", "of_a_weight", "of_an_output"),
    [("fp32", 4, 4), ("bf16", 2, 2), ("amp", 4, 2)],
)
def test_the_least_a_pass_moves_depends_on_the_precision(precision, of_a_weight, of_an_output):
    found = bench("small", settings=BenchSettings(precision=precision, batch_size=2))
    (run,), (small,) = found.runs.values(), found.rows
    activations = 8 * 15 * 15 + 10
    moved = small.params * of_a_weight + 2 * 2 * activations * of_an_output
    expected = moved / small.throughput.seconds / run.hardware.bandwidth
    assert small.bandwidth_share == pytest.approx(expected)


def test_it_is_said_whether_freed_memory_is_kept(found):
    (run,) = found.runs.values()
    assert run.memory_kept is (platform.libc_ver()[0] == "glibc")


def test_what_is_there_after_each_round_is_passed_on():
    seen = []
    last = bench("small", on_round=lambda known: seen.append(as_text(known)))
    assert seen
    assert seen[-1] == as_text(last)


def test_a_model_that_hangs_is_stopped():
    class Impatient(Plan):
        limit = 4.0

    requests = [Request("hanging", "zoo")]
    found = bench_models(requests, BenchSettings(), plan=Impatient(1.0), load=zoo.load)
    assert found.rows[0].error == "took longer than 4 seconds, and was stopped"


@pytest.mark.parametrize(
    "settings",
    [
        BenchSettings(precision="bf16", channels_last=True, batch_size=2),
        BenchSettings(precision="amp", batch_size=4),
    ],
)
def test_precision_layout_and_batch_are_as_asked(settings):
    found = bench("small", settings=settings)
    assert found.rows[0].error is None
    assert found.rows[0].settings == settings
    assert found.rows[0].throughput.batch == settings.batch_size


def test_a_device_that_is_not_there_is_a_wrong_use():
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is one here")
    with pytest.raises(UsageError, match="can't benchmark on cuda: there is no CUDA device"):
        bench("small", settings=BenchSettings(device="cuda"))


def test_the_rates_of_a_device_are_those_it_reached_once():
    busy = Hardware("device", matrix_rate=1e11, bandwidth=3e10)
    free = Hardware("device", matrix_rate=2e11, bandwidth=2e10)
    best = at_its_best(busy, free)
    assert (best.matrix_rate, best.bandwidth) == (2e11, 3e10)
