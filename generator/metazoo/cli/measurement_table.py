"""Measurements as a table for people."""

from __future__ import annotations

from rich import box
from rich.console import Console
from rich.table import Table

from metazoo.cli.rich_text import cell, line
from metazoo.inputs import as_words, image_size
from metazoo.measure.measurement import Measurement

_MOST_MODULES = 20


def print_measurements(measurements: list[Measurement]) -> None:
    """Print one row per model to standard output, then the notes."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = max(console.width, 160)
    done = [m for m in measurements if m.macs is not None]
    if done:
        console.print(_table(done))
        versions = ", ".join(f"{name} {v}" for name, v in done[0].versions.items())
        line(console, f"Counted on the meta device at batch 1, with {versions}.", style="dim")
    for m in done:
        if m.conventions:
            console.print(_conventions(m))
        if m.modules:
            own = _own_macs(m.modules)
            most = min(_MOST_MODULES, len(own))
            line(console, f"{m.model}: {most} of the {len(own)} modules that count")
            console.print(_costliest_modules(m, own))
    for m in measurements:
        for note in _notes(m):
            line(console, note)


def _table(measurements: list[Measurement]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("model", overflow="fold")
    table.add_column(
        "size" if not any(m.inputs for m in measurements) else "input", justify="right"
    )
    for name in ("params", "MACs", "FLOPs", "activ.", "bytes"):
        table.add_column(name, justify="right", no_wrap=True)
    for m in measurements:
        table.add_row(
            cell(m.resolved_name or m.model),
            cell(_size(m.input_size) or as_words(m.inputs)),
            _short(m.params),
            _short(m.macs),
            _short(m.flops),
            _short(m.activations),
            _short(m.state_dict_bytes),
        )
        for name, counts in m.passes.items():
            table.add_row(
                cell(f"  {name}"),
                cell(_size(image_size(counts.inputs)) or as_words(counts.inputs)),
                "",
                _short(counts.macs),
                _short(counts.flops),
                _short(counts.activations),
                "",
            )
    return table


def _conventions(m: Measurement) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=cell(m.model), title_justify="left")
    table.add_column("convention")
    table.add_column("count", justify="right")
    table.add_column("of MACs", justify="right")
    for name, count in m.conventions.items():
        share = f"{count / m.macs:.4f}" if m.macs else "–"
        table.add_row(cell(name), f"{count:,}", share)
    return table


def _costliest_modules(m: Measurement, own: dict[str, int]) -> Table:
    """The modules that compute most themselves, without the modules inside them."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("module", overflow="fold")
    table.add_column("own MACs", justify="right")
    table.add_column("share", justify="right")
    for name, macs in sorted(own.items(), key=lambda item: (-item[1], item[0]))[:_MOST_MODULES]:
        share = f"{macs / m.macs:.1%}" if m.macs else "–"
        table.add_row(cell(name or "(the model)"), _short(macs), share)
    return table


def _own_macs(modules: dict[str, int]) -> dict[str, int]:
    """Each module's MACs without those of the modules inside it."""
    own = dict(modules)
    for name, macs in modules.items():
        above = name
        while above:
            above = above.rpartition(".")[0]
            if above in own:
                own[above] -= macs
                break
    return {name: macs for name, macs in own.items() if macs > 0}


def _notes(m: Measurement) -> list[str]:
    notes = []
    if m.error:
        notes.append(f"{'skipped' if m.skipped else 'error'}: {m.model}: {m.error}")
    if m.deprecated:
        notes.append(f"note: {m.model} is a deprecated name for {m.resolved_name}")
    if m.uncounted:
        notes.append(
            f"note: {m.model} has operations that are not counted: {', '.join(m.uncounted)}"
        )
    if m.depends_on_values:
        notes.append(
            f"note: the count of {m.model} depends on values, because of"
            f" {', '.join(m.depends_on_values)}; what follows them was counted with random weights"
        )
    if m.forward and not m.error:
        f = m.forward
        peak = "" if f.peak_bytes is None else f", {f.peak_bytes / 2**20:,.0f} MiB at most"
        macs = "MACs not countable there" if f.macs is None else "MACs as on meta"
        notes.append(
            f"ran: {m.model} on {f.device}, {f.seconds * 1e3:.1f} ms{peak}; output finite, {macs}"
        )
    return notes


def _size(size: tuple[int, int, int] | None) -> str:
    """Height × width, with the channels before them where they aren't 3; empty without an image."""
    if size is None:
        return ""
    return "×".join(map(str, size[1:] if size[0] == 3 else size))


def _short(number: int | None) -> str:
    """Four digits and a unit: 4.230G."""
    if number is None:
        return "–"
    for unit, scale in (("T", 1e12), ("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if number >= scale:
            return f"{number / scale:#.4g}".rstrip(".") + unit
    return str(number)
