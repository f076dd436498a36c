"""Make text of an index harmless where commands print it: in a terminal and in a CI log.

A line of a log may be a command to whoever reads it: escape sequences steer a terminal; ``::error::``
at the beginning of a line and ``##[`` anywhere in it steer the runners of GitHub and Azure. Pages have
rules of their own: see `metazoo.cards.escape`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

_COMMAND = re.compile(r"\A(\s*):(?=:)|#(?=#(?:\[|vso\[))")
"""What a runner takes for a command: https://github.com/actions/runner, ``ActionCommand.cs``."""
_COLONS = re.compile(":(?=:)")
_HASHES = re.compile(r"#(?=#(?:\[|vso\[))")


def printable(text: str) -> str:
    """Return the text on one line, with what can't be seen or would be a command as escapes."""
    if not text.isprintable():
        text = "".join(c if c.isprintable() else _escape(c) for c in text)
    if "::" in text or "##" in text:
        text = _COMMAND.sub(lambda found: f"{found[1] or ''}\\x{ord(found[0][-1]):02x}", text)
    return text


def printable_anywhere(text: str) -> str:
    """Like `printable`, for text that may be broken into lines, as in the cell of a table."""
    return _COLONS.sub(r"\\x3a", printable(text))


def printable_diff(line: str) -> str:
    """Like `printable`, for a line of a diff: tabs and the end of the line stay, so that it applies."""
    body = line.rstrip("\r\n")
    return "\t".join(map(printable, body.split("\t"))) + line[len(body) :]


def printable_json(text: str) -> str:
    """Escape in a JSON document what can't be seen or would be a command; it means the same."""
    # Outside its strings JSON has only printable characters and ends of lines, and no hash.
    return _escaped(text, lambda character: "".join(map("\\u{:04x}".format, _units(character))))


def json_text(content: Any, indent: int | None = 2) -> str:
    """Plain values as a JSON document, made harmless by `printable_json`."""
    return printable_json(json.dumps(content, indent=indent, ensure_ascii=False))


def printable_yaml(text: str) -> str:
    """Escape in a YAML document what can't be seen or would be a command; it means the same.

    Args:
        text: A document in which every scalar that `needs_quotes` stands in double quotes, on one line.
    """
    return _escaped(text, lambda character: f"\\U{ord(character):08x}")


def needs_quotes(text: str) -> bool:
    """Whether a YAML scalar must stand in double quotes to be printed."""
    return printable(text) != text


def _escape(character: str) -> str:
    point = ord(character)
    if point < 0x100:
        return f"\\x{point:02x}"
    return f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"


def _escaped(document: str, escape: Callable[[str], str]) -> str:
    if not document.replace("\n", "").isprintable():
        document = "".join(c if c.isprintable() or c == "\n" else escape(c) for c in document)
    return _HASHES.sub(lambda found: escape(found[0]), document) if "##" in document else document


def _units(character: str) -> list[int]:
    """The code units of a character in UTF-16, as JSON escapes it."""
    point = ord(character)
    if point < 0x10000:
        return [point]
    return [0xD800 + (point - 0x10000 >> 10), 0xDC00 + (point - 0x10000 & 0x3FF)]
