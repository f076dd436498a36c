"""Hold a benchmark against an older one of the same hardware: slower or larger beyond the noise.

The two were not taken at the same time, so the machine may have been slower or busier for one of
them. Therefore not seconds are compared but times in units of the reference work that was timed
before and after each model, in each round; and how much these differ between the rounds, each in a
process of its own, is the noise.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from metazoo.bench.record import Benchmarks, Key, Row, Timing
from metazoo.bench.spread import standard_error
from metazoo.errors import UsageError

TOLERANCE = 0.08
"""A time that grew by less is never a finding: processes differ by that much on their own."""
CERTAINTY = 3.0
"""Standard errors that a change must exceed, besides."""
SOUGHT = 0.20
"""What a comparison must be able to see; where the noise hides a change of this size, it says so."""
MEMORY_TOLERANCE = 0.05
"""The same as `TOLERANCE` for memory."""
MEMORY_SLACK = 24 * 2**20
"""Bytes that a process may grow by for other reasons; on CUDA, where an allocator counts, none."""


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
        factor: New over old; above 1 is slower or larger. Times in units of the reference work.
        noise: The factor, less 1, that the noise alone may reach.
        old: The old figure as stated: seconds or bytes.
        new: The new one.
        agree: Whether the stated intervals of the two overlap; None where a figure has none.
    """

    model: str
    figure: str
    change: Change
    factor: float
    noise: float
    old: float
    new: float
    agree: bool | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What a comparison of two benchmarks came to.

    Attributes:
        comparisons: By model, in the order of the new rows.
        missing: New models of which the old file has no row with the same settings.
        versions: What differs in versions, such as ``torch 2.9.0 → 2.9.1``.
        machine: Median factor by which the reference work became slower; None where it is unknown.
    """

    comparisons: tuple[Comparison, ...]
    missing: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()
    machine: float | None = None

    @property
    def worse(self) -> tuple[Comparison, ...]:
        """Those that make `--compare` fail."""
        return tuple(c for c in self.comparisons if c.change is Change.WORSE)


def predecessors(old: Benchmarks, new: Benchmarks) -> dict[str, Row]:
    """For each new row, by model, the old one to hold it against.

    That is the one with the same settings and versions; where there is none, the one with the same
    settings that was measured last.

    Raises:
        UsageError: The two are of different hardware.
    """
    if old.hardware != new.hardware:
        raise UsageError(
            f"the older benchmark was taken on {old.hardware!r}, this one on {new.hardware!r};"
            " compare benchmarks of the same hardware"
        )
    candidates: dict[Key, list[Row]] = {}
    for row in old.rows:
        if row.latency or row.throughput:
            candidates.setdefault(old.key(row).without_versions(), []).append(row)
    found = {}
    for row in new.rows:
        key = new.key(row)
        rows = candidates.get(key.without_versions(), [])
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
    found: list[Comparison] = []
    missing, machine = [], []
    versions: dict[str, None] = {}
    for row in new.rows:
        if row.error:
            continue
        was = before.get(row.model)
        if was is None:
            missing.append(row.model)
            continue
        found += compare_rows(was, row)
        machine += _machine(was.latency, row.latency)
        then = old.runs[was.run].hardware.versions
        now = new.runs[row.run].hardware.versions
        for package in sorted(then.keys() | now.keys()):
            if then.get(package) != now.get(package):
                versions[f"{package} {then.get(package)} → {now.get(package)}"] = None
    return Report(
        tuple(found),
        tuple(missing),
        tuple(versions),
        statistics.median(machine) if machine else None,
    )


def compare_rows(old: Row, new: Row) -> list[Comparison]:
    """Every figure that both rows have: times, and memory."""
    comparisons = []
    exact = new.settings.device == "cuda"
    for figure, was, now in (
        ("latency", old.latency, new.latency),
        ("throughput", old.throughput, new.throughput),
    ):
        if was is None or now is None:
            continue
        if was.relative and now.relative:
            comparisons.append(_times(new.model, figure, was, now))
        # Another batch takes other memory.
        if was.peaks and now.peaks and was.batch == now.batch:
            comparisons.append(_memory(new.model, now.batch, was.peaks, now.peaks, exact))
    return comparisons


def _times(model: str, figure: str, old: Timing, new: Timing) -> Comparison:
    # Per picture, should the batch differ.
    then, now = ([math.log(r / t.batch) for r in t.relative] for t in (old, new))
    shift = statistics.median(now) - statistics.median(then)
    noise = max(math.log1p(TOLERANCE), CERTAINTY * _joint_error(then, now))
    if noise > math.log1p(SOUGHT) and abs(shift) <= noise:
        change = Change.UNCLEAR
    else:
        change = _verdict(shift, noise)
    return Comparison(
        model,
        figure,
        change,
        math.exp(shift),
        math.expm1(noise),
        old.seconds,
        new.seconds,
        _overlap(old, new),
    )


def _joint_error(then: Sequence[float], now: Sequence[float]) -> float:
    return math.hypot(standard_error(then), standard_error(now))


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


def _overlap(old: Timing, new: Timing) -> bool | None:
    if old.low is None or old.high is None or new.low is None or new.high is None:
        return None
    return old.low <= new.high and new.low <= old.high


def _machine(old: Timing | None, new: Timing | None) -> list[float]:
    """By how much the reference work became slower: what the seconds did and the relative time didn't."""
    if not (old and new and old.relative and new.relative):
        return []
    seconds = [
        statistics.median(t.rounds) / statistics.median(t.relative) for t in (old, new) if t.rounds
    ]
    return [seconds[1] / seconds[0]] if len(seconds) == 2 else []
