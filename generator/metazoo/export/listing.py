"""Rows of models, chosen, sorted and cut to columns: what ``metazoo list`` prints.

A column is a key of the metadata in any spelling, something a model has beside it (`COLUMNS`), or an
accuracy: ``top1`` and ``top5`` on ImageNet, ``top1@ImageNet-A`` elsewhere. Of several image sizes the
best figure counts. What the index doesn't declare is taken from the measurement where it is one.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from metazoo.errors import UsageError
from metazoo.export.table import csv_text, list_text
from metazoo.index import fields, quantities
from metazoo.index.fields import Kind, Names
from metazoo.index.model import Model, ModelIndex, StatedInputs, Value
from metazoo.index.nodes import NULLS
from metazoo.index.plain import plain
from metazoo.measure.measurement import Measurement
from metazoo.metrics import Metrics
from metazoo.sanitize import json_text, printable
from metazoo.spelling import folded

USUAL = ("name", "family", "parameters", "flops", "image size", "top1", "license")
"""The columns where none are named."""

_METADATA = Names(fields.METADATA)
_ACCURACY = re.compile(r"top\s*([15])(?:@(.+))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Listed:
    """A model and what was measured of it."""

    model: Model
    measurement: Measurement | None = None


def _paper(listed: Listed) -> str | None:
    for paper in listed.model.papers:
        value = paper.title or paper.url
        if value and value.text:
            return value.text
    return None


COLUMNS: Mapping[str, Callable[[Listed], Any]] = {
    "name": lambda x: x.model.name.text,
    "family": lambda x: "; ".join(c.text for c in x.model.collections) or None,
    "paper": _paper,
    "weights": lambda x: x.model.weights.text if x.model.weights else None,
    "code": lambda x: x.model.code.url.text if x.model.code and x.model.code.url else None,
    "recipe": lambda x: x.model.metadata.texts("Training Techniques") or None,
    "macs": lambda x: x.measurement.macs if x.measurement else None,
    "activations": lambda x: x.measurement.activations if x.measurement else None,
    "bytes": lambda x: x.measurement.state_dict_bytes if x.measurement else None,
    "file": lambda x: str(x.model.location),
}
"""Columns besides the metadata's keys and the accuracies."""

