"""Benchmarks and their comparison as tables for people."""

from __future__ import annotations

import math

from rich import box
from rich.console import Console
from rich.table import Table

from metazoo.bench.compare import Change, Comparison, Report
from metazoo.bench.record import Benchmarks, BenchRow, Hardware, Run, Timing
from metazoo.bench.spread import CONFIDENCE
from metazoo.cli.rich_text import cell, line


def print_benchmarks(benchmarks: Benchmarks) -> None:
    """Print one row per model to standard output, then the hardware and the notes."""
    console = _console()
    done = [row for row in benchmarks.rows if row.latency]
    if done:
        console.print(_table(done))
    for run in benchmarks.runs.values():
        for text in _run(run):
            line(console, text, style="dim")
    for row in benchmarks.rows:
        for note in _notes(row):
            line(console, note)
    for run in benchmarks.runs.values():
        for note in run.notes:
            line(console, f"noise: {note}")


def print_report(report: Report) -> None:
    """Print what a comparison found: changes first, then how many figures are unchanged."""
    console = _console()
    for name in report.missing:
        line(
            console,
            f"not compared: {name}: the older file has no results for it with these settings"
            " and the same reference work",
        )
    for name in report.untimed:
        line(
            console,
            f"times not compared: {name}: the older file has no single rounds, as an imported one,"
            " so the noise in it is unknown",
        )
    for version in report.versions:
        line(console, f"versions differ: {version}")
    if report.machine is not None:
        change = f"{abs(report.machine - 1):.1%} {'slower' if report.machine > 1 else 'faster'}"
        line(console, f"the machine itself is {change} now; the comparison below corrects for that")
    for comparison in report.comparisons:
        if comparison.change is not Change.SAME:
            line(console, _sentence(comparison))
    same = sum(c.change is Change.SAME for c in report.comparisons)
    line(console, f"{same} of {len(report.comparisons)} figures are unchanged within the noise")
    stated = [c for c in report.comparisons if c.agree is not None]
    if stated:
        agree = sum(bool(c.agree) for c in stated)
        line(console, f"{agree} of {len(stated)} times agree within their stated intervals")


def _console() -> Console:
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = max(console.width, 160)
    return console


def _table(rows: list[BenchRow]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("model", overflow="fold")
    for name in (
        "size",
        "latency",
        "±",
        "p95",
        "images/s",
        "±",
        "batch",
        "memory",
        "FLOP/s",
        "bytes/s",
    ):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("rounds", justify="right")
    for row in rows:
        latency, best = row.latency, row.throughput
        if latency is None or best is None:
            continue
        table.add_row(
            cell(row.model),
            "×".join(map(str, (row.input_size or ())[1:])),
            milliseconds(latency.seconds),
            _spread(latency),
            milliseconds(latency.p95),
            f"{best.images_per_second:,.4g}",
            _spread(best),
            str(best.batch),
            _megabytes(latency.peak_bytes),
            _share(row.matrix_share),
            _share(row.bandwidth_share),
            str(len(latency.rounds)),
        )
    return table


def _run(run: Run) -> list[str]:
    h = run.hardware
    versions = ", ".join(f"{name} {v}" for name, v in h.versions.items())
    beside = f" with host CPU {h.host}" if h.host else ""
    lines = [
        f"Measured on {h.label}{beside} ({h.driver or 'driver unknown'}), {run.date}, with {versions}."
    ]
    lines += _ceilings(h)
    lines.append(
        "Latency and memory are at batch 1. ± is half the confidence interval of the median over the"
        f" rounds, at {CONFIDENCE:.0%} or more unless noted below. Memory is"
        + (" what torch's allocator reports." if h.kind == "cuda" else " what the process grew by.")
    )
    if run.memory_kept and h.kind != "cuda":
        lines.append(
            "Memory freed by one pass was kept for the next instead of being returned to the system."
        )
    return lines


def _ceilings(h: Hardware) -> list[str]:
    if not (h.matrix_rate and h.bandwidth):
        return []
    reached = f"{h.matrix_rate / 1e9:,.4g} GFLOP/s in matrix products"
    copied = f"{h.bandwidth / 1e9:,.3g} GB/s copying"
    return [f"The device reached {reached}, {copied}; FLOP/s and bytes/s are shares of these."]


def _notes(row: BenchRow) -> list[str]:
    notes = []
    if row.error:
        word = "skipped" if row.skipped else "error"
        notes.append(f"{word}: {row.model}: {row.error}")
        return notes
    if row.note:
        notes.append(f"note: {row.model}: {row.note}")
    if row.latency and (row.latency.confidence or 0) < CONFIDENCE:
        rounds = len(row.latency.rounds)
        notes.append(
            f"note: {row.model}: the budget allowed only {rounds} round{'s' * (rounds > 1)};"
            f" its intervals have {row.latency.confidence or 0:.0%} confidence"
        )
    return notes


def _sentence(c: Comparison) -> str:
    grew = "larger" if c.figure.startswith("memory") else "slower"
    shrank = "smaller" if c.figure.startswith("memory") else "faster"
    if c.change is Change.UNCLEAR:
        why = f"the noise ({c.noise:.1%}) may hide a change"
        if math.isinf(c.noise):
            why = "one of the two has a single round, which says nothing about the noise"
        return f"unclear: {c.model}: {c.figure}: {why}"
    word = grew if c.change is Change.WORSE else shrank
    return (
        f"{c.change}: {c.model}: {c.figure} is {abs(c.factor - 1):.1%} {word}"
        f" (noise: {c.noise:.1%})"
    )


def milliseconds(seconds: float | None) -> str:
    """Format a time with three digits and its unit: ``12.3 ms``."""
    if seconds is None:
        return "–"
    if seconds >= 1:
        return f"{seconds:#.3g} s" if seconds < 100 else f"{seconds:,.0f} s"
    return f"{seconds * 1e3:#.3g}".rstrip(".") + " ms"


def _spread(timing: Timing) -> str:
    if timing.low is None or timing.high is None or len(timing.rounds) < 2:
        return "?"
    return f"{(timing.high - timing.low) / (timing.high + timing.low):.1%}"


def _megabytes(count: int | None) -> str:
    return "–" if count is None else f"{count / 1e6:,.0f} MB"


def _share(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"
