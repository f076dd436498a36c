"""Models of torchvision for every task, by their names in its registry.

What its weights' metadata call GFLOPS are 10^9 MACs of the inputs that its own tests count at: 512 × 512
pixels where the transforms leave the size open, and 16 frames of a video (`get_ops` in
test/common_extended_utils.py of pytorch/vision).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torchvision
from torch import nn
from torchvision import models
from torchvision.ops.misc import FrozenBatchNorm2d

from metazoo.inputs import IMAGE, Input, Inputs, image
from metazoo.measure.measurement import SourceFacts
from metazoo.measure.sources.protocol import BuildOptions, Resolved, UnknownModelError
from metazoo.measure.sources.suggesting import suggestion


@dataclass(frozen=True, slots=True)
class Published:
    """What torchvision says of one set of weights.

    Attributes:
        name: ``architecture.WEIGHTS``.
        module: The module that builds it: ``resnet``.
        task: What it is for: ``object-detection``.
        params: Its parameters.
        giga_macs: Multiply-accumulates, in units of 10^9; torchvision calls them GFLOPS.
        mebibytes: Size of the file, in units of 2^20 bytes.
        size: Height and width of what it takes.
        resized: Shorter side of an image before its center is cut out; None where nothing is cut out.
        interpolation: How it is resized; None where it isn't.
        url: Where the weights lie.
        metrics: Accuracies in percent, by data set.
    """

    name: str
    module: str
    task: str
    params: int
    giga_macs: float
    mebibytes: float
    size: tuple[int, int]
    resized: int | None
    interpolation: str | None
    url: str
    metrics: Mapping[str, Mapping[str, float]]


_NAME = re.compile(r"[a-z0-9_]+(\.[A-Z0-9_]+)?")


class TorchvisionSource:
    """torchvision's registry; a tag is the name of its weights: ``resnet50.IMAGENET1K_V2``."""

    name = "torchvision"

    def names(self) -> list[str]:
        """Every architecture of every task, sorted, but none of the quantized.

        Their weights are packed, so that torch knows neither parameters nor shapes of them.
        """
        return [name for name in models.list_models() if not name.startswith("quantized_")]

    def resolve(self, name: str) -> Resolved:
        """Look up ``architecture`` or ``architecture.WEIGHTS``.

        Raises:
            UnknownModelError: torchvision has no such architecture or weights.
        """
        architecture, _, tag = name.partition(".")
        if architecture.startswith("quantized_") and architecture in models.list_models():
            raise UnknownModelError(
                f"{architecture!r} is quantized; its weights are packed, and can't be counted"
            )
        if not _NAME.fullmatch(name) or architecture not in self.names():
            raise UnknownModelError(
                f"torchvision {torchvision.__version__} has no model {name!r}"
                + suggestion(name, self.names())
            )
        weights = {w.name: w for w in models.get_model_weights(architecture)}
        if tag and tag not in weights:
            raise UnknownModelError(
                f"torchvision {torchvision.__version__} has no weights {tag!r} of"
                f" {architecture!r}; known are: {', '.join(weights) or 'none'}"
            )
        if not weights:
            return Resolved(architecture, architecture, _facts(architecture, None, ()))
        default = models.get_model_weights(architecture).DEFAULT.name
        chosen = weights[tag or default]
        tags = tuple(sorted(weights, key=lambda t: t != default))
        return Resolved(
            f"{architecture}.{chosen.name}", architecture, _facts(architecture, chosen, tags)
        )

    def published(self) -> list[Published]:
        """What torchvision publishes about all its weights, in the order of names."""
        return [
            _published(architecture, weights)
            for architecture in self.names()
            for weights in models.get_model_weights(architecture)
        ]

    def build(self, resolved: Resolved, options: BuildOptions) -> nn.Module:
        """Build it on the default device, as it is once its weights are loaded."""
        arguments: dict[str, Any] = {}
        name = resolved.architecture
        size = options.input_size or resolved.facts.input_size
        if name.startswith("vit_") and size:
            arguments["image_size"] = size[1]
        if name == "maxvit_t" and size:
            arguments["input_size"] = size[1:]
        if name == "googlenet":
            arguments |= {"aux_logits": False, "init_weights": False}
        if name == "inception_v3":
            arguments["init_weights"] = False
        kind = _kind(name)
        if kind in ("detection", "segmentation"):
            arguments["weights_backbone"] = None
        if kind == "segmentation" and name != "lraspp_mobilenet_v3_large":
            arguments["aux_loss"] = True  # as the published weights are
        if options.num_classes is not None:
            arguments["num_classes"] = options.num_classes
        model: nn.Module = models.get_model(name, weights=None, **arguments)
        if kind == "detection":
            _as_published(model, name)
        return model


