"""From nodes to `metazoo.inputs`: the value of ``Inputs``, and what is wrong with it.

A single mapping is a list of one, and a single number is a shape of one axis. The inputs of a model are read
whole or not at all: a model that is measured with some of them would be another model.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Sequence
from typing import Any

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from metazoo.findings import Location
from metazoo.index import fields, quantities
from metazoo.index.fields import Names
from metazoo.index.model import StatedInputs, Value
from metazoo.index.nodes import is_null
from metazoo.index.values import NodeReader, Pair
from metazoo.inputs import ALLOWED_DTYPES, BATCHES, DTYPES, MOST_ELEMENTS, TOKENS, Input, Inputs
from metazoo.spelling import folded

DEEPEST = 5
"""Levels of groups: an input of ``Inputs`` is on the first, the parts of its parts on the third."""

_INPUT = Names(fields.INPUT)


def stated_inputs(read: NodeReader, pair: Pair) -> StatedInputs:
    """The value of ``Inputs``; its `value` is None where something in it is wrong or nothing is written."""
    node = pair.node
    location = read.at(node)
    if is_null(node):
        return StatedInputs(None, node.value, location, "", pair.key, pair.key_location)
    reading = _InputsReading(read)
    inputs, written = reading.group(node, pair.key, 1)
    return StatedInputs(
        None if reading.faulty or not inputs else inputs,
        "",
        location,
        "",
        pair.key,
        pair.key_location,
        written=() if reading.misshapen else tuple(written),
        misshapen=reading.misshapen,
    )


class _InputsReading:
    """The state of reading one value of ``Inputs``.

    Attributes:
        faulty: Whether something in it was reported.
        misshapen: Whether that was a value of the wrong shape.
    """

    def __init__(self, read: NodeReader) -> None:
        self._read = read
        self.faulty = False
        self.misshapen = False

    def group(self, node: Node, key: str, level: int) -> tuple[Inputs, list[Value[Any]]]:
        """The inputs of a list, or of one mapping.

        Args:
            node: The list or mapping.
            key: The key it is under, for findings.
            level: 1 for ``Inputs``, one more for each ``Parts``.

        Returns:
            What could be understood, and everything as written.
        """
        found: list[Input] = []
        written: list[Value[Any]] = []
        names: dict[str, Location] = {}
        for item in self._read.items(node):
            if not isinstance(item, MappingNode):
                self._wrong_shape(f"an item of {key}", "a mapping", item)
                continue
            one, values = self._input(item, level)
            place = values["Name"].location if one.name is not None else self._read.at(item)
            written.append(Value(values, "", self._read.at(item)))
            if one.name is None and names:
                self._combination(
                    "an input without a Name follows one with a Name"
                    if level == 1
                    else "some parts of this group have a Name, and this one has none",
                    place,
                    "Move it before those with a Name, or give it a Name."
                    if level == 1
                    else "Give all of them a Name, or none.",
                )
            elif one.name is not None and one.name in names:
                self._combination(
                    f"the input “{one.name}” is already on line {names[one.name].line}",
                    place,
                    "Rename or delete one of the two.",
                )
            elif one.name is not None:
                if level > 1 and not names and found:
                    self._combination(
                        "some parts of this group have no Name, and this one has one",
                        place,
                        "Give all of them a Name, or none.",
                    )
                names[one.name] = place
            found.append(one)
        return tuple(found), written

    def _input(self, node: MappingNode, level: int) -> tuple[Input, dict[str, Value[Any]]]:
        pairs = {pair.name: pair for pair in self._read.pairs(node, _INPUT)}
        values: dict[str, Value[Any]] = {}
        parts: Inputs = ()
        shape: tuple[int, ...] | None = None
        for name, pair in pairs.items():
            if name == "Shape":
                shape, values[name] = self._shape(pair)
            elif name == "Parts":
                parts, values[name] = self._parts(pair, level)
            elif name == "Below":
                values[name] = self._below(pair)
            elif name == "Name":
                values[name] = self._text(pair)
            elif name in _CHOICES:
                values[name] = self._choice(pair, _CHOICES[name])
            else:
                values[name] = self._read.anything(pair)
        stated = {name for name, pair in pairs.items() if not is_null(pair.node)}
        self._check(node, pairs, stated, values)

        def meaning(name: str) -> Any:
            return values[name].value if name in values else None

        one = Input(
            name=meaning("Name") or None,
            shape=shape or (),
            type=meaning("Type") or "features",
            below=meaning("Below"),
            dtype=meaning("DType"),
            batch=meaning("Batch") or "axis",
            parts=parts,
        )
        return one, values

    def _check(
        self,
        node: MappingNode,
        pairs: dict[str, Pair],
        stated: set[str],
        values: dict[str, Value[Any]],
    ) -> None:
        """Report keys that are missing, and those that don't go together."""
        if "Parts" in stated:
            for name in ("Shape", "Type", "Below", "DType", "Batch"):
                if name in stated:
                    self._combination(
                        f"a group of inputs has no {name} of its own",
                        pairs[name].key_location,
                        f"Delete {name}, or state it for each of the Parts.",
                    )
            return
        if "Shape" not in stated:
            self._combination(
                "this input has no Shape",
                self._read.at(node),
                "Add the Shape of one sample, such as [3, 224, 224], or Parts for a group of inputs.",
            )
        kind = values["Type"].value if "Type" in stated else "features"
        if kind == TOKENS and "Below" not in stated:
            self._combination(
                "these tokens have no Below",
                values["Type"].location,
                "Add the size of the vocabulary, such as Below: 30522.",
            )
        elif kind not in (TOKENS, None) and "Below" in stated:
            self._combination(
                f"Below is only for tokens, and this input is {kind}",
                pairs["Below"].key_location,
                f"Write Type: {TOKENS}, or delete Below.",
            )

    # -- one key each -----------------------------------------------------------------------

    def _shape(self, pair: Pair) -> tuple[tuple[int, ...] | None, Value[Any]]:
        node = pair.node
        items = node.value if isinstance(node, SequenceNode) else self._read.items(node)
        value = self._read.anything(pair)
        if isinstance(node, MappingNode):
            self._wrong_shape(pair.key, "a list of whole numbers", node)
            return None, value
        axes: list[int] = []
        for item in items:
            number = _whole(item)
            if number is None or number < 1:
                self._impossible(
                    f"the Shape has {_words(item)} where a positive whole number is expected",
                    self._read.at(item),
                    "Write the size of each axis of one sample, without the batch: [3, 224, 224].",
                )
                return None, value
            axes.append(number)
        if math.prod(axes) > MOST_ELEMENTS:
            self._impossible(
                f"the Shape has more than {MOST_ELEMENTS:,} elements",
                self._read.at(node),
                "Correct the Shape.",
            )
        if isinstance(node, SequenceNode):
            value.value = [
                Value(n, str(n), self._read.at(item)) for n, item in zip(axes, items, strict=True)
            ]
        elif axes:
            value.value = axes[0]
        return tuple(axes), value

    def _parts(self, pair: Pair, level: int) -> tuple[Inputs, Value[Any]]:
        value = self._read.anything(pair)
        if is_null(pair.node):
            return (), value
        if level >= DEEPEST:
            self._combination(
                f"Parts are nested deeper than {DEEPEST} levels",
                pair.key_location,
                "Flatten the groups.",
            )
            return (), value
        parts, written = self.group(pair.node, pair.key, level + 1)
        if not parts and not written:
            self._combination(
                "this group has no Parts",
                pair.key_location,
                "Add its inputs, or give it a Shape in place of Parts.",
            )
        value.value = written
        return parts, value

    def _below(self, pair: Pair) -> Value[Any]:
        value = self._read.anything(pair)
        if is_null(pair.node):
            return value
        number = _whole(pair.node)
        if number is None or not 1 <= number <= _LARGEST_BELOW:
            self._impossible(
                f"Below is {_words(pair.node)}, but it must be a positive whole number",
                value.location,
                "Write the size of the vocabulary, such as 30522.",
            )
        else:
            value.value = number
        return value

    def _text(self, pair: Pair) -> Value[Any]:
        if not isinstance(pair.node, ScalarNode):
            self.faulty = self.misshapen = True
        return self._read.text(pair)

    def _choice(self, pair: Pair, known: Sequence[str]) -> Value[Any]:
        value = self._text(pair)
        if value.value is None:
            return value
        word = folded(value.text)
        if word in known:
            value.value = word
            return value
        value.value = None
        near = difflib.get_close_matches(word, known, 1, cutoff=0.7)
        self._impossible(
            f"unknown {pair.name} “{value.text[:60]}”",
            value.location,
            f"Did you mean “{near[0]}”?" if near else f"Write one of {', '.join(known)}.",
        )
        return value

    # -- reporting --------------------------------------------------------------------------

    def _combination(self, message: str, location: Location, hint: str) -> None:
        self._read.report("MZ214", message, location, hint=hint)
        self.faulty = True

    def _impossible(self, message: str, location: Location, hint: str) -> None:
        self._read.report("MZ313", message, location, hint=hint)
        self.faulty = True

    def _wrong_shape(self, what: str, wanted: str, node: Node) -> None:
        self._read.wrong_shape(what, wanted, node)
        self.faulty = self.misshapen = True


_CHOICES = {"Type": tuple(DTYPES), "DType": ALLOWED_DTYPES, "Batch": BATCHES}
_LARGEST_BELOW = 2**63 - 1
"""Ids are at most 64-bit integers."""


def _whole(node: Node) -> int | None:
    """The whole number of a scalar, or None."""
    if not isinstance(node, ScalarNode):
        return None
    quantity = quantities.number(node.value)
    if quantity is None or quantity.unit or not isinstance(quantity.value, int):
        return None
    return quantity.value


def _words(node: Node) -> str:
    """A node in a message."""
    if not isinstance(node, ScalarNode):
        return "a list" if isinstance(node, SequenceNode) else "a mapping"
    text = " ".join(node.value.split())
    return f"“{text if len(text) <= 60 else text[:57] + '…'}”"
