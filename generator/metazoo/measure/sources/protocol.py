"""What a source must be able to do. A private zoo is measured by writing one of these.

A source looks names up in a registry of its own. A name comes from an index, and an index may come
from a stranger: a source must never take it for a path, a URL, a repository or a module to import.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from metazoo import config
from metazoo.files import inside
from metazoo.inputs import Inputs
from metazoo.measure.measurement import SourceFacts

if TYPE_CHECKING:
    from torch import nn

    from metazoo.measure.feed import Arguments


class UnknownModelError(Exception):
    """The source has no model of that name. `str()` says so, and what name may be meant."""


def project_file(path: str) -> Path:
    """A file of the project, from its path relative to the root as an index has it.

    Raises:
        UnknownModelError: It is not there, or leads out of the root.
    """
    root = config.current().root
    file = root / path
    if not inside(file, root):
        raise UnknownModelError(f"its Config {path!r} leads out of the project's root")
    if not file.is_file():
        raise UnknownModelError(f"its Config {path!r} is no file of the project")
    return file


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
        input_size: Channels, height, width of the images the model must take.
        num_classes: Outputs of the classifier; 0 for none.
        inputs: All that it must take; empty for what the source says.
        config: The configuration to build it from, as the index names it; None where the name says
            what to build.
    """

    input_size: tuple[int, int, int] | None = None
    num_classes: int | None = None
    inputs: Inputs = ()
    config: str | None = None


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


@runtime_checkable
class ConfiguredSource(Source, Protocol):
    """A source that builds a model from a configuration file, as the `Config` of an index names one."""

    def resolve_config(self, name: str, config: str) -> Resolved:
        """As `resolve`, for a model that a configuration file describes.

        Args:
            name: The model's name in the index; it need not be in the registry.
            config: Which file, as the index names it. A file of the project is untrusted, and must be read
                as data (see `project_file`); code may come from an installed package only.

        Raises:
            UnknownModelError: There is no such file, or it describes nothing that the registry has.
        """


@runtime_checkable
class PreparingSource(Source, Protocol):
    """A source whose passes need more than a call: a decoder's step needs the cache of what came before."""

    def prepare(self, model: nn.Module, name: str, arguments: Arguments) -> Callable[[], Any]:
        """Do what a pass needs and nobody counts.

        Args:
            model: As built.
            name: Of the pass; ``whole`` for the model itself.
            arguments: The pass's inputs as tensors.

        Returns:
            What runs the pass.
        """
