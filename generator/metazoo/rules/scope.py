"""The index as rules see it: what several rules iterate over is collected once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from metazoo.index.fields import Field, Kind, field_of
from metazoo.index.model import Collection, Metadata, Model, ModelIndex, Paper, Result, Value

_NUMERIC = {Kind.COUNT, Kind.BYTES, Kind.NUMBER, Kind.IMAGE_SIZE}


class Owner(NamedTuple):
    """A model or a collection, with its own values only, not inherited ones.

    Attributes:
        name: The model's name for `Finding.model`; None for a collection.
    """

    item: Model | Collection
    name: str | None
    metadata: Metadata
    papers: list[Paper]
    results: list[Result]


class Number(NamedTuple):
    """A value of a numeric field."""

    owner: Owner
    field: Field
    value: Value[Any]


class Link(NamedTuple):
    """A text that is, or should be, a URL or a path.

    Attributes:
        field: Its key, such as ``Weights`` or ``Paper``.
    """

    value: Value[str]
    field: str
    model: str | None


class Scope:
    """An index and what rules need from it, collected on first use."""

    def __init__(self, index: ModelIndex) -> None:
        self.index = index

    @cached_property
    def owners(self) -> list[Owner]:
        """Every collection and every model."""
        owners = [Owner(c, None, c.metadata, c.papers, c.results) for c in self.index.collections]
        for model in self.index.models:
            papers = [] if "papers" in model.inherits else model.papers
            results = [] if "results" in model.inherits else model.results
            owners.append(Owner(model, model.name.text or None, model.written, papers, results))
        return owners

    @cached_property
    def numbers(self) -> list[Number]:
        """Every value of a known numeric metadata field, even if it isn't a number."""
        numeric: dict[str, Field | None] = {}
        found: list[Number] = []
        for owner in self.owners:
            for name, value in owner.metadata.values.items():
                if name not in numeric:
                    known = field_of(name)
                    numeric[name] = known if known and known.kind in _NUMERIC else None
                field = numeric[name]
                if field is not None:
                    found.append(Number(owner, field, value))
        return found

    @cached_property
    def links(self) -> list[Link]:
        """Every URL and path where it is written; inherited ones are not repeated."""
        found: list[Link] = []
        add = found.append
        for owner in self.owners:
            item, model = owner.item, owner.name
            for paper in owner.papers:
                if paper.url is not None and paper.url.value:
                    add(Link(paper.url, "Paper", model))
            code = item.code.url if item.code else None
            for field, value in (
                ("Code", code),
                ("Weights", item.weights),
                ("Config", item.config),
                ("README", item.readme),
                ("Image", item.image),
            ):
                if value is not None and value.value and not value.inherited:
                    add(Link(value, field, model))
        library = self.index.library
        if library is not None:
            if library.url is not None:
                add(Link(library.url, "Library URL", None))
            for key in ("Docs", "Image", "README"):
                if key in library.extra:
                    add(Link(library.extra[key], key, None))
        return found

    @cached_property
    def families(self) -> dict[str, list[Model]]:
        """The models of each collection, by its name. A model belongs to its first collection."""
        families: dict[str, list[Model]] = {}
        for model in self.index.models:
            for name in model.collections[:1]:
                families.setdefault(name.text, []).append(model)
        return families

    @cached_property
    def distinct_texts(self) -> set[str]:
        """The distinct texts of `texts`; most of them occur in many models."""
        found: set[str] = set()
        add = found.add
        for owner in self.owners:
            add(owner.item.name.text)
            for value in owner.metadata.values.values():
                if isinstance(value.value, list):
                    found.update([item.text for item in value.value])
                else:
                    add(value.text)
            found.update([extra.text for extra in owner.item.extra.values()])
            for result in owner.results:
                if result.task is not None:
                    add(result.task.text)
                if result.dataset is not None:
                    add(result.dataset.text)
            for paper in owner.papers:
                if paper.title is not None:
                    add(paper.title.text)
                found.update([author.text for author in paper.authors])
        return found

    def texts(self) -> Iterator[tuple[Value[Any], str | None]]:
        """Every text value, with the model it belongs to."""
        for owner in self.owners:
            item, model = owner.item, owner.name
            yield item.name, model
            for value in owner.metadata.values.values():
                if isinstance(value.value, list):
                    for inner in value.value:
                        yield inner, model
                else:
                    yield value, model
            for extra in item.extra.values():
                yield extra, model
            for result in owner.results:
                if result.task is not None:
                    yield result.task, model
                if result.dataset is not None:
                    yield result.dataset, model
            for paper in owner.papers:
                if paper.title is not None:
                    yield paper.title, model
                for author in paper.authors:
                    yield author, model

    def candidates(self, value: Value[str], path: str) -> list[Path]:
        """Files that `path` may refer to: relative to the file of `value`, the root, and the bases."""
        folder = Path(value.location.file).parent
        folders = (folder, self.index.root, *self.index.bases)
        return [folder / path for folder in folders]
