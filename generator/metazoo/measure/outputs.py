"""What a model returns: a tensor, or tuples, lists, mappings and data classes of such parts. Needs torch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import torch


class OutputError(TypeError):
    """A model's output is not made of tensors."""


def output_shape(output: Any) -> tuple[Any, ...]:
    """Shape of a model's output: of the tensor, or of each part.

    Raises:
        OutputError: There is no tensor in it.
    """
    shape = _shape(output)
    if shape is None:
        raise OutputError(f"its output is a {type(output).__name__}, not made of tensors")
    return shape


def shapes_by_name(output: Any) -> dict[str, Any]:
    """Shapes of the named parts of an output; empty where they have no names."""
    named = _named(output)
    if named is None:
        return {}
    shapes = {str(name): _shape(part) for name, part in named.items()}
    return {name: shape for name, shape in shapes.items() if shape is not None}


def all_finite(output: Any) -> bool:
    """Whether every value of a model's output, in however many tensors, is a finite number."""
    if isinstance(output, torch.Tensor):
        return bool(torch.isfinite(output).all())
    return all(all_finite(part) for part in _parts(output))


def _shape(output: Any) -> tuple[Any, ...] | None:
    """Shape of a tensor or of the parts of an output that hold one; None where there is none."""
    if isinstance(output, torch.Tensor):
        return tuple(output.shape)
    shapes = tuple(shape for part in _parts(output) if (shape := _shape(part)) is not None)
    if shapes or (isinstance(output, list | tuple | Mapping) and not output):
        return shapes
    return None


def _named(output: Any) -> Mapping[Any, Any] | None:
    if isinstance(output, Mapping):
        return output
    if isinstance(output, tuple) and hasattr(output, "_fields"):
        return dict(zip(output._fields, output, strict=True))
    if is_dataclass(output) and not isinstance(output, type):
        return {field.name: getattr(output, field.name) for field in fields(output)}
    return None


def _parts(output: Any) -> Iterator[Any]:
    """The parts of an output; none of what is neither a tensor nor made of parts.

    A number, a name or a cache of a decoder beside tensors is no reason to refuse them.
    """
    named = _named(output)
    if named is not None:
        yield from named.values()
    elif isinstance(output, list | tuple):
        yield from output
