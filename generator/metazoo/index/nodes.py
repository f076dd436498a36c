"""From the text of a part to a tree of YAML nodes that know their places.

libyaml composes; nothing is constructed, so no tag can run anything and no number is guessed. Text
stays text until the field it belongs to says what it should be. What a hostile file could do to a
parser (nesting without end, aliases that unfold to gigabytes) is refused before it costs anything.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Iterator
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from metazoo.findings import Finding, Location, Severity
from metazoo.index.text import Part
from metazoo.spelling import folded

DEEPEST = 100
"""Levels of nesting that are read; an index has eight."""
MOST_UNFOLDED = 200_000
"""Values that aliases may add to those that are written."""

PLAIN_TAG = "!"


class _Composer(yaml.CSafeLoader):
    """libyaml's composer without PyYAML's resolving of tags, which the reader has no use for.

    These three are called for every node. Built-in functions that do nothing take a fifth off the
    time to compose.
    """

    resolve: Any = staticmethod(PLAIN_TAG.format)  # whatever it gets, it is the plain tag
    descend_resolver: Any = staticmethod(operator.is_)
    ascend_resolver: Any = staticmethod(type(None))


def compose(part: Part) -> tuple[list[Node], list[Finding]]:
    """Compose every YAML document of a part.

    Returns:
        The root nodes, none where the text is empty or not YAML, and what was found.
    """
    too_deep = _nesting_fault(part)
    if too_deep is not None:
        return [], [too_deep]
    roots: list[Node] = []
    findings: list[Finding] = []
    try:
        parser = _Composer(part.text)
        while parser.check_node():
            root = parser.get_node()
            if root is not None:
                roots.append(root)
    except yaml.MarkedYAMLError as error:
        findings.append(syntax_fault(part, error))
        return [], findings
    if "*" in part.text and "&" in part.text:
        for root in roots:
            fault = _alias_fault(root, part)
            if fault is not None:
                return [], [fault]
    if "!" in part.text:
        findings.extend(_tag_findings(roots, part))
    return roots, findings


def syntax_fault(part: Part, error: yaml.MarkedYAMLError) -> Finding:
    """What libyaml complains of, in plain words, where a person would look for it."""
    mark, begun = error.problem_mark or error.context_mark, error.context_mark
    problem = (error.problem or error.context or "").strip()
    context = (error.context or "").strip()
    if mark is None:
        whole = Location(part.whole.label, 1, 1)
        return Finding("MZ106", f"the YAML can't be read: {problem}", whole)
    place = part.location
    if mark.index >= len(part.text.rstrip()):
        location = part.whole.location(part.start + max(len(part.text.rstrip()) - 1, 0))
    else:
        location = place(mark)
    what = _OPENED.get(context)
    if what is not None and begun is not None and "escape" not in problem:
        begin = place(begun)
        message = (
            f"the YAML can't be read: {what} that starts here is still open on line {location.line}"
        )
        return Finding("MZ106", message, begin, hint="Close it, or check the lines up to there.")
    message, hint = _explained(problem, part.text[mark.index : mark.index + 1])
    since = ""
    if (
        begun is not None
        and begun.line != mark.line
        and context.startswith("while parsing a block")
    ):
        line = place(begun).line
        kind = "list" if "collection" in context or "sequence" in context else "mapping"
        since = f" in the {kind} that starts on line {line}"
    return Finding("MZ106", f"the YAML can't be read: {message}{since}", location, hint=hint)


_OPENED = {
    "while parsing a flow sequence": "the list [",
    "while parsing a flow mapping": "the mapping {",
    "while scanning a quoted scalar": "the quoted text",
}
_CHECK_INDENTATION = "Check the indentation of this line and of the ones before it."
_EXPLAINED = (
    (
        "mapping values are not allowed",
        "a colon is not allowed here",
        "Quote text that contains “: ”, or check the indentation of this line.",
    ),
    (
        "undefined alias",
        "* refers to an undefined anchor",
        "Define the anchor (&name) before it is used (*name), or put the text in quotes.",
    ),
    (
        "did not find expected node content",
        "a value is missing here, inside [ ] or { }",
        "Write the value, or close the bracket.",
    ),
    ("did not find expected key", "expected a key here", _CHECK_INDENTATION),
    ("did not find expected '-'", "expected a dash here", _CHECK_INDENTATION),
    (
        "could not find expected ':'",
        "a colon is missing after this line's key",
        "Write “key: value”, with a space after the colon.",
    ),
    (
        "unknown escape character",
        "a backslash in double quotes starts an escape, and this one is not valid",
        "Use single quotes, or double the backslash.",
    ),
    ("tab character", "a tab indents this line", "Indent with spaces; YAML forbids tabs there."),
)


def _explained(problem: str, found: str) -> tuple[str, str]:
    """The complaint in our words, and what to do."""
    if "cannot start any token" in problem:
        if found == "\t":
            return "a tab indents this line", "Indent with spaces; YAML forbids tabs there."
        hint = "Quote the value: its first character has a special meaning in YAML."
        return f"an unquoted value can't start with “{found}”", hint
    for part, words, hint in _EXPLAINED:
        if part in problem:
            return words, hint
    return problem, "Check the indentation of this line, and its quotes and brackets."


_INDENT = re.compile(r"^[ \-?:]{100,}", re.MULTILINE)
_FLAT = re.compile(r"""[\[{][^\[\]{}"'#!]*[\]}]""")
"""A list or mapping in brackets with no other inside, and nothing that could hide its end."""


def _may_nest_deep(text: str) -> bool:
    """Whether a text can nest deeper than `DEEPEST`. Counts brackets, so it may say yes for no reason.

    Most indexes have one or two levels of brackets on a line; counting takes a tenth of the time that
    parsing takes.
    """
    if _INDENT.search(text):
        return True
    for level in range(3):
        if text.count("[") + text.count("{") + level < DEEPEST:
            return False
        text = _FLAT.sub("", text)
    return True


def _nesting_fault(part: Part) -> Finding | None:
    """A finding if the text nests deeper than `DEEPEST`."""
    if not _may_nest_deep(part.text):
        return None
    depth = 0
    try:
        for event in yaml.parse(part.text, Loader=_Composer):
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                mark = event.start_mark
                if depth > DEEPEST and mark is not None:
                    return Finding(
                        "MZ108",
                        f"the text is nested deeper than {DEEPEST} levels",
                        part.location(mark),
                        hint="Flatten it; an index needs eight levels.",
                    )
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
    except yaml.YAMLError:
        return None  # composing meets the same fault before this depth, and words it
    return None


def _alias_fault(root: Node, part: Part) -> Finding | None:
    """A finding where aliases run in a circle, unfold to more than `MOST_UNFOLDED`, or nest too deep."""
    sizes: dict[Node, int] = {}
    depths: dict[Node, int] = {}
    open_nodes: set[Node] = set()
    stack: list[tuple[Node, bool]] = [(root, False)]
    while stack:
        node, done = stack.pop()
        if done:
            open_nodes.discard(node)
            sizes[node] = 1 + sum(sizes[child] for child in children(node))
            if sizes[node] - len(sizes) > MOST_UNFOLDED:
                return _alias_finding(part, node, f"unfold to more than {MOST_UNFOLDED:,} values")
            deepest = max((depths[child] for child in children(node)), default=0)
            depths[node] = deepest + (not isinstance(node, ScalarNode))
            # What is written nests less deep, but an alias can stand in what another stands for.
            if depths[node] > DEEPEST:
                return _alias_finding(part, node, f"nest deeper than {DEEPEST} levels")
            continue
        if node in sizes:
            continue
        if node in open_nodes:
            return _alias_finding(part, node, "contain themselves")
        open_nodes.add(node)
        stack.append((node, True))
        for child in children(node):
            if child in open_nodes:
                return _alias_finding(part, child, "contain themselves")
            if child not in sizes:
                stack.append((child, False))
    return None


def _alias_finding(part: Part, node: Node, what: str) -> Finding:
    mark = node.start_mark
    return Finding(
        "MZ109",
        f"the aliases of this value {what}",
        part.location(mark),
        hint="Write the values out instead of using * there.",
    )


_HARMLESS_TAGS = frozenset(
    {PLAIN_TAG}
    | {
        f"tag:yaml.org,2002:{kind}"
        for kind in ("str", "int", "float", "bool", "null", "map", "seq")
    }
)


def _tag_findings(roots: list[Node], part: Part) -> list[Finding]:
    findings = []
    for root in roots:
        for node in walk(root):
            if node.tag not in _HARMLESS_TAGS:
                tag = node.tag.replace("tag:yaml.org,2002:", "!!")
                findings.append(
                    Finding(
                        "MZ110",
                        f"the tag {tag} has no meaning in an index and is ignored",
                        part.location(node.start_mark),
                        Severity.WARNING,
                        hint="Remove it. metazoo never acts on tags.",
                    )
                )
    return findings


# -- walking ------------------------------------------------------------------------------------


def items(node: Node) -> list[tuple[ScalarNode, Node]]:
    """The keys of a mapping that are scalars, with their values; none if it is no mapping."""
    if not isinstance(node, MappingNode):
        return []
    return [(key, value) for key, value in node.value if isinstance(key, ScalarNode)]


def keys(node: Node) -> set[str]:
    """The folded keys of a mapping; none if it is no mapping."""
    return {folded(key.value) for key, _ in items(node)}


def child(node: Node, *names: str) -> Node | None:
    """The first value of a mapping under one of the folded keys, or None."""
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if isinstance(key, ScalarNode) and folded(key.value) in names:
                found: Node = value
                return found
    return None


def children(node: Node) -> list[Node]:
    """The nodes right below a node, in order."""
    if isinstance(node, SequenceNode):
        return list(node.value)
    if isinstance(node, MappingNode):
        return [inner for pair in node.value for inner in pair]
    return []


def walk(root: Node) -> Iterator[Node]:
    """A node and all nodes below it in order; a node that aliases repeat comes once."""
    seen: set[Node] = set()
    stack = [root]
    while stack:
        node = stack.pop()
        if node not in seen:
            seen.add(node)
            yield node
            stack.extend(reversed(children(node)))


def is_null(node: Node) -> bool:
    """Whether nothing was written: an empty place, ``~`` or ``null``."""
    return isinstance(node, ScalarNode) and not node.style and node.value in NULLS


NULLS = frozenset({"", "~", "null", "Null", "NULL"})
"""How nothing is written, plainly."""
