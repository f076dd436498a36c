"""What a model takes from its collection.

What a model doesn't say itself, its collection says for it. Architecture, tasks, techniques and
training data are united without repeating an item; everything else the model says replaces what
the collection says.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from metazoo.index.fields import Kind, field_of
from metazoo.index.model import Code, Collection, Metadata, Model, ModelIndex, Value


def inherit(index: ModelIndex) -> None:
    """Fill `Model.metadata`, and what else a model leaves to its collection, in place."""
    by_name: dict[str, Collection] = {}
    for collection in index.collections:
        if collection.name.value:
            by_name.setdefault(collection.name.value, collection)
    for model in index.models:
        for name in model.collections:
            found = by_name.get(name.value or "")
            if found is not None:
                _take(model, found)


def _take(model: Model, collection: Collection) -> None:
    if collection.metadata.values:
        model.metadata = Metadata(_united(model.metadata.values, collection.metadata.values))
    if not model.results and collection.results:
        model.results = collection.results
        model.inherits |= {"results"}
    if not model.papers and collection.papers:
        model.papers = collection.papers
        model.inherits |= {"papers"}
    if model.code is None and collection.code is not None:
        theirs = collection.code
        model.code = Code(
            theirs.location, _inherited(theirs.url), _inherited(theirs.version), theirs.extra
        )
        model.inherits |= {"code"}
    model.weights = model.weights or _inherited(collection.weights)
    model.config = model.config or _inherited(collection.config)
    model.source = model.source or _inherited(collection.source)
    model.readme = model.readme or _inherited(collection.readme)
    model.image = model.image or _inherited(collection.image)


def _inherited(value: Value[str] | None) -> Value[str] | None:
    return None if value is None else replace(value, inherited=True)


def _united(own: dict[str, Value[Any]], theirs: dict[str, Value[Any]]) -> dict[str, Value[Any]]:
    united = dict(own)
    for key, value in theirs.items():
        mine = united.get(key)
        if mine is None or mine.value is None:
            united[key] = replace(value, inherited=True)
        elif _is_list(key) and isinstance(mine.value, list) and isinstance(value.value, list):
            said = {item.value for item in mine.value}
            added = []
            for item in value.value:
                if item.value not in said:
                    said.add(item.value)
                    added.append(replace(item, inherited=True))
            if added:
                united[key] = replace(mine, value=[*mine.value, *added])
    return united


def _is_list(key: str) -> bool:
    field = field_of(key)
    return field is not None and field.kind is Kind.LIST
