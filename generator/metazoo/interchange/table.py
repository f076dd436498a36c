"""The index as one CSV table: a row a model, a column a field or metric."""

from __future__ import annotations

import csv
import io
from typing import Any

from metazoo.index.model import ModelIndex
from metazoo.interchange.plain import plain_index

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


def as_csv(index: ModelIndex) -> str:
    """All models; lists are joined with ``; ``, and no cell begins what a spreadsheet would run."""
    models = plain_index(index)["models"]
    rows = [_row(model) for model in models]
    columns = dict.fromkeys(_FIXED)
    for row in rows:
        columns.update(dict.fromkeys(row))
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(columns), lineterminator="\n")
    writer.writerow({column: safe_cell(column) for column in columns})
    writer.writerows({key: safe_cell(value) for key, value in row.items()} for row in rows)
    return stream.getvalue()


def _row(model: dict[str, Any]) -> dict[str, Any]:
    paper = model["paper"][0] if isinstance(model["paper"], list) else model["paper"] or {}
    row = {key: model[key] for key in _FIXED} | {"paper": paper.get("url") or paper.get("title")}
    row |= model["metadata"]
    for result in model["results"]:
        for metric, value in result["metrics"].items():
            parts = [part for part in (result["task"], result["dataset"], metric) if part]
            row[" / ".join(parts)] = value
    return row


def safe_cell(cell: Any) -> Any:
    """A cell that a spreadsheet shows and does not run."""
    if isinstance(cell, list):
        cell = "; ".join(str(item) for item in cell)
    if isinstance(cell, dict):
        cell = "; ".join(f"{key}: {value}" for key, value in cell.items())
    if isinstance(cell, str) and cell[:1] in {"=", "+", "-", "@", "\t", "\r"}:
        return "'" + cell
    return cell
