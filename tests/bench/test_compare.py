"""A model that became slower is found; a machine that became slower is not taken for one.

The timings are simulated, so that the tests say the same on every machine. What is simulated is what
was seen on a shared one: whole sessions, rounds (a process each) and moments differ.
"""

import random
import statistics
from dataclasses import replace

import pytest

from metazoo.bench.compare import Change, compare, predecessors
from metazoo.bench.record import Benchmarks, BenchRow, BenchSettings, Hardware, Run, Timing
from metazoo.cli.bench_table import print_report
from metazoo.errors import UsageError

MIB = 2**20


def timing(seconds, relative, batch=1, peaks=(100 * MIB,)):
    return Timing(
        batch=batch,
        seconds=statistics.median(seconds),
        low=min(seconds),
        high=max(seconds),
        confidence=0.9375,
        rounds=tuple(seconds),
        relative=tuple(relative),
        peak_bytes=peaks[0],
        peaks=tuple(peaks),
    )


class Machine:
    """A machine whose speed changes by session, by round and by moment."""

    def __init__(self, seed, process=0.02, moment=0.02, bursts=0.1, reference=0.0):
        self.chance = random.Random(seed)  # noqa: S311
        self.process, self.moment, self.bursts = process, moment, bursts
        self.reference = reference
        self.speed = 1.0

    def session(self):
        self.speed = self.chance.uniform(0.6, 1.8)

    def measure(self, slowdown=1.0, batch=1, rounds=6, peaks=(100 * MIB,)):
        seconds, relative = [], []
        for _ in range(rounds):
            speed = self.speed * (1.5 if self.chance.random() < self.bursts else 1.0)
            own = slowdown * self.chance.lognormvariate(0, self.process)
            seconds.append(0.01 * batch * own * speed * self.chance.lognormvariate(0, self.moment))
            reference = 0.005 * speed * self.chance.lognormvariate(0, self.moment)
            reference *= self.chance.lognormvariate(0, self.reference)
            relative.append(seconds[-1] / reference)
        return timing(seconds, relative, batch, peaks)


def benchmarks(hardware="box", run="a", versions=(("torch", "2.9.0"),), settings=None, **models):
    rows = tuple(
        BenchRow(model=name, run=run, settings=settings or BenchSettings(), latency=found)
        for name, found in models.items()
    )
    device = Hardware(hardware, versions=dict(versions))
    return Benchmarks(hardware, {run: Run(run, device, "2026-01-01")}, rows)


def only(old, new):
    (found,) = (c for c in compare(old, new).comparisons if c.figure == "latency")
    return found


@pytest.mark.parametrize("seed", range(10))
def test_a_model_slower_by_a_fifth_is_caught_and_an_unchanged_one_is_not(seed):
    machine = Machine(seed)
    for _ in range(10):
        machine.session()
        old = benchmarks(same=machine.measure(), slow=machine.measure())
        machine.session()
        new = benchmarks(same=machine.measure(), slow=machine.measure(1.2))
        assert {c.model for c in compare(old, new).worse} == {"slow"}


@pytest.mark.parametrize("seed", range(10))
def test_a_reference_work_that_is_disturbed_by_itself_hides_nothing(seed):
    machine = Machine(seed, process=0.03, bursts=0, reference=0.12)
    names = [f"m{i}" for i in range(10)]
    machine.session()
    old = benchmarks(slow=machine.measure(), **{name: machine.measure() for name in names})
    machine.session()
    new = benchmarks(slow=machine.measure(1.2), **{name: machine.measure() for name in names})
    assert {c.model for c in compare(old, new).worse} == {"slow"}


@pytest.mark.parametrize("seed", range(10))
def test_a_machine_that_changes_for_each_model_by_itself_is_no_fault_of_them(seed):
    machine = Machine(seed, process=0.02, bursts=0)
    names = [f"m{i}" for i in range(15)]
    machine.session()
    old = benchmarks(slow=machine.measure(), **{name: machine.measure() for name in names})
    machine.session()
    own = {name: machine.chance.lognormvariate(0, 0.05) for name in names}
    new = benchmarks(
        slow=machine.measure(1.3), **{name: machine.measure(own[name]) for name in names}
    )
    assert {c.model for c in compare(old, new).worse} == {"slow"}


