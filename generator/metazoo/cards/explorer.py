"""The data that the explorer's script works on: columns, and a row of values for each model."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from metazoo.cards.facts import COLUMNS
from metazoo.cards.page import Page
from metazoo.cards.zoo import Zoo

DATA = "assets/metazoo/explorer-data.js"
_FACT_KEYS = {
    "Parameters": "params",
    "MACs": "macs",
    "FLOPs": "flops",
    "Activations": "activations",
    "File Size": "file",
}
_MOST_FIGURES = 8
_PICTURES = {
    "ImageNet": 50_000,
    "ImageNet-ReaL": 46_837,
    "ImageNet-V2": 10_000,
    "ImageNet-Sketch": 50_889,
    "ImageNet-A": 7_500,
    "ImageNet-R": 30_000,
}
"""Pictures of the test sets, from which the uncertainty of an accuracy follows."""


def explorer_data(zoo: Zoo) -> Page:
    """A classic script that sets ``metazooModels``: it loads from a folder too, where JSON doesn't.

    A figure is the one reached at the model's own image size, where there is one.
    """
    figures = _figures(zoo)
    columns: list[dict[str, Any]] = [
        _text("name", "Model"),
        _text("family", "Family"),
        *(
            {
                "key": _FACT_KEYS[c.key],
                "label": c.label,
                "unit": c.unit,
                "kind": "number",
                "scale": c.size,
                "better": "less",
                "decimals": 2,
                **({"hidden": True} if c.key in {"FLOPs", "Activations"} else {}),
            }
            for c in COLUMNS
        ),
        {
            "key": "image",
            "label": "Image",
            "unit": "px",
            "kind": "number",
            "scale": 1,
            "better": "",
            "decimals": 0,
        },
        *(_figure(n, dataset, metric) for n, (dataset, metric) in enumerate(figures)),
        _text("license", "Licence"),
        _text("status", "Status"),
    ]
    keys = [*(c["key"] for c in columns), "card"]
    rows = []
    for family in zoo.families:
        for v in family.variants:
            at_size = {
                (s.dataset, s.metric): s.value
                for s in reversed(v.scores)
                if s.image_size is None or str(s.image_size) == v.image_size
            }
            any_size = {(s.dataset, s.metric): s.value for s in reversed(v.scores)}
            rows.append(
                [
                    v.name,
                    family.name,
                    *(v.facts[c.key].value for c in COLUMNS),
                    int(v.image_size) if v.image_size.isdecimal() else None,
                    *(at_size.get(f, any_size.get(f)) for f in figures),
                    v.license or None,
                    v.status,
                    f"models/{family.slug}#{v.anchor}",
                ]
            )
    axes = {"x": "macs", "y": "figure0" if figures else "params"}
    data = {"columns": columns, "keys": keys, **axes, "rows": rows}
    # A closing script tag in a name can do no harm in a file of its own; a line separator once could.
    text = json.dumps(data, ensure_ascii=True, separators=(",", ":"))
    return Page(DATA, f"window.metazooModels = {text};\n")


def _figures(zoo: Zoo) -> list[tuple[str, str]]:
    seen: Counter[tuple[str, str]] = Counter()
    for variant in zoo.variants:
        seen.update({(s.dataset, s.metric): None for s in variant.scores}.keys())
    return [figure for figure, _ in seen.most_common(_MOST_FIGURES)]


def _text(key: str, label: str) -> dict[str, Any]:
    return {"key": key, "label": label, "unit": "", "kind": "text", "scale": 1, "better": ""}


def _figure(number: int, dataset: str, metric: str) -> dict[str, Any]:
    short = metric.removesuffix(" Accuracy")
    column: dict[str, Any] = {
        "key": f"figure{number}",
        "label": f"{short} {dataset}".strip(),
        "unit": "%" if metric.endswith("Accuracy") else "",
        "kind": "number",
        "scale": 1,
        "better": "more",
        "decimals": 2,
    }
    if number > 1:
        column["hidden"] = True
    if metric.endswith("Accuracy") and dataset in _PICTURES:
        column["sample"] = _PICTURES[dataset]
    return column
