"""Benchmarks as files beside the index: one JSON file a hardware. No torch here.

A new row takes the place of one with the same key (model, size, settings, versions); rows of other
versions or settings stay beside it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, TypeVar

from metazoo import jsonfile
from metazoo.bench.compare import Report
from metazoo.bench.record import Benchmarks, BenchRow, Run, Timing
from metazoo.errors import RecordError
from metazoo.files import inside
from metazoo.jsonfile import (
    DamagedError,
    from_plain,
    parse_json,
    read_json,
    rewrite_json,
    shown,
    to_plain,
)

T = TypeVar("T", Run, BenchRow)

FORMAT = 1
"""Version of the files' layout."""
SHORTEST = 1e-12
"""A time that nothing takes, in seconds."""
DIGITS = 6
"""Significant ones that are kept: no timing is better than that."""


def file_name(hardware: str) -> str:
    """The name of a hardware's file: lower case letters, digits and dashes."""
    return (re.sub(r"[^a-z0-9]+", "-", hardware.lower()).strip("-") or "unnamed") + ".json"


def read_file(path: Path) -> Benchmarks:
    """Read one file.

    Raises:
        RecordError: It can't be read, is not what `metazoo bench` writes, or is a link that leads out of
            its folder.
    """
    if not inside(path, path.parent):
        raise RecordError(path, "is a link that leads out of its folder", _REMEDY)
    return read_json(path, _benchmarks, _REMEDY)


_REMEDY = "Run `metazoo bench` anew, or restore the file"


def _benchmarks(content: Any) -> Benchmarks:
    if not isinstance(content, dict) or not isinstance(content.get("rows"), list):
        raise DamagedError("has no list of rows")
    if content.get("format") != FORMAT:
        raise DamagedError(f"has format {shown(content.get('format'))}, not {FORMAT}")
    if not isinstance(content.get("hardware"), str):
        raise DamagedError("doesn't name its hardware")
    runs = {run.id: run for run in _list(content, "runs", Run)}
    rows = _list(content, "rows", BenchRow)
    for number, row in enumerate(rows):
        if row.run not in runs:
            raise DamagedError(f"is of the unknown run {shown(row.run)}", f"rows[{number}]")
        for figure in ("latency", "throughput"):
            _check_rounds(getattr(row, figure), f"rows[{number}]", figure)
    return Benchmarks(content["hardware"], runs, tuple(rows))


def _list(content: dict[str, Any], name: str, kind: type[T]) -> list[T]:
    entries = content.get(name)
    if not isinstance(entries, list):
        raise DamagedError(f"has no list of {name}")
    found = []
    for number, entry in enumerate(entries):
        try:
            found.append(from_plain(kind, entry))
        except DamagedError as error:
            raise error.inside(f"{name}[{number}]") from error
    return found


def _check_rounds(timing: Timing | None, *place: str) -> None:
    """What can't be is refused: rounds that don't fit each other, and times that are none."""
    if timing is None:
        return
    times = (timing.seconds, *timing.rounds, *timing.relative)
    if timing.batch < 1 or min(times) <= 0:
        raise DamagedError("has a batch or a time that isn't above 0", *place)
    if min(times) < SHORTEST:
        # Images a second would be infinite.
        raise DamagedError(f"has a time of less than {SHORTEST} seconds", *place)
    if timing.relative and len(timing.relative) != len(timing.rounds):
        raise DamagedError(
            f"has {len(timing.rounds)} rounds, but {len(timing.relative)} relative to the reference work",
            *place,
        )


def merged(old: Benchmarks, new: Benchmarks) -> Benchmarks:
    """The old rows, but the new ones in place of those with the same key; failures are left out.

    Runs that no row is of any more go.
    """
    rows = {old.key(row): row for row in old.rows}
    rows |= {new.key(row): row for row in new.rows if row.error is None}
    runs = old.runs | new.runs
    used = {row.run for row in rows.values()}
    ordered = sorted(rows.items(), key=lambda item: tuple(map(str, (item[0].model, *item[0]))))
    return Benchmarks(
        new.hardware,
        {name: runs[name] for name in sorted(used)},
        tuple(row for _, row in ordered),
    )


def update_folder(folder: Path, new: Benchmarks) -> Path:
    """Merge rows into their hardware's file, which is made where it isn't there.

    Raises:
        RecordError: The file is there, and damaged, or of another hardware that is called much alike; or
            it can't be written, and is as it was.
    """
    path = folder / file_name(new.hardware)

    def updated(content: bytes | None) -> str | None:
        old = Benchmarks(new.hardware) if content is None else _benchmarks(parse_json(content))
        if old.hardware != new.hardware:
            raise RecordError(
                path,
                f"is of {old.hardware!r}, and the benchmark of {new.hardware!r} would go there, too",
                "Rename one of them, so that one hardware has one name",
            )
        together = merged(old, new)
        if not together.rows:
            return None if content is None else content.decode("utf-8")
        return as_text(together)

    if not inside(path, path.parent):
        raise RecordError(path, "is a link that leads out of its folder", _REMEDY)
    rewrite_json(path, updated, _REMEDY)
    return path


def as_text(benchmarks: Benchmarks, report: Report | None = None) -> str:
    """The file: one value a line, so that changes are readable; lists of numbers on their line.

    Args:
        benchmarks: What the file is to hold.
        report: A comparison to add; it is not read back.
    """
    content: dict[str, Any] = {
        "format": FORMAT,
        "hardware": benchmarks.hardware,
        "runs": [to_plain(run, DIGITS) for run in benchmarks.runs.values()],
        "rows": [to_plain(row, DIGITS) for row in benchmarks.rows],
    }
    if report is not None:
        content["comparison"] = to_plain(report, DIGITS)
    return jsonfile.as_text(content)
