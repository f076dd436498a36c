"""Settings of a model as rows: its recipe, its preprocessing, and what has no place of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from metazoo.cards.escape import one_line
from metazoo.facts import FACTS
from metazoo.index.model import Metadata, Value
from metazoo.measure.measurement import Measurement


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One line of a recipe or of the preprocessing."""

    name: str
    value: str
    origin: str


RECIPE = (
    "Epochs",
    "Training Steps",
    "Batch Size",
    "Minibatch Size",
    "Optimizer",
    "LR",
    "LR Step Size",
    "LR Gamma",
    "Warmup Epochs",
    "Warmup Steps",
    "Momentum",
    "Weight Decay",
    "RMSProp Decay",
    "Label Smoothing",
    "Dropout",
    "Stochastic Depth Survival",
    "BatchNorm Momentum",
    "Training Resources",
    "Training Time",
    "Training Memory (GB)",
)
"""Fields that say how weights were trained, in the order they are shown."""
_SHOWN_ELSEWHERE = {
    *RECIPE,
    *(fact.key for fact in FACTS),
    "Architecture",
    "Tasks",
    "Training Data",
    "Training Techniques",
    "ID",
    "Crop Pct",
    "Image Size",
    "Interpolation",
    "License",
}


def recipe(metadata: Metadata) -> tuple[SettingRow, ...]:
    """The training settings that have a value, in the order of `RECIPE`."""
    return tuple(
        SettingRow(key, _setting_text(value), "declared")
        for key in RECIPE
        if (value := metadata.get(key)) and value.text
    )


def other_settings(metadata: Metadata) -> tuple[SettingRow, ...]:
    """The settings that a card shows nowhere else."""
    return tuple(
        SettingRow(key, _other_text(value), "declared")
        for key, value in metadata.values.items()
        if key not in _SHOWN_ELSEWHERE and _other_text(value)
    )


def texts(metadata: Metadata, key: str) -> tuple[str, ...]:
    """The items of a list in the metadata, each on one line."""
    return tuple(one_line(t) for t in metadata.texts(key))


def _setting_text(value: Value[Any]) -> str:
    number = value.value
    if isinstance(number, int) and number >= 10_000:
        return f"{number:,}"
    return value.text


def _other_text(value: Value[Any]) -> str:
    content = value.value
    if isinstance(content, list):
        return ", ".join(_other_text(v) for v in content if isinstance(v, Value))
    if isinstance(content, dict):
        return ", ".join(f"{k}: {_other_text(v)}" for k, v in content.items())
    return value.text


def _size_text(size: tuple[int, int, int]) -> str:
    channels, height, width = size
    sides = str(height) if height == width else f"{height}×{width}"
    return sides if channels == 3 else f"{channels}×{height}×{width}"


def image_size(metadata: Metadata, measurement: Measurement | None) -> tuple[str, str]:
    """The input size as text, and its origin: ``declared``, ``measured`` or empty."""
    declared = metadata.get("Image Size")
    if declared and isinstance(declared.value, tuple):
        return _size_text(declared.value), "declared"
    if measurement and measurement.input_size:
        return _size_text(measurement.input_size), "measured"
    return "", ""


def preprocessing(metadata: Metadata, measurement: Measurement | None) -> tuple[SettingRow, ...]:
    """How an image becomes an input, as declared or as the source says."""
    facts = measurement.facts if measurement else None
    lines: list[SettingRow] = []
    size, origin = image_size(metadata, measurement)
    if size:
        lines.append(SettingRow("Image size", f"{size} px", origin))
    for key, label, known in (
        ("Crop Pct", "Crop", facts.crop_pct if facts else None),
        ("Interpolation", "Interpolation", facts.interpolation if facts else None),
    ):
        declared = metadata.text(key)
        if declared:
            lines.append(SettingRow(label, declared, "declared"))
        elif known is not None:
            lines.append(SettingRow(label, str(known), "source"))
    if facts:
        lines += [
            SettingRow(label, ", ".join(f"{x:g}" for x in values), "source")
            for label, values in (("Mean", facts.mean), ("Standard deviation", facts.std))
            if values
        ]
        if facts.test_input_size and _size_text(facts.test_input_size) != size:
            lines.append(
                SettingRow("Test size", f"{_size_text(facts.test_input_size)} px", "source")
            )
        if facts.num_classes:
            lines.append(SettingRow("Classes", f"{facts.num_classes:,}", "source"))
    return tuple(lines)
