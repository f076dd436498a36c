"""Bound what a template may cost, so that a slip in a card is an error with a line and no dead machine.

Cards are trusted like the site's author; this is no jail. It catches what grows without bound by one
short expression: ``{{ 'a' * 10**10 }}``, loops in loops, a text padded to a billion characters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import wraps
from itertools import islice
from types import GeneratorType
from typing import Any, cast

from jinja2 import nodes
from jinja2.exceptions import TemplateRuntimeError
from jinja2.runtime import markup_join
from jinja2.visitor import NodeTransformer

MOST_STEPS = 2_000_000
"""Rounds of all loops of one page; a table of 10,000 models takes about a tenth."""
MOST_CHARACTERS = 20_000_000
"""Of one page, and of all texts that its expressions put together."""
_MOST_BITS = 14_000
"""Of a whole number; Python writes no longer ones as text."""
_AT_ONCE = 100

Filter = Callable[..., Any]


class LimitError(TemplateRuntimeError):
    """A template costs more than any page needs."""


class Budget:
    """What one page has cost so far."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Start a page."""
        self._steps = 0
        self._characters = 0

    def counted(self, items: Iterable[Any]) -> Iterator[Any]:
        """The items of a loop, each counted as a round.

        Raises:
            LimitError: They are too many.
        """
        for item in items:
            self._steps += 1
            if self._steps > MOST_STEPS:
                raise LimitError(f"the loops of this page take more than {MOST_STEPS:,} rounds")
            yield item

    def spend(self, characters: int) -> None:
        """Count the characters of a text that an expression is about to make.

        Raises:
            LimitError: They are too many.
        """
        self._characters += characters
        if self._characters > MOST_CHARACTERS:
            raise LimitError(
                f"the expressions of this page make texts of more than {MOST_CHARACTERS:,} characters"
            )

    def joined(self, parts: Iterable[Any]) -> str:
        """What ``~`` makes of its parts."""
        texts = [part if isinstance(part, str) else str(part) for part in parts]
        self.spend(sum(map(len, texts)))
        return markup_join(texts)

    def concat(self, parts: Iterable[str]) -> str:
        """The output of a template, a macro or a block.

        Raises:
            LimitError: It is too long. A template that is still running gets it where it is, so that
                the line is known.
        """
        kept: list[str] = []
        total = 0
        items = iter(parts)
        while some := list(islice(items, _AT_ONCE)):
            total += sum(map(len, some))
            if total > MOST_CHARACTERS:
                error = LimitError(f"this makes more than {MOST_CHARACTERS:,} characters")
                if isinstance(items, GeneratorType):
                    items.throw(error)
                raise error
            kept += some
        return "".join(kept)

    def operation(self, operator: str, left: Any, right: Any) -> None:
        """Refuse an operation whose result would be too large.

        Raises:
            LimitError: It would.
        """
        if operator == "*":
            for one, other in ((left, right), (right, left)):
                if isinstance(other, int) and isinstance(one, str | bytes | list | tuple):
                    self.spend(len(one) * max(other, 0))
            if isinstance(left, int) and isinstance(right, int):
                _refuse_bits(left.bit_length() + right.bit_length())
        elif operator == "**":
            if isinstance(left, int) and isinstance(right, int):
                _refuse_bits(left.bit_length() * max(right, 0) if abs(left) > 1 else 0)
        elif operator == "+":
            if isinstance(left, str | bytes | list | tuple) and isinstance(right, type(left)):
                self.spend(len(left) + len(right))
        elif operator == "%" and isinstance(left, str | bytes):
            self.spend(_formatted(left, right if isinstance(right, tuple) else (right,)))

    def method(self, text: str | bytes, name: str, arguments: tuple[Any, ...]) -> None:
        """Refuse a method of a text whose result would be too long.

        Raises:
            LimitError: It would.
        """
        size = _METHODS.get(name)
        if size is not None:
            self.spend(size(text, *arguments))

    def bounded(self, name: str, function: Filter) -> Filter:
        """A filter of Jinja that refuses to make a text that is too long.

        Args:
            name: Its name.
            function: What it does.
        """
        size = _FILTERS[name]
        # Some filters get what Jinja knows of escaping before the value.
        skip = 1 if hasattr(function, "jinja_pass_arg") else 0

        @wraps(function)
        def bounded(*arguments: Any, **named: Any) -> Any:
            # An iterator can be walked once: make a list of it, and let the filter have that.
            value = arguments[skip]
            if isinstance(value, Iterator):
                arguments = (*arguments[:skip], list(value), *arguments[skip + 1 :])
            self.spend(size(*arguments[skip:], *named.values()))
            return function(*arguments, **named)

        return bounded


