"""Classification models of torchvision, by their names in its registry."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torchvision
from torch import nn
from torchvision import models

from metazoo.measure.measurement import SourceFacts
from metazoo.measure.sources.protocol import BuildOptions, Resolved, UnknownModelError
from metazoo.measure.sources.suggesting import suggestion


@dataclass(frozen=True, slots=True)
class Published:
    """What torchvision says of one set of weights.

    Attributes:
        name: ``architecture.WEIGHTS``.
        module: The module that builds it: ``resnet``.
        params: Its parameters.
        giga_macs: Multiply-accumulates, in units of 10^9; torchvision calls them GFLOPS.
        mebibytes: Size of the file, in units of 2^20 bytes.
        crop: Side of the square that is cut out of a picture.
        resized: Shorter side of the picture before that.
        interpolation: How it is resized.
        url: Where the weights lie.
        metrics: Accuracies in percent, by data set.
    """

    name: str
    module: str
    params: int
    giga_macs: float
    mebibytes: float
    crop: int
    resized: int
    interpolation: str
    url: str
    metrics: Mapping[str, Mapping[str, float]]


_NAME = re.compile(r"[a-z0-9_]+(\.[A-Z0-9_]+)?")


class TorchvisionSource:
    """torchvision's registry; a tag is the name of its weights: ``resnet50.IMAGENET1K_V2``."""

    name = "torchvision"

    def names(self) -> list[str]:
        """Every classification architecture, sorted."""
        return list(models.list_models(module=models))

    def resolve(self, name: str) -> Resolved:
        """Look up ``architecture`` or ``architecture.WEIGHTS``.

        Raises:
            UnknownModelError: torchvision has no such architecture or weights.
        """
        architecture, _, tag = name.partition(".")
        if not _NAME.fullmatch(name) or architecture not in self.names():
            raise UnknownModelError(
                f"torchvision {torchvision.__version__} has no classification model {name!r}"
                + suggestion(name, self.names())
            )
        weights = {w.name: w for w in models.get_model_weights(architecture)}
        default = models.get_model_weights(architecture).DEFAULT.name
        if tag and tag not in weights:
            raise UnknownModelError(
                f"torchvision {torchvision.__version__} has no weights {tag!r} of"
                f" {architecture!r}; known are: {', '.join(weights)}"
            )
        chosen = weights[tag or default]
        tags = tuple(sorted(weights, key=lambda t: t != default))
        return Resolved(
            f"{architecture}.{chosen.name}", architecture, _facts(chosen, tags), deprecated=False
        )

    def published(self) -> list[Published]:
        """What torchvision publishes of all its classification weights, in the order of names."""
        return [
            _published(architecture, weights)
            for architecture in self.names()
            for weights in models.get_model_weights(architecture)
        ]

    def build(self, resolved: Resolved, options: BuildOptions) -> nn.Module:
        """Build it on the default device, as it is once its weights are loaded."""
        arguments: dict[str, Any] = {}
        size = options.input_size or resolved.facts.input_size
        if resolved.architecture.startswith("vit_") and size:
            arguments["image_size"] = size[1]
        if resolved.architecture == "maxvit_t" and size:
            arguments["input_size"] = size[1:]
        if resolved.architecture == "googlenet":
            arguments |= {"aux_logits": False, "init_weights": False}
        if resolved.architecture == "inception_v3":
            arguments["init_weights"] = False
        if options.num_classes is not None:
            arguments["num_classes"] = options.num_classes
        model: nn.Module = models.get_model(resolved.architecture, weights=None, **arguments)
        return model


def _published(architecture: str, weights: Any) -> Published:
    preset = weights.transforms()
    return Published(
        name=f"{architecture}.{weights.name}",
        module=models.get_model_builder(architecture).__module__.rpartition(".")[2],
        params=weights.meta["num_params"],
        giga_macs=weights.meta["_ops"],
        mebibytes=weights.meta["_file_size"],
        crop=preset.crop_size[0],
        resized=preset.resize_size[0],
        interpolation=preset.interpolation.value,
        url=weights.url,
        metrics=weights.meta["_metrics"],
    )


def _facts(weights: Any, tags: tuple[str, ...]) -> SourceFacts:
    preset = weights.transforms()
    crop, resized = preset.crop_size[0], preset.resize_size[0]
    categories = weights.meta.get("categories")
    return SourceFacts(
        input_size=(3, crop, crop),
        crop_pct=round(crop / resized, 4),
        crop_mode="center",
        interpolation=preset.interpolation.value,
        mean=tuple(preset.mean),
        std=tuple(preset.std),
        num_classes=len(categories) if categories else None,
        weights_url=weights.url,
        origin_url=weights.meta.get("recipe"),
        tags=tags,
    )


SOURCE = TorchvisionSource()
