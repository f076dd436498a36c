"""timm's tables of results, as Results entries of an index.

A table has a row for each model and image size: percentages with thousands separated by commas
(``"1,014.45"`` million parameters), the crop, the interpolation. The table's name says what it was
tested on.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from metazoo.errors import UsageError
from metazoo.importing.editing import Draft, value
from metazoo.importing.writing import OneLine
from metazoo.index.model import Model, ModelIndex, Result
from metazoo.index.patch import Patch

DATASETS = {
    "results-imagenet": "ImageNet",
    "results-imagenet-real": "ImageNet-ReaL",
    "results-imagenetv2-matched-frequency": "ImageNet-V2",
    "results-sketch": "ImageNet-Sketch",
    "results-imagenet-a": "ImageNet-A",
    "results-imagenet-r": "ImageNet-R",
}
"""The test dataset of a table with that name."""

METRICS = ("Top 1 Accuracy", "Top 5 Accuracy")


@dataclass(frozen=True, slots=True)
class TableRow:
    """One line of a table: what a model reached at one image size. Percentages are 0 to 100."""

    model: str
    image_size: int
    top1: Decimal
    top5: Decimal
    crop_pct: Decimal | None = None
    interpolation: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table and what it is of.

    Attributes:
        source: The file's name, which the entries give as their source.
        dataset: What was tested on.
        rows: In the order of the file.
    """

    source: str
    dataset: str
    rows: tuple[TableRow, ...]


@dataclass(slots=True)
class Merged:
    """What tables change in an index.

    Attributes:
        patches: The files that change.
        added: Results that were not there.
        changed: Results with other figures than the table's.
        dropped: Results that the table replaces or no longer has.
        unknown: Models of the tables that the index doesn't have.
    """

    patches: list[Patch] = field(default_factory=list)
    added: int = 0
    changed: int = 0
    dropped: int = 0
    unknown: list[str] = field(default_factory=list)


