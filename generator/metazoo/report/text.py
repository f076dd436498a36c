"""Findings for people: each with its line quoted and the spot marked.

Everything quoted comes from files that a stranger may have written, so control characters and
invisible ones are shown as escapes: nothing here can steer a terminal.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from metazoo.files import read_bytes
from metazoo.findings import Finding, Severity
from metazoo.rules import CATALOGUE
from metazoo.sanitize import printable

if TYPE_CHECKING:
    from rich.console import Console

_WIDTH = 110
_BREAK = re.compile("\r\n|[\n\r]")
_COLORS = {Severity.ERROR: "31;1", Severity.WARNING: "33;1", Severity.INFO: "36;1"}
_WORDS = {
    Severity.ERROR: ("error", "errors"),
    Severity.WARNING: ("warning", "warnings"),
    Severity.INFO: ("note", "notes"),
}


def print_findings(findings: Iterable[Finding], console: Console) -> None:
    """Write findings to a rich console, with colors where it has them."""
    for line in lines(findings, color=console.color_system is not None):
        console.file.write(line + "\n")


def lines(findings: Iterable[Finding], *, color: bool) -> Iterator[str]:
    """The findings as lines of text.

    Args:
        findings: In the order to show them; waived ones are skipped.
        color: Whether to mark places and severities with ANSI colors.
    """
    paint = _paint if color else _plain
    for finding in findings:
        if finding.waived is not None:
            continue
        place = paint(printable(str(finding.location)), "1")
        severity = paint(_WORDS[finding.severity][0], _COLORS[finding.severity])
        about = f" {paint(printable(finding.model), '1')}:" if finding.model else ""
        yield f"{place}: {severity} {finding.code}:{about} {printable(finding.message)}"
        quoted = _quoted(finding)
        if quoted is not None:
            number, text, mark = quoted
            gutter = " " * len(number)
            yield f"  {paint(number + ' |', '2')} {text}"
            yield f"  {paint(gutter + ' |', '2')} {paint(mark, _COLORS[finding.severity])}"
        if finding.hint:
            fix = " (--fix does this)" if finding.fixes else ""
            yield f"  {paint('=', '2')} {printable(finding.hint)}{fix}"


def notes_by_rule(notes: Iterable[Finding], *, color: bool) -> Iterator[str]:
    """Summarize notes in one line per rule: code, name, how often it applies, and what it finds.

    Args:
        notes: Findings not to show one by one; waived ones are only counted in the summary.
        color: As for `lines`.
    """
    paint = _paint if color else _plain
    by_rule: defaultdict[str, list[Finding]] = defaultdict(list)
    for note in notes:
        if note.waived is None:
            by_rule[note.code].append(note)
    for code, found in sorted(by_rule.items()):
        rule = CATALOGUE[code]
        models = {note.model for note in found}
        about = _count(len(found), "place") if None in models else _count(len(models), "model")
        severity = paint(_WORDS[found[0].severity][0], _COLORS[found[0].severity])
        yield f"{severity} {code} {rule.name} ({about}): {rule.summary}"


def statistics(findings: Iterable[Finding], *, color: bool) -> Iterator[str]:
    """Count findings by rule, the most frequent first, without those that are waived."""
    paint = _paint if color else _plain
    counts = Counter((f.code, f.severity) for f in findings if f.waived is None)
    width = len(str(max(counts.values(), default=0)))
    for (code, severity), count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        word = _WORDS[severity][0]
        yield f"{count:>{width}}  {code}  {paint(word, _COLORS[severity])}{' ' * (7 - len(word))}  {CATALOGUE[code].name}"


def summary(findings: Iterable[Finding], files: int, models: int) -> str:
    """One sentence: how many findings of which severity, in how many files."""
    counts: Counter[str] = Counter()
    for finding in findings:
        counts["waived" if finding.waived is not None else finding.severity] += 1
    parts = [
        f"{counts[severity]} {one if counts[severity] == 1 else many}"
        for severity, (one, many) in _WORDS.items()
        if counts[severity]
    ]
    if counts["waived"]:
        parts.append(f"{counts['waived']} waived")
    where = f"{_count(files, 'file')}, {_count(models, 'model')}"
    return f"{', '.join(parts) or 'Nothing found'} ({where})"


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _paint(text: str, style: str) -> str:
    return f"\x1b[{style}m{text}\x1b[0m"


def _plain(text: str, _style: str) -> str:
    return text


def _quoted(finding: Finding) -> tuple[str, str, str] | None:
    """Line number, the line, and a mark under the spot; None where there is no line."""
    if not finding.location.line:
        return None
    source = _source(finding.location.file)
    number, column = finding.location.line, finding.location.column
    if number > len(source):
        return None
    line = source[number - 1]
    start = max(0, column - 1 - _WIDTH * 2 // 3) if len(line) > _WIDTH else 0
    end = start + _WIDTH
    before = ("…" if start else "") + printable(line[start : column - 1].replace("\t", " "))
    after = printable(line[column - 1 : end].replace("\t", " ")) + ("…" if len(line) > end else "")
    # Only together they may be what a runner takes for a command.
    return str(number), printable(before + after), " " * len(before) + "^"


@lru_cache(maxsize=64)
def _source(file: str) -> list[str]:
    """The lines of a file; none where it can't be read, which is a finding by itself."""
    try:
        text = read_bytes(Path(file)).decode("utf-8", "replace")
    except OSError:
        return []
    text = text.removeprefix("\ufeff")
    return _BREAK.split(text) if "\r" in text else text.split("\n")
