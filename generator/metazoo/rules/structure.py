# ruff: noqa: D103 (each rule is documented by its catalogue entry)
"""Whether models, collections and keys are present, named and in the right place."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from metazoo.findings import Fix, Location, Severity
from metazoo.index import fields
from metazoo.index.model import Model, StatedInputs, Value
from metazoo.index.nodes import NULLS
from metazoo.rules.rule import Problem, reported_elsewhere, rule
from metazoo.rules.scope import Scope
from metazoo.spelling import folded

_ERROR, _WARNING, _INFO = Severity.ERROR, Severity.WARNING, Severity.INFO

reported_elsewhere(
    "MZ201",
    "duplicate-key",
    _ERROR,
    "A mapping contains the same key twice, possibly in two spellings.",
    why="Only one of the two values is used, and which one depends on the reader.",
    bad="Models:\n- Name: resnet18\n  Metadata:\n    Epochs: 90\n    epochs: 100\n",
    good="Models:\n- Name: resnet18\n  Metadata:\n    Epochs: 90\n",
)
reported_elsewhere(
    "MZ202",
    "wrong-shape",
    _ERROR,
    "A value has the wrong type: a list, a mapping or text where something else is expected.",
    why="The value can't be used. Usually a dash or the indentation is wrong.",
    bad="Models:\n- Name: resnet18\n  Metadata:\n    Epochs:\n    - 90\n",
    good="Models:\n- Name: resnet18\n  Metadata:\n    Epochs: 90\n",
)
reported_elsewhere(
    "MZ203",
    "wrong-type",
    _ERROR,
    "`Type` is something other than `model-index`.",
    why="Readers use `Type` to tell an index from other YAML files and skip everything else.",
    bad="Type: model-idnex\nModels:\n- Name: resnet18\n",
    good="Type: model-index\nModels:\n- Name: resnet18\n",
)


@rule(
    "MZ204",
    "missing-name",
    _ERROR,
    "A model or a collection has no name.",
    why="Nothing can refer to it, and it gets no page.",
    bad="Models:\n- Metadata:\n    Epochs: 90\n",
    good="Models:\n- Name: resnet18\n  Metadata:\n    Epochs: 90\n",
)
def missing_name(scope: Scope) -> Iterator[Problem]:
    for owner in scope.owners:
        item = owner.item
        if not (item.name.value and item.name.value.strip()):
            kind = "model" if isinstance(item, Model) else "collection"
            yield Problem(
                f"this {kind} has no name",
                item.name.key_location or item.location,
                hint="Add a Name.",
            )


@rule(
    "MZ205",
    "duplicate-name",
    _ERROR,
    "Two models, or two collections, have the same name.",
    why="A lookup by name finds only one of the two, and which one depends on the reader.",
    bad="Models:\n- Name: resnet18\n- Name: resnet18\n",
    good="Models:\n- Name: resnet18\n- Name: resnet34\n",
)
def duplicate_name(scope: Scope) -> Iterator[Problem]:
    for kind, items in (("model", scope.index.models), ("collection", scope.index.collections)):
        first: dict[str, Location] = {}
        for item in items:
            name = item.name.value
            if not name:
                continue
            if name in first:
                yield Problem(
                    f"the {kind} “{name}” is already defined at {first[name]}",
                    item.name.location,
                    name if kind == "model" else None,
                    "Rename or delete one of the two.",
                )
            else:
                first[name] = item.name.location


@rule(
    "MZ206",
    "unknown-collection",
    _ERROR,
    "A model names a collection that does not exist.",
    why="The model inherits nothing and is on no family page.",
    bad="Collections:\n- Name: ResNet\nModels:\n- Name: resnet18\n  In Collection: Resnet\n",
    good="Collections:\n- Name: ResNet\nModels:\n- Name: resnet18\n  In Collection: ResNet\n",
    fixable=True,
)
def unknown_collection(scope: Scope) -> Iterator[Problem]:
    known = {c.name.value for c in scope.index.collections if c.name.value}
    for model in scope.index.models:
        for name in model.collections:
            if name.value in known:
                continue
            same = [k for k in known if folded(k) == folded(name.text)]
            near = same or difflib.get_close_matches(name.text, sorted(known), 1)
            yield Problem(
                f"there is no collection “{name.text}”",
                name.location,
                model.name.text or None,
                f"Did you mean “{near[0]}”?" if near else "Add the collection under Collections.",
                (Fix(name.location, name.text, same[0]),) if len(same) == 1 else (),
            )


@rule(
    "MZ207",
    "empty-collection",
    _WARNING,
    "No model belongs to a collection.",
    why="The collection is left over, or its models use another name for it.",
    bad="Collections:\n- Name: ResNet\nModels:\n- Name: resnet18\n",
    good="Collections:\n- Name: ResNet\nModels:\n- Name: resnet18\n  In Collection: ResNet\n",
)
def empty_collection(scope: Scope) -> Iterator[Problem]:
    used = {name.text for model in scope.index.models for name in model.collections}
    for collection in scope.index.collections:
        if collection.name.value and collection.name.value not in used:
            yield Problem(
                f"no model is in the collection “{collection.name.text}”",
                collection.name.location,
                hint="Add In Collection to its models, or delete the collection.",
            )


_WHERE = {
    "metadata": {folded(f.name): f.name for f in fields.METADATA},
    "model": {folded(f.name): f.name for f in fields.MODEL},
    "collection": {folded(f.name): f.name for f in fields.COLLECTION},
    "index": {folded(f.name): f.name for f in fields.INDEX},
    "library": {folded(f.name): f.name for f in fields.LIBRARY},
    "paper": {folded(f.name): f.name for f in fields.PAPER},
    "result": {folded(f.name): f.name for f in fields.RESULT},
    "input": {folded(f.name): f.name for f in fields.INPUT},
}


@lru_cache(maxsize=4096)
def _near(key: str, where: str) -> str | None:
    """The known key that `key` is probably a misspelling of, or None."""
    known = _WHERE[where]
    word = folded(key)
    if word in known or len(word) < 3 or word in _WORDS_OF_THEIR_OWN:
        return None
    for name in known:
        if len(name) == len(word) and _swapped(word, name):
            return known[name]
    close = difflib.get_close_matches(word, known, 1, cutoff=0.82)
    return known[close[0]] if close else None


_WORDS_OF_THEIR_OWN = {"tags"}
"""Keys in use that only look like misspellings of a known one."""


def _swapped(word: str, name: str) -> bool:
    """Whether two adjacent letters are swapped."""
    differ = [i for i in range(len(word)) if word[i] != name[i]]
    return (
        len(differ) == 2
        and differ[1] == differ[0] + 1
        and word[differ[0]] == name[differ[1]]
        and word[differ[1]] == name[differ[0]]
    )


_METADATA_NAMES = {field.name for field in fields.METADATA}


def _unknown(scope: Scope) -> Iterator[tuple[Value[Any], str, str | None]]:
    """Every value under a key that the format doesn't know, the kind of mapping it is in, and its model."""
    index = scope.index
    for value in index.extra.values():
        yield value, "index", None
    if index.library is not None:
        for key, value in index.library.extra.items():
            if folded(key) not in _WHERE["library"]:
                yield value, "library", None
    for owner in scope.owners:
        where = "model" if isinstance(owner.item, Model) else "collection"
        values = owner.metadata.values
        for key in values.keys() - _METADATA_NAMES:
            yield values[key], "metadata", owner.name
        inputs = values.get("Inputs")
        if isinstance(inputs, StatedInputs):
            for value in _unknown_of_inputs(inputs.written):
                yield value, "input", owner.name
        for key, value in owner.item.extra.items():
            if folded(key) not in _WHERE[where]:
                yield value, where, owner.name
        for paper in owner.papers:
            for value in paper.extra.values():
                yield value, "paper", owner.name
        for result in owner.results:
            for value in result.extra.values():
                yield value, "result", owner.name


