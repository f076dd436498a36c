"""Change single values of index files, and nothing else in them.

A file is composed again, the scalar that begins at a place is found, and its characters are
replaced. Comments, order, quotes, indentation, line endings and everything else stay to the byte.
What comes out is composed once more and compared: a change that would touch another value is not
made.
"""

from __future__ import annotations

import difflib
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from yaml.nodes import Node, ScalarNode

from metazoo.files import rewrite
from metazoo.findings import Finding, Fix
from metazoo.index import json_nodes, markdown, nodes, text
from metazoo.index.text import Part, Text
from metazoo.sanitize import printable

_PROPERTIES = re.compile(r"(?:[&!]\S*\s+)*")
_NEEDS_QUOTES = re.compile(
    r"""^[\s\-?:,\[\]{}#&*!|>'"%@`]|:\s|:$|\s\#|[,\[\]{}\n]|\s$|^$""", re.VERBOSE
)
_BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class Patch:
    """A file before and after.

    Attributes:
        file: As in the findings.
        before: Its text, byte order mark and line endings included.
        after: The same with the fixes made.
        made: How many values were changed.
    """

    file: str
    before: str
    after: str
    made: int

    def diff(self) -> Iterator[str]:
        """The change as the lines of a unified diff, with their ends."""
        name = printable(self.file)
        for line in difflib.unified_diff(_lines(self.before), _lines(self.after), name, name):
            yield line if line.endswith("\n") else f"{line}\n"
            if not line.endswith("\n"):
                yield "\\ No newline at end of file\n"

    def write(self) -> bool:
        """Put the new text into the file, whole or not at all.

        Returns:
            False where the file no longer holds `before`, because somebody else has changed it; it
            then stays as it is.

        Raises:
            UsageError: The file can't be replaced without changing its owner or separating hard links.
            OSError: The folder can't be written to, or the disk is full.
        """
        before, after = self.before.encode("utf-8"), self.after.encode("utf-8")
        return rewrite(Path(self.file), lambda present: after if present == before else present)


def _lines(text: str) -> list[str]:
    return io.StringIO(text, newline="\n").readlines()


def patches(findings: Iterable[Finding]) -> list[Patch]:
    """What the fixes of findings change, file by file; nothing is written.

    Of two fixes for one place only the first is made: check again, and the second comes back.
    """
    by_file: dict[str, dict[tuple[int, int], Fix]] = defaultdict(dict)
    for finding in findings:
        if finding.waived is None:
            for fix in finding.fixes:
                place = (fix.location.line, fix.location.column)
                by_file[fix.location.file].setdefault(place, fix)
    made = (_patch(file, list(fixes.values())) for file, fixes in by_file.items())
    return [patch for patch in made if patch is not None]


def _patch(file: str, fixes: list[Fix]) -> Patch | None:
    path = Path(file)
    whole, _ = text.read(path, file)
    if whole is None:
        return None
    before = whole.text
    after, made = patched(whole, path.suffix.lower(), fixes)
    if not made:
        return None
    mark = _BYTE_ORDER_MARK if whole.marked else ""
    return Patch(file, mark + before, mark + after, made)


def patched(whole: Text, ending: str, fixes: list[Fix]) -> tuple[str, int]:
    """The text of a file with fixes made, and how many were.

    Args:
        whole: The file.
        ending: Of its name, such as ``.yml``: which language it is in.
        fixes: With places in this file.
    """
    scalars = dict(_scalars(whole, ending))
    changes = []
    for fix in fixes:
        scalar = scalars.get((fix.location.line, fix.location.column))
        if scalar is None or scalar.node.value != fix.old or fix.old == fix.new:
            continue
        if "\n" in whole.text[scalar.start : scalar.end]:
            continue  # a text over several lines has a layout of its own
        replacement = _written(fix.new, scalar.node.style, json=ending == ".json")
        changes.append((scalar, replacement, fix.new))
    # From the end, so that what is still to come keeps its place.
    changes.sort(key=lambda change: change[0].start, reverse=True)
    after = _replaced(whole.text, changes)
    if _only_changes(whole, after, ending, changes):
        return after, len(changes)
    after, made = whole.text, 0
    for change in changes:
        candidate = _replaced(after, [change])
        if _only_changes(Text(whole.label, after), candidate, ending, [change]):
            after, made = candidate, made + 1
    return after, made


_Change = tuple["_Scalar", str, str]
"""A scalar, the characters to put there, and what they mean."""


def _replaced(text: str, changes: list[_Change]) -> str:
    for scalar, replacement, _ in changes:
        text = text[: scalar.start] + replacement + text[scalar.end :]
    return text


@dataclass(frozen=True, slots=True)
class _Scalar:
    node: ScalarNode
    start: int
    end: int


def _scalars(whole: Text, ending: str) -> Iterator[tuple[tuple[int, int], _Scalar]]:
    """Every scalar of the file's parts under its line and column."""
    for part, root in _roots(whole, ending):
        for node in _scalar_nodes(root):
            location = part.location(node.start_mark)
            start, end = part.start + node.start_mark.index, part.start + node.end_mark.index
            # An anchor or a tag belongs to the node, but stays.
            properties = _PROPERTIES.match(whole.text, start, end) if ending != ".json" else None
            yield (
                (location.line, location.column),
                _Scalar(node, properties.end() if properties else start, end),
            )


def _roots(whole: Text, ending: str) -> Iterator[tuple[Part, Node]]:
    parts: list[Part]
    if ending in {".yml", ".yaml", ".json"}:
        parts = [whole.part()]
    else:
        front = markdown.front_matter(whole)
        parts = ([front] if front else []) + markdown.comments(whole)[0]
    for part in parts:
        composed, _ = json_nodes.compose(part) if ending == ".json" else nodes.compose(part)
        for root in composed:
            yield part, root


def _scalar_nodes(root: Node) -> Iterator[ScalarNode]:
    return (node for node in nodes.walk(root) if isinstance(node, ScalarNode))


def _written(new: str, style: str | None, *, json: bool) -> str:
    """A text as a scalar in the quotes that the old one had; a plain one gets them where needed."""
    if style == '"':
        return '"' + new.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if style == "'" or (not json and _NEEDS_QUOTES.search(new)):
        return "'" + new.replace("'", "''") + "'"
    return new


def _only_changes(before: Text, after: str, ending: str, changes: list[_Change]) -> bool:
    """Whether the changed scalars mean what they should, and every other what it did."""
    values = [scalar.value for _, root in _roots(before, ending) for scalar in _scalar_nodes(root)]
    changed = [
        scalar.value
        for _, root in _roots(Text(before.label, after), ending)
        for scalar in _scalar_nodes(root)
    ]
    if len(values) != len(changed):
        return False
    pairs = [(a, b) for a, b in zip(values, changed, strict=True) if a != b]
    return sorted(pairs) == sorted((scalar.node.value, new) for scalar, _, new in changes)
