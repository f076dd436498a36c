"""Values of an index as plain texts, numbers, lists and mappings, without their places."""

from __future__ import annotations

from typing import Any

from metazoo.index.model import StatedInputs, Value
from metazoo.index.nodes import NULLS

Plain = dict[str, Any]


def text(value: Value[str] | None) -> str | None:
    """The text of a value, or None."""
    return None if value is None or value.value is None else value.text


def plain_values(values: dict[str, Value[Any]]) -> Plain:
    """What the values of a mapping mean."""
    return {key: plain(value) for key, value in values.items()}


def plain(value: Value[Any]) -> Any:
    """What a value means, without its place; as written where it could not be understood.

    A text that was written as a mapping is one again.
    """
    if value.extra:
        return {"Name": plain_meaning(value)} | plain_values(value.extra)
    return plain_meaning(value)


def plain_meaning(value: Value[Any]) -> Any:
    """As `plain`, without what else a mapping says beside the value."""
    meaning = value.value
    if isinstance(value, StatedInputs) and value.written:
        return [plain(item) for item in value.written]
    if meaning is None:
        return None if value.text in NULLS else value.text
    if isinstance(meaning, tuple):
        return image_size(meaning)
    if isinstance(meaning, list):
        return [plain(item) for item in meaning]
    if isinstance(meaning, dict):
        return plain_values(meaning)
    return meaning


def image_size(size: tuple[int, int, int]) -> int | str:
    """``224`` for a square image of three channels, else ``256x192`` or ``1x28x28``."""
    channels, height, width = size
    if channels != 3:
        return f"{channels}x{height}x{width}"
    return height if height == width else f"{height}x{width}"
