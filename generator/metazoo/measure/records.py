"""What was measured, as files beside the index. No torch here.

A record is to the index what a lock file is to requirements: one JSON file a family, sorted, written
only when a value or a version in it changes, so that its history is worth reading. A file is changed
in one step (`metazoo.files.rewrite`): whoever is stopped in the middle leaves the old one whole, and of
two that write at the same time neither loses what the other measured.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from metazoo.errors import RecordError
from metazoo.files import inside
from metazoo.inputs import Inputs, at_size, image_size, is_one_image
from metazoo.jsonfile import (
    DamagedError,
    as_text,
    from_plain,
    parse_json,
    read_json,
    rewrite_json,
    shown,
    to_plain,
)
from metazoo.measure.measurement import Measurement
from metazoo.measure.request import Request
from metazoo.measure.versions import config_version, installed_versions

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
    inputs: Inputs = ()
    config: str | None = None


def key_of(measurement: Measurement) -> Key:
    """The key of a measurement; inputs are part of it where they are not what the source says."""
    m = measurement
    own = at_size(m.facts.inputs, m.input_size) if m.facts else ()
    inputs = () if m.inputs == own else m.inputs
    return Key(
        m.source,
        m.model,
        m.input_size,
        m.device,
        m.num_classes,
        m.reparameterized,
        inputs,
        m.config,
    )


class Records:
    """Measurements read back, found by what is asked.

    Args:
        measurements: What was measured; of two with the same key, the later is kept.
    """

    def __init__(self, measurements: Iterable[Measurement] = ()) -> None:
        self._by_key: dict[Key, Measurement] = {}
        self._at_default: dict[Key, Measurement] = {}
        self._installed: dict[str, dict[str, str]] = {}
        for measurement in measurements:
            self.add(measurement)

    def add(self, measurement: Measurement) -> None:
        """Keep one more, in place of the one with the same key."""
        key = key_of(measurement)
        self._by_key[key] = measurement
        own = measurement.facts.input_size if measurement.facts else None
        if measurement.input_size == own and not key.inputs:
            self._at_default[key._replace(input_size=None)] = measurement

    def find(self, request: Request) -> Measurement | None:
        """What was measured for a request, with whatever versions; None where nothing was."""
        r = request
        inputs = () if is_one_image(r.inputs) else r.inputs
        size = r.input_size or image_size(r.inputs)
        key = Key(
            r.source, r.model, size, r.device, r.num_classes, r.reparameterize, inputs, r.config
        )
        if size is None and not inputs:
            return self._at_default.get(key)
        found = self._by_key.get(key)
        if found is None and inputs:
            # They may be what the source says as well.
            found = self._by_key.get(key._replace(inputs=()))
            if found is not None and found.inputs != inputs:
                return None
        return found

    def fresh(self, request: Request) -> Measurement | None:
        """As `find`, but only what was measured with the versions installed now, and with the same code.

        Where the source's package or torch isn't installed, its version can't be told and is not
        compared: a record is then the best there is.
        """
        found = self.find(request)
        if found is None:
            return None
        installed = self._installed.get(found.source)
        if installed is None:
            installed = self._installed[found.source] = installed_versions(found.source)
        now = installed | config_version(found.config)
        same = all(found.versions.get(name) == version for name, version in now.items())
        return found if same else None

    def __iter__(self) -> Iterator[Measurement]:
        return iter(self._by_key.values())

    def __len__(self) -> int:
        return len(self._by_key)


def stale(requests: Iterable[Request], records: Records) -> list[Request]:
    """The requests that no record answers: nothing recorded, or of other versions or code than now."""
    return [request for request in requests if records.fresh(request) is None]


def unsettled(requests: Iterable[Request], records: Records) -> list[Request]:
    """The requests to measure: those that no record answers, or only with a failure."""
    return [r for r in requests if (found := records.fresh(r)) is None or found.error is not None]


def read_records(folder: Path, on_damage: Callable[[RecordError], None] | None = None) -> Records:
    """Read every record file of a folder; none where the folder isn't there.

    What lies there and is no record at all, another tool's JSON say, is passed over.

    Args:
        folder: The folder.
        on_damage: Told of each file that is damaged; the others are read all the same. By default the
            first ends the reading.

    Raises:
        RecordError: A file is damaged, and nobody wants to be told.
    """
    records = Records()
    for path in sorted(folder.glob("*.json")):
        try:
            rows = _read(path, _rows_if_ours)
        except RecordError as error:
            if on_damage is None:
                raise
            on_damage(error)
            continue
        for measurement in rows:
            records.add(measurement)
    return records


_REMEDY = "Restore the file, or delete it, and `metazoo verify` writes it anew"


def read_file(path: Path) -> list[Measurement]:
    """Read one record file.

    Raises:
        RecordError: It is not JSON, not of the shape that `update_file` writes, or a link that leads out
            of its folder.
    """
    return _read(path, _measurements)


def _read(path: Path, parse: Callable[[Any], list[Measurement]]) -> list[Measurement]:
    _require_inside(path)
    return read_json(path, parse, _REMEDY)


def _require_inside(path: Path) -> None:
    if not inside(path, path.parent):
        raise RecordError(path, "is a link that leads out of its folder", _REMEDY)


def written_by_us(folder: Path) -> Iterator[tuple[Path, list[Measurement]]]:
    """The record files of a folder, told by what they hold, each with its measurements.

    Other JSON that lies there, and whatever is damaged or a link, is not among them.
    """
    for path in sorted(folder.glob("*.json")):
        if not path.is_symlink():
            try:
                rows = read_file(path)
            except RecordError:  # not one that metazoo wrote, or not as it wrote it
                continue
            if rows:
                yield path, rows


def _rows_if_ours(content: Any) -> list[Measurement]:
    ours = isinstance(content, dict) and "format" in content and "models" in content
    return _measurements(content) if ours else []


def _measurements(content: Any) -> list[Measurement]:
    if not isinstance(content, dict) or not isinstance(content.get("models"), list):
        raise DamagedError("has no list of models")
    if unknown := content.keys() - {"format", "models"}:
        raise DamagedError(f"has the unknown entry {shown(min(unknown))}")
    if content.get("format") != FORMAT:
        raise DamagedError(f"has format {shown(content.get('format'))}, not {FORMAT}")
    return [_measurement(number, values) for number, values in enumerate(content["models"])]


def _measurement(number: int, values: Any) -> Measurement:
    try:
        return _consistent(from_plain(Measurement, values))
    except DamagedError as error:
        name = values.get("model") if isinstance(values, dict) else None
        place = name if name and isinstance(name, str) and len(name) < 100 else f"models[{number}]"
        raise error.inside(place) from error


def _consistent(measurement: Measurement) -> Measurement:
    twice = None if measurement.macs is None else 2 * measurement.macs
    if measurement.flops != twice:
        raise DamagedError(f"is {measurement.flops}, not twice the macs", "flops")
    return measurement


def update_file(path: Path, change: Callable[[list[Measurement]], Iterable[Measurement]]) -> bool:
    """Change what a record file holds, and say whether it did change.

    An old record stays as it is, its date included, where only times changed. Measurements that
    failed for want of time or memory are left out, so that they are tried again.

    Args:
        path: The file; its folder is made where it isn't there.
        change: Gets the measurements that are in the file at that moment, and returns those that should
            be, in any order; without any, the file is removed. It may be called twice.

    Raises:
        RecordError: The file is damaged, or can't be written; it is then as it was.
    """

    def changed(content: bytes | None) -> str | None:
        rows = [] if content is None else _measurements(parse_json(content))
        old = {key_of(m): m for m in rows}
        new = {key_of(m): m for m in change(rows) if not m.transient}
        kept = [
            old[key] if key in old and _timeless(old[key]) == _timeless(m) else m
            for key, m in sorted(new.items(), key=lambda item: _order(item[0]))
        ]
        return _as_text(kept) if kept else None

    _require_inside(path)
    return rewrite_json(path, changed, _REMEDY)


def delete_file(path: Path) -> bool:
    """Delete a record file, and say whether it was there.

    Raises:
        RecordError: It is no record file, or can't be deleted.
    """

    def nothing(content: bytes | None) -> str | None:
        if content is not None:
            _measurements(parse_json(content))
        return None

    return not path.is_symlink() and rewrite_json(path, nothing, _REMEDY)


def recordable(measurement: Measurement) -> Measurement:
    """A measurement as its record will be read back; one that failed in place of what no record can hold."""
    try:
        _measurements(parse_json(_as_text([measurement])))
    except DamagedError as error:
        m = measurement
        why = f"what was measured can't be recorded: {error}"
        return Measurement(
            model=m.model,
            source=m.source,
            input_size=m.input_size,
            num_classes=m.num_classes,
            reparameterized=m.reparameterized,
            inputs=m.inputs,
            config=m.config,
            device=m.device,
            versions=m.versions,
            measured_on=m.measured_on,
            error=why,
        )
    return measurement


def _as_text(measurements: list[Measurement]) -> str:
    return as_text({"format": FORMAT, "models": [to_plain(m) for m in measurements]})


def _order(key: Key) -> tuple[str, ...]:
    return tuple(str(part) for part in (key.model, *key))


def _timeless(measurement: Measurement) -> Measurement:
    forward = measurement.forward
    if forward is not None:
        forward = replace(forward, seconds=0.0, peak_bytes=None)
    return replace(measurement, measured_on=None, forward=forward)
