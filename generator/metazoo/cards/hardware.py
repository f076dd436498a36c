"""What benchmarks say of the models, as columns for the explorer: never mixed, never averaged."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from metazoo.bench.record import Benchmarks, BenchRow
from metazoo.cards.escape import one_line, slug
from metazoo.cards.numbers import is_finite

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
    """All that two figures must have in common to stand in one column.

    Attributes:
        hardware: Its name.
        way: Precision, layout, compilation.
        batch: Of the throughput, in words.
        versions: By package.
    """

    hardware: str
    way: str
    batch: str
    versions: tuple[tuple[str, str], ...]


def hardware_columns(benchmarks: Sequence[Benchmarks]) -> list[HardwareColumn]:
    """Throughput and latency on every hardware, for its commonest ways to run models.

    Args:
        benchmarks: One for each hardware.
    """
    columns: list[HardwareColumn] = []
    taken: set[str] = set()
    for known in benchmarks:
        rows = [(_setup(known, row), row) for row in known.rows if row.error is None]
        counted = Counter(setup for setup, _ in rows).most_common(_MOST_SETUPS)
        setups = [setup for setup, _ in counted]
        for number, setup in enumerate(setups):
            own = [row for found, row in rows if found == setup]
            days = sorted(filter(None, {known.runs[row.run].date for row in own}))
            key = _key(setup, setups)
            while key in taken:  # names that differ in nothing but what addresses can't hold
                key += "-"
            taken.add(key)
            columns += _columns(key, setup, setups, own, days, main=number == 0)
    return [column for column in columns if column.values]


def _setup(known: Benchmarks, row: BenchRow) -> _Setup:
    run = known.runs[row.run]
    if run.origin != "metazoo bench":
        batch = "at the batches of an imported table"
    elif row.settings.batch_size is None:
        batch = "at the best batch"
    else:
        batch = f"at batch {row.settings.batch_size}"
    versions = tuple(sorted(run.hardware.versions.items()))
    return _Setup(one_line(run.hardware.label), row.settings.way, batch, versions)


def _columns(
    key: str,
    setup: _Setup,
    setups: list[_Setup],
    rows: list[BenchRow],
    days: list[str],
    *,
    main: bool,
) -> list[HardwareColumn]:
    short = re.sub(r"\((R|TM)\)| CPU(?= @)| Processor\b", "", setup.hardware)
    for maker in _MAKERS:
        short = short.removeprefix(maker)
    apart = _what_sets_apart(setup, setups)
    label = " ".join([short, *apart])
    versions = ", ".join(f"{name} {number}" for name, number in setup.versions)
    ending = f" on {setup.hardware}, {setup.way}" + (f"; {versions}" if versions else "")
    if days:
        ending += f"; {days[0]}" + (f" to {days[-1]}" if days[-1] != days[0] else "")
    throughput = _finite({_of(r): r.throughput.images_per_second for r in rows if r.throughput})
    latency = _finite({_of(r): r.latency.seconds * 1000 for r in rows if r.latency})
    return [
        HardwareColumn(
            f"{key}-throughput",
            label,
            "img/s",
            f"Images per second {setup.batch}{ending}",
            "more",
            throughput,
            main,
        ),
        HardwareColumn(
            f"{key}-latency",
            f"{label} latency",
            "ms",
            f"Median time of one image{ending}",
            "less",
            latency,
            main=False,
        ),
    ]


def _key(setup: _Setup, setups: list[_Setup]) -> str:
    apart = [part for part in _what_sets_apart(setup, setups) if part != setup.way]
    return slug(" ".join([setup.hardware, setup.way, *apart]))


def _what_sets_apart(setup: _Setup, setups: list[_Setup]) -> list[str]:
    """What tells a setup from the others on the same hardware, in words."""
    apart = []
    if len({other.way for other in setups}) > 1:
        apart.append(setup.way)
    if len({other.batch for other in setups}) > 1 and setup.batch != "at the best batch":
        apart.append(setup.batch)
    common = set.intersection(*(set(other.versions) for other in setups))
    apart += [f"{name} {number}" for name, number in setup.versions if (name, number) not in common]
    return apart


def _finite(
    values: dict[tuple[str, int | None], float],
) -> dict[tuple[str, int | None], float]:
    """Those that a table can hold and sort: a time next to nothing has no throughput."""
    return {of: value for of, value in values.items() if is_finite(value)}


def _of(row: BenchRow) -> tuple[str, int | None]:
    return row.model, row.input_size[1] if row.input_size else None
