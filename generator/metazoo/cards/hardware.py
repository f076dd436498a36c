"""What benchmarks say of the models, as columns for the explorer: never mixed, never averaged."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from metazoo.bench.record import Benchmarks, Row
from metazoo.cards.escape import one_line, slug

_MOST_SETUPS = 6
_MAKERS = ("NVIDIA ", "AMD ", "Intel ", "Apple ")


@dataclass(frozen=True, slots=True)
class HardwareColumn:
    """One kind of figure on one hardware with one way to run models.

    Attributes:
        key: A short name for addresses.
        label: The hardware, and the way to run where there is more than one.
        unit: ``img/s`` or ``ms``.
        title: All of it in a sentence.
        better: ``more`` or ``less``.
        values: By model and height of the input; None where the height isn't known.
        main: Whether it is the first to look at on its hardware.
    """

    key: str
    label: str
    unit: str
    title: str
    better: str
    values: dict[tuple[str, int | None], float]
    main: bool


@dataclass(frozen=True, slots=True)
class _Setup:
    """All that two figures must have in common to stand in one column."""

    hardware: str
    way: str
    versions: tuple[tuple[str, str], ...]


def hardware_columns(benchmarks: Sequence[Benchmarks]) -> list[HardwareColumn]:
    """Throughput and latency on every hardware, for its commonest ways to run models.

    Args:
        benchmarks: One for each hardware.
    """
    columns: list[HardwareColumn] = []
    for known in benchmarks:
        rows = [(_setup(known, row), row) for row in known.rows if row.error is None]
        setups = Counter(setup for setup, _ in rows).most_common(_MOST_SETUPS)
        for number, (setup, _) in enumerate(setups):
            own = [row for found, row in rows if found == setup]
            columns += _columns(setup, own, main=number == 0, alone=len(setups) == 1)
    taken: set[str] = set()
    unique = []
    for column in columns:
        # The first stays: it is the one with more models.
        if column.values and column.key not in taken:
            taken.add(column.key)
            unique.append(column)
    return unique


def _setup(known: Benchmarks, row: Row) -> _Setup:
    hardware = known.runs[row.run].hardware
    versions = tuple(sorted(hardware.versions.items()))
    return _Setup(one_line(hardware.label), row.settings.way, versions)


def _columns(setup: _Setup, rows: list[Row], *, main: bool, alone: bool) -> list[HardwareColumn]:
    short = re.sub(r"\((R|TM)\)| CPU(?= @)| Processor\b", "", setup.hardware)
    for maker in _MAKERS:
        short = short.removeprefix(maker)
    label = short if alone else f"{short} {setup.way}"
    versions = ", ".join(f"{name} {number}" for name, number in setup.versions)
    ending = f" on {setup.hardware}, {setup.way}" + (f"; {versions}" if versions else "")
    key = slug(f"{setup.hardware} {setup.way}")
    throughput = {_of(r): r.throughput.images_per_second for r in rows if r.throughput}
    latency = {_of(r): r.latency.seconds * 1000 for r in rows if r.latency}
    return [
        HardwareColumn(
            f"{key}-throughput",
            label,
            "img/s",
            f"Pictures a second at the best batch{ending}",
            "more",
            throughput,
            main,
        ),
        HardwareColumn(
            f"{key}-latency",
            f"{label} latency",
            "ms",
            f"Median time of one picture{ending}",
            "less",
            latency,
            main=False,
        ),
    ]


def _of(row: Row) -> tuple[str, int | None]:
    return row.model, row.input_size[1] if row.input_size else None
