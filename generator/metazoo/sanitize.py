"""Make text of an index harmless where commands print it: in a terminal and in a CI log.

A line of a log may be a command to whoever reads it: escape sequences steer a terminal; ``::error::``
at the beginning of a line and ``##[`` anywhere in it steer the runners of GitHub and Azure. Pages have
rules of their own: see `metazoo.cards.escape`.
"""

from __future__ import annotations

import re

_COMMAND = re.compile(r"\A(\s*):(?=:)|#(?=#(?:\[|vso\[))")
"""What a runner takes for a command: https://github.com/actions/runner, ``ActionCommand.cs``."""


def printable(text: str) -> str:
    """Return the text on one line, with what can't be seen or would be a command as escapes."""
    if not text.isprintable():
        text = "".join(c if c.isprintable() else _escape(c) for c in text)
    if "::" in text or "##" in text:
        text = _COMMAND.sub(lambda found: f"{found[1] or ''}\\x{ord(found[0][-1]):02x}", text)
    return text


def _escape(character: str) -> str:
    point = ord(character)
    return f"\\x{point:02x}" if point < 0x100 else f"\\u{point:04x}"
