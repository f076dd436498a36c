"""One round of one model by a clock that only the model and the reference work move."""

from contextlib import nullcontext
from types import SimpleNamespace

import pytest

torch = pytest.importorskip("torch")

from metazoo.bench import round as work
from metazoo.bench.record import BenchSettings
from metazoo.bench.round import Bench, TimedPass, TooLargeError, undisturbed
from metazoo.bench.task import Task
from metazoo.inputs import image
from metazoo.measure.request import Request
from metazoo.measure.sources import CallableSource

from . import zoo

pytestmark = pytest.mark.measure

REFERENCE = 0.01
"""Seconds that the reference work takes."""


class Device:
    """A device that measures by the fake clock."""

    torch_device = torch.device("cpu")
    dtype = compute_dtype = torch.float32
    is_cuda = False
    free = 10**12

    def __init__(self, clock):
        self.clock = clock

    def seconds(self, call):
        begin = self.clock.now
        call()
        return self.clock.now - begin

    def casting(self):
        return nullcontext()

    def free_bytes(self):
        return self.free


class Model:
    """A model whose pass takes as long as it is told, by batch; knows which batches it was given."""

    def __init__(self, clock, seconds):
        self.clock, self.seconds, self.batches = clock, seconds, []

    def __call__(self, images):
        self.batches.append(len(images))
        self.clock.now += self.seconds(len(images))
        return torch.zeros(len(images), 10)


@pytest.fixture
def clock(monkeypatch):
    clock = SimpleNamespace(now=0.0, waited=0.0)
    monkeypatch.setattr(work, "time", SimpleNamespace(perf_counter=lambda: clock.now))
    monkeypatch.setattr(work.machine, "waited_seconds", lambda **_: clock.waited)
    for name in ("used_bytes", "peak_bytes"):
        monkeypatch.setattr(work.memory, name, lambda _: 1000)
    monkeypatch.setattr(work.memory, "forget_peak", lambda _: None)
    return clock


def bench(clock, seconds, *, search_seconds=1e9, round_seconds=0.0, compile_=False):
    def reference():
        clock.now += REFERENCE

    task = Task(Request("m"), BenchSettings(compile=compile_), None, round_seconds, search_seconds)
    source = CallableSource("m", {})
    model = Model(clock, seconds)
    return Bench(source, model, image((1, 1, 1)), task, Device(clock), reference)


# -- the search for the best batch --------------------------------------------------------------


@pytest.mark.parametrize(("gain", "best"), [(1.0301, 2), (1.0299, 1)])
def test_a_batch_is_better_if_it_brings_three_percent_more(clock, gain, best):
    rates = {1: 1.0, 2: gain}
    found, why = bench(clock, lambda batch: batch / rates.get(batch, 0.5)).best_batch()
    assert found == best
    assert why == f"batches of {best * 2} and {best * 4} add less than 3% throughput"


def test_one_batch_that_brings_no_more_does_not_end_the_search(clock):
    rates = {1: 1.0, 2: 0.9, 4: 2.0, 8: 1.5, 16: 2.0, 32: 9.0}
    searched = bench(clock, lambda batch: batch / rates[batch])
    assert searched.best_batch() == (4, "batches of 8 and 16 add less than 3% throughput")
    assert set(searched.model.batches) == {1, 2, 4, 8, 16}


@pytest.mark.parametrize(("spare", "tried"), [(0.001, [1, 2]), (-0.001, [1])])
def test_a_batch_is_tried_if_the_budget_has_time_for_it(clock, spare, tried):
    # Batch 1 takes three passes and six times the reference work; ten passes are then set aside.
    needed = 3 * 0.1 + 6 * REFERENCE + 10 * 0.1
    searched = bench(clock, lambda _: 0.1, search_seconds=needed + spare)
    found, why = searched.best_batch()
    assert sorted(set(searched.model.batches)) == tried
    assert found == tried[-1]
    assert why == f"the budget leaves no time to try batch {2 * found}"


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (MemoryError(), "memory ran out at batch 4"),
        (torch.OutOfMemoryError(), "memory ran out at batch 4"),
        (RuntimeError("too many images"), "batch 4 failed: too many images"),
        (SystemExit(3), "batch 4 failed: 3"),
    ],
)
def test_a_batch_that_fails_ends_the_search(clock, error, why):
    def seconds(batch):
        if batch == 4:
            raise error
        return 1.0

    assert bench(clock, seconds).best_batch() == (2, why)


@pytest.mark.parametrize(("grown", "fits"), [(450, True), (451, False)])
def test_a_batch_is_tried_if_nine_tenths_of_the_free_memory_hold_it(
    clock, monkeypatch, grown, fits
):
    monkeypatch.setattr(work.memory, "peak_bytes", lambda _: 1000 + grown)
    monkeypatch.setattr(Device, "free", 1000)
    found, why = bench(clock, lambda batch: batch / (2.0 if batch == 2 else 1.0)).best_batch()
    assert found == (2 if fits else 1)
    if not fits:
        assert why == "batch 2 would need 902 more bytes, 1,000 are free"