def _unknown_of_inputs(written: Iterable[Value[Any]]) -> Iterator[Value[Any]]:
    for item in written:
        if isinstance(item.value, dict):
            for key, value in item.value.items():
                if folded(key) not in _WHERE["input"]:
                    yield value
                elif key == "Parts" and isinstance(value.value, list):
                    yield from _unknown_of_inputs(value.value)


@rule(
    "MZ208",
    "misspelled-key",
    _WARNING,
    "An unknown key looks like a known one.",
    why="Unknown keys are kept but ignored, so the value of a misspelled key is not used.",
    bad="Models:\n- Name: resnet18\n  Metadata:\n    Parametres: 11690000\n",
    good="Models:\n- Name: resnet18\n  Metadata:\n    Parameters: 11690000\n",
    fixable=True,
)
def misspelled_key(scope: Scope) -> Iterator[Problem]:
    for value, where, model in _unknown(scope):
        near = _near(value.key, where)
        if near is not None and value.key_location is not None:
            yield Problem(
                f"unknown key “{value.key}”",
                value.key_location,
                model,
                f"Did you mean “{near}”?",
                (Fix(value.key_location, value.key, near),),
            )


@rule(
    "MZ209",
    "misplaced-key",
    _WARNING,
    "A key that belongs under `Metadata` is next to it, or the other way around.",
    why="The key has no meaning there, and its value is not used.",
    bad="Models:\n- Name: resnet18\n  Parameters: 11690000\n",
    good="Models:\n- Name: resnet18\n  Metadata:\n    Parameters: 11690000\n",
)
def misplaced_key(scope: Scope) -> Iterator[Problem]:
    for value, where, model in _unknown(scope):
        key = folded(value.key)
        if where in {"model", "collection"} and key in _WHERE["metadata"]:
            place = "under Metadata"
        elif where == "metadata" and key in _WHERE["model"] and key != "name":
            place = "next to Metadata, one level up"
        elif where == "index" and (key in _WHERE["model"] or key in _WHERE["metadata"]):
            place = "in a model"
        else:
            continue
        yield Problem(
            f"“{value.key}” belongs {place}",
            value.key_location or value.location,
            model,
            "Move the key there, and check the indentation.",
        )


