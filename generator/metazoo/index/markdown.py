"""Where a Markdown page hides an index: front matter, and HTML comments anywhere in it."""

from __future__ import annotations

import re

from metazoo.findings import Finding
from metazoo.index.text import Part, Text

_FRONT_MATTER = re.compile(
    r"---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE
)
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})", re.MULTILINE)
_KEY = r"""(?:^|<!--)[ \t{]*["']?(?:type|models?|collections?|name|import|library)EXTRA["']?[ \t]*:(?:\s|$)"""
_INDEX_KEY = re.compile(_KEY.replace("EXTRA", ""), re.IGNORECASE | re.MULTILINE)
_FRONT_KEY = re.compile(_KEY.replace("EXTRA", "|model[ _-]?index"), re.IGNORECASE | re.MULTILINE)


def front_matter(page: Text) -> Part | None:
    """The page's front matter, where it names a key of an index."""
    match = _FRONT_MATTER.match(page.text)
    if match is None or not _FRONT_KEY.search(match[1]):
        return None
    return page.part(match.start(1), match.end(1))


def comments(page: Text) -> tuple[list[Part], list[Finding]]:
    """The page's comments that look like an index, and comments of that kind left open.

    A comment inside a fenced code block is an example, not an index.
    """
    text = page.text
    parts: list[Part] = []
    at = 0
    while True:
        begin = text.find("<!--", at)
        if begin < 0:
            return parts, []
        fence = _FENCE.search(text, at, begin)
        if fence is not None:
            at = _end_of_fence(text, fence)
            continue
        inside = begin + len("<!--")
        end = text.find("-->", inside)
        if end < 0:
            if not _INDEX_KEY.search(text, begin):
                return parts, []
            message = "the comment that holds the index is never closed"
            hint = "Write --> on a line of its own after the index."
            return parts, [Finding("MZ118", message, page.location(begin), hint=hint)]
        if _INDEX_KEY.search(text, begin, end):
            first = _first_character(text, inside, end)
            parts.append(page.part(first, end))
        at = end + len("-->")


def _first_character(text: str, inside: int, end: int) -> int:
    """Where the YAML begins: on the comment's own line, the blanks before it are no indentation."""
    first = inside
    while first < end and text[first] in " \t":
        first += 1
    return inside if text[first : first + 1] in {"\n", "\r"} else first


def _end_of_fence(text: str, fence: re.Match[str]) -> int:
    mark = fence[1]
    closing = re.compile(rf"^ {{0,3}}{re.escape(mark[0])}{{{len(mark)},}}[ \t]*$", re.MULTILINE)
    line_end = text.find("\n", fence.end())
    found = closing.search(text, line_end + 1) if line_end >= 0 else None
    return found.end() if found else len(text)
