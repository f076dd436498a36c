"""A JSON Schema of the strict format, for editors; made from the tables of `metazoo.index.fields`.

Strict is narrower than what the reader takes: keys in their canonical spelling, counts as whole
numbers, one way for each shape. Unknown keys stay allowed, as the reader keeps them.
"""

from __future__ import annotations

from typing import Any

from metazoo.index import fields
from metazoo.index.fields import Field, Kind
from metazoo.inputs import ALLOWED_DTYPES, BATCHES, DTYPES, TOKENS

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string", "minLength": 1}
_DIGITS = {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?$"}
_PATHS: Schema = {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]}
_LINK: Schema = {
    "type": "string",
    "minLength": 1,
    "not": {"pattern": r"^\s*(javascript|data|vbscript|file):"},
}


def schema() -> Schema:
    """The schema, JSON Schema draft 2020-12."""
    collection = _object(fields.COLLECTION, {"Name": _TEXT} | _item_parts(), ["Name"])
    model = _object(fields.MODEL, {"Name": _TEXT} | _item_parts(), ["Name"])
    index = _object(
        fields.INDEX,
        {
            "Type": {"const": "model-index"},
            "Import": _PATHS,
            "Library": {"anyOf": [_TEXT, {"$ref": "#/$defs/library"}]},
            "Collections": _entries("collection"),
            "Models": _entries("model"),
        },
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Model index",
        "description": "What a model zoo states about its models.",
        **index,
        "anyOf": [{"required": [key]} for key in ("Models", "Collections", "Import", "Library")],
        "$defs": {
            "collection": collection,
            "model": model,
            "metadata": _object(fields.METADATA),
            "input": _input(),
            "library": _object(fields.LIBRARY, {"FLOPs Convention": {"enum": ["macs", "flops"]}}),
            "paper": _object(fields.PAPER),
            "code": _object(fields.CODE, required=["URL"]),
            "result": _object(fields.RESULT, {"Metrics": _metrics()}, ["Dataset", "Metrics"]),
        },
    }


def _item_parts() -> Schema:
    paper: Schema = {"anyOf": [_LINK, {"$ref": "#/$defs/paper"}]}
    result: Schema = {"$ref": "#/$defs/result"}
    return {
        "Type": {"const": "model-index"},
        "Metadata": {"anyOf": [_TEXT, {"$ref": "#/$defs/metadata"}]},
        "Results": {
            "anyOf": [_TEXT, result, {"type": "array", "items": {"anyOf": [_TEXT, result]}}]
        },
        "Paper": {"anyOf": [*paper["anyOf"], {"type": "array", "items": paper}]},
        "Code": {"anyOf": [_LINK, {"$ref": "#/$defs/code"}]},
    }


def _input() -> Schema:
    group = {"required": ["Parts"], "not": {"anyOf": [{"required": [key]} for key in _OF_TENSORS]}}
    tensor = {
        "required": ["Shape"],
        "not": {"required": ["Parts"]},
        "if": {"properties": {"Type": {"const": TOKENS}}, "required": ["Type"]},
        "then": {"required": ["Below"]},
        "else": {"not": {"required": ["Below"]}},
    }
    size: Schema = {"type": "integer", "minimum": 1}
    known = _object(
        fields.INPUT,
        {
            "Shape": {"anyOf": [size, {"type": "array", "items": size}]},
            "Type": {"enum": list(DTYPES)},
            "DType": {"enum": list(ALLOWED_DTYPES)},
            "Batch": {"enum": list(BATCHES)},
            "Parts": _INPUTS,
        },
    )
    return {**known, "oneOf": [group, tensor]}


_OF_TENSORS = ("Shape", "Type", "Below", "DType", "Batch")
"""Keys that a group of inputs doesn't have."""
_INPUTS: Schema = {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/input"}}


def _entries(kind: str) -> Schema:
    entry: Schema = {"$ref": f"#/$defs/{kind}"}
    return {"anyOf": [_TEXT, {"type": "array", "items": {"anyOf": [_TEXT, entry]}}]}


def _metrics() -> Schema:
    figure = {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)? ?(%|[^\s0-9]+)?$"}
    return {
        "type": "object",
        "minProperties": 1,
        "additionalProperties": {"anyOf": [{"type": "number"}, figure]},
    }


def _object(
    known: tuple[Field, ...], special: Schema | None = None, required: list[str] | None = None
) -> Schema:
    special = special or {}
    properties = {
        field.name: {"description": field.description, **(special.get(field.name) or _kind(field))}
        for field in known
    }
    found: Schema = {"type": "object", "properties": properties}
    if required:
        found["required"] = required
    return found


def _kind(field: Field) -> Schema:
    if field.kind is Kind.LINK:
        return _LINK
    if field.kind is Kind.LIST:
        return {"anyOf": [_TEXT, {"type": "array", "items": _TEXT, "uniqueItems": True}]}
    if field.kind is Kind.IMAGE_SIZE:
        size = {"type": "string", "pattern": r"^[0-9]+(x[0-9]+){0,2}$"}
        return {"anyOf": [{"type": "integer", "minimum": 1}, size]}
    if field.kind is Kind.INPUTS:
        return _INPUTS
    if field.kind in {Kind.COUNT, Kind.BYTES, Kind.NUMBER}:
        return _number(field)
    return _TEXT if field.kind is Kind.TEXT else {}


def _number(field: Field) -> Schema:
    found: Schema = {"type": "integer" if field.whole else "number"}
    if field.minimum is not None:
        found["exclusiveMinimum" if field.above_minimum else "minimum"] = field.minimum
    if field.maximum is not None:
        found["maximum"] = field.maximum
    # Crop Pct stands in quotes in the whole of timm's index.
    return found if field.whole else {"anyOf": [found, _DIGITS]}