_RECOMMENDED = ("Parameters", "FLOPs", "Tasks", "Training Data")


@rule(
    "MZ210",
    "missing-field",
    _INFO,
    "A model lacks fields that users of a zoo look for.",
    why="Users compare models by size, cost, training data, weights and results.",
    bad="Models:\n- Name: resnet18\n",
    good="""\
Models:
- Name: resnet18
  Metadata:
    FLOPs: 3628146688
    Parameters: 11689512
    Tasks: Image Classification
    Training Data: ImageNet
  Weights: https://download.pytorch.org/models/resnet18-5c106cde.pth
  Paper: https://arxiv.org/abs/1512.03385
  Results:
  - Task: Image Classification
    Dataset: ImageNet
    Metrics:
      Top 1 Accuracy: 69.76%
""",
)
def missing_field(scope: Scope) -> Iterator[Problem]:
    known = {c.name.value for c in scope.index.collections}
    reported = {f.location for f in scope.index.findings if f.code == "MZ202"}
    for model in scope.index.models:
        if any(name.value not in known for name in model.collections):
            continue  # what it would inherit is unknown
        metadata = model.metadata
        missing = [key for key in _RECOMMENDED if _is_missing(metadata.get(key), reported)]
        if any(result.task is not None and result.task.value for result in model.results):
            missing = [key for key in missing if key != "Tasks"]  # the results say it
        if model.weights is None:
            missing.append("Weights")
        if not model.results:
            missing.append("Results")
        if not model.papers:
            missing.append("Paper")
        if missing:
            # MZ208 reports misspelled keys.
            near = {_near(key, "metadata") for key in metadata.values}
            near |= {_near(key, "model") for key in model.extra}
            missing = [key for key in missing if key not in near]
        if missing:
            yield Problem(
                f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing",
                model.name.location,
                model.name.text or None,
                "Add what is known. A collection can state it for all of its models.",
            )


