"""Facts as YAML text, laid out as a person would: block style, small lists and results on one line.

Text and nothing else: what is written here is put into files by `metazoo.importing.editing`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

INDENT = "  "


class OneLine(dict[str, Any]):
    """A mapping to be written on one line, in braces."""


class YamlRow(list[Any]):
    """A list to be written on one line, in brackets."""


def mapping_lines(values: Mapping[str, Any], indent: str) -> Iterator[str]:
    """A mapping in block style, a line at a time, without line ends."""
    for key, value in values.items():
        yield from entry_lines(key, value, indent)


def entry_lines(key: str, value: Any, indent: str) -> Iterator[str]:
    """One key with its value in block style."""
    name = scalar(key)
    if _is_flow(value):
        yield f"{indent}{name}: {flow(value)}"
    elif isinstance(value, Mapping):
        yield f"{indent}{name}:"
        yield from mapping_lines(value, indent + INDENT)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        yield f"{indent}{name}:"
        yield from item_lines(value, indent)
    else:
        yield f"{indent}{name}: {scalar(value)}"


def item_lines(items: Sequence[Any], indent: str) -> Iterator[str]:
    """A list in block style; its dashes stand under the first letter of its key."""
    for item in items:
        if _is_flow(item):
            yield f"{indent}- {flow(item)}"
        elif isinstance(item, Mapping):
            first, *rest = mapping_lines(item, indent + INDENT)
            yield f"{indent}- {first.lstrip()}"
            yield from rest
        else:
            yield f"{indent}- {scalar(item)}"


def _is_flow(value: Any) -> bool:
    return isinstance(value, OneLine | YamlRow) or value == [] or value == {}


def flow(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(k)}: {flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    return scalar(value, inside=True)


_PLAIN = re.compile(r"[A-Za-z0-9/(][^\n]*")
_NUMBER_OR_WORD = re.compile(
    r"[-+]?[0-9][0-9_,.:xob]*(e[-+]?[0-9]+)?|true|false|yes|no|on|off|null|y|n", re.IGNORECASE
)


def scalar(value: str | int | float, *, inside: bool = False) -> str:
    """A text or number as YAML; in quotes where a plain one would mean something else.

    Args:
        value: What to write.
        inside: Whether it stands in brackets or braces, where commas end it.
    """
    if not isinstance(value, str):
        written = f"{value:g}" if isinstance(value, float) and value.is_integer() else str(value)
        # Readers of YAML 1.1 take 1e-05 for text; with a point it is a number to all.
        return written if "." in written else written.replace("e", ".0e")
    plain = (
        _PLAIN.fullmatch(value)
        and not _NUMBER_OR_WORD.fullmatch(value)
        and not re.search(r":\s|:$|\s#|\s$", value)
        and not (inside and re.search(r"[,?\[\]{}]", value))
    )
    return value if plain else "'" + value.replace("'", "''") + "'"
