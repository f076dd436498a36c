"""The sources that come with metazoo: one table. No torch here, nor any package of theirs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """A source that comes with metazoo.

    Attributes:
        module: The module it is in; its source is called ``SOURCE`` there.
        packages: The modules that must be importable, each with the distribution it is in; the versions
            of these decide what a measurement says.
        install: What to install it with.
        by_config: Whether the `Config` of a model in an index says what to build.
        license_note: What should be known of the licenses of these packages before installing them.
    """

    module: str
    packages: tuple[tuple[str, str], ...]
    install: str
    by_config: bool = False
    license_note: str | None = None


def _here(name: str) -> str:
    return f"metazoo.measure.sources.{name}"


BUILT_IN: dict[str, BuiltIn] = {
    "timm": BuiltIn(_here("timm"), (("timm", "timm"),), "pip install 'metazoo[verify]'"),
    "torchvision": BuiltIn(
        _here("torchvision"),
        (("torchvision", "torchvision"),),
        "pip install 'metazoo[torchvision]'",
    ),
    "open_clip": BuiltIn(
        _here("open_clip"),
        (("open_clip", "open_clip_torch"), ("timm", "timm")),
        "pip install 'metazoo[open-clip]'",
    ),
    "transformers": BuiltIn(
        _here("transformers"),
        (("transformers", "transformers"),),
        "pip install 'metazoo[transformers]'",
        by_config=True,
    ),
    "openmmlab": BuiltIn(
        _here("openmmlab"),
        (("mmengine", "mmengine"), ("mmcv", "mmcv-lite"), ("mmpretrain", "mmpretrain")),
        "pip install 'metazoo[openmmlab]' && pip install --no-deps mmpretrain",
        by_config=True,
    ),
    "ultralytics": BuiltIn(
        _here("ultralytics"),
        (("ultralytics", "ultralytics"),),
        "pip install ultralytics",
        license_note="ultralytics is licensed under AGPL-3.0",
    ),
    "segmentation_models_pytorch": BuiltIn(
        _here("segmentation_models"),
        (("segmentation_models_pytorch", "segmentation_models_pytorch"), ("timm", "timm")),
        "pip install 'metazoo[segmentation-models]'",
    ),
}
"""By name, in the order in which they are listed."""


def is_released(source: str) -> bool:
    """Whether a source builds the models of a released package, and not a project's own."""
    return source in BUILT_IN
