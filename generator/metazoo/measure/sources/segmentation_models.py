"""Models of segmentation_models_pytorch, by architecture and encoder: ``unet-resnet34``."""

from __future__ import annotations

from typing import Any

import segmentation_models_pytorch as smp
from segmentation_models_pytorch import MODEL_ARCHITECTURES_MAPPING
from segmentation_models_pytorch.encoders import encoders, get_encoder_names
from torch import nn

from metazoo.measure.measurement import SourceFacts
from metazoo.measure.sources.protocol import BuildOptions, Resolved, UnknownModelError
from metazoo.measure.sources.quiet import quietly
from metazoo.measure.sources.suggesting import suggestion

_SIDE = 512
"""Height and width where nobody says another: the library leaves it open, and publications mostly use it."""


_TIMM_ONLY = {"dpt"}
"""Architectures that take encoders of timm only."""
_ARCHITECTURES = MODEL_ARCHITECTURES_MAPPING.keys() - _TIMM_ONLY


class SegmentationModelsSource:
    """Every architecture with every encoder of the library's own list.

    An encoder of timm, ``tu-NAME``, is no name here: timm's registry has over a thousand.
    """

    name = "segmentation_models_pytorch"

    def names(self) -> list[str]:
        """Every architecture with every encoder, sorted."""
        return sorted(
            f"{architecture}-{encoder}"
            for architecture in _ARCHITECTURES
            for encoder in get_encoder_names()
        )

    def resolve(self, name: str) -> Resolved:
        """Look up ``architecture-encoder``; a tag is the name of the encoder's weights.

        Raises:
            UnknownModelError: The library has no such architecture, encoder or weights.
        """
        whole, _, tag = name.partition(".")
        architecture, _, encoder = whole.partition("-")
        if architecture not in _ARCHITECTURES or encoder not in encoders:
            raise UnknownModelError(
                f"segmentation_models_pytorch {smp.__version__} has no model {name!r}; a name is an"
                f" architecture and an encoder, as in unet-resnet34{suggestion(whole, self.names())}"
            )
        weights = encoders[encoder].get("pretrained_settings") or {}
        if tag and tag not in weights:
            raise UnknownModelError(
                f"segmentation_models_pytorch {smp.__version__} has no weights {tag!r} of encoder"
                f" {encoder!r}; known are: {', '.join(weights) or 'none'}"
            )
        return Resolved(name, whole, _facts(weights, tag))

    def build(self, resolved: Resolved, options: BuildOptions) -> nn.Module:
        """Build it on the default device, without the encoder's weights."""
        architecture, _, encoder = resolved.architecture.partition("-")
        arguments: dict[str, Any] = {}
        if options.num_classes is not None:
            arguments["classes"] = options.num_classes
        if options.input_size is not None:
            arguments["in_channels"] = options.input_size[0]
        with quietly():
            model: nn.Module = smp.create_model(
                architecture, encoder_name=encoder, encoder_weights=None, **arguments
            )
        return model


def _facts(weights: dict[str, Any], tag: str) -> SourceFacts:
    settings: dict[str, Any] = weights.get(tag) or next(iter(weights.values()), {})
    return SourceFacts(
        input_size=(3, _SIDE, _SIDE),
        mean=tuple(settings["mean"]) if settings.get("mean") else None,
        std=tuple(settings["std"]) if settings.get("std") else None,
        weights_url=settings.get("url"),
        hub_id=settings.get("repo_id"),
        tags=tuple(weights),
        task="image-segmentation",
    )


SOURCE = SegmentationModelsSource()
