"""Tell an index from other YAML, JSON and Markdown, where a file was named in a list of many."""

from __future__ import annotations

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from metazoo.index import fields
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
        return any(_is_model(_keys(item)) for item in root.value)
    keys = _keys(root)
    if keys == _RECORDS:
        return False
    return bool(keys & _INDEX_KEYS) or _is_model(keys) or _says_so(root)


def _is_model(keys: set[str]) -> bool:
    return "name" in keys and bool(keys & _OF_MODELS)


def _keys(node: Node) -> set[str]:
    if not isinstance(node, MappingNode):
        return set()
    return {folded(key.value) for key, _ in node.value if isinstance(key, ScalarNode)}


def _says_so(root: Node) -> bool:
    """Whether it has ``Type: model-index``."""
    return isinstance(root, MappingNode) and any(
        isinstance(value, ScalarNode)
        and folded(key.value) == "type"
        and folded(value.value) == "modelindex"
        for key, value in root.value
        if isinstance(key, ScalarNode)
    )
