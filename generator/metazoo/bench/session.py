"""Benchmark many models: rounds over all of them, each model and round in a process of its own.

Going round and round over the models lets a slow minute of the machine meet all of them, and a
process of its own for each round makes the spread of the rounds that of whole runs: where a
library's buffers happen to lie in memory changes from process to process, not from call to call.
A model that fails, hangs or is killed costs itself. No torch is imported here.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from typing import Any

from metazoo import machine
from metazoo.bench.place import Here, Place
from metazoo.bench.record import (
    REFERENCE,
    Benchmarks,
    BenchRow,
    BenchSettings,
    Hardware,
    Run,
    Timing,
)
from metazoo.bench.spread import CONFIDENCE, median_interval
from metazoo.bench.task import Round, Sample, Scouting, Task
from metazoo.measure.request import Request
from metazoo.measure.run import require_packages
from metazoo.measure.sources import Source, load_source

WIDTH = 0.03
"""Relative half width of the median's interval at which a model needs no more rounds."""
MOST_ROUNDS = 40
PATIENCE = 3
"""Factor on the budget and the rounds of a model that a comparison can't decide on."""
INTERRUPTED = 0.1
"""Share of passes interrupted by other processes that makes a note."""
DRIFT = 0.05
"""Change of the reference work from the first to the last third of a run that makes a note."""

COMPILING = 600.0
"""Seconds that compiling a model may take before its process counts as hung."""

Load = Callable[[str], Source]


@dataclass(frozen=True, slots=True)
class Plan:
    """How much to spend on each model.

    Attributes:
        budget: Seconds of wall time for a model, one round at least.
        seconds: Of passes at each batch size in one round.
    """

    budget: float = 45.0
    seconds: float = 0.5

    @property
    def limit(self) -> float:
        """Seconds after which the process of one round counts as hung."""
        return 120 + 4 * self.budget


@dataclass(slots=True)
class _Subject:
    """One model on its way through the rounds."""

    task: Task
    found: Scouting | None = None
    rounds: list[Round] = field(default_factory=list)
    error: str | None = None
    spent: float = 0.0

    def take_scouting(self, found: Scouting | str, seconds: float) -> None:
        self.found = Scouting(error=found) if isinstance(found, str) else found
        self.error = self.found.error
        self.task = replace(self.task, batch=self.found.batch)
        self.spent += seconds - self.found.compiling_seconds

    def take(self, result: Round | str, seconds: float) -> None:
        if isinstance(result, str):
            self.error = result
            self.spent += seconds
        else:
            self.rounds.append(result)
            self.spent += seconds - result.compiling_seconds

    def over(self, budget: float, rounds: int = MOST_ROUNDS) -> bool:
        """Whether nothing more can be measured: it failed, or its time is up."""
        if self.error or len(self.rounds) >= rounds:
            return True
        return bool(self.rounds) and self.spent * (1 + 1 / (1 + len(self.rounds))) > budget

    def precise(self) -> bool:
        """Whether the rounds at both batches agree well enough."""
        return bool(self.rounds) and all(
            interval.confidence >= CONFIDENCE and interval.width <= WIDTH
            for interval in (median_interval([s.seconds for s in k]) for k in self.samples())
        )

    def samples(self) -> tuple[list[Sample], list[Sample]]:
        """The samples at batch 1 and those of the throughput; one per round."""
        return [r.latency for r in self.rounds], [r.throughput for r in self.rounds]


