"""What was measured, as files beside the index. No torch here.

A record is to the index what a lock file is to requirements: one JSON file a family, sorted, written
only when a value or a version in it changes, so that its history is worth reading. A file is written
beside itself and renamed: whoever is stopped in the middle leaves the old one whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from metazoo.jsonfile import (
    DamagedError,
    as_text,
    from_plain,
    read_json,
    to_plain,
    write_atomically,
)
from metazoo.measure.measurement import Measurement
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
    return read_json(path, _measurements, "Delete the file, and `metazoo verify` writes it anew")


def _measurements(content: Any) -> list[Measurement]:
    if not isinstance(content, dict) or not isinstance(content.get("models"), list):
        raise DamagedError("has no list of models")
    if content.get("format") != FORMAT:
        raise DamagedError(f"has format {content.get('format')!r}, not {FORMAT}")
    return [_measurement(number, values) for number, values in enumerate(content["models"])]


def _measurement(number: int, values: Any) -> Measurement:
    try:
        return from_plain(Measurement, values)
    except DamagedError as error:
        name = values.get("model") if isinstance(values, dict) else None
        raise error.inside(str(name or f"models[{number}]")) from error


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
    text = as_text({"format": FORMAT, "models": [to_plain(m) for m in kept]})
    if path.exists() and path.read_text("utf-8") == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, text)
    return True


def _order(key: Key) -> tuple[str, ...]:
    return tuple(str(part) for part in (key.model, *key))


def _timeless(measurement: Measurement) -> Measurement:
    forward = measurement.forward
    if forward is not None:
        forward = replace(forward, seconds=0.0, peak_bytes=None)
    return replace(measurement, measured_on=None, forward=forward)
