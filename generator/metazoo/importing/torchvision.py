"""An index of what torchvision publishes about its weights, for every task.

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
    height, width = p.size
    metadata: dict[str, Any] = {
        "FLOPs": f"{p.giga_macs} GFLOPs",
        "Parameters": p.params,
        FILE_SIZE.key: f"{p.mebibytes} MiB",
    }
    if p.resized is not None:
        metadata["Image Size"] = height
        metadata["Crop Pct"] = round(height / p.resized, 4)
    elif p.task in ("image-segmentation", "object-detection", "keypoint-detection"):
        metadata["Image Size"] = f"{height}x{width}"
    if p.interpolation is not None:
        metadata["Interpolation"] = p.interpolation
    return {
        "Name": p.name,
        "In Collection": p.module,
        "Metadata": metadata,
        "Weights": p.url,
        "Results": list(_results(p)),
    }


_TASKS = {
    "image-classification": "Image Classification",
    "image-segmentation": "Semantic Segmentation",
    "keypoint-detection": "Keypoint Detection",
    "object-detection": "Object Detection",
    "optical-flow-estimation": "Optical Flow Estimation",
    "video-classification": "Video Classification",
}

_METRICS = {
    "acc@1": ("Top 1 Accuracy", "%"),
    "acc@5": ("Top 5 Accuracy", "%"),
    "box_map": ("box AP", "%"),
    "mask_map": ("mask AP", "%"),
    "kp_map": ("keypoint AP", "%"),
    "miou": ("mIoU", "%"),
    "pixel_acc": ("Pixel Accuracy", "%"),
    "epe": ("EPE", ""),
    "per_image_epe": ("EPE per Image", ""),
    "fl_all": ("Fl-all", "%"),
}
"""torchvision's metrics, as an index calls them, each with its unit."""


def _results(published: Published) -> Iterator[Mapping[str, Any]]:
    for dataset, metrics in published.metrics.items():
        yield {
            "Task": _TASKS[published.task],
            "Dataset": "ImageNet" if dataset == "ImageNet-1K" else dataset,
            "Metrics": {
                name: f"{value}{unit}"
                for key, value in metrics.items()
                for name, unit in [_METRICS[key]]
            },
        }
