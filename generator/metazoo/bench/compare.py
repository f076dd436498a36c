"""Compare a benchmark with an older one of the same hardware: slower or larger beyond the noise.

The two were not taken at the same time, so the machine may have been slower or busier for one of
them. How much slower, the reference work says that was timed around each model in each round: that
is taken off. Within a benchmark, a round in which the reference work was slow is put right by as much
as models followed it there: nearly wholly on a machine whose speed changes for all alike, hardly on one
where a model and the reference work are disturbed each by itself. How much the rounds then still differ,
each in a process of its own, is the noise.
"""

from __future__ import annotations

import math
import operator
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from metazoo.bench.record import BenchKey, Benchmarks, BenchRow, Timing
from metazoo.bench.spread import certainty, standard_error
from metazoo.errors import UsageError

TOLERANCE = 0.08
"""Relative growth below which a time is no finding: processes differ by that much by chance."""
ENOUGH_MODELS = 8
"""Number of models from which on a machine's uneven change can be estimated."""
SOUGHT = 0.20
"""Relative growth that a comparison must rule out before it calls a figure unchanged."""
MEMORY_TOLERANCE = 0.05
"""The same as `TOLERANCE` for memory."""
MEMORY_SLACK = 24 * 2**20
"""Bytes that a process may grow by for other reasons; on CUDA, where an allocator counts, 0."""


