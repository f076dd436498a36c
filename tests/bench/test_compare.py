"""A model that became slower is found; a machine that became slower is not taken for one.

The timings are simulated, so that the tests say the same on every machine. What is simulated is what
was seen on a shared one: whole sessions, rounds (a process each) and moments differ.
"""

import math
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
    said = (
        "unclear: m: latency: one of the two has a single round, which says nothing about the noise"
    )
    assert said in capsys.readouterr().out


def test_one_round_proves_nothing():
    machine = Machine(5)
    old, new = benchmarks(m=machine.measure()), benchmarks(m=machine.measure(3, rounds=1))
    assert only(old, new).change is Change.UNCLEAR


def test_throughput_at_another_batch_is_compared_per_image():
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


# -- boundaries, with rounds that differ by nothing but what is stated ---------------------------


def rounds_of(factor=1.0, off=0.0, *, batch=1, peaks=()):
    """Two rounds, so much faster and slower than the factor; the reference work is steady."""
    seconds = [0.01 * batch * factor * math.exp(sign * off) for sign in (-1, 1)]
    return replace(timing(seconds, [s / 0.005 for s in seconds], batch), peaks=tuple(peaks))


def pair(old, new, **models):
    return benchmarks(m=old, **models), benchmarks(m=new, **models)


@pytest.mark.parametrize(
    ("factor", "change"),
    [
        (1.0799, Change.SAME),
        (1.0801, Change.WORSE),
        (1 / 1.0799, Change.SAME),
        (1 / 1.0801, Change.BETTER),
    ],
)
def test_a_time_may_grow_by_eight_percent(factor, change):
    found = only(*pair(rounds_of(), rounds_of(factor)))
    assert found.change is change
    assert found.factor == pytest.approx(factor)
    assert found.noise == pytest.approx(0.08)


# Two rounds, then and now, each off by d: the difference of their means has a standard error of √2 d,
# and 9.925 of these (Student's t, two degrees of freedom) are the noise.
NOISE = 9.925 * math.sqrt(2)


@pytest.mark.parametrize(("factor", "change"), [(0.999, Change.SAME), (1.001, Change.UNCLEAR)])
def test_noise_is_unclear_from_where_it_may_hide_a_fifth(factor, change):
    off = factor * math.log(1.2) / NOISE
    found = only(*pair(rounds_of(off=off), rounds_of(off=off)))
    assert found.change is change
    assert found.settled is (change is Change.SAME)


def test_what_hides_a_fifth_on_the_faster_side_is_the_same():
    off = 1.001 * math.log(1.2) / NOISE
    assert only(*pair(rounds_of(off=off), rounds_of(0.98, off))).change is Change.SAME


@pytest.mark.parametrize(("factor", "settled"), [(0.999, True), (1.001, False)])
def test_a_slower_model_is_settled_if_it_surely_is_by_eight_percent(factor, settled):
    off = factor * (math.log(1.2) - math.log(1.08)) / NOISE
    found = only(*pair(rounds_of(off=off), rounds_of(1.2, off)))
    assert found.change is Change.WORSE
    assert found.settled is settled


@pytest.mark.parametrize(("models", "change"), [(7, Change.WORSE), (8, Change.UNCLEAR)])
def test_the_unevenness_of_a_machine_is_known_from_eight_models_on(models, change):
    # `m` becomes slower by 10 %, and each of the others by 4 % slower or faster.
    old = {f"m{i}": rounds_of() for i in range(models - 1)}
    new = {f"m{i}": rounds_of(1.04 if i % 2 else 1 / 1.04) for i in range(models - 1)}
    report = compare(benchmarks(m=rounds_of(), **old), benchmarks(m=rounds_of(1.1), **new))
    assert next(c.change for c in report.comparisons if c.model == "m") is change


