"""What the explorer page works on: columns that know their kind, and the values of every model.

The data is a classic script and not JSON, because a page opened from a folder may load a script but
no other file. Values stand column by column, and words that repeat are written once.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeGuard

from metazoo.bench.record import names_in_benchmarks
from metazoo.cards.escape import slug
from metazoo.cards.family import Family
from metazoo.cards.hardware import HardwareColumn, hardware_columns
from metazoo.cards.numbers import is_finite, pixels
from metazoo.cards.page import Page
from metazoo.cards.variant import Variant
from metazoo.cards.zoo import Zoo
from metazoo.facts import ACTIVATIONS, FACTS, FLOPS, MACS, PARAMETERS
from metazoo.metrics import Better, Metrics

DATA = "assets/metazoo/explorer-data.js"
MOST_ROWS = 500
"""Models that the page lists without a script; of a larger zoo it lists the best ones."""
ROWS_OF_LARGE = 200
_MOST_FIGURES = 10
_SHOWN_FIGURES = 2
_IMAGES = {
    "ImageNet": 50_000,
    "ImageNet-V2": 10_000,
    "ImageNet-Sketch": 50_889,
    "ImageNet-A": 7_500,
    "ImageNet-R": 30_000,
}
"""Images in each test set, from which the standard error of an accuracy follows."""
_DIRECTIONS = {Better.HIGHER: "more", Better.LOWER: "less", None: ""}
"""How the page's script calls them."""
_ORIGINS = {"verified": "v", "differs": "d", "undeclared": "u", "not measured": "n"}
"""How a letter in the data stands for the verdict on a number."""


@dataclass(frozen=True, slots=True)
class ExplorerColumn:
    """A column of the explorer.

    Attributes:
        key: Its name in the data and in the page's address.
        label: What the header says.
        unit: Shown small beside it.
        title: What it means, in a few words.
        kind: ``number`` or ``text``.
        scale: What one unit is: 1e6 for millions.
        better: ``less``, ``more``, or empty where neither is.
        decimals: Digits after the point.
        sample: Images an accuracy was measured on; 0 if unknown or not applicable.
        hidden: Whether it is shown only when the reader asks for it.
        fact: Its place among the letters of the verdicts; -1 for what has no verdict.
    """

    key: str
    label: str
    unit: str = ""
    title: str = ""
    kind: str = "text"
    scale: float = 1
    better: str = ""
    decimals: int = 2
    sample: int = 0
    hidden: bool = False
    fact: int = -1

    def as_json(self) -> dict[str, Any]:
        """Its values by name, those that say nothing left out."""
        values = {name: getattr(self, name) for name in self.__slots__}
        needed = {"key", "label", "kind"}
        without = {"fact": -1, "scale": 1}
        return {
            name: value
            for name, value in values.items()
            if name in needed or value != without.get(name, type(value)())
        }


