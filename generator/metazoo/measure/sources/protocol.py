"""What a source must be able to do. A private zoo is measured by writing one of these.

A source looks names up in a registry of its own. A name comes from an index, and an index may come
from a stranger: a source must never take it for a path, a URL, a repository or a module to import.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from metazoo.measure.measurement import SourceFacts

if TYPE_CHECKING:
    from torch import nn


class UnknownModelError(Exception):
    """The source has no model of that name. `str()` says so, and what name may be meant."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a name stands for.

    Attributes:
        full_name: The source's own full name: ``resnet50.a1_in1k``.
        architecture: The part of it that names the network: ``resnet50``.
        facts: What the source says of it without building anything.
        deprecated: Whether the name asked for is one that the source has replaced.
    """

    full_name: str
    architecture: str
    facts: SourceFacts
    deprecated: bool = False


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """How to build a model, where not as the source itself would.

    Attributes:
        input_size: Channels, height, width the model must take.
        num_classes: Outputs of the classifier; 0 for none.
    """

    input_size: tuple[int, int, int] | None = None
    num_classes: int | None = None


@runtime_checkable
class Source(Protocol):
    """A registry of models that can be built by name."""

    name: str

    def names(self) -> list[str]:
        """Every architecture, sorted, without deprecated names."""

    def resolve(self, name: str) -> Resolved:
        """Look a name up, without building anything.

        Raises:
            UnknownModelError: The registry has no such name.
        """

    def build(self, resolved: Resolved, options: BuildOptions) -> nn.Module:
        """Build the model on torch's current default device, with no pretrained weights.

        Whatever it raises becomes the error of this one measurement.
        """


@runtime_checkable
class PlacingSource(Source, Protocol):
    """A source whose models take their device as an argument.

    Building them so is a fifth faster than on a default device, which every call of torch has to ask
    about.
    """

    def build_on(self, device: str, resolved: Resolved, options: BuildOptions) -> nn.Module:
        """As `build`, but on a device: ``meta``."""
