"""Read ``glossary.yml``: what the words of an index mean, and the metrics that a zoo adds.

It may come from a stranger's pull request, so it is read like the index: nothing is constructed, every
fault is a finding with its place, and everything else is kept.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from yaml.resolver import Resolver

from metazoo import files
from metazoo.findings import Finding, Location, Severity
from metazoo.index import nodes, quantities, text
from metazoo.index.fields import Field, Kind, Names
from metazoo.index.text import Part
from metazoo.index.values import AS_WRITTEN, NodeReader, Pair
from metazoo.metrics import ANY_UNIT, STANDARD, Better, Metric, Metrics
from metazoo.metrics import folded as folded_name
from metazoo.spelling import folded

FILE = "glossary.yml"
"""Its name, beside the root file of the index."""
MOST_FINDINGS = 100
"""Faults of one glossary that are reported."""
LONGEST_NAME = 80
"""Characters of a metric's name."""

_WORD = Names((Field("Text", Kind.TEXT, ""), Field("URL", Kind.TEXT, "")))
_METRIC = Names(
    tuple(
        Field(name, Kind.ANY, "")
        for name in ("Name", "Aliases", "Unit", "Better", "Range", "Text", "URL")
    )
)
_RESOLVER: Any = Resolver()  # its stubs have no types
"""Says what other readers of YAML take a plain text for: a number, a date, a truth."""
_STRING = "tag:yaml.org,2002:str"
_OTHER_TAGS = frozenset(f"tag:yaml.org,2002:{kind}" for kind in ("int", "float", "bool", "null"))


@dataclass(frozen=True, slots=True)
class GlossaryEntry:
    """What a word means."""

    text: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Glossary:
    """A glossary as read.

    Attributes:
        entries: What words mean, under the words in lower case.
        metrics: All metrics that are known, the zoo's own included.
        findings: What is wrong with the file.
    """

    entries: dict[str, GlossaryEntry] = field(default_factory=dict)
    metrics: Metrics = STANDARD
    findings: tuple[Finding, ...] = ()


def read_glossary(file: Path, root: Path) -> Glossary:
    """Read a glossary; it is empty if there is no file.

    The file maps each word to its explanation, or to ``Text`` and ``URL``. ``Metrics`` holds a list of
    metrics, or maps their names to what is known of them.

    Args:
        file: The glossary.
        root: The folder that it must lie in, with links resolved.
    """
    if not os.path.lexists(file):
        return Glossary()
    here = Path.cwd()
    label = (file.relative_to(here) if file.is_relative_to(here) else file).as_posix()
    if not files.inside(file, root):
        message = "the glossary is a link that leads out of the project, so it is not read"
        hint = "Put the file itself there."
        return Glossary(findings=(Finding("MZ803", message, Location(label), hint=hint),))
    content, findings = text.read(file, label)
    # The machinery of the index would have it split into files of one family each.
    findings = [replace(f, hint="Shorten it.") if f.code == "MZ102" else f for f in findings]
    if content is None:
        return Glossary(findings=tuple(findings))
    part = content.part()
    roots, found = nodes.compose(part)
    reading = _GlossaryReading(part, [*findings, *found])
    for number, root_node in enumerate(roots):
        if number == 1:
            reading.report(
                "a second YAML document begins here; all of them are read as one glossary",
                root_node,
                "Remove the line --- between them.",
                code="MZ111",
            )
        reading.document(root_node)
    return Glossary(reading.entries, Metrics(reading.metrics), _bounded(reading.findings, label))


def _bounded(findings: list[Finding], label: str) -> tuple[Finding, ...]:
    if len(findings) <= MOST_FINDINGS:
        return tuple(findings)
    more = len(findings) - MOST_FINDINGS
    message = f"the glossary has {more:,} more problem{'s' * (more > 1)} that are not listed here"
    last = Finding("MZ803", message, Location(label), hint="Fix the listed ones, then check again.")
    return (*findings[:MOST_FINDINGS], last)