class Change(StrEnum):
    """What became of one figure of a model."""

    SAME = "same"
    WORSE = "worse"
    BETTER = "better"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One figure of one model, then and now.

    Attributes:
        model: Its name.
        figure: ``latency``, ``throughput``, ``memory at batch 1``, ….
        change: The verdict.
        factor: New over old; above 1 is slower or larger. Of times, what the machine did is taken off.
        noise: The factor, less 1, that the noise alone may reach.
        old: The old figure as stated: seconds or bytes.
        new: The new one.
        settled: Whether more rounds would hardly change the verdict: that it is slower is settled if
            it surely is by more than `TOLERANCE`.
        agree: Whether the stated intervals of the two overlap, the machine's drift taken off; None where a
            figure has none.
    """

    model: str
    figure: str
    change: Change
    factor: float
    noise: float
    old: float
    new: float
    settled: bool = True
    agree: bool | None = None


class Machine(NamedTuple):
    """How the machine changed, by its reference work.

    Attributes:
        drift: Logarithm of the factor by which it became slower.
        error: Standard error of that.
        uneven: By how much, besides, it changed for each model on its own: the standard deviation of the
            models' changes beyond what their rounds account for. Found where enough models are compared
            to tell, by their median, so that the few that really changed hardly count; else 0.
        share: By how much of it the models follow when the reference work is slow for a round: from 0
            to 1. It is the slope of a regression over all rounds, as for a control variate: S.
            Lavenberg, P. Welch, *A perspective on the use of control variables*, 1981.
    """

    drift: float
    error: float
    share: float
    uneven: float = 0.0


@dataclass(frozen=True, slots=True)
class Report:
    """The result of comparing two benchmarks.

    Attributes:
        comparisons: By model, in the order of the new rows.
        missing: New models of which the old file has no row with the same settings, timed beside the same
            reference work.
        untimed: Models whose old times have no rounds, as those of an imported table: how far they may
            be trusted is not known.
        versions: What differs in versions, such as ``torch 2.9.0 → 2.9.1``, in the processor beside a
            CUDA device, or in what becomes of freed memory.
        machine: Factor by which the reference work became slower; None where it is unknown.
    """

    comparisons: tuple[Comparison, ...]
    missing: tuple[str, ...] = ()
    untimed: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()
    machine: float | None = None

    @property
    def worse(self) -> tuple[Comparison, ...]:
        """Those that make `--compare` fail."""
        return tuple(c for c in self.comparisons if c.change is Change.WORSE)

    @property
    def undecided(self) -> frozenset[str]:
        """Models on which more rounds may change the verdict."""
        return frozenset(c.model for c in self.comparisons if not c.settled)


def require_same_hardware(old: str, new: str) -> None:
    """Refuse to compare speeds of different hardware.

    Raises:
        UsageError: The two are different.
    """
    if old != new:
        raise UsageError(
            f"the older benchmark was taken on {old!r}, this one on {new!r};"
            " compare benchmarks of the same hardware"
        )


def predecessors(old: Benchmarks, new: Benchmarks) -> dict[str, BenchRow]:
    """For each new row, by model, the old row to compare it with.

    That is the one with the same settings and versions; where there is none, the one with the same
    settings that was measured last. Both were timed beside the same reference work.

    Raises:
        UsageError: The two are of different hardware.
    """
    require_same_hardware(old.hardware, new.hardware)
    candidates: dict[tuple[str | None, BenchKey], list[BenchRow]] = {}
    for row in old.rows:
        if row.latency or row.throughput:
            reference = old.runs[row.run].reference
            key = old.key(row).without_versions()
            candidates.setdefault((reference, key), []).append(row)
    found = {}
    for row in new.rows:
        key = new.key(row)
        rows = candidates.get((new.runs[row.run].reference, key.without_versions()), [])
        if rows:
            found[row.model] = max(
                rows, key=lambda r: (old.key(r) == key, old.runs[r.run].date or "", r.run)
            )
    return found


def compare(old: Benchmarks, new: Benchmarks) -> Report:
    """Compare every model of `new` with the row of it in `old`.

    Raises:
        UsageError: The two are of different hardware.
    """
    before = predecessors(old, new)
    both = [(before[r.model], r) for r in new.rows if r.model in before and not r.error]
    machine = machine_between(both)
    found: list[Comparison] = []
    versions: dict[str, None] = {}
    for was, row in both:
        found += compare_rows(was, row, machine)
        then, now = old.runs[was.run].hardware, new.runs[row.run].hardware
        if then.host != now.host:
            versions[f"host {then.host} → {now.host}"] = None
        kept = [run.memory_kept for run in (old.runs[was.run], new.runs[row.run])]
        if kept[0] != kept[1]:
            fates = " → ".join("kept" if one else "given back" for one in kept)
            versions[f"memory that is freed {fates}"] = None
        for package in sorted(then.versions.keys() | now.versions.keys()):
            if then.versions.get(package) != now.versions.get(package):
                version = f"{then.versions.get(package)} → {now.versions.get(package)}"
                versions[f"{package} {version}"] = None
    return Report(
        tuple(found),
        tuple(r.model for r in new.rows if r.model not in before and not r.error),
        tuple(
            r.model
            for was, r in both
            if not all(_tell_of_the_machine(t) for _, t, _ in _timings(was, r))
        ),
        tuple(versions),
        math.exp(machine.drift) if machine else None,
    )


def compare_rows(old: BenchRow, new: BenchRow, machine: Machine | None) -> list[Comparison]:
    """Every figure that both rows have: times, and memory."""
    comparisons = []
    exact = new.settings.device == "cuda"
    for figure, was, now in _timings(old, new):
        if machine and _tell_of_the_machine(was, now):
            comparisons.append(_times(new.model, figure, was, now, machine))
        # Another batch takes other memory.
        if was.peaks and now.peaks and was.batch == now.batch:
            comparisons.append(_memory(new.model, now.batch, was.peaks, now.peaks, exact))
    return comparisons


def _timings(old: BenchRow, new: BenchRow) -> Iterator[tuple[str, Timing, Timing]]:
    """Each figure that both rows have, by name."""
    for figure in ("latency", "throughput"):
        was, now = getattr(old, figure), getattr(new, figure)
        if was is None or now is None:
            continue
        if figure == "throughput" and was.batch == now.batch == 1 and old.latency and new.latency:
            continue  # these are the passes of the latency
        yield figure, was, now


def _tell_of_the_machine(*timings: Timing) -> bool:
    return all(t.relative for t in timings)


def machine_between(rows: Sequence[tuple[BenchRow, BenchRow]]) -> Machine | None:
    """Estimate how the machine changed between two benchmarks; None if they don't tell.

    Args:
        rows: Of each model the old and the new row.
    """
    models = [
        [(was, now) for _, was, now in _timings(*row) if _tell_of_the_machine(was, now)]
        for row in rows
    ]
    models = [pairs for pairs in models if pairs]
    if not models:
        return None
    # A model's figures are timed in the same rounds, and err together: their mean counts once.
    drifts, errors = [], []
    for pairs in models:
        found = [_reference_drift(*pair) for pair in pairs]
        drifts.append(statistics.fmean(drift for drift, _ in found))
        errors.append(statistics.fmean(error for _, error in found))
    known = [error for error in errors if math.isfinite(error)]
    error = math.sqrt(statistics.fmean(e * e for e in known) / len(known)) if known else math.inf
    pairs = [pair for of_model in models for pair in of_model]
    share = _share_that_models_follow([timing for pair in pairs for timing in pair])
    machine = Machine(statistics.median(drifts), error, share)
    if len(rows) < ENOUGH_MODELS:
        return machine
    return machine._replace(uneven=_unevenness(pairs, machine))


def _reference_drift(old: Timing, new: Timing) -> tuple[float, float]:
    """Logarithm of the factor by which the reference work became slower; its standard error."""
    (_, then), (_, now) = _logarithms(old), _logarithms(new)
    drift = statistics.fmean(now) - statistics.fmean(then)
    return drift, math.hypot(standard_error(then), standard_error(now))


def _share_that_models_follow(timings: Sequence[Timing]) -> float:
    """Slope, between 0 and 1, of the models' rounds over the reference work's in the same rounds."""
    together = alone = 0.0
    for timing in timings:
        own, reference = map(_centred, _logarithms(timing))
        together += sum(map(operator.mul, own, reference))
        alone += sum(r * r for r in reference)
    return min(1.0, max(0.0, together / alone)) if alone else 1.0


def _unevenness(pairs: Sequence[tuple[Timing, Timing]], machine: Machine) -> float:
    """Standard deviation of the models' changes beyond what their rounds account for."""
    # Another batch is another computation.
    found = [_shift(was, now, machine) for was, now in pairs if was.batch == now.batch]
    found = [(shift, error) for shift, error in found if math.isfinite(error)]
    if len(found) < ENOUGH_MODELS:
        return 0.0
    middle = statistics.median(shift for shift, _ in found)
    # 1.4826: the standard deviation of normal values over the median of their distances.
    spread = 1.4826 * statistics.median(abs(shift - middle) for shift, _ in found)
    within = statistics.median(error for _, error in found)
    return math.sqrt(max(0.0, spread**2 - within**2))


