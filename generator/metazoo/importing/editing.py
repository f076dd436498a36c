"""Add to and change a family file, and keep everything else in it to the byte.

A `Draft` composes the file once, so that every node knows its place, and collects changes; none is
made before `text` is asked for. What the changes touch is the value or the line they name: comments,
order, quotes, blank lines and indentation stay.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from metazoo.errors import UsageError
from metazoo.importing.writing import entry_lines, flow, item_lines, scalar
from metazoo.index import nodes, text
from metazoo.index.patch import Patch
from metazoo.spelling import folded


class _Change(NamedTuple):
    """Characters from `start` up to `end` give way to `new`.

    Of several insertions at one place the deeper stands first, so that each stays in its mapping.
    """

    start: int
    end: int
    new: str
    depth: int = 0


class Draft:
    """A family file and the changes to be made in it.

    Args:
        path: A YAML file with one index in it.

    Raises:
        UsageError: It can't be read, or is not one mapping.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        whole, faults = text.read(path, path.as_posix())
        roots: list[Node] = []
        if whole is not None:
            roots, more = nodes.compose(whole.part())
            faults = [*faults, *more]
        if whole is None or len(roots) != 1 or not isinstance(roots[0], MappingNode):
            why = faults[0].message if faults else "it holds no index"
            raise UsageError(f"{path}: can't be changed: {why}")
        self.root = roots[0]
        self._whole = whole
        self._changes: list[_Change] = []

    def models(self) -> Iterator[tuple[str, MappingNode]]:
        """The models written in this file, by name, in their order."""
        found = value(self.root, "Models")
        for item in found.value if isinstance(found, SequenceNode) else []:
            name = value(item, "Name") if isinstance(item, MappingNode) else None
            if isinstance(name, ScalarNode):
                yield name.value, item

    def collection(self, name: str) -> MappingNode | None:
        """The collection of that name, if this file has it."""
        found = value(self.root, "Collections")
        for item in found.value if isinstance(found, SequenceNode) else []:
            own = value(item, "Name") if isinstance(item, MappingNode) else None
            if isinstance(item, MappingNode) and isinstance(own, ScalarNode) and own.value == name:
                return item
        return None

    def set(self, mapping: MappingNode, key: str, new: Any) -> None:
        """Give a key of a mapping a value: in place where it has one, else on a line at its end."""
        old = value(mapping, key)
        if old is None:
            self.add(mapping, {key: new})
        elif isinstance(new, str | int | float) and isinstance(old, ScalarNode):
            written = scalar(new, inside=bool(mapping.flow_style))
            blank = "" if old.value or old.style else " "
            self._change(old.start_mark.index, old.end_mark.index, blank + written)
        elif _begins_line(self._whole.text, old):
            inner = "".join(f"\n{line}" for line in _inner_lines(new, _column(mapping)))
            start = self._whole.text.rindex("\n", 0, old.start_mark.index)
            self._change(start, _end(old), inner)
        else:
            self._change(old.start_mark.index, _end(old), flow(new))

    def add(self, mapping: MappingNode, values: dict[str, Any]) -> None:
        """Add keys at the end of a mapping, whose keys they must not be."""
        if not values:
            return
        if mapping.flow_style:
            end = mapping.end_mark.index - 1
            comma = ", " if mapping.value else ""
            inner = ", ".join(f"{scalar(k)}: {flow(v)}" for k, v in values.items())
            self._change(end, end, comma + inner)
            return
        indent = " " * _column(mapping)
        lines = [line for k, v in values.items() for line in entry_lines(k, v, indent)]
        self._insert(mapping, lines, 2 * len(indent))

    def add_items(self, mapping: MappingNode, key: str, items: list[Any]) -> None:
        """Add items at the end of the list under a key, which is made where it isn't there."""
        if not items:
            return
        found = value(mapping, key)
        if not isinstance(found, SequenceNode) or not found.value:
            self.set(mapping, key, items)
        elif found.flow_style:
            end = found.end_mark.index - 1
            self._change(end, end, "".join(f", {flow(item)}" for item in items))
        else:
            indent = " " * found.start_mark.column
            self._insert(found, list(item_lines(items, indent)), 2 * len(indent) + 1)

    def drop(self, item: Node) -> None:
        """Take an item of a block list out, with its lines."""
        start = self._whole.text.rindex("\n", 0, item.start_mark.index)
        self._change(start, _end(item), "")

    def add_models(self, models: list[dict[str, Any]], after: str | None) -> None:
        """Add models behind another, or at the head of the list where that is None.

        Models stand apart by an empty line.
        """
        found = value(self.root, "Models")
        by_name = dict(self.models())
        if not isinstance(found, SequenceNode) or not by_name:
            self._first_models(found, models)
            return
        indent = " " * found.start_mark.column
        blocks = [list(item_lines([model], indent)) for model in models]
        if after is not None:
            lines = [line for block in blocks for line in ("", *block)]
            self._insert(by_name[after], lines, -1)
        else:
            lines = [line for block in blocks for line in (*block, "")]
            first = next(iter(by_name.values()))
            at = self._whole.text.rindex("\n", 0, first.start_mark.index)
            self._change(at, at, "".join(f"\n{line}" for line in lines), -1)

    def _first_models(self, found: Node | None, models: list[dict[str, Any]]) -> None:
        lines = [line for model in models for line in ("", *item_lines([model], ""))][1:]
        if found is None:
            self._insert(self.root, ["Models:", *lines], -1)
        else:
            key = next(k for k, v in self.root.value if v is found)
            start = self._whole.text.index(":", key.end_mark.index) + 1
            end = max(start, _end(found))
            self._change(start, end, "".join(f"\n{line}" for line in lines), -1)

    def patch(self) -> Patch:
        """The file before and after all changes. Of two at one place, the first stands first."""
        after = self._whole.text
        order = sorted(self._changes, key=lambda c: (c.start, c.end, -c.depth))
        for change in reversed(order):
            after = after[: change.start] + change.new + after[change.end :]
        if self._changes and not after.endswith("\n"):
            after += "\n"
        mark = "\ufeff" if self._whole.marked else ""
        return Patch(
            self.path.as_posix(), mark + self._whole.text, mark + after, len(self._changes)
        )

    def _change(self, start: int, end: int, new: str, depth: int = 0) -> None:
        self._changes.append(_Change(start, end, new, depth))

    def _insert(self, node: Node, lines: list[str], depth: int) -> None:
        # A comment behind the last value belongs to its line.
        at = self._whole.text.find("\n", _end(node))
        at = len(self._whole.text) if at < 0 else at
        self._change(at, at, "".join(f"\n{line}" for line in lines), depth)


def _end(node: Node) -> int:
    """Behind the last character of a node; libyaml's mark of a block is at what comes after it."""
    if isinstance(node, MappingNode | SequenceNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(last[1] if isinstance(last, tuple) else last)
    end: int = node.end_mark.index
    return end


def value(mapping: Node | None, key: str) -> Node | None:
    """The value under a key, in whatever spelling; None where it isn't there."""
    if isinstance(mapping, MappingNode):
        wanted = folded(key)
        for own, found in mapping.value:
            if isinstance(own, ScalarNode) and folded(own.value) == wanted:
                node: Node = found
                return node
    return None


def _column(mapping: MappingNode) -> int:
    column: int = mapping.value[0][0].start_mark.column if mapping.value else 0
    return column


def _begins_line(whole: str, node: Node) -> bool:
    """Whether nothing but blanks stands before a node on its line."""
    start = node.start_mark.index
    before = whole[whole.rfind("\n", 0, start) + 1 : start]
    return not before.strip() or before.strip() == "-"


def _inner_lines(new: Any, column: int) -> Iterator[str]:
    lines = entry_lines("x", new, " " * column)
    next(lines)
    return lines
