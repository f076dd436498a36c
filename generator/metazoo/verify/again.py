"""Repeat measurements that are on record, because a record that nobody repeats is only a claim.

Repeating all of a zoo for every change would take too long. Only models that the change touches are
repeated, plus a sample of the others that rotates daily through all models.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields

from metazoo.findings import Finding
from metazoo.measure.measurement import Measurement
from metazoo.rules import finding
from metazoo.verify.verdicts import ModelVerification

_NOT_COMPARED = {
    "versions",
    "measured_on",
    "forward",
    "components",
    "conventions",
    "modules",
    "transient",
    "cause",
}
"""Fields that may differ between two measurements of a model: date, versions, duration."""


def sample_of_the_day(names: Sequence[str], count: int, day: dt.date) -> set[str]:
    """Choose a sample that rotates daily through all names in ``len(names) / count`` days.

    The order is independent of the names, so that no day gets all the large models.

    Args:
        names: All of them, in any order.
        count: How many to take.
        day: The day.
    """
    if count >= len(names):
        return set(names)
    mixed = sorted(set(names), key=lambda name: hashlib.sha256(name.encode()).digest())
    start = day.toordinal() * count % len(mixed)
    return {mixed[(start + number) % len(mixed)] for number in range(count)}


def contradictions(
    verifications: Iterable[ModelVerification], measured: Iterable[Measurement]
) -> Iterator[Finding]:
    """Yield a finding for each model whose record differs from a new measurement.

    Args:
        verifications: The models with the measurements on record.
        measured: The new measurements.
    """
    now: dict[str, list[Measurement]] = defaultdict(list)
    for measurement in measured:
        now[measurement.model].append(measurement)
    for verification in verifications:
        name = verification.model.name.text
        old = verification.measurement
        if old is None or not now[name]:
            continue
        # The index may list a name at several image sizes.
        new = next((m for m in now[name] if m.input_size == old.input_size), now[name][0])
        differences = [
            f"{field.name} is {getattr(old, field.name)!r} on record and {getattr(new, field.name)!r} now"
            for field in fields(Measurement)
            if field.name not in _NOT_COMPARED
            and getattr(old, field.name) != getattr(new, field.name)
        ]
        if differences:
            more = f", and {len(differences) - 3} more" if len(differences) > 3 else ""
            yield finding(
                "MZ612",
                f"a new measurement contradicts the record: {'; '.join(differences[:3])}{more}",
                verification.model.name.location,
                model=name,
                hint="Delete the record, run `metazoo verify`, and find out why the two differ",
            )