def _logarithms(timing: Timing) -> tuple[list[float], list[float]]:
    """Of each round's seconds per image, and of its seconds for the reference work."""
    return (
        [math.log(seconds / timing.batch) for seconds in timing.rounds],
        [math.log(s / r) for s, r in zip(timing.rounds, timing.relative, strict=True)],
    )


def _centred(values: Sequence[float]) -> list[float]:
    middle = statistics.fmean(values)
    return [value - middle for value in values]


def _shift(old: Timing, new: Timing, machine: Machine) -> tuple[float, float]:
    """Logarithm of the factor by which a time grew, the machine's part taken off; its standard error."""
    means, errors = [], []
    for timing, drift in ((old, 0.0), (new, machine.drift)):
        steadied = [
            own - drift - machine.share * (reference - drift)
            for own, reference in zip(*_logarithms(timing), strict=True)
        ]
        means.append(statistics.fmean(steadied))
        errors.append(standard_error(steadied))
    error = math.hypot(*errors, (1 - machine.share) * machine.error)
    return means[1] - means[0], error


def _times(model: str, figure: str, old: Timing, new: Timing, machine: Machine) -> Comparison:
    shift, error = _shift(old, new, machine)
    degrees = len(old.rounds) + len(new.rounds) - 2
    chance = math.hypot(certainty(degrees) * error, certainty(ENOUGH_MODELS) * machine.uneven)
    noise = max(math.log1p(TOLERANCE), chance)
    change = _verdict(shift, noise)
    if change is Change.SAME and shift + chance >= math.log1p(SOUGHT):
        change = Change.UNCLEAR
    doubtful = change is Change.WORSE and shift - chance < math.log1p(TOLERANCE)
    return Comparison(
        model,
        figure,
        change,
        math.exp(shift),
        math.expm1(noise) if noise < 700 else math.inf,  # a single round tells nothing
        old.seconds,
        new.seconds,
        settled=change is not Change.UNCLEAR and not doubtful,
        agree=_overlap(old, new, machine.drift),
    )


def _memory(
    model: str, batch: int, old: Sequence[int], new: Sequence[int], exact: bool
) -> Comparison:
    then, now = statistics.median(old), statistics.median(new)
    spread = max(max(old) - min(old), max(new) - min(new))
    noise = max(MEMORY_TOLERANCE * then, spread, 0 if exact else MEMORY_SLACK)
    return Comparison(
        model,
        f"memory at batch {batch}",
        _verdict(now - then, noise),
        now / then,
        noise / then,
        then,
        now,
    )


def _verdict(shift: float, noise: float) -> Change:
    if shift > noise:
        return Change.WORSE
    return Change.BETTER if shift < -noise else Change.SAME


def _overlap(old: Timing, new: Timing, drift: float) -> bool | None:
    """Whether the stated intervals overlap, per image, the machine's drift taken off."""
    if old.low is None or old.high is None or new.low is None or new.high is None:
        return None
    low, high = (end / old.batch * math.exp(drift) for end in (old.low, old.high))
    return low <= new.high / new.batch and new.low / new.batch <= high
