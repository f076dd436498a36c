"""What models reached on datasets, and which figure of a family its table shows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from metazoo.cards.escape import one_line
from metazoo.cards.numbers import pixels
from metazoo.index.model import Result, Value
from metazoo.metrics import Metrics


@dataclass(frozen=True, slots=True)
class Score:
    """One figure on one dataset: percentages are 0 to 100.

    Attributes:
        value: The number in `unit`; None if there is none, or if its unit can't be that of the metric.
        text: As written.
        unit: The metric's; without a metric that is known, the one that is written.
        states_unit: Whether the text has a unit.
    """

    task: str
    dataset: str
    metric: str
    value: float | None
    text: str
    image_size: int | None = None
    crop_pct: str = ""
    unit: str = ""
    states_unit: bool = False


@dataclass(frozen=True, slots=True)
class ResultRow:
    """What a variant reached on one dataset at one image size: figures by metric."""

    dataset: str
    image_size: int | None
    crop_pct: str
    figures: dict[str, str]


def scores_of(result: Result, metrics: Metrics) -> list[Score]:
    """The score of each metric of a result."""
    size = result.extra.get("Image Size")
    crop = result.extra.get("Crop Pct")
    found = []
    for m in result.metrics:
        number = m.value.value
        figure = None if number is None else metrics.figure(m.name, float(number), m.value.unit)
        score = Score(
            task=one_line(result.task.text) if result.task else "",
            dataset=one_line(result.dataset.text) if result.dataset else "",
            metric=one_line(m.name),
            value=figure.value if figure else None,
            text=m.value.text,
            image_size=_pixels(size),
            crop_pct=crop.text if crop else "",
            unit=figure.unit if figure else "",
            states_unit=bool(figure and m.value.unit),
        )
        found.append(score)
    return found


def _pixels(size: Value[Any] | None) -> int | None:
    if size is None:
        return None
    if isinstance(size.value, tuple):
        return int(size.value[1])
    return pixels(size.text)


def main_figure(scores: list[list[Score]]) -> tuple[str, str, str]:
    """The dataset, metric and unit that most models of a family report, the earlier one on a tie.

    Args:
        scores: Of each model.
    """
    seen: Counter[tuple[str, str]] = Counter()
    for own in scores:
        seen.update(dict.fromkeys((s.dataset, s.metric) for s in own).keys())
    if not seen:
        return "", "", ""
    dataset, metric = seen.most_common(1)[0][0]
    units = Counter(
        s.unit
        for own in scores
        for s in own
        if (s.dataset, s.metric) == (dataset, metric) and s.value is not None
    )
    return dataset, metric, units.most_common(1)[0][0] if units else ""


def table_score(
    scores: tuple[Score, ...], dataset: str, metric: str, image_size: str
) -> Score | None:
    """The score for the variants table: the one at the variant's image size, else the first."""
    fitting = [s for s in scores if (s.dataset, s.metric) == (dataset, metric)]
    at_size = [s for s in fitting if str(s.image_size) == image_size]
    return next(iter(at_size or fitting), None)