def _as_published(model: nn.Module, architecture: str) -> None:
    """Bring a detector to what its published weights are for, and to a count that no value decides.

    Trained on a pretrained backbone, its batch norms are frozen: they are buffers, no parameters. It is
    counted with as many proposals as it keeps at most, and with no detection: what runs on detections,
    the heads of masks and keypoints, is not in the count. So torchvision counts it itself.
    """
    if not architecture.endswith("_v2") and not architecture.startswith("ssd"):
        _freeze(model.backbone.body)
    if (proposals := getattr(model, "rpn", None)) is not None:
        proposals.nms_thresh = 1.0
        proposals.min_size = 0.0
        model.roi_heads.score_thresh = 1.0


def _freeze(module: nn.Module) -> None:
    for name, child in module.named_children():
        if isinstance(child, nn.BatchNorm2d):
            frozen = FrozenBatchNorm2d(child.num_features, eps=child.eps)
            setattr(module, name, frozen.to(child.weight.device))
        else:
            _freeze(child)


_TASKS = {
    "detection": "object-detection",
    "segmentation": "image-segmentation",
    "video": "video-classification",
    "optical_flow": "optical-flow-estimation",
    "": "image-classification",
}
_OPEN_SIZE = 512
"""Height and width where torchvision's transforms leave them open."""
_FRAMES = 16


def _kind(architecture: str) -> str:
    """The subpackage that an architecture is in; empty for classification."""
    path = models.get_model_builder(architecture).__module__.split(".")
    return path[2] if len(path) > 3 else ""


def _task(architecture: str) -> str:
    return "keypoint-detection" if "keypoint" in architecture else _TASKS[_kind(architecture)]


def _size(kind: str, preset: Any) -> tuple[int, int]:
    """Height and width of what a model takes, with the transforms of its weights."""
    if not kind:
        return preset.crop_size[0], preset.crop_size[0]
    if kind == "video":
        height, width = preset.crop_size
        return height, width
    if kind == "segmentation":
        side = preset.resize_size[0]
        return side, side
    return _OPEN_SIZE, _OPEN_SIZE


def _inputs(kind: str, size: tuple[int, int]) -> Inputs:
    if kind == "detection":
        return (Input(shape=(3, *size), type=IMAGE, batch="list"),)
    if kind == "video":
        return (Input(shape=(3, _FRAMES, *size), type="video"),)
    if kind == "optical_flow":
        return image((3, *size)) * 2
    return ()


def _published(architecture: str, weights: Any) -> Published:
    preset = weights.transforms()
    kind = _kind(architecture)
    interpolation = getattr(preset, "interpolation", None)
    return Published(
        name=f"{architecture}.{weights.name}",
        module=models.get_model_builder(architecture).__module__.rpartition(".")[2],
        task=_task(architecture),
        params=weights.meta["num_params"],
        giga_macs=weights.meta["_ops"],
        mebibytes=weights.meta["_file_size"],
        size=_size(kind, preset),
        resized=preset.resize_size[0] if not kind else None,
        interpolation=interpolation.value if interpolation is not None else None,
        url=weights.url,
        metrics=weights.meta["_metrics"],
    )


def _facts(architecture: str, weights: Any, tags: tuple[str, ...]) -> SourceFacts:
    kind, task = _kind(architecture), _task(architecture)
    if weights is None:
        height, width = _OPEN_SIZE, _OPEN_SIZE
        inputs = _inputs(kind, (height, width))
        return SourceFacts(input_size=(3, height, width), inputs=inputs, task=task)
    preset = weights.transforms()
    size = _size(kind, preset)
    crops = not kind
    categories = weights.meta.get("categories")
    interpolation = getattr(preset, "interpolation", None)
    mean, std = getattr(preset, "mean", None), getattr(preset, "std", None)
    return SourceFacts(
        input_size=None if kind == "video" else (3, *size),
        crop_pct=round(preset.crop_size[0] / preset.resize_size[0], 4) if crops else None,
        crop_mode="center" if crops else None,
        interpolation=interpolation.value if interpolation is not None else None,
        mean=tuple(mean) if mean is not None else None,
        std=tuple(std) if std is not None else None,
        num_classes=len(categories) if categories else None,
        weights_url=weights.url,
        origin_url=weights.meta.get("recipe"),
        tags=tags,
        inputs=_inputs(kind, size),
        task=task,
    )


SOURCE = TorchvisionSource()
