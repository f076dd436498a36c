"""Measure models again that are on record: a record that nobody repeats is only a claim.

All of a zoo is too much for every change; so it is what the change touches and a sample of the rest,
which moves on every day until each model has had its turn.
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
"""What may differ between two measurements of the same: when, with what, how long it took."""


def sample_of_the_day(names: Sequence[str], count: int, day: dt.date) -> set[str]:
    """Some of the names, others the next day; each has its turn once in ``len(names) / count`` days.

    The order has nothing to do with the names, so that no day has all the large models.

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
    """A finding for each model whose record is not what was measured now.

    Args:
        verifications: With the measurements on record.
        measured: The same models, measured again.
    """
    now: dict[str, list[Measurement]] = defaultdict(list)
    for measurement in measured:
        now[measurement.model].append(measurement)
    for verification in verifications:
        name = verification.model.name.text
        old = verification.measurement
        if old is None or not now[name]:
            continue
        # A name may stand in the index at several image sizes.
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