def _is_missing(value: Value[Any] | None, reported: set[Location]) -> bool:
    """Whether a value is not stated. One that can't be read is stated; other rules report it."""
    if value is None:
        return True
    if value.value == []:
        # The reader reports an unusable item of a list on the line where the list begins.
        file, line, column = value.location
        return not any(f.file == file and f.line == line and f.column >= column for f in reported)
    if value.value is not None:
        return False
    return value.text.strip() in NULLS and value.location not in reported


@rule(
    "MZ211",
    "empty-value",
    _WARNING,
    "A key has no value.",
    why="It is unclear whether the value was forgotten. Write `null` if it is unknown.",
    bad="Models:\n- Name: resnet18\n  Weights:\n  Metadata:\n    Epochs:\n",
    good="Models:\n- Name: resnet18\n",
)
def empty_value(scope: Scope) -> Iterator[Problem]:
    # A value of the wrong type has no value either, but MZ202 reports it.
    misshapen = {f.location for f in scope.index.findings if f.code == "MZ202"}
    for owner in scope.owners:
        for value in (*owner.metadata.values.values(), *owner.item.extra.values()):
            if isinstance(value, StatedInputs) and (value.written or value.misshapen):
                continue  # the reader reports what is wrong with its items
            if value.value is None and value.text == "" and value.location not in misshapen:
                yield Problem(
                    f"“{value.key}” has no value",
                    value.key_location or value.location,
                    owner.name,
                    "Add a value, write null if it is unknown, or delete the key.",
                )


@rule(
    "MZ212",
    "repeated-item",
    _WARNING,
    "A list contains the same item twice.",
    why="The repeated item adds nothing, and it counts twice in statistics. Often another item was "
    "intended.",
    bad="Models:\n- Name: a\n  Metadata:\n    Architecture: [ReLU, Average Pooling, ReLU]\n",
    good="Models:\n- Name: a\n  Metadata:\n    Architecture: [ReLU, Average Pooling]\n",
)
def repeated_item(scope: Scope) -> Iterator[Problem]:
    for owner in scope.owners:
        for value in owner.metadata.values.values():
            items = value.value
            if not isinstance(items, list) or len(items) < 2:
                continue
            if not isinstance(items[0].value, str):
                continue  # numbers, such as the mean of each channel, may be equal
            seen: set[str] = set()
            for item in items:
                if item.text and item.text in seen:
                    yield Problem(
                        f"“{item.text}” is already in {value.key}",
                        item.location,
                        owner.name,
                        "Delete it, or replace it with the intended item.",
                    )
                seen.add(item.text)


reported_elsewhere(
    "MZ213",
    "unread-statement",
    _WARNING,
    "A statement is in a place where it is not read.",
    why="The statement has no effect. A path under `Models` reads only the models of a file, and of two "
    "libraries, or of two values of a top-level key, only the last is used.",
    remedy="Name the file under `Import` to read all of it, and state what concerns the whole zoo only once.",
)

reported_elsewhere(
    "MZ214",
    "incomplete-input",
    _ERROR,
    "An input of a model lacks a key that it needs, or has keys that don't go together.",
    why="The model can't be called with it. Without the inputs it takes, a model is neither counted nor run.",
    bad="""\
Models:
- Name: text-classifier
  Metadata:
    Inputs:
    - {Name: input_ids, Shape: [128], Type: tokens}
    - {Name: attention_mask, Type: mask}
""",
    good="""\
Models:
- Name: text-classifier
  Metadata:
    Inputs:
    - {Name: input_ids, Shape: [128], Type: tokens, Below: 30522}
    - {Name: attention_mask, Shape: [128], Type: mask}
""",
    remedy="Each input has a `Shape`, or `Parts` if it is a group. Tokens, and only tokens, have `Below`. Inputs "
    "without a `Name` are passed by position and come first, names are unique, and the parts of a group have "
    "all a name or none. Groups are nested up to five levels deep.",
)