class _GlossaryReading:
    """What reading one glossary gathers."""

    def __init__(self, part: Part, findings: list[Finding]) -> None:
        self.entries: dict[str, GlossaryEntry] = {}
        self.metrics: list[Metric] = []
        self.findings = findings
        self._nodes = NodeReader(part, findings)
        self._words: dict[str, Location] = {}
        self._names: dict[str, str] = {}

    def document(self, root: Node) -> None:
        if nodes.is_null(root):
            return
        if not isinstance(root, MappingNode):
            hint = "Write “Word: what it means.” on each line."
            self.report("the glossary must map words to what they mean", root, hint)
            return
        for key in self._nodes.pairs(root, AS_WRITTEN):
            if folded(key.key) == "metrics" and self._holds_metrics(key.node):
                self._read_metrics(key.node)
            else:
                self._word(key)

    # -- words ----------------------------------------------------------------------------------

    def _word(self, key: Pair) -> None:
        word = key.key.casefold()
        if word in self._words:
            line = self._words[word].line
            self.report_at(
                f"the word “{_short(key.key)}” is repeated; it is already on line {line}",
                key.key_location,
                "Delete one of them. Only the last one counts.",
            )
        self._words[word] = key.key_location
        node = key.node
        wanted = f"the glossary's entry “{_short(key.key)}” must be a text, or Text and URL"
        if not isinstance(node, MappingNode):
            meaning = self._text(node)
            if meaning is None:
                self.report(wanted, node)
            else:
                self.entries[word] = GlossaryEntry(meaning)
            return
        parts = {part.name: part for part in self._nodes.pairs(node, _WORD)}
        texts = {
            name: self._text(part.node) for name, part in parts.items() if name in _WORD.fields
        }
        for name, part in parts.items():
            if name not in _WORD.fields:
                self._unknown_key(part, "Text or URL")
        if texts.get("Text") is None or ("URL" in parts and texts.get("URL") is None):
            self.report(wanted, node)
            return
        self.entries[word] = GlossaryEntry(texts["Text"] or "", texts.get("URL"))

    def _text(self, node: Node) -> str | None:
        """The text of a node; None if it is none, or something that YAML takes for a number or a date."""
        if not isinstance(node, ScalarNode):
            return None
        found: str = node.value
        if node.tag in _OTHER_TAGS or not found.strip():
            return None
        if not node.style and node.tag != _STRING:
            tag = _RESOLVER.resolve(ScalarNode, found, (True, False))
            if tag != _STRING or not any(character.isalpha() for character in found):
                return None
        return found

    # -- metrics --------------------------------------------------------------------------------

    @staticmethod
    def _holds_metrics(node: Node) -> bool:
        """Whether the value of ``Metrics`` is what it says, and not the meaning of that word."""
        if isinstance(node, SequenceNode):
            return True
        if not isinstance(node, MappingNode):
            return False
        return not all(
            isinstance(key, ScalarNode) and folded(key.value) in {"text", "url"}
            for key, _ in node.value
        )

    def _read_metrics(self, node: Node) -> None:
        if isinstance(node, SequenceNode):
            for item in node.value:
                self._metric(item, None)
        elif isinstance(node, MappingNode):
            for key in self._nodes.pairs(node, AS_WRITTEN):
                self._metric(key.node, key)

    def _metric(self, node: Node, key: Pair | None) -> None:
        if not isinstance(node, MappingNode):
            hint = "Write Name, Better and what else you know about it."
            self.report("a metric must be a mapping", node, hint)
            return
        parts: dict[str, Pair] = {}
        for part in self._nodes.pairs(node, _METRIC):
            if part.name in _METRIC.fields:
                parts[part.name] = part
            else:
                self._unknown_key(part, ", ".join(_METRIC.fields))
        name = self._scalar(parts, "Name") or (key.key if key else "")
        if not folded_name(name) or len(name) > LONGEST_NAME:
            where = key.key_location if key else self._nodes.at(node)
            message = (
                f"a metric must have a Name of 1 to {LONGEST_NAME} characters, with a letter in it"
            )
            self.report_at(message, where, "Write Name as the index does.")
            return
        if not self._claim(name, name, parts["Name"].node if "Name" in parts else node):
            return
        low, high = self._range(parts.get("Range"))
        meaning, url = self._scalar(parts, "Text") or "", self._scalar(parts, "URL")
        self.metrics.append(
            Metric(
                name=name,
                better=self._better(parts.get("Better")),
                unit=ANY_UNIT if "Unit" not in parts else self._scalar(parts, "Unit") or "",
                low=low,
                high=high,
                text=meaning,
                aliases=self._aliases(name, parts.get("Aliases")),
            )
        )
        if meaning or url:
            self.entries[name.casefold()] = GlossaryEntry(meaning, url)

    def _claim(self, name: str, metric: str, node: Node) -> bool:
        """Take a name for a metric; false, with a finding, if another metric of the zoo has it."""
        owner = self._names.setdefault(folded_name(name), metric)
        if owner is metric:
            return True
        message = f"“{_short(name)}” is already a name of the metric “{_short(owner)}”"
        self.report(message, node, "Delete one of them. Only the first one counts.")
        return False

    def _aliases(self, metric: str, key: Pair | None) -> tuple[str, ...]:
        if key is None or nodes.is_null(key.node):
            return ()
        items = key.node.value if isinstance(key.node, SequenceNode) else [key.node]
        found = []
        for item in items:
            name = item.value if isinstance(item, ScalarNode) else ""
            if not folded_name(name) or len(name) > LONGEST_NAME:
                message = f"an alias must be a text of 1 to {LONGEST_NAME} characters"
                self.report(message, item, "Write a name of the metric.")
            elif self._claim(name, metric, item):
                found.append(name)
        return tuple(found)

    def _better(self, key: Pair | None) -> Better | None:
        if key is None:
            return None
        written = key.node.value if isinstance(key.node, ScalarNode) else ""
        try:
            return Better(written.strip().lower())
        except ValueError:
            message = "Better must be higher or lower"
            hint = "Write higher or lower. Without it, nothing is marked as best."
            self.report(message, key.node, hint)
            return None

    def _range(self, key: Pair | None) -> tuple[float | None, float | None]:
        if key is None or nodes.is_null(key.node):
            return None, None
        items = key.node.value if isinstance(key.node, SequenceNode) else []
        bounds = [self._bound(item) for item in items]
        if len(bounds) == 2 and None not in bounds:
            low, high = (None if bound == "open" else bound for bound in bounds)
            if low is None or high is None or float(low) < float(high):
                return None if low is None else float(low), None if high is None else float(high)
        message = "Range must be the lowest and the highest possible value"
        self.report(message, key.node, "Write two numbers, such as [0, 100]; null is no bound.")
        return None, None

    @staticmethod
    def _bound(node: Node) -> float | str | None:
        """A number, ``open`` if nothing is written, or None if it is neither."""
        if nodes.is_null(node):
            return "open"
        number = quantities.number(node.value) if isinstance(node, ScalarNode) else None
        return number.value if number and not number.unit else None

    def _scalar(self, parts: dict[str, Pair], name: str) -> str | None:
        if name not in parts or nodes.is_null(parts[name].node):
            return None
        node = parts[name].node
        if isinstance(node, ScalarNode):
            return " ".join(str(node.value).split())
        self.report(f"{name} must be a text", node, "Write one text, without a dash or a colon.")
        return None

    # -- reporting ------------------------------------------------------------------------------

    def _unknown_key(self, key: Pair, known: str) -> None:
        message = f"the key “{_short(key.key)}” is unknown here"
        self.report_at(message, key.key_location, f"Use one of: {known}.")

    def report(self, message: str, node: Node, hint: str = "", code: str = "MZ803") -> None:
        self.report_at(message, self._nodes.at(node), hint, code)

    def report_at(
        self, message: str, location: Location, hint: str = "", code: str = "MZ803"
    ) -> None:
        severity = Severity.WARNING if code == "MZ111" else Severity.ERROR
        hint = hint or "Write a sentence that explains it, in quotes if it begins like a number."
        self.findings.append(Finding(code, message, location, severity, hint=hint))


def _short(word: str) -> str:
    word = " ".join(word.split())
    return word if len(word) <= 40 else word[:37] + "…"