def bench_models(
    requests: Sequence[Request],
    settings: BenchSettings,
    *,
    plan: Plan | None = None,
    batches: dict[str, int] | None = None,
    load: Load = load_source,
    place: Place | None = None,
    on_hardware: Callable[[Hardware], None] | None = None,
    on_round: Callable[[Benchmarks], None] | None = None,
    on_progress: Callable[[str], None] | None = None,
    undecided: Callable[[Benchmarks], Collection[str]] | None = None,
) -> Benchmarks:
    """Benchmark models on one machine, this one by default.

    Args:
        requests: The models, their sources and sizes.
        settings: How to run them all.
        plan: How much to spend.
        batches: Batches of the throughput by model, in place of looking for the best.
        load: Makes a source of its name, in the processes that measure: a function of a module.
        place: Where to run; processes of this machine by default.
        on_hardware: Called with the device before any model is looked at; what it raises ends the
            benchmark.
        on_round: Called after each round over the models, and at the end, with all that is known by
            then.
        on_progress: Called before each measurement with a description of it.
        undecided: Asked, when all models have had their budgets, for the names of those that need more
            rounds, and again after each of these; a model has `PATIENCE` times its budget at most.

    Raises:
        MissingExtraError: torch or the source's package is not installed.
        UsageError: There is no such device, or no such source.
    """
    plan = plan or Plan()
    limit = plan.limit + COMPILING * settings.compile
    say = on_progress or _nothing
    if load is load_source:
        require_packages({r.source for r in requests})
    begun = datetime.now(UTC)
    subjects = [
        _Subject(
            Task(
                request=r,
                settings=settings,
                batch=(batches or {}).get(r.model, settings.batch_size),
                seconds=min(plan.seconds, plan.budget / 20),
                search_seconds=plan.budget / 4,
            )
        )
        for r in requests
    ]
    at = place or Here()
    say("the device itself")
    hardware = _described(at, settings, requests, load)
    if on_hardware:
        on_hardware(hardware)
    for number, subject in enumerate(subjects, 1):
        say(f"{number} of {len(subjects)}: looking at {subject.task.request.model}")
        result, seconds = _timed(at, scout, (subject.task, load), limit)
        subject.take_scouting(result, seconds)
    for number in count(1):
        todo = [s for s in subjects if not (s.over(plan.budget) or s.precise())]
        if not todo and undecided:
            names = undecided(_benchmarks(subjects, hardware, begun, settings))
            named = [s for s in subjects if s.task.request.model in names]
            most = PATIENCE * plan.budget, PATIENCE * MOST_ROUNDS
            todo = [s for s in named if not s.over(*most)]
        if not todo:
            break
        for position, subject in enumerate(todo, 1):
            say(f"round {number}, {position} of {len(todo)}: {subject.task.request.model}")
            subject.take(*_timed(at, measure, (subject.task, load), limit))
        if on_round:
            on_round(_benchmarks(subjects, hardware, begun, settings))
    say("the device itself, again")
    last = _description(at, settings, requests, load)
    if isinstance(last, Hardware):  # else it was lost, as its models say
        hardware = at_its_best(hardware, last)
    found = _benchmarks(subjects, hardware, begun, settings)
    if on_round:
        on_round(found)
    return found


def scout(task: Task, load: Load) -> Scouting:
    """Look at one model: it runs in a process of its own."""
    from metazoo.bench import round as work

    return work.scout(task, load(task.request.source))


def measure(task: Task, load: Load) -> Round | str:
    """Measure one round of one model: it runs in a process of its own."""
    from metazoo.bench import round as work

    return work.measure_round(task, load(task.request.source))


def _describe(settings: BenchSettings, sources: Sequence[str], load: Load) -> Hardware | str:
    from metazoo.bench.device import describe

    for source in sources:
        load(source)
    try:
        return describe(settings, sources[0])
    except RuntimeError as error:
        return str(error)


def _described(
    place: Place, settings: BenchSettings, requests: Sequence[Request], load: Load
) -> Hardware:
    from metazoo.errors import UsageError

    found = _description(place, settings, requests, load)
    if isinstance(found, str):
        raise UsageError(f"can't benchmark on {settings.device}: {found}")
    return found


def _description(
    place: Place, settings: BenchSettings, requests: Sequence[Request], load: Load
) -> Hardware | str:
    sources = sorted({request.source for request in requests})
    found: Hardware | str = place.call(_describe, (settings, sources, load), 300)
    return found


def at_its_best(first: Hardware, last: Hardware) -> Hardware:
    """A device with the higher of the rates it reached before a benchmark and after it.

    A disturbance during the second that measuring them takes is no property of the device.
    """
    return replace(
        first,
        matrix_rate=max(first.matrix_rate or 0, last.matrix_rate or 0) or None,
        bandwidth=max(first.bandwidth or 0, last.bandwidth or 0) or None,
    )


def _timed(
    place: Place, function: Callable[..., Any], arguments: tuple[Any, ...], limit: float
) -> tuple[Any, float]:
    """The result of a call, and the seconds that it took."""
    start = time.monotonic()
    return place.call(function, arguments, limit), time.monotonic() - start


def _nothing(_: str) -> None:
    pass


def _benchmarks(
    subjects: list[_Subject], hardware: Hardware, begun: datetime, settings: BenchSettings
) -> Benchmarks:
    rounds = [r for s in subjects for r in s.rounds]
    clocks = [r.clock_mhz for r in rounds if r.clock_mhz]
    run = Run(
        id=begun.isoformat(timespec="seconds"),
        hardware=hardware,
        date=begun.date().isoformat(),
        clocks_mhz=(min(clocks), max(clocks)) if clocks else None,
        reference=REFERENCE,
        memory_kept=bool(rounds) and all(r.memory_kept for r in rounds),
        notes=tuple(_notes(subjects, hardware, clocks)),
    )
    rows = tuple(_row(s, s.found, run, settings) for s in subjects if s.found)
    return Benchmarks(hardware.label, {run.id: run}, rows)


