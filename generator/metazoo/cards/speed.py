"""How fast a family's models are on which device, as rows of a table with their provenance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from metazoo.bench.record import Benchmarks, BenchRow, Run, Timing, names_in_benchmarks
from metazoo.cards.escape import one_line
from metazoo.cards.variant import Variant


@dataclass(frozen=True, slots=True)
class Speed:
    """One variant on one device with one way to run it, in words and figures ready to show.

    Attributes:
        name: What was run: the variant, or an architecture, of which it then is the first variant.
        variant: The variant.
        device: What the device is called.
        way: Precision, and layout and compilation where they are not the usual ones.
        image_size: Of the images: ``224``, ``256×192``; empty where unknown.
        latency: Median milliseconds for one image; empty where not timed, as all that follow.
        interval: The median's interval, in milliseconds, and with what confidence.
        p95: 95th percentile, in milliseconds.
        throughput: Images per second at `batch`.
        batch: Images in a forward pass.
        memory: Most MiB in use at `batch`.
        matrix_share: Share of the device's own fastest matrix product: ``43 %``.
        run: Number of the run among `Speeds.runs`, from 1.
    """

    name: str
    variant: Variant
    device: str
    way: str
    image_size: str
    latency: str
    interval: str
    p95: str
    throughput: str
    batch: str
    memory: str
    matrix_share: str
    run: int


@dataclass(frozen=True, slots=True)
class Speeds:
    """A family's rows, and a sentence on each run they come from."""

    rows: tuple[Speed, ...] = ()
    runs: tuple[str, ...] = ()


def speeds_of(variants: Sequence[Variant], benchmarks: Iterable[Benchmarks]) -> Speeds:
    """Everything that benchmarks say of these variants; nothing is averaged or left out but failures.

    Args:
        variants: Of one family.
        benchmarks: One for each hardware.
    """
    by_name = {variant.name: variant for variant in variants}
    for variant in variants:
        for name in names_in_benchmarks(variant.name):
            by_name.setdefault(name, variant)
    order = {name: number for number, name in enumerate(by_name)}
    rows: list[Speed] = []
    runs: dict[tuple[str, str], int] = {}
    sentences: list[str] = []
    for known in benchmarks:
        own = [row for row in known.rows if row.model in by_name and row.error is None]
        for row in sorted(own, key=lambda row: order[row.model]):
            run = known.runs[row.run]
            number = runs.setdefault((known.hardware, run.id), len(runs) + 1)
            if number > len(sentences):
                sentences.append(_sentence(run))
            rows.append(_speed(by_name[row.model], row, run, number))
    return Speeds(tuple(rows), tuple(sentences))


def _speed(variant: Variant, row: BenchRow, run: Run, number: int) -> Speed:
    one, many = row.latency, row.throughput
    size = row.input_size
    return Speed(
        name=row.model,
        variant=variant,
        device=one_line(run.hardware.label),
        way=row.settings.way,
        image_size="" if size is None else str(size[1]) if size[1] == size[2] else _sides(size),
        latency=_milliseconds(one.seconds) if one else "",
        interval=_interval(one) if one else "",
        p95=_milliseconds(one.p95) if one and one.p95 is not None else "",
        throughput=_three_digits(many.images_per_second) if many else "",
        batch=str(many.batch) if many else "",
        memory="" if not many or many.peak_bytes is None else f"{many.peak_bytes / 2**20:,.0f}",
        matrix_share="" if row.matrix_share is None else f"{row.matrix_share:.0%}",
        run=number,
    )


def _sides(size: tuple[int, int, int]) -> str:
    return f"{size[1]}×{size[2]}"


def _milliseconds(seconds: float) -> str:
    return _three_digits(seconds * 1e3)


def _three_digits(number: float) -> str:
    """No timing is better than that; the decimals of a column stand under each other."""
    decimals = 0 if number >= 100 else 1 if number >= 10 else 2
    return f"{number:,.{decimals}f}"


def _interval(timing: Timing) -> str:
    if timing.low is None or timing.high is None:
        return ""
    ends = f"{_milliseconds(timing.low)}–{_milliseconds(timing.high)}"
    if len(timing.rounds) == 1:
        return "one round"
    return ends if timing.confidence is None else f"{ends} ({timing.confidence:.0%})"


def _sentence(run: Run) -> str:
    hardware = run.hardware
    versions = ", ".join(f"{name} {number}" for name, number in hardware.versions.items())
    parts = [
        f"{run.date}" if run.date else "",
        f"{hardware.label}",
        f"beside {hardware.host}" if hardware.host else "",
        f"driver {hardware.driver}" if hardware.driver and hardware.kind == "cuda" else "",
        hardware.driver if hardware.driver and hardware.kind != "cuda" else "",
        versions,
        "freed memory kept" if run.memory_kept and hardware.kind != "cuda" else "",
        "" if run.origin == "metazoo bench" else f"imported from {run.origin}",
    ]
    said = ", ".join(one_line(part) for part in parts if part)
    return said + "".join(f"; {one_line(note)}" for note in run.notes)
