"""How many rounds models get, and what is said of them: a place that only pretends to measure."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from metazoo.bench import session
from metazoo.bench.record import BenchSettings, Hardware
from metazoo.bench.session import COMPILING, Plan, bench_models
from metazoo.bench.task import Round, Sample, Scouting
from metazoo.measure.request import Request

FOUND = Scouting(batch=8)
STEADY, UNSTEADY = (1.0,), (1.0, 2.0)
"""Times of the rounds, over and over."""


def sample(seconds=1.0, batch=1, passes=100, interrupted=0):
    return Sample(batch, seconds, seconds, seconds, passes, interrupted)


def a_round(seconds=1.0, **changes):
    one = Round(sample(seconds), sample(seconds, batch=8), reference_seconds=1.0)
    return replace(one, **changes)


class Place:
    """Gives each model's rounds in turn, and takes the seconds that it is told."""

    def __init__(self, clock, rounds, *, scouting=FOUND, looks=0.0, takes=0.0):
        self.clock, self.rounds, self.scouting = clock, rounds, scouting
        self.looks, self.takes = looks, takes
        self.done, self.limits, self.tasks = {}, [], []

    def call(self, function, arguments, limit):
        if function is session._describe:
            return Hardware("box", cores=2)
        self.limits.append(limit)
        task = arguments[0]
        self.tasks.append(task)
        if function is session.scout:
            self.clock.now += self.looks
            return self.scouting
        name = task.request.model
        number = self.done.get(name, 0)
        self.done[name] = number + 1
        self.clock.now += self.takes
        found = self.rounds[number % len(self.rounds)]
        return a_round(found) if isinstance(found, float) else found


@pytest.fixture
def clock(monkeypatch):
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr(session, "time", SimpleNamespace(monotonic=lambda: clock.now))
    return clock


def load(_):
    raise AssertionError("nothing is built here")


def run(place, *names, budget=45.0, settings=None, **options):
    requests = [Request(name) for name in names or ("m",)]
    return bench_models(
        requests, settings or BenchSettings(), plan=Plan(budget), load=load, place=place, **options
    )


def rounds(found):
    return [len(row.latency.rounds) for row in found.rows]


# -- how many rounds ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("budget", "count"), [(0.0, 1), (44.9, 1), (45.0, 2), (59.9, 2), (60.0, 3), (75.0, 4)]
)
def test_a_model_gets_another_round_if_the_budget_has_time_for_a_mean_one(clock, budget, count):
    # Looking takes as long as a round: after n rounds another comes to (n + 2) times 15 seconds.
    found = run(Place(clock, UNSTEADY, looks=15.0, takes=15.0), budget=budget)
    assert rounds(found) == [count]
    assert found.rows[0].spent_seconds == 15.0 * (1 + count)


def test_time_to_compile_is_no_part_of_the_budget(clock):
    compiled = tuple(a_round(seconds, compiling_seconds=1000.0) for seconds in UNSTEADY)
    scouting = Scouting(batch=8, compiling_seconds=1000.0)
    place = Place(clock, compiled, scouting=scouting, looks=1015.0, takes=1015.0)
    found = run(place, settings=BenchSettings(compile=True))
    assert rounds(found) == [2]
    assert found.rows[0].spent_seconds == 45.0


@pytest.mark.parametrize("compiles", [False, True])
def test_a_process_is_taken_to_hang_after_four_budgets_and_two_minutes(clock, compiles):
    place = Place(clock, STEADY)
    run(place, budget=10.0, settings=BenchSettings(compile=compiles))
    assert set(place.limits) == {160.0 + (COMPILING if compiles else 0)}


def test_forty_rounds_are_the_most(clock):
    assert rounds(run(Place(clock, UNSTEADY))) == [40]


def test_five_rounds_that_agree_are_enough(clock):
    assert rounds(run(Place(clock, STEADY))) == [5]


@pytest.mark.parametrize(("off", "enough"), [(0.0299, True), (0.0301, False)])
def test_rounds_agree_if_their_interval_is_three_percent_wide_each_way(clock, off, enough):
    found = run(Place(clock, (1 - off, 1 + off)))
    assert (rounds(found) == [5]) is enough


def test_rounds_must_agree_at_both_batches(clock):
    uneven = tuple(a_round(throughput=sample(seconds, batch=8)) for seconds in UNSTEADY)
    assert rounds(run(Place(clock, uneven))) == [40]


def test_a_model_that_fails_gets_no_more_rounds_and_the_others_do(clock):
    place = Place(clock, (1.0, "it broke"))
    one, other = run(place, "a", "b").rows
    assert (one.error, other.error) == ("it broke", "it broke")
    assert place.done == {"a": 2, "b": 2}
    place = Place(clock, STEADY, scouting=Scouting(error="too large", skipped=True))
    (row,) = run(place).rows
    assert (row.error, row.skipped, row.latency) == ("too large", True, None)
    assert not place.done