_MEASURED: Mapping[str, Callable[[Measurement], int | None]] = {
    "FLOPs": lambda m: m.flops,
    "Parameters": lambda m: m.params,
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column, by the name the user gave it."""

    name: str
    of: Callable[[Listed], Any]


def column(name: str, index: ModelIndex) -> Column:
    """Find a column by its name, in any spelling.

    Raises:
        UsageError: No model has such a thing.
    """
    wanted = folded(name)
    if wanted in COLUMNS:
        return Column(name, COLUMNS[wanted])
    accuracy = _ACCURACY.fullmatch(name.strip())
    if accuracy:
        return Column(name, _accuracy(int(accuracy[1]), accuracy[2] or "ImageNet", index.metrics))
    key = _METADATA[name.strip()]
    if key not in _METADATA.fields:
        keys = {k for m in index.models for k in m.metadata}
        key = next((k for k in sorted(keys) if folded(k) == wanted), "")
        if not key:
            spellings: dict[str, str] = {}
            for spelling in (*COLUMNS, "top1", "top5", *_METADATA.fields, *sorted(keys)):
                spellings.setdefault(folded(spelling), spelling)
            known = spellings.values()
            close = difflib.get_close_matches(name.lower(), [k.lower() for k in known], n=1)
            advice = (
                f"did you mean {close[0]!r}?" if close else f"the columns are {', '.join(known)}"
            )
            raise UsageError(f"there is no column {name!r}; {advice}")
    return Column(name, _metadata(key))


def _accuracy(top: int, dataset: str, metrics: Metrics) -> Callable[[Listed], float | None]:
    metric, wanted = metrics.find(f"Top {top} Accuracy"), folded(dataset)

    def best(listed: Listed) -> float | None:
        figures = [
            figure.value
            for result in listed.model.results
            if result.dataset and folded(result.dataset.text) == wanted
            for m in result.metrics
            if m.value.value is not None and metrics.find(m.name) is metric
            if (figure := metrics.figure(m.name, m.value.value, m.value.unit)) is not None
        ]
        return max(figures, default=None)

    return best


def _metadata(key: str) -> Callable[[Listed], Any]:
    def of(listed: Listed) -> Any:
        found = listed.model.metadata.get(key)
        # Written as null, a value is unknown: the same as one that isn't there.
        if found is None or (found.value is None and found.text in NULLS):
            measured = _MEASURED.get(key)
            return measured(listed.measurement) if measured and listed.measurement else None
        return _plain(key, found)

    return of


def _plain(key: str, found: Value[Any]) -> Any:
    if isinstance(found, StatedInputs):
        return plain(found)
    field = fields.field_of(key)
    if field is not None and field.kind is Kind.IMAGE_SIZE and found.value:
        channels, height, width = found.value
        if channels != 3:
            return f"{channels}x{height}x{width}"
        return height if height == width else f"{height}x{width}"
    if isinstance(found.value, list):
        return [item.value if isinstance(item, Value) else item for item in found.value]
    return found.text if found.value is None else found.value


_CONDITION = re.compile(
    r"\s*(?P<no>!?)\s*(?P<column>[^<>=!]+?)\s*(?:(?P<op>[<>]=?|!?=)(?P<value>.*))?"
)
_COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def condition(text: str, index: ModelIndex) -> Callable[[Listed], bool]:
    """Understand a condition.

    ``paper`` asks whether there is one and ``!paper`` whether there is none; ``params<30M`` compares;
    ``license=apache*`` and ``training data!=JFT*`` match globs, whatever the case, a list by any of
    its items.

    Raises:
        UsageError: It is none of these, or names no column.
    """
    match = _CONDITION.fullmatch(text)
    if match is None or (match["no"] and match["op"]):
        raise UsageError(
            f"{text!r} is not a condition; write one such as 'params<30M', 'license=apache*' or '!paper'"
        )
    of = column(match["column"], index).of
    operator = match["op"]
    wanted = (match["value"] or "").strip()
    if operator is None:
        present = not match["no"]
        return lambda listed: (of(listed) not in (None, [], "")) is present
    if operator in _COMPARE:
        quantity = quantities.number(wanted, quantities.Scale.COUNT)
        if quantity is None:
            raise UsageError(f"{text!r}: {wanted!r} is not a number")
        return _comparing(of, _COMPARE[operator], quantity.value)
    return _matching(of, wanted, equal=operator == "=")


def _comparing(
    of: Callable[[Listed], Any], compare: Callable[[float, float], bool], number: float
) -> Callable[[Listed], bool]:
    def holds(listed: Listed) -> bool:
        value = of(listed)
        return isinstance(value, int | float) and compare(value, number)

    return holds


def _matching(of: Callable[[Listed], Any], wanted: str, *, equal: bool) -> Callable[[Listed], bool]:
    quantity = quantities.number(wanted, quantities.Scale.COUNT)

    def holds(listed: Listed) -> bool:
        value = of(listed)
        if quantity is not None and isinstance(value, int | float):
            return (value == quantity.value) is equal
        items = value if isinstance(value, list) else [] if value is None else [value]
        return any(fnmatchcase(str(i).lower(), wanted.lower()) for i in items) is equal

    return holds


def sorted_by(listed: Iterable[Listed], names: Sequence[str], index: ModelIndex) -> list[Listed]:
    """Sort by columns, the first one first; ``-`` before a name turns it round.

    What has no value stands last, either way.
    """
    found = list(listed)
    for name in reversed(names):
        down = name.startswith("-")
        of = column(name.removeprefix("-"), index).of
        present = [x for x in found if of(x) is not None]
        absent = [x for x in found if of(x) is None]
        present.sort(key=lambda x: _order(of(x)), reverse=down)
        found = present + absent
    return found


def _order(value: Any) -> tuple[int, float, str]:
    if isinstance(value, int | float):
        return 0, value, ""
    return 1, 0, "; ".join(map(str, value)) if isinstance(value, list) else str(value).lower()


def as_json(rows: Sequence[Listed], columns: Sequence[Column]) -> str:
    """A list of objects, one a model, to print."""
    return json_text([{c.name: c.of(row) for c in columns} for row in rows], indent=1)


def as_csv(rows: Sequence[Listed], columns: Sequence[Column]) -> str:
    """A table with a heading, to print."""
    table = [[c.name for c in columns], *([c.of(row) for c in columns] for row in rows)]
    return csv_text(table, printed=True).rstrip("\n")


def as_text(rows: Sequence[Listed], columns: Sequence[Column]) -> str:
    """Aligned columns, numbers to the right, and how many models there are, to print."""
    cells = [[_shown(c.of(row)) for c in columns] for row in rows]
    numeric = [any(isinstance(c.of(row), int | float) for row in rows) for c in columns]
    table = [[printable(c.name) for c in columns], *cells]
    widths = [max(len(line[i]) for line in table) for i in range(len(columns))]
    lines = [
        "  ".join(
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(line, widths, numeric, strict=True)
        ).rstrip()
        for line in table
    ]
    return "\n".join([*lines, "", f"{len(rows)} model{'' if len(rows) == 1 else 's'}"])


def _shown(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, int):
        return f"{value:,}"
    return printable(list_text(value) if isinstance(value, list) else str(value))