def _row(subject: _Subject, found: Scouting, run: Run, settings: BenchSettings) -> BenchRow:
    request, counted = subject.task.request, found.counted
    latency, throughput = (_timing(k) if k else None for k in subject.samples())
    row = BenchRow(
        model=request.model,
        run=run.id,
        source=request.source,
        architecture=counted.architecture if counted else None,
        input_size=counted.input_size if counted else request.input_size,
        settings=settings,
        latency=latency,
        throughput=throughput,
        batch_stop=found.stop,
        params=counted.params if counted else None,
        macs=counted.macs if counted else None,
        spent_seconds=subject.spent,
        note=found.note,
        error=subject.error,
        skipped=found.skipped,
    )
    if throughput is None or counted is None or counted.macs is None:
        return row
    rate, bandwidth = run.hardware.matrix_rate, run.hardware.bandwidth
    flops = 2 * counted.macs * throughput.images_per_second
    moved = _least_traffic(
        settings, throughput.batch, counted.state_dict_bytes, counted.activations
    )
    return replace(
        row,
        matrix_share=flops / rate if rate else None,
        bandwidth_share=moved / throughput.seconds / bandwidth if bandwidth else None,
    )


def _least_traffic(
    settings: BenchSettings, batch: int, weights: int | None, activations: int | None
) -> float:
    """Bytes: weights (counted in fp32) read once; outputs of layers written once and read once."""
    of_a_weight = 2 if settings.precision in ("fp16", "bf16") else 4
    of_an_output = 4 if settings.precision == "fp32" else 2  # amp computes the counted layers so
    return (weights or 0) * of_a_weight / 4 + 2 * batch * of_an_output * (activations or 0)


def _timing(samples: list[Sample]) -> Timing:
    seconds = [s.seconds for s in samples]
    low, high, confidence = median_interval(seconds)
    peaks = tuple(s.peak_bytes for s in samples if s.peak_bytes is not None)
    return Timing(
        batch=samples[0].batch,
        seconds=statistics.median(seconds),
        p95=statistics.median(s.p95 for s in samples),
        low=low,
        high=high,
        confidence=confidence,
        rounds=tuple(seconds),
        relative=tuple(s.relative for s in samples),
        passes=sum(s.passes for s in samples),
        peak_bytes=round(statistics.median(peaks)) if peaks else None,
        peaks=peaks,
    )


def _notes(subjects: list[_Subject], hardware: Hardware, clocks: list[float]) -> Iterator[str]:
    """Describe what disturbed the measurements, as far as it shows."""
    rounds = [r for s in subjects for r in s.rounds]
    loads = [r.load for r in rounds if r.load is not None]
    cores = hardware.cores or machine.cores()
    if loads and max(loads) > cores + 0.5:
        share = sum(load > cores + 0.5 for load in loads) / len(loads)
        yield (
            f"other processes competed: the load average reached {max(loads):.1f} on {cores} cores,"
            f" and was above {cores} in {share:.0%} of the measurements"
        )
    samples = [sample for r in rounds for sample in (r.latency, r.throughput)]
    passes = sum(sample.passes for sample in samples)
    interrupted = sum(sample.interrupted for sample in samples)
    if interrupted > INTERRUPTED * passes:
        yield f"the system interrupted {interrupted / passes:.0%} of the passes for other processes"
    # By round, for a round is over all models that still need one.
    deepest = max(len(s.rounds) for s in subjects)
    by_round = []
    for number in range(deepest):
        seconds = [s.rounds[number].reference_seconds for s in subjects if len(s.rounds) > number]
        found = [value for value in seconds if value]
        if found:
            by_round.append(statistics.median(found))
    if len(by_round) >= 3:
        third = max(1, len(by_round) // 3)
        drift = statistics.median(by_round[-third:]) / statistics.median(by_round[:third]) - 1
        if abs(drift) > DRIFT:
            word = "slower" if drift > 0 else "faster"
            yield f"the machine's speed drifted: the reference work became {abs(drift):.0%} {word}"
    references = [r.reference_seconds for r in rounds if r.reference_seconds]
    if len(references) >= 4:
        spread = statistics.quantiles(references, n=4)
        ratio = (spread[2] - spread[0]) / spread[1]
        if ratio > 2 * DRIFT:
            yield (
                "the machine's speed varied: the middle half of the reference work's times spans"
                f" {ratio:.0%} of their median"
            )
    if clocks and max(clocks) > 1.1 * min(clocks):
        yield f"the clock varied between {min(clocks):.0f} and {max(clocks):.0f} MHz"
    throttled = sorted({r.throttle for r in rounds if r.throttle})
    if throttled:
        yield f"the device was throttled by {' and by '.join(throttled)}"
