"""Measurements as a table for people."""

from __future__ import annotations

from rich import box
from rich.console import Console
from rich.table import Table

from metazoo.measure.measurement import Measurement


def print_measurements(measurements: list[Measurement]) -> None:
    """Print one row a model to standard output, then what can't be said in a row."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = max(console.width, 160)
    done = [m for m in measurements if not m.error]
    if done:
        console.print(_table(done))
        versions = ", ".join(f"{name} {v}" for name, v in done[0].versions.items())
        console.print(
            f"Counted on the meta device at batch 1, with {versions}.", style="dim", soft_wrap=True
        )
    for m in measurements:
        for note in _notes(m):
            console.print(note, markup=False, soft_wrap=True)


def _table(measurements: list[Measurement]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("model", overflow="fold")
    for name in ("size", "params", "MACs", "FLOPs", "activ.", "bytes"):
        table.add_column(name, justify="right", no_wrap=True)
    for m in measurements:
        table.add_row(
            m.resolved_name or m.model,
            _size(m),
            _short(m.params),
            _short(m.macs),
            _short(m.flops),
            _short(m.activations),
            _short(m.state_dict_bytes),
        )
    return table


def _notes(m: Measurement) -> list[str]:
    notes = []
    if m.error:
        notes.append(f"error: {m.model}: {m.error}")
    if m.deprecated:
        notes.append(f"note: {m.model} is a deprecated name of {m.resolved_name}")
    if m.uncounted:
        notes.append(f"note: {m.model} computes what nobody counts: {', '.join(m.uncounted)}")
    if m.forward and not m.error:
        f = m.forward
        notes.append(f"ran: {m.model} on {f.device}, {f.seconds * 1e3:.1f} ms, output finite")
    return notes


def _size(m: Measurement) -> str:
    """Height × width, with the channels before them where they aren't 3."""
    size = m.input_size or ()
    return "×".join(map(str, size[1:] if size[:1] == (3,) else size))


def _short(number: int | None) -> str:
    """Four digits and a unit: 4.230G."""
    if number is None:
        return "–"
    for unit, scale in (("T", 1e12), ("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if number >= scale:
            return f"{number / scale:#.4g}".rstrip(".") + unit
    return str(number)
