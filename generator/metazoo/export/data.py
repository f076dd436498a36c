"""The zoo as data for machines: JSON, CSV, a badge, and a plain list for language models."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from typing import Any

from metazoo import __version__
from metazoo.bench.record import Benchmarks, names_in_benchmarks
from metazoo.cards.escape import one_line, with_digest
from metazoo.cards.family import Family
from metazoo.cards.numbers import is_finite
from metazoo.cards.page import Page
from metazoo.cards.variant import Variant
from metazoo.cards.zoo import Zoo
from metazoo.export.badge import badge_json, badge_svg
from metazoo.export.table import spreadsheet_safe
from metazoo.facts import FACTS
from metazoo.index.schema import schema
from metazoo.jsonfile import to_plain


def data_pages(zoo: Zoo) -> list[Page]:
    """Every data file of the site; see docs/guide/data.md for what each holds."""
    rows = [(family, variant) for family in zoo.families for variant in family.variants]
    uris = _uris([variant for _, variant in rows])
    summary: dict[str, Any] = {
        "zoo": zoo.name,
        "url": zoo.url,
        "flops_convention": zoo.convention or None,
        "generator": f"metazoo {__version__}",
        "models": [model_data(family, variant, uris[variant.name]) for family, variant in rows],
    }
    pages = [
        Page("api/models.json", _json(summary)),
        Page("api/models.csv", _csv(rows)),
        Page("api/schema.json", _json(schema())),
        Page("api/badge.json", _json(badge_json(zoo))),
        Page("api/badge.svg", badge_svg(zoo)),
        Page("llms.txt", _llms(zoo)),
    ]
    speeds = _speeds(zoo.benchmarks)
    for (family, variant), summed_up in zip(rows, summary["models"], strict=True):
        # Of two models with the same name the first is meant; checking names the second a fault.
        if (uri := uris.pop(variant.name, None)) is not None:
            own = {**summed_up, **_details(family, variant)}
            names = names_in_benchmarks(variant.name)
            own["benchmarks"] = [speed for name in names for speed in speeds.get(name, [])]
            pages.append(Page(uri, _json(own)))
    return pages


def _uris(variants: list[Variant]) -> dict[str, str]:
    """The file of each model by its name; also where file systems know no upper case, none is shared.

    Of models in different families whose names differ in nothing but what addresses can't hold, one
    has the plain address: the one that is called so, or else the first.
    """
    called_so = [v for v in variants if v.anchor == v.name]
    owners: dict[str, str] = {}
    for variant in [*called_so, *variants]:
        owners.setdefault(variant.anchor.casefold(), variant.name)
    uris: dict[str, str] = {}
    for variant in variants:
        place = variant.anchor
        while owners.setdefault(place.casefold(), variant.name) != variant.name:
            place = with_digest(place, f"{place} {variant.name}")
        uris.setdefault(variant.name, f"api/models/{place}.json")
    return uris


def _speeds(benchmarks: Iterable[Benchmarks]) -> dict[str, list[dict[str, Any]]]:
    """By model, every row of it that is no failure, with the run that it is of."""
    speeds: dict[str, list[dict[str, Any]]] = {}
    for known in benchmarks:
        runs = {name: to_plain(run) for name, run in known.runs.items()}
        for row in known.rows:
            if row.error is None:
                speed = {**to_plain(row), "run": runs[row.run]}
                speeds.setdefault(row.model, []).append(speed)
    return speeds


def model_data(family: Family, variant: Variant, uri: str) -> dict[str, Any]:
    """One model as plain values: what a table of models needs.

    Args:
        family: Its family.
        variant: The model.
        uri: The file with all that is known of it.
    """
    data: dict[str, Any] = {
        "name": variant.name,
        "family": family.name,
        "card": f"models/{family.slug}#{variant.anchor}",
        "data": uri,
        "status": variant.status,
        "image_size": variant.image_size or None,
        "license": variant.license or None,
    }
    for kind in FACTS:
        fact = variant.facts[kind.key]
        data[kind.name] = {
            "value": fact.value,
            "origin": fact.origin or None,
            "verdict": fact.verdict or None,
            "declared": fact.declared_value,
            "measured": fact.measured_value,
        }
    data["results"] = [
        {
            "task": s.task,
            "dataset": s.dataset,
            "metric": s.metric,
            "value": s.value,
            "unit": s.unit if s.states_unit else None,
            "text": s.text,
            "image_size": s.image_size,
        }
        for s in variant.scores
    ]
    return data


def _details(family: Family, variant: Variant) -> dict[str, Any]:
    """The rest of what is known of a model."""
    measurement = variant.measurement
    return {
        "former_names": list(variant.former_names),
        "resolved_name": measurement.resolved_name if measurement else None,
        "weights": variant.weights,
        "training_data": list(variant.training_data),
        "techniques": list(variant.techniques),
        "recipe": {s.name: s.value for s in variant.recipe},
        "preprocessing": {s.name: s.value for s in variant.preprocessing},
        "components": list(family.components),
        "papers": [{"title": p.title, "url": p.url, "arxiv": p.arxiv} for p in family.papers],
        "measurement": measurement.as_json() if measurement else None,
        "findings": [
            {"code": f.code, "severity": str(f.severity), "message": f.message}
            for f in variant.findings
        ],
    }


def _json(value: Any) -> str:
    """JSON that every reader takes: a number it can't hold, such as NaN, is null."""
    try:
        # Without indentation the fast encoder does it; on a large zoo that is a second.
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    except ValueError:
        text = json.dumps(_readable(value), ensure_ascii=False, allow_nan=False)
    return _utf8(text) + "\n"


