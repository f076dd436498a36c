"""Models that a project builds with its own functions.

A project lists them in its own package, and names that list in its configuration or as an entry
point; never in an index, which only says the models' names::

    # mypackage/zoo.py
    source = CallableSource("zoo", {"small_net": build_small_net}, input_size=(3, 64, 64))
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from metazoo.measure.measurement import SourceFacts
from metazoo.measure.sources.protocol import BuildOptions, Resolved, UnknownModelError

if TYPE_CHECKING:
    from torch import nn


class CallableSource:
    """Models by name, each with the function that builds it.

    Args:
        name: The source's name, as an index or ``--source`` gives it.
        models: Functions without arguments, or with a ``num_classes``, by the models' names.
        input_size: Channels, height, width of all models' inputs.
        input_sizes: The same by model, where they aren't all alike.
    """

    def __init__(
        self,
        name: str,
        models: Mapping[str, Callable[..., nn.Module]],
        *,
        input_size: tuple[int, int, int] = (3, 224, 224),
        input_sizes: Mapping[str, tuple[int, int, int]] | None = None,
    ) -> None:
        self.name = name
        self._models = dict(models)
        self._input_size = input_size
        self._input_sizes = dict(input_sizes or {})

    def names(self) -> list[str]:
        """Every model, sorted."""
        return sorted(self._models)

    def resolve(self, name: str) -> Resolved:
        """Look a name up.

        Raises:
            UnknownModelError: The project has no such model.
        """
        if name not in self._models:
            raise UnknownModelError(
                f"source {self.name!r} has no model {name!r}; known are: {', '.join(self.names())}"
            )
        size = self._input_sizes.get(name, self._input_size)
        return Resolved(name, name, SourceFacts(input_size=size))

    def build(self, resolved: Resolved, options: BuildOptions) -> nn.Module:
        """Call the model's function."""
        build = self._models[resolved.architecture]
        if options.num_classes is None:
            return build()
        return build(num_classes=options.num_classes)
