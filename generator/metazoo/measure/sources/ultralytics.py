"""Models of ultralytics, by the names of the YAML files it ships: ``yolo11n``, ``yolov8s-seg``.

ultralytics is licensed under AGPL-3.0. metazoo doesn't depend on it; this module uses it where it is installed.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import ultralytics
import yaml
from torch import nn
from ultralytics.nn import tasks

from metazoo.measure.measurement import SourceFacts
from metazoo.measure.sources.protocol import BuildOptions, Resolved, UnknownModelError
from metazoo.measure.sources.quiet import quietly
from metazoo.measure.sources.suggesting import suggestion

_SCALED = re.compile(r"(yolov?\d+)(.*)")

_TASKS = {
    "cls": (tasks.ClassificationModel, "image-classification", 224),
    "seg": (tasks.SegmentationModel, "image-segmentation", 640),
    "pose": (tasks.PoseModel, "keypoint-detection", 640),
    "obb": (tasks.OBBModel, "object-detection", 1024),
}
_DETECTION = (tasks.DetectionModel, "object-detection", 640)


class UltralyticsSource:
    """The detection, segmentation, pose, classification and oriented-box YAMLs of the installed release."""

    name = "ultralytics"

    def names(self) -> list[str]:
        """Every YAML at every scale it has, sorted."""
        return sorted(_files())

    def resolve(self, name: str) -> Resolved:
        """Look up a name.

        Raises:
            UnknownModelError: ultralytics ships no such YAML, or the YAML has no such scale.
        """
        if name not in _files():
            raise UnknownModelError(
                f"ultralytics {ultralytics.__version__} has no model {name!r}"
                + suggestion(name, _files())
            )
        _, task, side = _kind(name)
        return Resolved(name, name, SourceFacts(input_size=(3, side, side), task=task))

    def build(self, resolved: Resolved, options: BuildOptions) -> nn.Module:
        """Build it on the default device."""
        kind, _, _ = _kind(resolved.architecture)
        file, scale = _files()[resolved.architecture]
        settings = yaml.safe_load(file.read_text("utf-8"))
        settings["scale"] = scale
        settings["yaml_file"] = str(file)
        arguments: dict[str, Any] = {"verbose": False}
        if options.num_classes is not None:
            arguments["nc"] = options.num_classes
        if options.input_size is not None:
            arguments["ch"] = options.input_size[0]
        with quietly():
            model: nn.Module = kind(settings, **arguments)
        return model


@cache
def _files() -> dict[str, tuple[Path, str]]:
    """File and scale of each name."""
    found = {}
    for file in sorted((Path(ultralytics.__file__).parent / "cfg" / "models").glob("*/*.yaml")):
        whole = _SCALED.fullmatch(file.stem)
        # World and YOLOE models take texts, RT-DETR has a loader of its own.
        if whole is None or any(word in file.stem for word in ("world", "yoloe", "rtdetr")):
            continue
        if file.stem.rpartition("-")[2] in ("depth", "sem"):
            continue
        settings = yaml.safe_load(file.read_text("utf-8"))
        for scale in settings.get("scales") or [""]:
            found[f"{whole[1]}{scale}{whole[2]}"] = (file, str(scale))
    return found


def _kind(name: str) -> tuple[type[nn.Module], str, int]:
    words = name.split("-")
    return next((_TASKS[word] for word in words if word in _TASKS), _DETECTION)


SOURCE = UltralyticsSource()
