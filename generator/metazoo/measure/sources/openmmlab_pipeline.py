"""What a configuration of OpenMMLab says about the images that its model takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_CIFAR = (32, 32)
_DEFAULT_PADDING = 32
"""What mmpretrain's EfficientNetCenterCrop leaves out around the crop, where nothing else is said."""

_NO_IMAGE = ("Frames", "Points")
"""Parts of the names of transforms that load a video or a cloud of points."""


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """How an image becomes the input of a model.

    Attributes:
        input_size: Channels, height, width; None where the configuration doesn't say.
        crop_pct: Share of the resized image that the center crop keeps.
        crop_mode: ``center`` where the image is resized by its shorter edge, ``squash`` where to a square.
        interpolation: How it is resized.
        mean: Per channel, of inputs scaled to 0..1.
        std: Per channel, of inputs scaled to 0..1.
    """

    input_size: tuple[int, int, int] | None = None
    crop_pct: float | None = None
    crop_mode: str | None = None
    interpolation: str | None = None
    mean: tuple[float, ...] | None = None
    std: tuple[float, ...] | None = None


def preprocessing(config: Mapping[str, Any]) -> Preprocessing:
    """Read the preprocessing from the test pipeline and the data preprocessor.

    A model without a test pipeline, which was only pretrained, has the size that its backbone is built for,
    else the first crop of its training pipeline.

    Args:
        config: The whole configuration.
    """
    network = config["model"]
    processor = config.get("data_preprocessor") or network.get("data_preprocessor") or {}
    mean, std = (_per_channel(processor.get(key)) for key in ("mean", "std"))
    dataset = _dataset(config, "test")
    test = list(_transforms(dataset.get("pipeline") or config.get("test_pipeline") or ()))
    size = None
    for transform in test:
        if any(word in _kind(transform) for word in _NO_IMAGE):
            return Preprocessing(mean=mean, std=std)
        size = _size(transform) or size
    if processor.get("size") is not None:  # mmseg: its test images have many sizes
        size = _pair(processor["size"])
    backbone = network.get("backbone") or {}
    if size is None and "CIFAR" in _kind(dataset):
        size = _CIFAR
    if size is None and "img_size" in backbone:
        size = _pair(backbone["img_size"])
    if size is None:
        train = _transforms(_dataset(config, "train").get("pipeline") or ())
        size = next(filter(None, map(_size, train)), None)
    if size is not None:
        size = _padded(size, processor.get("pad_size_divisor", 1))
    crop_pct, crop_mode, interpolation = _crop(test)
    return Preprocessing(
        (len(mean) if mean else 3, *size) if size else None,
        crop_pct,
        crop_mode,
        interpolation,
        mean,
        std,
    )


def _dataset(config: Mapping[str, Any], phase: str) -> Mapping[str, Any]:
    loader = config.get(f"{phase}_dataloader") or {}
    if isinstance(loader, Sequence):  # several datasets, the same images
        loader = loader[0]
    dataset: Mapping[str, Any] = loader.get("dataset") or {}
    return dataset


def _transforms(pipeline: Sequence[Any]) -> Iterator[Mapping[str, Any]]:
    """The transforms of a pipeline in order, those within others taken out; of several views the first."""
    for transform in pipeline:
        if isinstance(transform, Mapping):
            yield transform
            yield from _transforms(transform.get("transforms") or ())
        elif isinstance(transform, Sequence) and not isinstance(transform, str):
            yield from _transforms(transform)


def _kind(settings: Mapping[str, Any]) -> str:
    """The name of a type, which a configuration has as text or as the class itself."""
    kind = settings.get("type", "")
    return kind if isinstance(kind, str) else kind.__name__


def _size(transform: Mapping[str, Any]) -> tuple[int, int] | None:
    """Height and width of the images that a transform returns; None where it keeps or doesn't tell them."""
    if not any(word in _kind(transform) for word in ("Crop", "Resize", "Affine")):
        return None
    for key in ("crop_size", "size", "scale", "input_size"):
        if transform.get(key) is not None:
            return _pair(transform[key], swapped=key in ("scale", "input_size"))
    return None


def _pair(size: Any, *, swapped: bool = False) -> tuple[int, int]:
    """Height and width; OpenMMLab writes scales as width and height."""
    if isinstance(size, int):
        return size, size
    first, second = size
    return (second, first) if swapped else (first, second)


def _padded(size: tuple[int, int], divisor: int) -> tuple[int, int]:
    height, width = (-(-side // divisor) * divisor for side in size)
    return height, width


def _per_channel(values: Any) -> tuple[float, ...] | None:
    """Mean or deviation of pixels from 0 to 255, for pixels from 0 to 1."""
    return tuple(round(value / 255, 8) for value in values) if values else None


def _crop(test: Sequence[Mapping[str, Any]]) -> tuple[float | None, str | None, str | None]:
    """Share that is kept, mode and interpolation of a test pipeline."""
    resize: Mapping[str, Any] | None = None
    for transform in test:
        kind = _kind(transform).rpartition("/")[2]
        if kind in ("Resize", "ResizeEdge") and transform.get("scale") is not None:
            resize = transform
        elif kind == "EfficientNetCenterCrop":
            crop = transform["crop_size"]
            padding = transform.get("crop_padding", _DEFAULT_PADDING)
            return crop / (crop + padding), "center", transform.get("interpolation", "bicubic")
        elif kind == "CenterCrop" and resize is not None:
            share = min(_pair(transform["crop_size"])) / min(_pair(resize["scale"]))
            return share, _mode(resize), resize.get("interpolation", "bilinear")
    if resize is None or resize.get("keep_ratio"):
        return None, None, None
    return 1.0, _mode(resize), resize.get("interpolation", "bilinear")


def _mode(resize: Mapping[str, Any]) -> str:
    edge = "Edge" in _kind(resize) or resize.get("keep_ratio")
    return "center" if edge else "squash"
