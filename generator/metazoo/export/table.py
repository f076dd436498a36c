"""Tables as CSV, and the index as one: a row a model, a column a field or metric.

A cell that a spreadsheet would run begins with an apostrophe, as in the explorer's CSV. In a file every
other value stands as it is; printed, a row is one line, with what `printable` escapes as escapes.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

from metazoo.export.plain import plain_index
from metazoo.index.model import ModelIndex
from metazoo.sanitize import printable

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula; ``csv.js`` of the explorer has the same."""

_FIXED = (
    "name",
    "collection",
    "weights",
    "code",
    "config",
    "readme",
    "image",
    "paper",
    "file",
    "line",
)


def as_csv(index: ModelIndex, *, printed: bool = False) -> str:
    """All models as CSV; lists are joined with ``; ``.

    Args:
        index: As read.
        printed: Whether this goes to a terminal or a log, not to a file; see `csv_text`.
    """
    models = plain_index(index)["models"]
    rows = [_row(model) for model in models]
    columns = dict.fromkeys(_FIXED)
    for row in rows:
        columns.update(dict.fromkeys(row))
    return csv_text(
        [list(columns), *([row.get(c) for c in columns] for row in rows)], printed=printed
    )


def csv_text(rows: Iterable[Iterable[Any]], *, printed: bool) -> str:
    """Rows as CSV.

    Args:
        rows: The heading first. A list is joined with ``; ``.
        printed: Whether a row must be a line of its own that is harmless in a terminal and in a log.
            Else values are kept exactly, and rows end as RFC 4180 says.
    """
    stream = io.StringIO()
    # With this end, the writer quotes a cell with either of its characters.
    writer = csv.writer(stream, lineterminator="\n" if printed else "\r\n")
    writer.writerows([_cell(value, printed=printed) for value in row] for row in rows)
    return stream.getvalue()


def list_text(items: list[Any]) -> str:
    """Write the items of a list on one line: ``a; b``, mappings as ``Name: image, Type: image``."""
    return "; ".join(
        ", ".join(f"{key}: {value}" for key, value in item.items())
        if isinstance(item, dict)
        else str(item)
        for item in items
    )


def _row(model: dict[str, Any]) -> dict[str, Any]:
    paper = model["paper"][0] if isinstance(model["paper"], list) else model["paper"] or {}
    row = {key: model[key] for key in _FIXED} | {"paper": paper.get("url") or paper.get("title")}
    row |= model["metadata"]
    for result in model["results"]:
        for metric, value in result["metrics"].items():
            parts = [part for part in (result["task"], result["dataset"], metric) if part]
            row[" / ".join(parts)] = value
    return row


def _cell(cell: Any, *, printed: bool) -> Any:
    if isinstance(cell, list):
        cell = list_text(cell)
    if isinstance(cell, dict):
        cell = "; ".join(f"{key}: {value}" for key, value in cell.items())
    if not isinstance(cell, str):
        return cell
    cell = spreadsheet_safe(cell)
    return printable(cell) if printed else cell


def spreadsheet_safe(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
