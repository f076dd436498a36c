"""Models of open_clip, by the names of the configurations it ships.

Each has an image and a text tower, which are counted by themselves. Nothing is ever downloaded: a text tower
of transformers whose configuration is on the hub only can't be built, and says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import open_clip
from open_clip.factory import get_model_config
from torch import nn

from metazoo.inputs import IMAGE, TOKENS, Input, Inputs
from metazoo.measure.measurement import Pass, SourceFacts
from metazoo.measure.sources.protocol import BuildOptions, Resolved, UnknownModelError
from metazoo.measure.sources.quiet import quietly
from metazoo.measure.sources.suggesting import suggestion

_MEAN = tuple(open_clip.OPENAI_DATASET_MEAN)
_STD = tuple(open_clip.OPENAI_DATASET_STD)


class OpenClipSource:
    """open_clip's registry; a tag is the name of its weights: ``ViT-B-32.laion2b_s34b_b79k``."""

    name = "open_clip"

    def names(self) -> list[str]:
        """Every configuration, sorted."""
        return sorted(open_clip.list_models())

    def resolve(self, name: str) -> Resolved:
        """Look up ``architecture`` or ``architecture.tag``.

        Raises:
            UnknownModelError: open_clip ships no such configuration, or knows no such weights.
        """
        known = set(open_clip.list_models())
        architecture, tag = (name, "") if name in known else _without_tag(name, known)
        if architecture not in known:
            raise UnknownModelError(
                f"open_clip {open_clip.__version__} has no model {name!r}{suggestion(name, known)}"
            )
        tags = tuple(open_clip.list_pretrained_tags_by_model(architecture))
        if tag and tag not in tags:
            raise UnknownModelError(
                f"open_clip {open_clip.__version__} has no weights {tag!r} of {architecture!r};"
                f" known are: {', '.join(tags) or 'none'}"
            )
        full_name = f"{architecture}.{tag}" if tag else architecture
        facts = _facts(get_model_config(architecture), architecture, tag, tags)
        return Resolved(full_name, architecture, facts)

    def build(self, resolved: Resolved, options: BuildOptions) -> nn.Module:
        """Build both towers on the default device.

        Raises:
            ValueError: Its text tower is one of transformers, configured on the hub.
        """
        text = get_model_config(resolved.architecture).get("text_cfg", {})
        if (tower := text.get("hf_model_name")) is not None:
            raise ValueError(
                f"the configuration of its text tower, {tower!r}, is on the Hugging Face hub only, and"
                " nothing is downloaded"
            )
        size = options.input_size
        with quietly():
            model: nn.Module = open_clip.create_model(
                resolved.architecture,
                pretrained=None,
                load_weights=False,
                pretrained_image=False,
                pretrained_text=False,
                force_image_size=size[1:] if size else None,
                device=_default_device(),
            )
        return model


def _default_device() -> str:
    import torch

    return str(torch.get_default_device())


def _without_tag(name: str, known: set[str]) -> tuple[str, str]:
    """Architecture and tag of a name; architectures have dots of their own."""
    for place in (i for i, letter in enumerate(name) if letter == "."):
        if name[:place] in known:
            return name[:place], name[place + 1 :]
    return name, ""


def _facts(
    config: Mapping[str, Any], architecture: str, tag: str, tags: tuple[str, ...]
) -> SourceFacts:
    vision, text = config["vision_cfg"], config["text_cfg"]
    side = vision.get("image_size", 224)
    height, width = side if isinstance(side, list | tuple) else (side, side)
    length = int(text.get("context_length", 77))
    picture = Input("image", (3, height, width), IMAGE)
    words = Input("text", (length,), TOKENS, below=int(text.get("vocab_size", 49408)))
    inputs: Inputs = (picture, words)
    weights: Mapping[str, Any] = open_clip.get_pretrained_cfg(architecture, tag) if tag else {}
    return SourceFacts(
        input_size=(3, height, width),
        interpolation=weights.get("interpolation", "bicubic"),
        mean=tuple(weights.get("mean") or _MEAN),
        std=tuple(weights.get("std") or _STD),
        weights_url=weights.get("url") or None,
        hub_id=(weights.get("hf_hub") or "").rstrip("/") or None,
        tags=tags,
        inputs=inputs,
        passes=(
            # By position: models call them image, images and text.
            Pass("image", (replace(picture, name=None),), "encode_image"),
            Pass("text", (replace(words, name=None),), "encode_text"),
        ),
        task="zero-shot-image-classification",
    )


SOURCE = OpenClipSource()
