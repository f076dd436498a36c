"""What was measured, as files beside the index. No torch here.

A record is to the index what a lock file is to requirements: one JSON file a family, sorted, written
only when a value or a version in it changes, so that its history is worth reading. A file is written
beside itself and renamed: whoever is stopped in the middle leaves the old one whole.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import MISSING, fields, replace
from pathlib import Path
from typing import Any, NamedTuple

from metazoo.errors import RecordError
from metazoo.measure.measurement import ForwardRun, Measurement, SourceFacts
from metazoo.measure.request import Request
from metazoo.measure.versions import installed_versions

FORMAT = 1
"""Version of the files' layout."""


class Key(NamedTuple):
    """What a measurement is of. Two with the same key answer the same question."""

    source: str
    model: str
    input_size: tuple[int, int, int] | None
    device: str
    num_classes: int | None
    reparameterized: bool


def key_of(measurement: Measurement) -> Key:
    """The key of a measurement."""
    m = measurement
    return Key(m.source, m.model, m.input_size, m.device, m.num_classes, m.reparameterized)


class Records:
    """Measurements read back, found by what is asked.

    Args:
        measurements: What was measured; of two with the same key, the later is kept.
    """

    def __init__(self, measurements: Iterable[Measurement] = ()) -> None:
        self._by_key: dict[Key, Measurement] = {}
        self._at_default: dict[Key, Measurement] = {}
        for measurement in measurements:
            self.add(measurement)

    def add(self, measurement: Measurement) -> None:
        """Keep one more, in place of the one with the same key."""
        key = key_of(measurement)
        self._by_key[key] = measurement
        own = measurement.facts.input_size if measurement.facts else None
        if measurement.input_size == own:
            self._at_default[key._replace(input_size=None)] = measurement

    def find(self, request: Request) -> Measurement | None:
        """What was measured for a request, with whatever versions; None where nothing was."""
        r = request
        key = Key(r.source, r.model, r.input_size, r.device, r.num_classes, r.reparameterize)
        return (self._at_default if r.input_size is None else self._by_key).get(key)

    def fresh(self, request: Request) -> Measurement | None:
        """As `find`, but only what was measured with the versions installed now.

        Where the source's package or torch isn't installed, its version can't be told and is not
        compared: a record is then the best there is.
        """
        found = self.find(request)
        if found is None:
            return None
        installed = installed_versions(found.source)
        same = all(found.versions.get(name) == version for name, version in installed.items())
        return found if same else None

    def __iter__(self) -> Iterator[Measurement]:
        return iter(self._by_key.values())

    def __len__(self) -> int:
        return len(self._by_key)


def stale(requests: Iterable[Request], records: Records) -> list[Request]:
    """The requests that must be measured: not recorded, or with other versions than installed."""
    return [request for request in requests if records.fresh(request) is None]


def read_records(folder: Path) -> Records:
    """Read every record file of a folder; none where the folder isn't there.

    Raises:
        RecordError: A file is damaged.
    """
    records = Records()
    for path in sorted(folder.glob("*.json")):
        for measurement in read_file(path):
            records.add(measurement)
    return records


def read_file(path: Path) -> list[Measurement]:
    """Read one record file.

    Raises:
        RecordError: It is not JSON, or not of the shape that `write_records` writes.
    """
    try:
        content = json.loads(path.read_text("utf-8"))
    except json.JSONDecodeError as error:
        raise _damaged(
            f"{path}:{error.lineno}:{error.colno}", f"is not JSON: {error.msg}"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise _damaged(str(path), f"can't be read: {error}") from error
    if not isinstance(content, dict) or not isinstance(content.get("models"), list):
        raise _damaged(str(path), "has no list of models")
    if content.get("format") != FORMAT:
        raise _damaged(str(path), f"has format {content.get('format')!r}, not {FORMAT}")
    return [from_plain(str(path), entry) for entry in content["models"]]


def write_records(path: Path, measurements: Iterable[Measurement]) -> bool:
    """Make a record file hold just these measurements, and say whether it changed.

    An old record stays as it is, its date included, where only times changed. Measurements that
    failed for want of time or memory are left out, so that they are tried again.

    Args:
        path: The file; its folder is made where it isn't there. Without measurements it is removed.
        measurements: In any order.

    Raises:
        RecordError: The file is there, and damaged.
    """
    old = {key_of(m): m for m in read_file(path)} if path.exists() else {}
    new = {key_of(m): m for m in measurements if not m.transient}
    kept = [
        old[key] if key in old and _timeless(old[key]) == _timeless(m) else m
        for key, m in sorted(new.items(), key=lambda item: _order(item[0]))
    ]
    if not kept:
        path.unlink(missing_ok=True)
        return bool(old)
    text = _as_text(kept)
    if path.exists() and path.read_text("utf-8") == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, text)
    return True