@pytest.mark.parametrize("unknown", ["used_bytes", "peak_bytes"])
def test_memory_that_the_system_does_not_tell_stops_nothing(clock, monkeypatch, unknown):
    monkeypatch.setattr(work.memory, unknown, lambda _: None)
    monkeypatch.setattr(Device, "free", 0)
    assert bench(clock, lambda batch: batch / (2.0 if batch == 2 else 1.0)).best_batch()[0] == 2


# -- the passes of a round ----------------------------------------------------------------------


def test_there_are_three_blocks_however_short_the_time(clock):
    sample = bench(clock, lambda _: 0.1, round_seconds=0.0).sample(1)
    assert sample.passes == 3
    assert sample.seconds == pytest.approx(0.1)
    assert sample.relative == pytest.approx(0.1 / REFERENCE)


@pytest.mark.parametrize(
    ("seconds", "passes"),
    [(0.0601, 1), (0.0599, 2), (0.03, 2), (0.0299, 3), (0.00015, 400), (0.0001, 400), (0.0, 400)],
)
def test_a_block_lasts_for_sixty_milliseconds_and_400_passes_at_most(clock, seconds, passes):
    working = bench(clock, lambda _: seconds)
    assert len(working._block(working.passing(1))) == passes


@pytest.mark.parametrize(("lost", "interrupted"), [(0.0199, False), (0.0201, True)])
def test_a_pass_counts_as_interrupted_from_two_percent_on(clock, lost, interrupted):
    def seconds(_):
        clock.waited += lost
        return 1.0

    working = bench(clock, seconds)
    assert working._timed(working.passing(1)).interrupted is interrupted


def test_interrupted_passes_are_left_out_unless_all_were():
    passes = [TimedPass(1.0, False), TimedPass(9.0, True), TimedPass(3.0, False)]
    assert undisturbed(passes) == 2.0
    assert undisturbed([TimedPass(9.0, True), TimedPass(7.0, True)]) == 8.0


@pytest.mark.parametrize("grown", [-1, 0, 5])
def test_memory_is_what_the_model_took_and_never_below_zero(clock, grown):
    assert bench(clock, lambda _: 0.1).sample(1, before=1000 - grown).peak_bytes == max(0, grown)


@pytest.mark.parametrize(("needed", "fits"), [(1000, True), (1004, False)])
def test_weights_that_just_fit_are_tried(clock, needed, fits):
    device = Device(clock)
    device.free = 1000
    with nullcontext() if fits else pytest.raises(TooLargeError, match="need 1,004 bytes, 1,000"):
        work._make_sure_it_fits(needed, device)


# -- compiling ----------------------------------------------------------------------------------


class Compiled:
    """Stands for `torch.compile`: the first pass at each batch takes 100 seconds more."""

    def __init__(self, clock=None):
        self.clock, self.batches, self.compiled = clock, [], []

    def __call__(self, model, dynamic):
        assert dynamic is False

        def compiled(images):
            batch = len(images)
            if batch not in self.batches:
                self.compiled.append(batch)
                if self.clock:
                    self.clock.now += 100
            self.batches.append(batch)
            return model(images)

        return compiled


def test_compiling_is_no_part_of_what_is_timed(clock, monkeypatch):
    compiler = Compiled(clock)
    monkeypatch.setattr(torch, "compile", compiler)
    compiled = bench(clock, lambda batch: batch / 10, compile_=True).compiled()
    for batch in (1, 4):
        sample = compiled.sample(batch)
        assert sample.p95 == sample.seconds == pytest.approx(batch / 10)
        assert sample.relative == pytest.approx(batch / 10 / REFERENCE)
    assert compiler.compiled == [1, 4]
    assert compiled.compiling_seconds == pytest.approx(2 * 100 + 0.1 + 0.4)


def test_without_compiling_no_time_is_taken_for_it(clock):
    plain = bench(clock, lambda _: 0.1)
    assert plain.compiled() is plain
    plain.check((1, 10))
    plain.sample(1)
    assert plain.compiling_seconds == 0


def test_the_best_batch_is_looked_for_without_compiling(monkeypatch):
    compiler = Compiled()
    monkeypatch.setattr(torch, "compile", compiler)
    monkeypatch.setattr(work.memory, "keep_freed", lambda _: False)
    monkeypatch.setattr(work.gc, "freeze", lambda: None)
    tried = []
    quick = Bench._quick
    monkeypatch.setattr(Bench, "_quick", lambda b, batch: tried.append(batch) or quick(b, batch))
    task = Task(Request("aloneorfew", "zoo"), BenchSettings(compile=True), search_seconds=1e9)
    found = work.scout(task, zoo.Zoo())
    assert found.error is None
    assert tried[:3] == [1, 2, 4]  # two batches that bring no more end it at the soonest
    assert found.batch in tried
    assert compiler.batches == [1]  # to check what it gives


# -- what a model gives -------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(1, 9), (2, 10), None])
def test_another_shape_than_on_meta_is_refused(clock, shape):
    with pytest.raises(ValueError, match=r"its output has shape \(1, 10\), not"):
        bench(clock, lambda _: 0.1).check(shape)