def test_all_models_slower_by_a_fifth_are_caught():
    machine = Machine(6, bursts=0)
    names = [f"m{i}" for i in range(15)]
    old = benchmarks(**{name: machine.measure() for name in names})
    new = benchmarks(**{name: machine.measure(1.2) for name in names})
    assert {c.model for c in compare(old, new).worse} == set(names)


def test_a_single_slow_round_of_the_machine_is_put_right():
    calm, hurried = Machine(4, bursts=0), Machine(4, bursts=0.4)
    models = {f"m{i}": calm.measure() for i in range(5)}
    disturbed = {f"m{i}": hurried.measure() for i in range(5)}
    report = compare(benchmarks(**models), benchmarks(**disturbed))
    assert {c.change for c in report.comparisons if c.figure == "latency"} == {Change.SAME}


def test_times_without_rounds_are_not_compared_and_that_is_said():
    machine = Machine(2)
    imported = replace(machine.measure(), rounds=(), relative=())
    old = benchmarks(m=imported, n=machine.measure())
    report = compare(old, benchmarks(m=machine.measure(), n=machine.measure()))
    assert [c.figure for c in report.comparisons if c.model == "m"] == ["memory at batch 1"]
    assert report.untimed == ("m",)
    old = benchmarks(m=imported)
    assert compare(old, benchmarks(m=machine.measure())).machine is None


def test_a_faster_model_is_no_fault():
    machine = Machine(1)
    old, new = benchmarks(m=machine.measure()), benchmarks(m=machine.measure(0.75))
    assert only(old, new).change is Change.BETTER
    assert not compare(old, new).worse


def test_a_machine_twice_as_slow_is_said_and_no_fault_of_the_model():
    machine = Machine(3, bursts=0)
    old = benchmarks(m=machine.measure())
    machine.speed = 2.0
    new = benchmarks(m=machine.measure())
    report = compare(old, new)
    assert not report.worse
    assert report.machine == pytest.approx(2, rel=0.1)
    assert only(old, new).agree is True  # with that taken off


def test_noise_that_could_hide_a_fifth_is_said():
    machine = Machine(5, process=0.3, moment=0.3)
    found = only(benchmarks(m=machine.measure()), benchmarks(m=machine.measure()))
    assert found.change is Change.UNCLEAR
    assert found.noise > 0.2


@pytest.mark.parametrize("process", [0.03, 0.1, 0.2])
def test_a_model_slower_by_a_fifth_is_hardly_ever_called_the_same(process):
    machine = Machine(8, process=process, bursts=0)
    found = [
        only(benchmarks(m=machine.measure()), benchmarks(m=machine.measure(1.2))).change
        for _ in range(200)
    ]
    assert found.count(Change.SAME) + found.count(Change.BETTER) <= 5
    assert Change.WORSE in found


def test_the_models_that_more_rounds_may_decide_are_named():
    calm, noisy = Machine(5, bursts=0), Machine(5, process=0.3, moment=0.3)
    old = benchmarks(clear=calm.measure(), vague=noisy.measure(), slow=calm.measure())
    new = benchmarks(clear=calm.measure(), vague=noisy.measure(), slow=calm.measure(1.5))
    assert compare(old, new).undecided == {"vague"}


def test_a_model_that_is_slower_by_little_is_looked_at_again_before_it_is_blamed():
    def steady(factor):
        seconds = [0.01 * factor * wobble for wobble in (0.98, 0.99, 1.0, 1.01, 1.02, 1.0)]
        return timing(seconds, [s / 0.005 for s in seconds])

    old = benchmarks(little=steady(1), much=steady(1), same=steady(1))
    report = compare(old, benchmarks(little=steady(1.1), much=steady(1.2), same=steady(1.02)))
    assert {c.model for c in report.worse} == {"little", "much"}
    assert report.undecided == {"little"}


