"""What a model returns: a tensor, or a tuple, list, mapping or data class of such parts. Needs torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import torch


class OutputError(TypeError):
    """A model's output is not made of tensors."""


def output_shape(output: Any) -> tuple[Any, ...]:
    """Shape of a model's output: of the tensor, or of each part.

    Raises:
        OutputError: It is not made of tensors.
    """
    parts = _parts(output)
    if isinstance(parts, torch.Tensor):
        return tuple(parts.shape)
    return tuple(output_shape(part) for part in parts)


def all_finite(output: Any) -> bool:
    """Whether every value of a model's output, in however many tensors, is a finite number."""
    parts = _parts(output)
    if isinstance(parts, torch.Tensor):
        return bool(torch.isfinite(parts).all())
    return all(all_finite(part) for part in parts)


def _parts(output: Any) -> Any:
    """A model's output as a tensor, or a list of its parts.

    Raises:
        OutputError: It is neither a tensor nor a tuple, list, mapping or data class.
    """
    if isinstance(output, torch.Tensor):
        return output
    if isinstance(output, Mapping):
        return list(output.values())
    if isinstance(output, list | tuple):
        return list(output)
    if is_dataclass(output) and not isinstance(output, type):
        # What a model was not asked for stands there as None.
        values = (getattr(output, field.name) for field in fields(output))
        return [value for value in values if value is not None]
    raise OutputError(f"its output is a {type(output).__name__}, not made of tensors")
