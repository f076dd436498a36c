"""JSON as the same tree of nodes that YAML gives, with the same places.

JSON is nearly YAML, but libyaml stumbles over its surrogate escapes, and a fault in JSON should be
explained in JSON's terms. So this reads it by itself, strictly, with a limit on nesting.
"""

from __future__ import annotations

import json
import re
from typing import Any

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from metazoo.findings import Finding
from metazoo.index.nodes import DEEPEST, PLAIN_TAG
from metazoo.index.text import Part, Text

_BLANKS = re.compile(r"[ \t\r\n]*")
_WORD = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null")
_DECODER = json.JSONDecoder()
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class _JSONError(Exception):
    def __init__(self, code: str, message: str, index: int) -> None:
        super().__init__(message)
        self.code = code
        self.index = index


def compose(part: Part) -> tuple[list[Node], list[Finding]]:
    """Compose a JSON text; see `metazoo.index.nodes.compose`."""
    reader = _Reader(part)
    try:
        root = reader.root()
    except _JSONError as fault:
        location = part.whole.location(min(fault.index, max(len(part.text) - 1, 0)))
        hint = "Fix the JSON; an editor with JSON support marks the place."
        if fault.code == "MZ108":
            hint = "Flatten it; an index needs eight levels."
        return [], [Finding(fault.code, str(fault), location, hint=hint)]
    return [root], []


class _Mark:
    """A place in the text as libyaml's marks say it; line and column only where asked for."""

    __slots__ = ("_whole", "index")

    def __init__(self, index: int, whole: Text) -> None:
        self.index = index
        self._whole = whole

    @property
    def line(self) -> int:
        return self._whole.location(self.index).line - 1

    @property
    def column(self) -> int:
        return self._whole.location(self.index).column - 1


class _Reader:
    def __init__(self, part: Part) -> None:
        self.text = part.text
        self.whole = part.whole

    def root(self) -> Node:
        """The one value of the text."""
        root, end = self.value(self.skip(0), 0)
        end = self.skip(end)
        if end != len(self.text):
            raise _JSONError("MZ107", "there is more text after the JSON value", end)
        return root

    def skip(self, index: int) -> int:
        match = _BLANKS.match(self.text, index)
        return match.end() if match else index

    def mark(self, index: int) -> Any:
        return _Mark(index, self.whole)

    def value(self, index: int, depth: int) -> tuple[Node, int]:
        first = self.text[index : index + 1]
        if depth >= DEEPEST and first in {"{", "["}:
            raise _JSONError("MZ108", f"the text is nested deeper than {DEEPEST} levels", index)
        if first == "{":
            return self.mapping(index, depth)
        if first == "[":
            return self.sequence(index, depth)
        if first == '"':
            return self.string(index)
        word = _WORD.match(self.text, index)
        if word is None:
            what = f"found {first!r}" if first else "the file ends"
            raise _JSONError("MZ107", f"{what} where JSON needs a value", index)
        node = ScalarNode(PLAIN_TAG, word[0], self.mark(index), self.mark(word.end()), style=None)
        return node, word.end()

    def string(self, index: int) -> tuple[ScalarNode, int]:
        try:
            text, end = _DECODER.raw_decode(self.text, index)
        except json.JSONDecodeError as error:
            raise _JSONError("MZ107", f"the string is invalid: {error.msg}", error.pos) from error
        if _LONE_SURROGATE.search(text):
            raise _JSONError("MZ107", "the string has half a surrogate pair", index)
        return ScalarNode(PLAIN_TAG, text, self.mark(index), self.mark(end), style='"'), end

    def mapping(self, index: int, depth: int) -> tuple[MappingNode, int]:
        pairs: list[tuple[Node, Node]] = []
        at = self.skip(index + 1)
        if self.text[at : at + 1] == "}":
            return MappingNode(PLAIN_TAG, pairs, self.mark(index), self.mark(at + 1)), at + 1
        while True:
            if self.text[at : at + 1] != '"':
                raise _JSONError("MZ107", "a key in JSON must be in double quotes", at)
            key, at = self.string(at)
            at = self.skip(at)
            if self.text[at : at + 1] != ":":
                raise _JSONError("MZ107", "a colon is missing after this key", key.start_mark.index)
            child, at = self.value(self.skip(at + 1), depth + 1)
            pairs.append((key, child))
            at, over = self.separator(at, "}")
            if over:
                return MappingNode(PLAIN_TAG, pairs, self.mark(index), self.mark(at)), at

    def sequence(self, index: int, depth: int) -> tuple[SequenceNode, int]:
        items: list[Node] = []
        at = self.skip(index + 1)
        if self.text[at : at + 1] == "]":
            return SequenceNode(PLAIN_TAG, items, self.mark(index), self.mark(at + 1)), at + 1
        while True:
            child, at = self.value(at, depth + 1)
            items.append(child)
            at, over = self.separator(at, "]")
            if over:
                return SequenceNode(PLAIN_TAG, items, self.mark(index), self.mark(at)), at

    def separator(self, index: int, close: str) -> tuple[int, bool]:
        """Past a comma, or past the closing bracket and True."""
        at = self.skip(index)
        found = self.text[at : at + 1]
        if found == close:
            return at + 1, True
        if found == ",":
            return self.skip(at + 1), False
        raise _JSONError("MZ107", f"a comma or “{close}” is missing here", at)
