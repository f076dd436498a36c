"""Models that no source is named for: they are not measured, and one finding says how to name one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

from metazoo.findings import Finding
from metazoo.index.model import Model, ModelIndex
from metazoo.measure.sources.built_in import BUILT_IN
from metazoo.rules import finding
from metazoo.rules.timm_names import seems_of_timm


def without_source(index: ModelIndex, models: Sequence[Model]) -> Finding | None:
    """Say how many models have no source, and how to name one.

    Args:
        index: The index that the models are in.
        models: The models to look at.

    Returns:
        One finding for all of them; None if each has a source.
    """
    lacking = [model for model in models if index.source_of(model) is None]
    if not lacking:
        return None
    if len(lacking) == len(models):
        what = "no source is named, so no model is measured"
        library = index.library
        place = library.location if library else lacking[0].name.location
    else:
        have = "has" if len(lacking) == 1 else "have"
        what = f"{len(lacking)} of {len(models)} models {have} no source and can't be measured: "
        what += ", ".join(model.name.text for model in lacking[:3])
        what += ", …" if len(lacking) > 3 else ""
        place = lacking[0].name.location
    return finding("MZ616", what, place, hint=_hint(lacking))


def _hint(lacking: Sequence[Model]) -> str:
    most = len(lacking) // 2 + 1
    if sum(map(_has_metafile_config, lacking)) >= most:
        return (
            "The Config of these models looks like OpenMMLab's: write Library: {Source: openmmlab}, or"
            " Source in a collection or a model"
        )
    guess = sum(map(seems_of_timm, lacking)) >= most
    name = "timm" if guess else "NAME"
    why = "These look like models of timm" if guess else "Name what builds the models"
    known = ", ".join(BUILT_IN)
    return (
        f"{why}: write Library: {{Source: {name}}}, or Source in a collection or a model. metazoo has the"
        f" sources {known}; `metazoo sources` lists all"
    )


def _has_metafile_config(model: Model) -> bool:
    """Whether the Config is one of OpenMMLab's: ``configs/resnet/resnet50_8xb32_in1k.py``."""
    path = PurePosixPath(model.config.text if model.config else "")
    return path.suffix == ".py" and "configs" in path.parts