def test_an_undecided_model_gets_three_times_the_budget(clock):
    asked = []

    def undecided(known):
        asked.append(rounds(known))
        return {"a"}

    place = Place(clock, UNSTEADY, takes=10.0)
    found = run(place, "a", "b", budget=15.0, undecided=undecided)
    assert asked == [[2, 2], [3, 2], [4, 2]]
    assert rounds(found) == [4, 2]


def test_an_undecided_model_gets_three_times_the_rounds_though_it_is_precise(clock):
    found = run(Place(clock, STEADY), "a", "b", undecided=lambda _: {"a"})
    assert rounds(found) == [120, 5]


def test_nobody_is_asked_while_models_have_budgets_left(clock):
    asked = []
    run(Place(clock, STEADY), undecided=lambda known: asked.append(rounds(known)) or ())
    assert asked == [[5]]


@pytest.mark.parametrize(
    ("batches", "asked", "expected"),
    [(None, None, None), (None, 4, 4), ({"m": 2}, 4, 2), ({"other": 2}, 4, 4), ({"m": 2}, None, 2)],
)
def test_an_older_file_s_batch_wins_over_the_one_asked_for(clock, batches, asked, expected):
    place = Place(clock, STEADY)
    run(place, settings=BenchSettings(batch_size=asked), batches=batches)
    assert place.tasks[0].batch == expected  # None: the best is looked for
    assert {task.batch for task in place.tasks[1:]} == {8}  # as found


@pytest.mark.parametrize(("budget", "seconds"), [(9.9, 0.495), (10.0, 0.5), (45.0, 0.5)])
def test_passes_of_a_round_take_a_twentieth_of_a_small_budget(clock, budget, seconds):
    place = Place(clock, STEADY)
    run(place, budget=budget)
    assert {round(task.seconds, 9) for task in place.tasks} == {seconds}
    assert {task.search_seconds for task in place.tasks} == {budget / 4}


# -- what is said of disturbances ---------------------------------------------------------------


def notes(clock, *found):
    (run_of_it,) = run(Place(clock, found)).runs.values()
    return " | ".join(run_of_it.notes)


def references(*seconds):
    return tuple(a_round(reference_seconds=one) for one in seconds)


def test_of_a_quiet_machine_nothing_is_said(clock):
    assert notes(clock, *STEADY) == ""


@pytest.mark.parametrize(("load", "said"), [(2.5, False), (2.6, True)])
def test_a_load_beyond_the_cores_is_said(clock, load, said):
    text = notes(clock, a_round(load=load))
    assert ("the load average reached 2.6 on 2 cores" in text) is said


@pytest.mark.parametrize(("interrupted", "said"), [(10, False), (11, True)])
def test_more_than_a_tenth_of_interrupted_passes_is_said(clock, interrupted, said):
    text = notes(clock, a_round(latency=sample(interrupted=2 * interrupted)))
    assert ("the system interrupted 11% of the passes" in text) is said


@pytest.mark.parametrize(
    ("last", "said"),
    [(1.0499, None), (1.0501, "became 5% slower"), (0.9501, None), (0.9499, "became 5% faster")],
)
def test_a_machine_that_drifts_by_a_twentieth_is_said(clock, last, said):
    text = notes(clock, *references(1.0, 1.0, 1.0, 1.0, last))
    assert ("drifted" in text) is bool(said)
    assert (said or "") in text


@pytest.mark.parametrize(("off", "said"), [(0.0499, False), (0.0501, True)])
def test_a_machine_whose_speed_spreads_by_a_tenth_is_said(clock, off, said):
    text = notes(clock, *references(1 - off, 1 + off, 1.0, 1 - off, 1 + off))
    assert ("the machine's speed varied" in text) is said


@pytest.mark.parametrize(("highest", "said"), [(1100.0, False), (1101.0, True)])
def test_a_clock_that_changes_by_a_tenth_is_said(clock, highest, said):
    text = notes(clock, a_round(clock_mhz=1000.0), a_round(clock_mhz=highest))
    assert ("the clock varied between 1000 and 1101 MHz" in text) is said


def test_what_held_the_device_back_is_said_once(clock):
    text = notes(clock, a_round(throttle="power"), a_round(throttle="heat"), a_round())
    assert text == "the device was throttled by heat and by power"


def test_memory_is_kept_if_it_was_in_every_round(clock):
    kept, given_back = a_round(memory_kept=True), a_round()
    for found, expected in (((kept,), True), ((kept, given_back), False), ((given_back,), False)):
        (run_of_it,) = run(Place(clock, found)).runs.values()
        assert run_of_it.memory_kept is expected
