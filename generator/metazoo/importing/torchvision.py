"""An index of what torchvision publishes about its classification weights.

Its numbers were counted by its own developers and are an independent check of metazoo's: its ``GFLOPS``
are multiply-accumulates, its megabytes are 2^20 bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from metazoo.facts import FILE_SIZE
from metazoo.importing.writing import mapping_lines
from metazoo.measure.sources.torchvision import Published


def as_index(published: list[Published]) -> str:
    """An index in YAML: one collection a module, one model for each set of weights."""
    modules = sorted({p.module for p in published})
    content: dict[str, Any] = {
        "Type": "model-index",
        "Library": {
            "Name": "torchvision",
            "URL": "https://github.com/pytorch/vision",
            "Source": "torchvision",
            "FLOPs Convention": "macs",
        },
        "Collections": [{"Name": name} for name in modules],
        "Models": [_model(p) for p in published],
    }
    return "\n".join(mapping_lines(content, "")) + "\n"


def _model(published: Published) -> Mapping[str, Any]:
    p = published
    return {
        "Name": p.name,
        "In Collection": p.module,
        "Metadata": {
            "FLOPs": f"{p.giga_macs} GFLOPs",
            "Parameters": p.params,
            FILE_SIZE.key: f"{p.mebibytes} MiB",
            "Image Size": p.crop,
            "Crop Pct": round(p.crop / p.resized, 4),
            "Interpolation": p.interpolation,
        },
        "Weights": p.url,
        "Results": list(_results(p)),
    }


def _results(published: Published) -> Iterator[Mapping[str, Any]]:
    for dataset, metrics in published.metrics.items():
        yield {
            "Task": "Image Classification",
            "Dataset": "ImageNet" if dataset == "ImageNet-1K" else dataset,
            "Metrics": {
                "Top 1 Accuracy": f"{metrics['acc@1']}%",
                "Top 5 Accuracy": f"{metrics['acc@5']}%",
            },
        }