def _readable(value: Any) -> Any:
    """The same with null in place of numbers that JSON or its readers can't hold."""
    if isinstance(value, dict):
        return {key: _readable(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_readable(part) for part in value]
    if isinstance(value, int | float) and not is_finite(value):
        return None
    return value


def _utf8(text: str) -> str:
    """The text without halves of surrogate pairs, which no encoding holds."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _csv(rows: list[tuple[Family, Variant]]) -> str:
    scores = [s for _, v in rows for s in v.scores[:_MOST_FIGURES]]
    figures = list(dict.fromkeys((s.dataset, s.metric, s.unit) for s in scores))
    stated = {(s.dataset, s.metric, s.unit) for s in scores if s.states_unit and s.unit != "%"}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = [fact.name for fact in FACTS]
    writer.writerow(
        [
            "name",
            "family",
            "status",
            "image_size",
            "license",
            *(n for name in names for n in (name, f"{name}_origin")),
            *(spreadsheet_safe(_heading(*f, states_unit=f in stated)) for f in figures),
        ]
    )
    for family, variant in rows:
        facts = [variant.facts[c.key] for c in FACTS]
        reached: dict[tuple[str, str, str], str] = {}
        for score in variant.scores:
            if score.value is not None and is_finite(score.value):
                figure = (score.dataset, score.metric, score.unit)
                reached.setdefault(figure, f"{score.value:g}")
        texts = (variant.name, family.name, variant.status, variant.image_size, variant.license)
        writer.writerow(
            [
                *(spreadsheet_safe(text) for text in texts),
                *(
                    n
                    for f in facts
                    for n in (
                        f"{f.value:.0f}" if f.value is not None and is_finite(f.value) else "",
                        f.origin,
                    )
                ),
                *(reached.get(figure, "") for figure in figures),
            ]
        )
    return _utf8(out.getvalue())


def _heading(dataset: str, metric: str, unit: str, *, states_unit: bool) -> str:
    return f"{metric}, {unit} ({dataset})" if states_unit else f"{metric} ({dataset})"


_MOST_FIGURES = 40


def _llms(zoo: Zoo) -> str:
    """What the site holds, in the plain form that llmstxt.org describes."""
    lines = [f"# {zoo.name}", ""]
    if zoo.headline:
        lines += [f"> {zoo.headline}", ""]
    total = (
        f"{len(zoo.variants)} models in {len(zoo.families)} families; {zoo.verified} of them are verified:"
        " what is declared agrees with what was measured."
    )
    lines += [
        total,
        "",
        "## Data",
        "",
        "- [All models as JSON](api/models.json): numbers, verdicts, results",
        "- [All models as CSV](api/models.csv): the same as a table",
        "- [JSON Schema](api/schema.json): of the index that all of it comes from",
        "",
        "## Families",
        "",
    ]
    for family in zoo.families:
        count = len(family.variants)
        facts = [f"{count} {'variant' if count == 1 else 'variants'}"]
        facts += [f"{family.range_of(k)} {k}" for k in ("Parameters", "MACs") if family.range_of(k)]
        name = one_line(family.name).replace("[", "(").replace("]", ")")
        lines.append(f"- [{name}](models/{family.slug}): {', '.join(facts)}")
    return "\n".join([*lines, ""])
