"""Tell an index from other YAML, JSON and Markdown, where a file was named in a list of many."""

from __future__ import annotations

from yaml.nodes import Node, ScalarNode, SequenceNode

from metazoo.index import fields
from metazoo.index.nodes import items, keys
from metazoo.spelling import folded

_INDEX_KEYS = {folded(field.name) for field in fields.INDEX if field.name != "Type"} | {
    "modelindex"
}
_OF_MODELS = {"incollection", "metadata", "paper", "results", "weights"}
"""Keys that make a mapping with a name a model. A workflow and a package have a name too."""
_RECORDS = {"format", "models"}
"""The keys of a file of measurement records."""


def holds_index(root: Node) -> bool:
    """Whether a document is an index, one model, or a list of models."""
    if isinstance(root, SequenceNode):
        return any(_is_model(keys(item)) for item in root.value)
    found = keys(root)
    if found == _RECORDS:
        return False
    return bool(found & _INDEX_KEYS) or _is_model(found) or _has_type(root)


def _is_model(found: set[str]) -> bool:
    return "name" in found and bool(found & _OF_MODELS)


def _has_type(root: Node) -> bool:
    """Whether a mapping has ``Type: model-index``."""
    return any(
        isinstance(value, ScalarNode)
        and folded(key.value) == "type"
        and folded(value.value) == "modelindex"
        for key, value in items(root)
    )