class Counting(NodeTransformer):
    """Rewrites a template so that its loops and joins are counted."""

    def visit_For(self, node: nodes.For) -> nodes.For:  # noqa: N802 - Jinja's name
        """Count the rounds."""
        self.generic_visit(node)
        node.iter = _filter(cast(nodes.Expr, node.iter), COUNTED)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Filter:  # noqa: N802 - Jinja's name
        """Count the characters."""
        self.generic_visit(node)
        return _filter(nodes.Tuple(node.nodes, "load", lineno=node.lineno), JOINED)


COUNTED = "_counted"
JOINED = "_joined"
"""Names of the filters that `Counting` puts in."""


def _filter(node: nodes.Expr, name: str) -> nodes.Filter:
    return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno)


def _refuse_bits(bits: int) -> None:
    if bits > _MOST_BITS:
        raise LimitError("this makes a number of thousands of digits")


def _long(value: Any) -> int:
    """Characters of a text; of anything else as many as a number may take."""
    return len(value) if isinstance(value, str | bytes) else 1


def _numbers(values: Iterable[Any]) -> int:
    """The sum of the numbers among arguments: none of them pads a text by more than it says."""
    return sum(int(min(abs(v), MOST_CHARACTERS + 1)) for v in values if isinstance(v, int | float))


_WIDTH = re.compile(r"\d+")


def _formatted(pattern: str | bytes, arguments: Iterable[Any]) -> int:
    """At most so many characters a pattern makes, with its widths and the texts put into it."""
    text = pattern if isinstance(pattern, str) else pattern.decode("latin-1")
    given: list[Any] = []
    for argument in arguments:
        given += argument.values() if isinstance(argument, Mapping) else [argument]
    widths = sum(int(width[:10]) for width in _WIDTH.findall(text))
    # A number may be the width of another value: ``%*d``, ``{:{}}``.
    if "*" in text or re.search(r"\{[^}]*\{", text):
        widths += _numbers(given)
    places = text.count("%") + text.count("{")
    return len(text) + widths + places * max(map(_long, given), default=0)


def _replaced(text: Any, old: Any = "", new: Any = "", *_: Any) -> int:
    return len(str(text)) + str(text).count(str(old)) * len(str(new))


def _joined(separator: Any, items: Any = ()) -> int:
    parts = list(items) if isinstance(items, list | tuple | str | range) else []
    return _long(separator) * len(parts) + sum(map(_long, parts))


def _padded(text: Any, *arguments: Any) -> int:
    return _long(text) + _numbers(arguments)


def _spread(text: Any, *arguments: Any) -> int:
    """Something is put before each line or each word."""
    per_line = _numbers(arguments) + sum(len(a) for a in arguments if isinstance(a, str))
    return _long(text) + (1 + str(text).count("\n")) * per_line


def _wrapped(text: Any, width: Any = 79, *arguments: Any) -> int:
    lines = len(str(text)) // max(int(width), 1) + 1 + str(text).count("\n")
    return _long(text) + lines * sum(len(a) for a in arguments if isinstance(a, str))


def _translated(text: Any, table: Any = ()) -> int:
    values = table.values() if isinstance(table, Mapping) else ()
    return len(text) * max(map(_long, values), default=1)


_METHODS: dict[str, Callable[..., int]] = {
    "center": _padded,
    "expandtabs": lambda text, size=8: _long(text) + text.count("\t") * _numbers([size]),
    "format": lambda text, *given: _formatted(text, given),
    "format_map": lambda text, *given: _formatted(text, given),
    "join": _joined,
    "ljust": _padded,
    "replace": _replaced,
    "rjust": _padded,
    "translate": _translated,
    "zfill": _padded,
}
"""Methods by which a text grows, and how long the result is at most."""
_FILTERS: dict[str, Callable[..., int]] = {
    "batch": _padded,
    "center": _padded,
    "format": lambda text, *given: _formatted(str(text), given),
    "indent": _spread,
    "join": lambda items, separator="", *_: _joined(separator, items),
    "replace": _replaced,
    "round": _padded,
    "slice": _padded,
    "tojson": lambda _, indent=None: _numbers([indent]) * 1000,
    "wordwrap": lambda text, width=79, *rest: _wrapped(text, width, *rest),
}
"""The same of Jinja's filters."""
BOUNDED = tuple(_FILTERS)
