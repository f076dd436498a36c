"""What a model takes: named tensors of a shape, a type and a range. No torch here.

One float image is the common case, and `image` makes it. Shapes leave the batch out: it is put in front
when tensors are made (see `metazoo.measure.feed`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

IMAGE: Final = "image"
TOKENS: Final = "tokens"
MASK: Final = "mask"

DTYPES: Final = {
    IMAGE: "float32",
    "video": "float32",
    "audio": "float32",
    "points": "float32",
    "features": "float32",
    TOKENS: "int64",
    MASK: "int64",
}
"""The types of inputs there are, each with the data type of its elements where none is stated."""

ALLOWED_DTYPES: Final = (
    "float32",
    "float64",
    "float16",
    "bfloat16",
    "int64",
    "int32",
    "uint8",
    "bool",
)
"""Data types that an input may state."""

BATCHES: Final = ("axis", "list", "none")
"""How a batch is given: as a first axis, as a list with one tensor per sample, or not at all."""

MOST_ELEMENTS: Final = 2**32
"""Elements of one input at batch 1; more is a slip of the pen, or an attack on the machine's memory."""


@dataclass(frozen=True, slots=True)
class Input:
    """One input of a model, or a group of them.

    Attributes:
        name: The keyword it is passed by; None where it is passed by position.
        shape: Of one sample, without a batch axis.
        type: A key of `DTYPES`; says which values are valid.
        below: For tokens: the size of the vocabulary; every id is below it.
        dtype: Data type of the elements, where another than usual for the type.
        batch: How a batch is given, one of `BATCHES`.
        parts: The inputs of a group: passed as a dictionary where they have names, else as a tuple. A
            group has no shape of its own.
    """

    name: str | None = None
    shape: tuple[int, ...] = ()
    type: str = "features"
    below: int | None = None
    dtype: str | None = None
    batch: str = "axis"
    parts: tuple[Input, ...] = ()

    @property
    def element_type(self) -> str:
        """Data type of the elements: ``float32``."""
        return self.dtype or DTYPES[self.type]


Inputs = tuple[Input, ...]
"""All inputs of one call."""


def image(size: tuple[int, ...]) -> Inputs:
    """The common case: one image of channels, height, width, passed by position."""
    return (Input(shape=size, type=IMAGE),)


def is_one_image(inputs: Inputs) -> bool:
    """Whether these are the common case, for which an image size says everything."""
    return len(inputs) == 1 and inputs == image(inputs[0].shape) and len(inputs[0].shape) == 3


def leaves(inputs: Inputs) -> Iterator[Input]:
    """Every input that is a tensor, groups taken apart."""
    for one in inputs:
        if one.parts:
            yield from leaves(one.parts)
        else:
            yield one


def image_size(inputs: Inputs) -> tuple[int, int, int] | None:
    """Channels, height, width of the first image among inputs; None where there is none."""
    for one in leaves(inputs):
        if one.type == IMAGE and len(one.shape) == 3:
            channels, height, width = one.shape
            return channels, height, width
    return None


def at_size(inputs: Inputs, size: tuple[int, int, int] | None) -> Inputs:
    """The same inputs with every image at another size; as they are where no size is given."""
    if size is None:
        return inputs
    return tuple(
        replace(one, parts=at_size(one.parts, size))
        if one.parts
        else replace(one, shape=size)
        if one.type == IMAGE and len(one.shape) == 3
        else one
        for one in inputs
    )


def as_words(inputs: Inputs) -> str:
    """Inputs in one line for people: ``image 3×224×224, input_ids tokens 77``."""
    return ", ".join(_words(one) for one in inputs)


def _words(one: Input) -> str:
    name = f"{one.name} " if one.name and one.name != one.type else ""
    if one.parts:
        return f"{name}({as_words(one.parts)})"
    return f"{name}{one.type} {'×'.join(map(str, one.shape)) or 'scalar'}"
