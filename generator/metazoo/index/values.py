"""From nodes to values: mappings, lists, texts and numbers, each with its place.

Knows the kinds of values that `metazoo.index.fields` lists, but not which keys an index has; that is
for `metazoo.index.build`. A node of the wrong shape is reported and left out.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from metazoo.findings import Finding, Location, Severity
from metazoo.index import fields, quantities
from metazoo.index.fields import Field, Kind, Names
from metazoo.index.model import Value
from metazoo.index.nodes import NULLS, is_null
from metazoo.index.quantities import Scale
from metazoo.index.text import Part

AS_WRITTEN = Names(())
"""For mappings whose keys mean nothing to the format."""
NAMED = Names(
    (Field("Name", Kind.TEXT, ""), Field("Type", Kind.TEXT, ""), Field("Value", Kind.ANY, ""))
)
"""For mappings that stand in place of a text or of a metric."""

_SHAPES = {ScalarNode: "text", SequenceNode: "a list", MappingNode: "a mapping"}
_TRUTHS = {"true": True, "false": False}


class Pair(NamedTuple):
    """A key of a mapping and its value.

    Attributes:
        name: The key in its canonical spelling.
        key: The key as written.
        key_location: Where the key begins.
        node: The value.
    """

    name: str
    key: str
    key_location: Location
    node: Node


class NodeReader:
    """Reads the nodes of one part of a file.

    Args:
        part: The part that the nodes were composed from.
        findings: The list that findings are added to.

    Attributes:
        model: Name of the model that is being read, for its findings; None outside of models.
    """

    def __init__(self, part: Part, findings: list[Finding]) -> None:
        self.model: str | None = None
        self._place = part.location
        self._findings = findings

    # -- mappings and lists -----------------------------------------------------------------

    def pairs(self, node: MappingNode, names: Names, *, quiet: bool = False) -> list[Pair]:
        """The pairs of a mapping, with merge keys (``<<``) resolved.

        If a key is repeated, the last one counts, as in other readers.

        Args:
            node: The mapping.
            names: Maps keys to their canonical spelling.
            quiet: Whether repeated and malformed keys are not reported.
        """
        place = self._place
        found: dict[str, Pair] = {}
        merged: list[Pair] = []
        for key_node, value_node in node.value:
            key = key_node.value
            if not isinstance(key, str):
                if not quiet:
                    self.wrong_shape("a key", "text", key_node)
                continue
            if key == "<<" and not key_node.style:
                merged.extend(self._merged(value_node, names))
                continue
            location = place(key_node.start_mark)
            name = names[key]
            if name in found and not quiet:
                self.repeated(found[name], key, location)
            found[name] = Pair(name, key, location, value_node)
        for pair in merged:
            found.setdefault(pair.name, pair)
        return list(found.values())

    def _merged(self, node: Node, names: Names) -> list[Pair]:
        sources = node.value if isinstance(node, SequenceNode) else [node]
        found: list[Pair] = []
        for source in sources:
            if isinstance(source, MappingNode):
                found.extend(self.pairs(source, names))
            else:
                self.wrong_shape("the merge key <<", "a mapping", source)
        return found

    def items(self, node: Node) -> list[Node]:
        """The items of a list without nulls; a single value is a list of one, null an empty list."""
        if isinstance(node, SequenceNode):
            return [item for item in node.value if not is_null(item)]
        return [] if is_null(node) else [node]

    # -- values -----------------------------------------------------------------------------

    def scalar(self, node: ScalarNode) -> Value[str]:
        """A text that is not the value of a key."""
        return Value(node.value, node.value, self.at(node))

    def text(self, pair: Pair) -> Value[str]:
        """The value of a key whose value must be a text."""
        node = pair.node
        location = self._place(node.start_mark)
        if isinstance(node, ScalarNode):
            text = node.value
            value = None if text in NULLS and not node.style else text
            return Value(value, text, location, "", pair.key, pair.key_location)
        self.wrong_shape(pair.key, "text", node)
        return Value(None, "", location, "", pair.key, pair.key_location)

    def named(self, pair: Pair) -> Value[str]:
        """A text, or a mapping with ``Name``, or ``Type`` as the Hugging Face Hub writes it."""
        if isinstance(pair.node, MappingNode):
            parts = self.pairs(pair.node, NAMED)
            by_name = {part.name: part for part in parts}
            inner = by_name.get("Name") or by_name.get("Type")
            if inner is not None:
                text = self.text(inner)
                text.extra = self.others(parts, inner)
                return text
        return self.text(pair)

    def others(self, pairs: list[Pair], *used: Pair) -> dict[str, Value[Any]] | None:
        """The values of the pairs that were not used; None if there are none."""
        return {pair.key: self.anything(pair) for pair in pairs if pair not in used} or None

    def texts(self, pair: Pair) -> Value[list[Value[str]]]:
        """A list of texts; a single text is a list of one, null an empty list."""
        node = pair.node
        nodes = node.value if isinstance(node, SequenceNode) else self.items(node)
        found = [item for item in map(self._item, nodes) if item is not None]
        text = found[0].text if found and not isinstance(node, SequenceNode) else ""
        return Value(found, text, self.at(node), "", pair.key, pair.key_location)

    def _item(self, node: Node) -> Value[str] | None:
        if isinstance(node, ScalarNode):
            text = node.value
            value = None if text in NULLS and not node.style else text
            return Value(value, text, self._place(node.start_mark))
        if isinstance(node, MappingNode):
            parts = self.pairs(node, NAMED)
            name = next((part for part in parts if part.name == "Name"), None)
            if name is not None and isinstance(name.node, ScalarNode):
                item = self.scalar(name.node)
                item.extra = self.others(parts, name)
                return item
        self.wrong_shape("an item of this list", "text", node)
        return None

    def of_field(self, field: Field, pair: Pair) -> Value[Any]:
        """The value of a key as the kind of its field; `Value.value` is None if it is of another kind."""
        kind = field.kind
        if kind is Kind.LIST:
            return self.texts(pair)
        node = pair.node
        if kind is Kind.IMAGE_SIZE and isinstance(node, SequenceNode):
            text = "x".join(str(item.value) for item in node.value if isinstance(item, ScalarNode))
            size = quantities.image_size(text)
            return Value(size, text, self.at(node), "", pair.key, pair.key_location)
        if not isinstance(node, ScalarNode):
            self.wrong_shape(pair.key, "one value", node)
            return Value(None, "", self.at(node), "", pair.key, pair.key_location)
        text = node.value
        value: Any = None
        unit = ""
        if text in NULLS and not node.style:
            pass
        elif (scale := _SCALES.get(field.name)) is not None:
            quantity = quantities.number(text, scale)
            if quantity is not None:
                value, unit = quantity
        elif kind is Kind.IMAGE_SIZE:
            value = quantities.image_size(text)
        else:
            value = text
        return Value(value, text, self._place(node.start_mark), unit, pair.key, pair.key_location)

    def figure(self, pair: Pair, name: str) -> Value[float]:
        """The value of a metric: a number with its unit.

        Args:
            pair: Its value is read.
            name: The metric, for findings.
        """
        node = pair.node
        location = self.at(node)
        if not isinstance(node, ScalarNode):
            self.wrong_shape(f"the metric “{name}”", "one number", node)
            return Value(None, "", location, "", pair.key, pair.key_location)
        quantity = quantities.figure(node.value)
        if quantity is None:
            return Value(None, node.value, location, "", pair.key, pair.key_location)
        value, unit = quantity
        return Value(value, node.value, location, unit, pair.key, pair.key_location)

    def anything(self, pair: Pair) -> Value[Any]:
        """The value of an unknown key: numbers, truth values and nulls only if written plainly."""
        node = pair.node
        value: Any = None
        text = ""
        if isinstance(node, MappingNode):
            value = {inner.key: self.anything(inner) for inner in self.pairs(node, AS_WRITTEN)}
        elif isinstance(node, SequenceNode):
            value = [self.anything(Pair("", "", self.at(item), item)) for item in node.value]
        elif isinstance(node, ScalarNode):
            value, text = _plain(node), node.value
        return Value(value, text, self.at(node), "", pair.key, pair.key_location)

    # -- reporting --------------------------------------------------------------------------

    def at(self, node: Node) -> Location:
        """Where a node begins."""
        return self._place(node.start_mark)

    def wrong_shape(self, what: str, wanted: str, node: Node) -> None:
        """Report that something must have another shape than its node has."""
        shape = "null" if is_null(node) else _SHAPES[type(node)]
        self.report(
            "MZ202",
            f"{what} must be {wanted}, not {shape}",
            self.at(node),
            hint="Check the indentation and the dashes near this line.",
        )

    def repeated(self, first: Pair | Value[Any], key: str, location: Location) -> None:
        """Report a key that is repeated, with the place of the first one."""
        other = f" as “{first.key}”" if first.key != key else ""
        place = first.key_location
        if place is None or place.file != location.file:
            where = f"at {place}"
        else:
            where = f"on line {place.line}"
        self.report(
            "MZ201",
            f"the key “{key}” is repeated; it is already {where}{other}",
            location,
            hint="Delete one of them. Only the last one counts.",
        )

    def report(
        self,
        code: str,
        message: str,
        location: Location,
        *,
        hint: str,
        severity: Severity = Severity.ERROR,
    ) -> None:
        """Add a finding about the model that is being read."""
        self._findings.append(Finding(code, message, location, severity, self.model, hint))


def _plain(node: ScalarNode) -> str | int | float | bool | None:
    text: str = node.value
    if node.style:
        return text
    if text in NULLS:
        return None
    truth = _TRUTHS.get(text.lower())
    if truth is not None:
        return truth
    quantity = quantities.number(text)
    # `1.10` may be a version and `00123` a revision: a number only if nothing is lost.
    return quantity.value if quantity is not None and str(quantity.value) == text else text


_SCALE_OF_KIND = {Kind.COUNT: Scale.COUNT, Kind.BYTES: Scale.BYTES, Kind.NUMBER: Scale.NONE}
_SCALES = {
    field.name: _SCALE_OF_KIND[field.kind]
    for field in (*fields.METADATA, *fields.PAPER)
    if field.kind in _SCALE_OF_KIND
}
"""By name, since hashing a member of an enumeration costs more than the rest of the lookup."""
