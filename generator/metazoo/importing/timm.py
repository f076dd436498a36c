"""Entries of an index from what timm says about its models and what was measured.

timm itself is asked through `metazoo.measure`; here its answers become keys and values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from metazoo.importing.training_data import training_data
from metazoo.importing.writing import YamlRow
from metazoo.measure.measurement import Measurement, SourceFacts

SHARED = ("Image Size", "Crop Pct", "Interpolation", "Mean", "Std", "Num Classes")
"""Facts that every model has: the collection states them once where all its models agree."""

BEGINNINGS = ("ID", "Tasks", "Training Data")
"""Keys that an import writes in new entries only: people may know better later."""


@dataclass(frozen=True, slots=True)
class TimmEntry:
    """What an index should say about one model.

    Attributes:
        name: ``architecture.tag``.
        metadata: Values under canonical keys, in the order to write them.
        weights: Where the weights lie.
        origin: Where they come from.
        papers: arXiv numbers that timm gives for the weights.
        facts: What timm says, as it says it.
        error: Why nothing was measured.
    """

    name: str
    metadata: dict[str, Any]
    weights: str | None
    origin: str | None
    papers: tuple[str, ...]
    facts: SourceFacts
    error: str | None = None


def entry_of(measurement: Measurement) -> TimmEntry:
    """The entry of a measured model; of one that could not be measured, without the counts."""
    facts = measurement.facts or SourceFacts()
    counts = {"FLOPs": measurement.flops, "Parameters": measurement.params}
    stated = {
        "ID": measurement.model,
        "Image Size": _size(measurement.input_size or facts.input_size),
        "Test Image Size": _size(facts.test_input_size),
        "Crop Pct": _crop(facts.crop_pct),
        "Test Crop Pct": _crop(facts.test_crop_pct),
        "Crop Mode": facts.crop_mode if facts.crop_mode != "center" else None,
        "Interpolation": facts.interpolation,
        "Mean": YamlRow(facts.mean) if facts.mean else None,
        "Std": YamlRow(facts.std) if facts.std else None,
        "Num Classes": facts.num_classes or None,
        "Tasks": ["Image Classification" if facts.num_classes else "Feature Extraction"],
        "Training Data": training_data(measurement.model.partition(".")[2]) or None,
        "License": _license(facts.license),
    }
    return TimmEntry(
        name=measurement.model,
        metadata={k: v for k, v in (counts | stated).items() if v is not None},
        weights=_weights(facts),
        origin=facts.origin_url,
        papers=tuple(filter(None, map(_arxiv, facts.paper_ids))),
        facts=facts,
        error=measurement.error,
    )


def _crop(share: float | None) -> float | None:
    """A crop as the format knows it: at most the whole image.

    VOLO's larger networks are tested on images of 1 / 1.15 of their input, padded to its size; an
    index has no word for that.
    """
    return share if share is not None and share <= 1 else None


def _weights(facts: SourceFacts) -> str | None:
    if facts.hub_id:
        return f"https://huggingface.co/{facts.hub_id}"
    if facts.weights_url is None:
        return None
    # timm's configurations still name the repository's former owner.
    return facts.weights_url.replace("/rwightman/pytorch-image-models/", _TODAY)


_TODAY = "/huggingface/pytorch-image-models/"


def _size(size: Sequence[int] | None) -> int | str | None:
    if size is None:
        return None
    channels, height, width = size
    if channels != 3:
        return f"{channels}x{height}x{width}"
    return height if height == width else f"{height}x{width}"


def _license(name: str | None) -> str | None:
    """The SPDX name of a license as timm writes it; one that SPDX doesn't know is its own."""
    from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

    if not name or name == "unknown":
        return None
    try:
        return str(canonicalize_license_expression(name))
    except InvalidLicenseExpression:
        return f"LicenseRef-{name}"


def _arxiv(paper: str) -> str | None:
    """``1611.05431`` of ``arXiv:1611.05431v2``."""
    kind, _, number = paper.partition(":")
    return number.partition("v")[0] if kind.lower() == "arxiv" else None