def explorer_data(zoo: Zoo) -> Page:
    """The script that hands the zoo to the explorer."""
    figures = _figures(zoo)
    rows = [(family, variant) for family in zoo.families for variant in family.variants]
    main = figures[0].dataset if figures else ""
    hardware = hardware_columns(zoo.benchmarks)
    before = [
        ExplorerColumn("name", "Model"),
        ExplorerColumn("family", "Family"),
        *_fact_columns(),
        ExplorerColumn("image", "Image", "px", "Height of the input", "number", decimals=0),
    ]
    after = [
        ExplorerColumn("license", "License", title="License of the weights"),
        ExplorerColumn("status", "Status", title="Whether declared and measured numbers agree"),
        *(_hardware_column(column) for column in hardware),
        ExplorerColumn("trained", "Trained on", title="Datasets of the weights", hidden=True),
    ]
    own = {column.key for column in (*before, *after)}
    score_columns = _score_columns(figures, main, zoo.metrics, own)
    columns = [*before, *score_columns, *after]
    scores = [_scores(variant, figures) for _, variant in rows]
    values: dict[str, Any] = {
        "name": [v.name for _, v in rows],
        "family": _words([f.name for f, _ in rows]),
        "image": [_height(v.image_size) for _, v in rows],
        "license": _words([v.license for _, v in rows]),
        "status": _words([v.status for _, v in rows]),
        "trained": _words([", ".join(v.training_data) for _, v in rows]),
    }
    for fact in FACTS:
        values[fact.column] = [_plain(v.facts[fact.key].value) for _, v in rows]
    for number, score in enumerate(score_columns):
        values[score.key] = [_plain(found[number]) for found in scores]
    for column in hardware:
        values[column.key] = [_speed(column, v) for _, v in rows]
    data = {
        "zoo": zoo.name,
        "count": len(rows),
        "x": _cost(zoo),
        "y": score_columns[0].key if score_columns else "params",
        "dataset": main,
        "columns": [c.as_json() for c in columns],
        "models": {
            "anchor": _words([v.anchor if v.anchor != v.name else "" for _, v in rows]),
            "page": _words([f.slug for f, _ in rows]),
            "verdicts": _words([_verdicts(v) for _, v in rows]),
        },
        "values": values,
    }
    # ASCII only: the file means the same whichever encoding a server says it has.
    text = json.dumps(data, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return Page(DATA, f"globalThis.metazooExplorerData = {text};\n")


def _cost(zoo: Zoo) -> str:
    """The column across: the first of MACs, FLOPs and parameters that at least half the models have."""
    for fact in (MACS, FLOPS, PARAMETERS):
        known = sum(v.facts[fact.key].value is not None for v in zoo.variants)
        if known * 2 >= len(zoo.variants):
            return fact.column
    return PARAMETERS.column


def data_version(zoo: Zoo) -> str:
    """A short word that changes whenever the data does, so that no browser keeps an old copy."""
    return hashlib.sha256(explorer_data(zoo).content.encode()).hexdigest()[:12]


def best_models(zoo: Zoo) -> Sequence[tuple[Family, Variant]]:
    """The models that the page lists without a script.

    All of a small zoo in its own order; of a large one those best in its main figure, or the first
    ones if nobody knows which way that is better.
    """
    rows = [(family, variant) for family in zoo.families for variant in family.variants]
    if len(rows) <= MOST_ROWS:
        return rows
    figures = _figures(zoo)[:1]
    better = ranked_by(zoo)
    if better is None:
        return rows[:ROWS_OF_LARGE]
    order = better.order

    def by_score(row: tuple[Family, Variant]) -> float:
        value = _scores(row[1], figures)[0]
        return order(value) if value is not None else float("inf")

    return sorted(rows, key=by_score)[:ROWS_OF_LARGE]


def ranked_by(zoo: Zoo) -> Better | None:
    """Which way the main figure of a zoo is better; None if that is unknown, or there is none."""
    figures = _figures(zoo)[:1]
    return zoo.metrics.better(figures[0].metric) if figures else None


def _fact_columns() -> list[ExplorerColumn]:
    return [
        ExplorerColumn(
            fact.column,
            fact.label,
            fact.unit,
            fact.title,
            "number",
            fact.size,
            "less",
            hidden=fact in (FLOPS, ACTIVATIONS),
            fact=number,
        )
        for number, fact in enumerate(FACTS)
    ]


def _hardware_column(column: HardwareColumn) -> ExplorerColumn:
    return ExplorerColumn(
        column.key,
        column.label,
        column.unit,
        column.title,
        "number",
        better=column.better,
        decimals=1,
        hidden=not column.main,
    )


def _speed(column: HardwareColumn, variant: Variant) -> float | None:
    """A model's figure at the image size of its other numbers."""
    size = _height(variant.image_size)
    keys = [(name, of) for name in names_in_benchmarks(variant.name) for of in (size, None)]
    found = [column.values[key] for key in keys if key in column.values]
    return float(f"{found[0]:.4g}") if found else None


class _Figure(NamedTuple):
    """What a column of scores holds."""

    dataset: str
    metric: str
    unit: str
    states_unit: bool


_NO_KEYS = {"q", "h", "constructor"}
"""Words in an address that belong to the site's search, and what every object of a script has."""


def _score_columns(
    figures: Sequence[_Figure], main: str, metrics: Metrics, own: set[str]
) -> list[ExplorerColumn]:
    """The columns of the zoo's figures.

    Args:
        figures: What is shown.
        main: The dataset that headers need not name.
        metrics: What is known about them.
        own: Keys of the explorer's other columns, which a metric may be called like.
    """
    columns = []
    taken = own | _NO_KEYS
    for number, (dataset, metric, unit, states_unit) in enumerate(figures):
        accuracy = metric.lower().endswith("accuracy")
        short = metric[: -len("accuracy")].strip() if accuracy else metric
        known = metrics.find(metric)
        key = slug(f"{dataset} {metric}")
        while key in taken:
            key += "-"  # which no key ends with
        taken.add(key)
        columns.append(
            ExplorerColumn(
                key,
                short or metric if dataset == main else f"{short or metric} {dataset}",
                unit if states_unit or (accuracy and unit == "%") else "",
                f"{metric} on {dataset}, as declared" if dataset else f"{metric}, as declared",
                "number",
                better=_DIRECTIONS[metrics.better(metric)],
                sample=_IMAGES.get(dataset, 0) if known and known.of_samples else 0,
                hidden=number >= _SHOWN_FIGURES,
            )
        )
    return columns


def _figures(zoo: Zoo) -> list[_Figure]:
    """The datasets, metrics and units that most models have, the commonest first."""
    seen: Counter[tuple[str, str, str]] = Counter()
    stated: set[tuple[str, str, str]] = set()
    for variant in zoo.variants:
        scores = [s for s in variant.scores if _is_known(s.value)]
        # Not a set: of two figures that are equally common the one that comes first stays first.
        seen.update(dict.fromkeys((s.dataset, s.metric, s.unit) for s in scores).keys())
        stated.update((s.dataset, s.metric, s.unit) for s in scores if s.states_unit)
    return [_Figure(*figure, figure in stated) for figure, _ in seen.most_common(_MOST_FIGURES)]


def _scores(variant: Variant, figures: Sequence[_Figure]) -> list[float | None]:
    """A model's figures at its own image size, where it has them there."""
    anywhere: dict[tuple[str, str, str], float] = {}
    at_size: dict[tuple[str, str, str], float] = {}
    for score in variant.scores:
        if _is_known(score.value):
            figure = (score.dataset, score.metric, score.unit)
            anywhere.setdefault(figure, score.value)
            if str(score.image_size) == variant.image_size:
                at_size.setdefault(figure, score.value)
    keys = [(f.dataset, f.metric, f.unit) for f in figures]
    return [at_size.get(key, anywhere.get(key)) for key in keys]


def _is_known(value: float | None) -> TypeGuard[float]:
    return value is not None and is_finite(value)


def _verdicts(variant: Variant) -> str:
    letters = (
        _ORIGINS.get(
            variant.facts[fact.key].verdict, "u" if variant.facts[fact.key].measured else "n"
        )
        for fact in FACTS
    )
    return "".join(letters)


def _height(size: str) -> int | None:
    return pixels(size.split("×")[-2 if "×" in size else 0])


def _plain(value: float | None) -> float | int | None:
    """The number without a needless ``.0``, which would double the size of the file.

    None for what a script can't hold.
    """
    if not _is_known(value):
        return None
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _words(texts: list[str]) -> dict[str, list[Any]]:
    """Each word once, and a number for every model that says which is its."""
    places = {text: number for number, text in enumerate(dict.fromkeys(texts))}
    return {"words": list(places), "codes": [places[text] for text in texts]}
