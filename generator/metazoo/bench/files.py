"""Benchmarks as files beside the index: one JSON file a hardware. No torch here.

A new row takes the place of one with the same key (model, size, settings, versions); rows of other
versions or settings stay beside it.
"""

from __future__ import annotations

import json
import math
import re
import types
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from metazoo.bench.compare import Report
from metazoo.bench.record import Benchmarks, Row, Run
from metazoo.errors import RecordError
from metazoo.measure.records import write_atomically

FORMAT = 1
"""Version of the files' layout."""


def file_name(hardware: str) -> str:
    """The name of a hardware's file: lower case letters, digits and dashes."""
    return (re.sub(r"[^a-z0-9]+", "-", hardware.lower()).strip("-") or "unnamed") + ".json"


def read_folder(folder: Path) -> list[Benchmarks]:
    """Every file of a folder, by name; none where the folder isn't there.

    Raises:
        RecordError: A file is damaged.
    """
    return [read_file(path) for path in sorted(folder.glob("*.json"))]


def read_file(path: Path) -> Benchmarks:
    """Read one file.

    Raises:
        RecordError: It can't be read, or is not what `metazoo bench` writes.
    """
    try:
        content = json.loads(path.read_text("utf-8"))
    except json.JSONDecodeError as error:
        raise _damaged(
            f"{path}:{error.lineno}:{error.colno}", f"is not JSON: {error.msg}"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise _damaged(str(path), f"can't be read: {error}") from error
    if not isinstance(content, dict) or not isinstance(content.get("rows"), list):
        raise _damaged(str(path), "has no list of rows")
    if content.get("format") != FORMAT:
        raise _damaged(str(path), f"has format {content.get('format')!r}, not {FORMAT}")
    if not isinstance(content.get("hardware"), str):
        raise _damaged(str(path), "doesn't name its hardware")
    runs = _list(path, content, "runs", Run)
    rows = _list(path, content, "rows", Row)
    by_id = {run.id: run for run in runs}
    for row in rows:
        if row.run not in by_id:
            raise _damaged(str(path), f"the row of {row.model} is of {row.run!r}, an unknown run")
    return Benchmarks(content["hardware"], by_id, tuple(rows))


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
        RecordError: The file is there, and damaged.
    """
    path = folder / file_name(new.hardware)
    old = read_file(path) if path.exists() else Benchmarks(new.hardware)
    content = merged(old, new)
    if content.rows:
        folder.mkdir(parents=True, exist_ok=True)
        write_atomically(path, as_text(content))
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
        "runs": [_plain(run) for run in benchmarks.runs.values()],
        "rows": [_plain(row) for row in benchmarks.rows],
    }
    if report is not None:
        content["comparison"] = _plain(report)
    return _text(content, 0) + "\n"


def _plain(thing: Any) -> dict[str, Any]:
    """A data class as a mapping, without what has its default value."""
    values: dict[str, Any] = {}
    for field in fields(thing):
        value = getattr(thing, field.name)
        default = field.default if field.default_factory is MISSING else field.default_factory()
        if value != default or field.name == "source":
            values[field.name] = _json(value)
    return values


def _json(value: Any) -> Any:
    if is_dataclass(value):
        return _plain(value)
    if isinstance(value, tuple):
        return [_json(part) for part in value]
    if isinstance(value, float):
        # Six digits: no timing is better than that. JSON knows no infinity.
        return float(f"{value:.6g}") if math.isfinite(value) else None
    return value


def _text(value: Any, indent: int) -> str:
    pad, end = " " * (indent + 2), "\n" + " " * indent
    if isinstance(value, dict) and value:
        parts = (f"{pad}{json.dumps(k)}: {_text(v, indent + 2)}" for k, v in value.items())
        return "{\n" + ",\n".join(parts) + end + "}"
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "[\n" + ",\n".join(pad + _text(v, indent + 2) for v in value) + end + "]"
    return json.dumps(value, ensure_ascii=False)


T = TypeVar("T", Run, Row)


def _list(path: Path, content: dict[str, Any], name: str, kind: type[T]) -> list[T]:
    entries = content.get(name)
    if not isinstance(entries, list):
        raise _damaged(str(path), f"has no list of {name}")
    return [_read(f"{path}: {name}[{n}]", kind, entry) for n, entry in enumerate(entries)]


def _read(where: str, kind: Any, values: Any) -> Any:
    """A data class from a mapping, every value of the type that the class declares."""
    if not isinstance(values, dict):
        raise _damaged(where, f"{values!r} stands where there should be an object")
    hints = get_type_hints(kind)
    unknown = sorted(values.keys() - hints.keys())
    if unknown:
        raise _damaged(where, f"has the unknown entry {unknown[0]!r}")
    read = {name: _value(f"{where}.{name}", hints[name], v) for name, v in values.items()}
    try:
        return kind(**read)
    except TypeError as error:
        raise _damaged(where, str(error)) from error


def _value(where: str, kind: Any, value: Any) -> Any:
    if isinstance(kind, types.UnionType):
        if value is None:
            return None
        kind = next(part for part in get_args(kind) if part is not types.NoneType)
    if is_dataclass(kind):
        return _read(where, kind, value)
    origin = get_origin(kind) or kind
    if origin is tuple and isinstance(value, list):
        parts = get_args(kind)
        if parts[-1] is Ellipsis:
            return tuple(_value(where, parts[0], part) for part in value)
        if len(value) == len(parts):
            return tuple(_value(where, *pair) for pair in zip(parts, value, strict=True))
    elif origin is float and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    elif origin is dict and isinstance(value, dict):
        return {str(k): _value(where, get_args(kind)[1], v) for k, v in value.items()}
    elif type(value) is origin:
        return value
    raise _damaged(where, f"is {value!r}, not {getattr(kind, '__name__', kind)}")


def _damaged(where: str, why: str) -> RecordError:
    return RecordError(f"{where}: {why}. Run `metazoo bench` anew, or restore the file")