def test_times_in_units_of_other_work_are_not_compared():
    machine = Machine(2)
    old, new = (benchmarks(m=machine.measure()) for _ in range(2))
    other = replace(new, runs={"a": replace(new.runs["a"], reference="a nap")})
    assert compare(old, other).missing == ("m",)
    assert compare(other, other).missing == ()


def test_what_became_of_freed_memory_is_said_where_it_differs():
    machine = Machine(2)
    old, new = (benchmarks(m=machine.measure()) for _ in range(2))
    kept = replace(new, runs={"a": replace(new.runs["a"], memory_kept=True)})
    assert compare(old, new).versions == ()
    assert compare(old, kept).versions == ("memory that is freed given back → kept",)
    assert compare(kept, old).versions == ("memory that is freed kept → given back",)
    assert compare(kept, kept).versions == ()


def test_a_single_round_is_named_as_the_reason(capsys):
    machine = Machine(5)
    old, new = benchmarks(m=machine.measure()), benchmarks(m=machine.measure(3, rounds=1))
    print_report(compare(old, new))
    said = "unclear: m: latency: a single round, then or now, tells nothing of the noise"
    assert said in capsys.readouterr().out


def test_one_round_proves_nothing():
    machine = Machine(5)
    old, new = benchmarks(m=machine.measure()), benchmarks(m=machine.measure(3, rounds=1))
    assert only(old, new).change is Change.UNCLEAR


def test_throughput_at_another_batch_is_held_against_it_by_the_picture():
    machine = Machine(2)

    def at(batch):
        found = benchmarks(m=machine.measure())
        row = replace(found.rows[0], throughput=machine.measure(batch=batch))
        return replace(found, rows=(row,))

    (found,) = (c for c in compare(at(8), at(16)).comparisons if c.figure == "throughput")
    assert found.change is Change.SAME
    assert found.factor == pytest.approx(1, abs=0.08)


@pytest.mark.parametrize(
    ("device", "peak", "change"),
    [
        ("cpu", 110 * MIB, Change.SAME),
        ("cpu", 150 * MIB, Change.WORSE),
        ("cpu", 60 * MIB, Change.BETTER),
        ("cuda", 110 * MIB, Change.WORSE),
    ],
)
def test_a_larger_model_is_caught_beyond_what_a_process_varies_by(device, peak, change):
    machine = Machine(2)
    settings = BenchSettings(device=device)
    old = benchmarks(m=machine.measure(), settings=settings)
    new = benchmarks(m=machine.measure(peaks=(peak,)), settings=settings)
    (found,) = (c for c in compare(old, new).comparisons if c.figure == "memory at batch 1")
    assert found.change is change


def test_another_hardware_is_refused():
    with pytest.raises(UsageError, match="'box', this one on 'other'"):
        compare(benchmarks(), benchmarks("other"))


def test_models_without_a_predecessor_with_the_same_settings_are_named():
    machine = Machine(2)
    old = benchmarks(m=machine.measure(), n=machine.measure())
    new = benchmarks(n=machine.measure(), settings=BenchSettings(precision="bf16"))
    assert compare(old, new).missing == ("n",)


def test_among_old_rows_the_one_of_the_same_versions_is_taken_else_the_last():
    machine = Machine(2)
    first = benchmarks(run="1", versions=(("torch", "2.8.0"),), m=machine.measure())
    last = benchmarks(run="2", versions=(("torch", "2.9.0"),), m=machine.measure())
    old = Benchmarks("box", first.runs | last.runs, first.rows + last.rows)
    same = benchmarks(run="3", versions=(("torch", "2.8.0"),), m=machine.measure())
    newer = benchmarks(run="3", versions=(("torch", "2.10.0"),), m=machine.measure())
    assert predecessors(old, same)["m"].run == "1"
    assert predecessors(old, newer)["m"].run == "2"
    assert compare(old, newer).versions == ("torch 2.9.0 → 2.10.0",)
