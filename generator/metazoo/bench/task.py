"""What a process that measures receives, and what it returns. No torch here."""

from __future__ import annotations

from dataclasses import dataclass

from metazoo.bench.record import BenchSettings
from metazoo.measure.measurement import Measurement
from metazoo.measure.request import Request


@dataclass(frozen=True, slots=True)
class Task:
    """What to do with one model.

    Attributes:
        request: The model, its source, its input size.
        settings: How to run it.
        batch: Batch of the throughput; None to look for the best when scouting.
        seconds: Of one round: to spend on the passes at each of the two batch sizes.
        search_seconds: To spend on looking for the best batch.
    """

    request: Request
    settings: BenchSettings
    batch: int | None = None
    seconds: float = 0.8
    search_seconds: float = 10.0


@dataclass(frozen=True, slots=True)
class Sample:
    """The passes of one round at one batch size.

    Attributes:
        batch: Images in a pass.
        seconds: Median.
        p95: 95th percentile.
        relative: Median of the times in units of the reference work timed around them. Passes that
            the system interrupted for other processes are left out here, where others are left.
        passes: How many were timed.
        interrupted: How many of these were.
        peak_bytes: Most memory that the model took; None where the system doesn't tell.
    """

    batch: int
    seconds: float
    p95: float
    relative: float
    passes: int
    interrupted: int = 0
    peak_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Scouting:
    """What must be known about a model before its first round.

    Attributes:
        error: Why the model can't be measured; nothing else is then to be relied on.
        skipped: Whether that is for lack of memory.
        counted: What was counted on meta.
        batch: Batch of the throughput.
        stop: Why no larger batch was tried, where the best was looked for.
        note: What a reader should know about the model's figures.
        compiling_seconds: Of a first pass, in which the model was compiled; else 0.
    """

    error: str | None = None
    skipped: bool = False
    counted: Measurement | None = None
    batch: int = 1
    stop: str | None = None
    note: str | None = None
    compiling_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Round:
    """What one round of one model yields.

    Attributes:
        latency: At batch 1.
        throughput: At the task's batch.
        reference_seconds: The reference work, median.
        load: Processes that wanted to run, on average over the last minute.
        clock_mhz: Of the device, at the end.
        throttle: Why the device was held back.
        compiling_seconds: Of the first passes, in which the model was compiled; else 0.
        memory_kept: Whether the memory that a pass frees was kept for the next.
    """

    latency: Sample
    throughput: Sample
    reference_seconds: float
    load: float | None = None
    clock_mhz: float | None = None
    throttle: str | None = None
    compiling_seconds: float = 0.0
    memory_kept: bool = False