def read_table(path: Path, dataset: str | None = None) -> Table:
    """Read a table of results.

    Args:
        path: A CSV file with the columns model, img_size, top1 and top5; crop_pct and interpolation
            are read where they are there.
        dataset: What was tested on; by default what the file's name says, see `DATASETS`.

    Raises:
        UsageError: It can't be read, a column is missing, a value is no number or can't be true, or
            nobody says what was tested on.
    """
    dataset = dataset or DATASETS.get(path.stem)
    if dataset is None:
        known = ", ".join(f"{stem}.csv" for stem in DATASETS)
        raise UsageError(
            f"{path}: its name doesn't tell the test dataset; name it with --dataset"
            f" (known file names are {known})"
        )
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            reader = csv.DictReader(stream)
            missing = {"model", "img_size", "top1", "top5"} - set(reader.fieldnames or ())
            if missing:
                raise UsageError(f"{path}:1: has no column {', '.join(sorted(missing))}")
            rows = [_row(path, reader.line_num, cells) for cells in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{path}: can't be read as CSV: {error}") from error
    return Table(path.name, dataset, tuple(rows))


def _row(path: Path, line: int, cells: Mapping[str, str | None]) -> TableRow:
    where = f"{path}:{line}"
    size = _number(where, "img_size", cells["img_size"])
    if size != int(size) or size < 1:
        raise UsageError(f"{where}: img_size is {cells['img_size']!r}, not an image size")
    top1, top5 = (_number(where, column, cells[column]) for column in ("top1", "top5"))
    if not 0 <= top1 <= top5 <= 100:
        raise UsageError(
            f"{where}: top1 is {top1} and top5 is {top5}; 0 ≤ top1 ≤ top5 ≤ 100 must hold for these percentages"
        )
    crop = cells.get("crop_pct")
    return TableRow(
        model=(cells["model"] or "").strip(),
        image_size=int(size),
        top1=top1,
        top5=top5,
        crop_pct=_number(where, "crop_pct", crop) if crop else None,
        interpolation=cells.get("interpolation") or None,
    )


def _number(where: str, column: str, text: str | None) -> Decimal:
    try:
        number = Decimal((text or "").replace(",", ""))
    except InvalidOperation:
        raise UsageError(f"{where}: {column} is {text!r}, not a number") from None
    if not number.is_finite():
        raise UsageError(f"{where}: {column} is {text!r}, not a number")
    return number


def merge_results(index: ModelIndex, tables: Sequence[Table]) -> Merged:
    """Work out what tables change in an index; nothing is written.

    An entry at the same image size keeps its place and gets the table's figures where its own
    differ. One that names no image size, or that an older table brought and this one no longer has,
    goes. Entries that people added at other sizes stay.
    """
    merged = Merged()
    models = {model.name.text: model for model in index.models}
    wanted: dict[str, dict[str, tuple[Table, dict[int, TableRow]]]] = defaultdict(dict)
    for table in tables:
        for row in table.rows:
            if row.model in models:
                by_size = wanted[row.model].setdefault(table.dataset, (table, {}))[1]
                by_size[row.image_size] = row
    merged.unknown = sorted({r.model for t in tables for r in t.rows} - models.keys())
    by_file: dict[str, list[Model]] = defaultdict(list)
    for name in wanted:
        by_file[models[name].location.file].append(models[name])
    for file, members in by_file.items():
        draft = Draft(Path(file))
        written = dict(draft.models())
        for model in members:
            if model.name.text in written:
                _merge(merged, draft, model, written[model.name.text], wanted[model.name.text])
        patch = draft.patch()
        if patch.before != patch.after:
            merged.patches.append(patch)
    return merged


def _merge(
    merged: Merged,
    draft: Draft,
    model: Model,
    node: Any,
    wanted: Mapping[str, tuple[Table, dict[int, TableRow]]],
) -> None:
    found = value(node, "Results")
    nodes = list(found.value) if found is not None and isinstance(found.value, list) else []
    results = model.results if len(nodes) == len(model.results) else []
    new: list[OneLine] = []
    for dataset, (table, by_size) in wanted.items():
        rows = dict(by_size)
        for result, item in zip(results, nodes, strict=False):
            if result.dataset is None or result.dataset.text != dataset:
                continue
            size = _extra(result, "Image Size")
            row = rows.pop(int(size), None) if size and size.isdigit() else None
            if row is not None:
                merged.changed += _correct(draft, result, value(item, "Metrics"), row)
            elif size is None or _extra(result, "Source") == table.source:
                draft.drop(item)
                merged.dropped += 1
        new += [_entry(model, table, row) for _, row in sorted(rows.items())]
    draft.add_items(node, "Results", new)
    merged.added += len(new)


def _extra(result: Result, key: str) -> str | None:
    found = result.extra.get(key)
    return found.text if found else None


def _correct(draft: Draft, result: Result, metrics: Any, row: TableRow) -> bool:
    stated = {metric.name: metric.value for metric in result.metrics}
    changed = False
    for name, new in zip(METRICS, (row.top1, row.top5), strict=True):
        old = stated.get(name)
        if old is None or old.value is None or not _rounds(new, Decimal(str(old.value))):
            draft.set(metrics, name, _percent(new))
            changed = True
    return changed


def _entry(model: Model, table: Table, row: TableRow) -> OneLine:
    usual = model.metadata.text("Interpolation")
    values: dict[str, Any] = {
        "Task": "Image Classification",
        "Dataset": table.dataset,
        "Image Size": row.image_size,
        "Crop Pct": float(row.crop_pct) if row.crop_pct is not None else None,
        "Interpolation": row.interpolation if row.interpolation != usual else None,
        "Metrics": OneLine(_metrics(row)),
        "Source": table.source,
    }
    return OneLine({key: v for key, v in values.items() if v is not None})


def _metrics(row: TableRow) -> dict[str, str]:
    return dict(zip(METRICS, map(_percent, (row.top1, row.top5)), strict=True))


def _rounds(number: Decimal, stated: Decimal) -> bool:
    """Whether a number, rounded up or down to the digits of a stated figure, is that figure."""
    exponent = stated.as_tuple().exponent
    unit = Decimal(1).scaleb(min(exponent, -1) if isinstance(exponent, int) else 0)
    return abs(number - stated) <= unit / 2


def _percent(number: Decimal) -> str:
    """Two decimals, as papers give them: on ImageNet's 50,000 images, one counts 0.002."""
    return f"{number.quantize(Decimal('0.01'), ROUND_HALF_UP)}%"


def tables_in(folder: Path) -> Iterable[Path]:
    """The tables in a folder whose names say what was tested on."""
    return (path for stem in DATASETS if (path := folder / f"{stem}.csv").is_file())
