"""Models that a project builds with its own functions.

A project lists them in its own package, and names that list in its configuration or as an entry
point; never in an index, which only says the models' names::

    # mypackage/zoo.py
    source = CallableSource(
        "zoo",
        {"small_net": build_small_net, "small_text": build_small_text},
        input_size=(3, 64, 64),
        inputs={"small_text": [Input("input_ids", (128,), "tokens", below=1000)]},
    )
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from metazoo.inputs import Input, image_size
from metazoo.measure.measurement import SourceFacts
from metazoo.measure.sources.protocol import BuildOptions, Resolved, UnknownModelError

if TYPE_CHECKING:
    from torch import nn


class CallableSource:
    """Models by name, each with the function that builds it.

    Args:
        name: The source's name, as an index or ``--source`` gives it.
        models: Functions without arguments, or with a ``num_classes``, by the models' names.
        input_size: Channels, height, width of the one image that all models take.
        input_sizes: The same by model, where they aren't all alike.
        inputs: By model, what it takes where that is not one image.
        tasks: By model, what it is for: ``image-classification``, ``text-classification``.
    """

    def __init__(
        self,
        name: str,
        models: Mapping[str, Callable[..., nn.Module]],
        *,
        input_size: tuple[int, int, int] = (3, 224, 224),
        input_sizes: Mapping[str, tuple[int, int, int]] | None = None,
        inputs: Mapping[str, Sequence[Input]] | None = None,
        tasks: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self._models = dict(models)
        self._input_size = input_size
        self._input_sizes = dict(input_sizes or {})
        self._inputs = {model: tuple(those) for model, those in (inputs or {}).items()}
        self._tasks = dict(tasks or {})

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
        task = self._tasks.get(name)
        inputs = self._inputs.get(name)
        if inputs is not None:
            facts = SourceFacts(input_size=image_size(inputs), inputs=inputs, task=task)
        else:
            size = self._input_sizes.get(name, self._input_size)
            facts = SourceFacts(input_size=size, task=task)
        return Resolved(name, name, facts)

    def build(self, resolved: Resolved, options: BuildOptions) -> nn.Module:
        """Call the model's function."""
        build = self._models[resolved.architecture]
        if options.num_classes is None:
            return build()
        return build(num_classes=options.num_classes)