@pytest.mark.parametrize(
    ("device", "old", "new", "change"),
    [
        ("cpu", [100 * MIB], [124 * MIB], Change.SAME),
        ("cpu", [100 * MIB], [124 * MIB + 1], Change.WORSE),
        ("cpu", [100 * MIB], [76 * MIB], Change.SAME),
        ("cpu", [100 * MIB], [76 * MIB - 1], Change.BETTER),
        ("cpu", [1000 * MIB], [1050 * MIB], Change.SAME),
        ("cpu", [1000 * MIB], [1050 * MIB + 1], Change.WORSE),
        ("cuda", [100 * MIB], [105 * MIB], Change.SAME),
        ("cuda", [100 * MIB], [105 * MIB + 1], Change.WORSE),
        ("cuda", [95 * MIB, 100 * MIB, 105 * MIB], [110 * MIB], Change.SAME),
        ("cuda", [100 * MIB], [105 * MIB, 110 * MIB, 115 * MIB], Change.SAME),
        ("cuda", [100 * MIB], [106 * MIB, 110 * MIB, 115 * MIB], Change.WORSE),
    ],
)
def test_memory_may_grow_by_a_twentieth_or_its_spread_and_on_a_cpu_by_24_mib(
    device, old, new, change
):
    settings = BenchSettings(device=device)
    report = compare(
        benchmarks(m=rounds_of(peaks=old), settings=settings),
        benchmarks(m=rounds_of(peaks=new), settings=settings),
    )
    (found,) = (c for c in report.comparisons if c.figure == "memory at batch 1")
    assert found.change is change


def test_memory_at_another_batch_is_not_compared():
    old, new = rounds_of(batch=1, peaks=[MIB]), rounds_of(batch=2, peaks=[9 * MIB])
    assert [c.figure for c in compare(*pair(old, new)).comparisons] == ["latency"]


@pytest.mark.parametrize(("low", "agree"), [(0.0105, True), (0.010501, False), (None, None)])
def test_intervals_that_touch_agree(low, agree):
    old = replace(rounds_of(), low=0.0095, high=0.0105)
    new = replace(rounds_of(), low=low, high=0.0115)
    assert only(*pair(old, new)).agree is agree
    assert only(*pair(new, old)).agree is agree


def test_a_throughput_at_batch_1_is_the_latency_and_is_compared_once():
    def with_throughput(batch):
        found = benchmarks(m=rounds_of())
        row = replace(found.rows[0], throughput=rounds_of(batch=batch))
        return replace(found, rows=(row,))

    def figures(then, now):
        return [c.figure for c in compare(with_throughput(then), with_throughput(now)).comparisons]

    assert figures(1, 1) == ["latency"]
    assert figures(1, 2) == figures(2, 1) == ["latency", "throughput"]


def test_a_model_that_failed_is_neither_compared_nor_missing():
    old, new = pair(rounds_of(), rounds_of())
    failed = replace(new, rows=(replace(new.rows[0], error="it broke"),))
    for before in (old, benchmarks()):
        report = compare(before, failed)
        assert (report.comparisons, report.missing) == ((), ())


def test_among_old_rows_versions_win_over_the_day_and_the_day_over_the_name():
    def old(*runs):
        found = [
            benchmarks(run=name, versions=(("torch", torch),), m=rounds_of())
            for name, torch, _ in runs
        ]
        days = {name: day for name, _, day in runs}
        return Benchmarks(
            "box",
            {n: replace(r, date=days[n]) for one in found for n, r in one.runs.items()},
            tuple(row for one in found for row in one.rows),
        )

    new = benchmarks(run="now", versions=(("torch", "2.9.0"),), m=rounds_of())

    def chosen(*runs):
        return predecessors(old(*runs), new)["m"].run

    assert chosen(("a", "2.9.0", "2026-01-01"), ("b", "2.8.0", "2026-02-02")) == "a"
    assert chosen(("a", "2.8.0", "2026-02-02"), ("b", "2.8.0", "2026-01-01")) == "a"
    assert chosen(("a", "2.8.0", None), ("b", "2.8.0", "2026-01-01")) == "b"
    assert chosen(("a", "2.8.0", "2026-01-01"), ("b", "2.8.0", "2026-01-01")) == "b"
