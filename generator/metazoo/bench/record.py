"""The result of benchmarking one model, and what it ran on. No torch here: pages read it too."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class BenchSettings:
    """How models are run.

    Attributes:
        device: ``cpu`` or ``cuda``.
        precision: ``fp32``, ``fp16`` and ``bf16`` convert the model; ``amp`` leaves it in fp32 and
            lets torch choose: bf16 on CPU, fp16 on CUDA. An imported row may have another one.
        channels_last: Whether images and weights lie in memory with the channels last.
        compile: Whether the model went through `torch.compile`.
        batch_size: Batch of the throughput; None where the best one was looked for.
    """

    device: str = "cpu"
    precision: str = "fp32"
    channels_last: bool = False
    compile: bool = False
    batch_size: int | None = None

    @property
    def way(self) -> str:
        """How models are run, in words: ``bf16, channels last, compiled``."""
        layout = ", channels last" if self.channels_last else ""
        return f"{self.precision}{layout}{', compiled' if self.compile else ''}"


@dataclass(frozen=True, slots=True)
class Hardware:
    """A device, and what it reached itself.

    Attributes:
        name: As its maker calls it: ``NVIDIA H200``, ``AMD EPYC 9B14``.
        kind: ``cpu`` or ``cuda``.
        driver: Version of the driver; for a CPU the operating system's.
        threads: That torch computes with on a CPU.
        host: The processor beside a CUDA device, which gives it its work: at batch 1 that often takes
            longer than doing it.
        cores: That this process may use.
        memory_bytes: Of the device; of the machine for a CPU.
        versions: Of metazoo, torch, the source's package, and CUDA.
        matrix_rate: FLOP/s of the fastest matrix product found, at the precision of the run.
        bandwidth: Bytes/s that copying a large tensor reads and writes.
    """

    name: str
    kind: str = "cpu"
    driver: str | None = None
    threads: int | None = None
    host: str | None = None
    cores: int | None = None
    memory_bytes: int | None = None
    versions: dict[str, str] = field(default_factory=dict)
    matrix_rate: float | None = None
    bandwidth: float | None = None

    @property
    def label(self) -> str:
        """The name, with the threads where they are part of what is measured."""
        if not self.threads:
            return self.name
        return f"{self.name}, {self.threads} thread{'s' * (self.threads > 1)}"


REFERENCE = "product, copy, network"
"""What `metazoo.bench.device.ReferenceWork` does. Times in units of other work can't be compared."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of `metazoo bench`, or one imported file; its rows name it by `id`.

    Attributes:
        id: Unique in its file: when the run began, or the name of the imported file.
        hardware: What it ran on, and with which versions.
        date: The day, as in ``2026-01-31``; None where an imported file doesn't tell.
        clocks_mhz: Lowest and highest clock seen.
        reference: Name of the reference work that was timed beside the models, `REFERENCE` where it is
            the present one.
        memory_kept: Whether what a pass freed was kept for the next, and not given back to the system to
            be fetched anew.
        origin: ``metazoo bench``, or the file that was imported.
        notes: What disturbed the run, in sentences: load, drift, throttling.
    """

    id: str
    hardware: Hardware
    date: str | None = None
    clocks_mhz: tuple[float, float] | None = None
    reference: str | None = None
    memory_kept: bool = False
    origin: str = "metazoo bench"
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Timing:
    """How long one forward pass takes at one batch size.

    Attributes:
        batch: Images in a pass.
        seconds: Median over the rounds of the rounds' medians.
        p95: 95th percentile of the passes of a round, median over the rounds.
        low: Lower end of the interval of `seconds`.
        high: Upper end.
        confidence: Probability with which the interval covers the median, such as 0.9375.
        rounds: Each round's median, in the order they were run.
        relative: The same, in units of the reference work that ran before and after: what a slower
            or busier machine does to both cancels out.
        passes: Timed in all rounds.
        peak_bytes: Most memory in use, weights included. On CUDA torch's allocator says it; on a CPU
            it is what the process grew by, which holds the libraries' workspaces too.
        peaks: Each round's `peak_bytes`.
    """

    batch: int
    seconds: float
    p95: float | None = None
    low: float | None = None
    high: float | None = None
    confidence: float | None = None
    rounds: tuple[float, ...] = ()
    relative: tuple[float, ...] = ()
    passes: int | None = None
    peak_bytes: int | None = None
    peaks: tuple[int, ...] = ()

    @property
    def images_per_second(self) -> float:
        """Images per second."""
        return self.batch / self.seconds


def names_in_benchmarks(model: str) -> tuple[str, ...]:
    """Names under which rows are of this model: its own, and that of its architecture.

    timm's tables name architectures, without the tag of the weights, for these don't change how fast a
    model is.
    """
    return tuple(dict.fromkeys((model, model.partition(".")[0])))


class BenchKey(NamedTuple):
    """What a row is of. Rows with different keys are never mixed, averaged or replaced."""

    source: str
    model: str
    input_size: tuple[int, int, int] | None
    precision: str
    channels_last: bool
    compile: bool
    batch_size: int | None
    versions: tuple[tuple[str, str], ...]

    def without_versions(self) -> BenchKey:
        """The same question, asked of any version."""
        return self._replace(versions=())


@dataclass(frozen=True, slots=True)
class BenchRow:
    """One model on one device with one way to run it.

    Attributes:
        model: The name as asked for.
        run: The run it was measured in.
        source: Where the model comes from: ``timm``.
        architecture: The part of the name that names the network.
        input_size: Channels, height, width.
        settings: How it was run.
        latency: At batch 1.
        throughput: At the best batch found, or at the one asked for.
        batch_stop: Why no larger batch was tried.
        params: Parameters.
        macs: Multiply-accumulates at batch 1.
        matrix_share: FLOP/s at the throughput's batch, as a share of the device's `matrix_rate`.
        bandwidth_share: The least traffic of a pass (weights read once, each layer's output written
            and read once) at the throughput's batch, as a share of the device's `bandwidth`. Caches
            may lift it above 1.
        spent_seconds: Wall time that the benchmark gave this model, without what compiling it took.
        note: What a reader should know about the figures.
        error: Why it could not be measured.
        skipped: Whether `error` is that the device is too small for it.
    """

    model: str
    run: str
    source: str = "timm"
    architecture: str | None = None
    input_size: tuple[int, int, int] | None = None
    settings: BenchSettings = BenchSettings()
    latency: Timing | None = None
    throughput: Timing | None = None
    batch_stop: str | None = None
    params: int | None = None
    macs: int | None = None
    matrix_share: float | None = None
    bandwidth_share: float | None = None
    spent_seconds: float | None = None
    note: str | None = None
    error: str | None = None
    skipped: bool = False


@dataclass(frozen=True, slots=True)
class Benchmarks:
    """All that is known about one device: the content of one file.

    Attributes:
        hardware: Its name, which the file is called after.
        runs: The runs by their ids.
        rows: Every row names one of the runs.
    """

    hardware: str
    runs: dict[str, Run] = field(default_factory=dict)
    rows: tuple[BenchRow, ...] = ()

    def key(self, row: BenchRow) -> BenchKey:
        """What a row is of, the versions it was measured with included."""
        s = row.settings
        return BenchKey(
            row.source,
            row.model,
            row.input_size,
            s.precision,
            s.channels_last,
            s.compile,
            s.batch_size,
            tuple(sorted(self.runs[row.run].hardware.versions.items())),
        )