def write_atomically(path: Path, text: str) -> None:
    """Write a file so that whoever reads it finds the old content or the new, never a part."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        mask = os.umask(0)
        os.umask(mask)
        temporary.chmod(0o666 & ~mask)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _order(key: Key) -> tuple[str, ...]:
    return tuple(str(part) for part in (key.model, *key))


def _timeless(measurement: Measurement) -> Measurement:
    forward = measurement.forward
    if forward is not None:
        forward = replace(forward, seconds=0.0, peak_bytes=None)
    return replace(measurement, measured_on=None, forward=forward)


def _as_text(measurements: list[Measurement]) -> str:
    # One value a line makes changes readable; lists of numbers and names stay on their line.
    lines = ["{", f'  "format": {FORMAT},', '  "models": [']
    for number, measurement in enumerate(measurements):
        last = number == len(measurements) - 1
        lines += [
            "    {",
            *_object(to_plain(measurement), 6),
            "    }" + ("" if last else ","),
        ]
    return "\n".join([*lines, "  ]", "}", ""])


def _object(values: dict[str, Any], indent: int) -> Iterator[str]:
    pad = " " * indent
    for number, (name, value) in enumerate(values.items()):
        comma = "," if number < len(values) - 1 else ""
        if isinstance(value, dict):
            yield f"{pad}{json.dumps(name)}: {{"
            yield from _object(value, indent + 2)
            yield f"{pad}}}{comma}"
        else:
            yield f"{pad}{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}{comma}"


def to_plain(thing: Measurement | SourceFacts | ForwardRun) -> dict[str, Any]:
    """Plain values for JSON, without those that are as by default."""
    values: dict[str, Any] = {}
    for field in fields(thing):
        value = getattr(thing, field.name)
        default = field.default if field.default_factory is MISSING else field.default_factory()
        if value == default and field.name != "source":
            continue
        values[field.name] = (
            to_plain(value) if isinstance(value, SourceFacts | ForwardRun) else value
        )
    return values


_NUMBERS = {
    "params",
    "buffers",
    "macs",
    "flops",
    "activations",
    "state_dict_bytes",
    "state_dict_tensors",
}
_TUPLES = {
    SourceFacts: ("input_size", "test_input_size", "mean", "std", "paper_ids", "tags"),
    ForwardRun: (),
    Measurement: ("input_size", "output_shape", "uncounted"),
}


def from_plain(where: str, entry: Any) -> Measurement:
    """The measurement that `to_plain` made plain.

    Raises:
        RecordError: It is damaged; `where` says where it stands.
    """
    if not isinstance(entry, dict) or not isinstance(entry.get("model"), str):
        raise _damaged(where, "an entry has no model name")
    where = f"{where}: {entry['model']}"
    parts = dict(entry)
    for name, kind in (("facts", SourceFacts), ("forward", ForwardRun)):
        if name in parts:
            parts[name] = _read(where, kind, parts[name])
    measurement: Measurement = _read(where, Measurement, parts)
    return measurement


def _read(where: str, kind: type[Any], values: Any) -> Any:
    if not isinstance(values, dict):
        raise _damaged(where, f"{values!r} stands where there should be an object")
    unknown = sorted(values.keys() - {field.name for field in fields(kind)})
    if unknown:
        raise _damaged(where, f"has the unknown entry {unknown[0]!r}")
    for name, value in values.items():
        if name in _NUMBERS and not isinstance(value, int):
            raise _damaged(where, f"{name} is {value!r}, not a whole number")
        if name in _TUPLES[kind] and not isinstance(value, list):
            raise _damaged(where, f"{name} is {value!r}, not a list")
    try:
        return kind(**{k: _tuple(v) if k in _TUPLES[kind] else v for k, v in values.items()})
    except TypeError as error:
        raise _damaged(where, str(error)) from error


def _tuple(value: Any) -> Any:
    return tuple(_tuple(part) for part in value) if isinstance(value, list) else value


def _damaged(where: str, why: str) -> RecordError:
    return RecordError(f"{where}: {why}. Delete the file, and `metazoo verify` writes it anew")
