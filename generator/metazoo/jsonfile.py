"""Data classes as JSON files that people review, and back again. Knows nothing of what they say.

One value stands on a line, and what has its default value is left out, so that a file's history is
worth reading. What is read back must be just what was written: an unknown entry or a value of another
type is damage, and is named with its place.
"""

from __future__ import annotations

import functools
import json
import math
import re
import reprlib
import types
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

from metazoo.errors import RecordError, UsageError
from metazoo.files import read_bytes, rewrite

T = TypeVar("T")

LARGEST_NUMBER = 2**63 - 1
"""Whole numbers of a larger magnitude are damage: no model has as many parameters."""


class DamagedError(Exception):
    """Content is not what was written.

    Args:
        why: What is wrong with it.
        *place: Where it stands in the file, the outermost part first: ``rows[3]``, ``macs``.
        line: Line and column, where the content is no JSON at all.
    """

    def __init__(self, why: str, *place: str, line: tuple[int, int] | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.place = place
        self.line = line

    def inside(self, part: str) -> DamagedError:
        """The same, seen from further out."""
        return DamagedError(self.why, part, *self.place)

    def __str__(self) -> str:
        return f"{'.'.join(self.place)}: {self.why}" if self.place else self.why


def read_json(path: Path, parse: Callable[[Any], T], remedy: str) -> T:
    """What a file holds.

    Args:
        path: The file.
        parse: Makes it of the file's content; raises `DamagedError` where that is not what it should be.
        remedy: What to do about a damaged file: a sentence without its full stop.

    Raises:
        RecordError: It can't be read, is not JSON, or is damaged.
    """
    try:
        content = read_bytes(path)
    except OSError as error:
        raise RecordError(path, f"can't be read: {error.strerror}", remedy) from error
    try:
        return parse(parse_json(content))
    except DamagedError as error:
        raise RecordError(path, str(error), remedy, error.line) from error


def parse_json(content: bytes | str) -> Any:
    """Parse JSON of unknown origin.

    A number that is none, or that nobody needs, is no reason to refuse the rest: it becomes an
    `Unusable`, which `from_plain` refuses with its place.

    Raises:
        DamagedError: It is not JSON, not UTF-8, or nested too deep.
    """
    try:
        text = content if isinstance(content, str) else content.decode("utf-8")
        parsed = json.loads(
            text, parse_int=_whole_number, parse_float=_number, parse_constant=Unusable
        )
        if _SURROGATE.search(text):
            # A pair of them is one character by now; half a pair can be written to no file.
            json.dumps(parsed, ensure_ascii=False, default=repr).encode("utf-8")
    except json.JSONDecodeError as error:
        raise DamagedError(f"is not JSON: {error.msg}", line=(error.lineno, error.colno)) from error
    except UnicodeDecodeError as error:
        raise DamagedError(f"can't be read: {error}") from error
    except UnicodeEncodeError as error:
        raise DamagedError("holds text with half a surrogate pair") from error
    except RecursionError as error:
        raise DamagedError("is nested too deep") from error
    return parsed


_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class Unusable:
    """A number as JSON has it that no record may hold: NaN, infinity, one beyond 64 bits.

    Args:
        text: As written.
    """

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        text = self._text
        return text if len(text) <= 30 else f"{text[:10]}… ({len(text):,} characters)"


def _whole_number(text: str) -> int | Unusable:
    # Python itself refuses to convert more than 4,300 digits.
    number = int(text) if len(text) <= 20 else None
    return Unusable(text) if number is None or abs(number) > LARGEST_NUMBER else number


def _number(text: str) -> float | Unusable:
    number = float(text)
    return number if math.isfinite(number) else Unusable(text)


def rewrite_json(path: Path, change: Callable[[bytes | None], str | None], remedy: str) -> bool:
    """Replace a file's content in one step, made of what it holds at that moment.

    The file isn't touched, nor its folder, where nothing changes.

    Args:
        path: The file; its folder is made where it isn't there.
        change: Gets the present content, None where there is no file, and returns the new one, None to
            delete the file. Raises `DamagedError` where the present content is not what it should be.
        remedy: As for `read_json`.

    Returns:
        Whether the file changed.

    Raises:
        RecordError: It is damaged, or can't be read or written; it is then as it was.
    """

    def encoded(before: bytes | None) -> bytes | None:
        after = change(before)
        return None if after is None else after.encode("utf-8")

    try:
        before = read_bytes(path) if path.exists() else None
        if encoded(before) == before:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        return rewrite(path, encoded)
    except DamagedError as error:
        raise RecordError(path, str(error), remedy, error.line) from error
    except OSError as error:
        why = f"can't be written: {error.strerror or error}"
        raise RecordError(
            path, why, "It is as it was; mend that, and run the command again"
        ) from error
    except UsageError as error:
        why = str(error).removeprefix(f"{path}: ")
        raise RecordError(path, f"can't be written: {why}", "The file is as it was") from error


def to_plain(thing: Any, digits: int | None = None) -> dict[str, Any]:
    """A data class as plain values for JSON, without those that are as by default.

    JSON knows no infinity and no NaN. A field with such a number is left out, and so is as by default
    when it is read back; in a field without a default, null stands for the number.

    Args:
        thing: An instance of a data class.
        digits: Significant digits of its floats; None keeps all.
    """
    values: dict[str, Any] = {}
    for field in fields(thing):
        value = getattr(thing, field.name)
        default = field.default if field.default_factory is MISSING else field.default_factory()
        if default is not MISSING and not _finite(value):
            continue
        # The source is the first thing to know of a model, even where it is the usual one.
        if value != default or field.name == "source":
            values[field.name] = _plain(value, digits)
    return values


def _finite(value: Any) -> bool:
    if isinstance(value, tuple):
        return all(map(_finite, value))
    return not isinstance(value, float) or math.isfinite(value)


def _plain(value: Any, digits: int | None) -> Any:
    if is_dataclass(value):
        return to_plain(value, digits)
    if isinstance(value, tuple):
        return [_plain(part, digits) for part in value]
    if isinstance(value, dict):
        return {name: _plain(part, digits) for name, part in value.items()}
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return value if digits is None else float(f"{value:.{digits}g}")
    return value


def from_plain(kind: type[T], values: Any) -> T:
    """The data class that `to_plain` made plain.

    Raises:
        DamagedError: An entry is unknown, missing, or not of the type that the class declares.
    """
    if not isinstance(values, dict):
        raise DamagedError(f"{shown(values)} stands where there should be an object")
    shape: _Shape = _shape(kind)  # type: ignore[arg-type]  # a class can be hashed
    read = {}
    for name, value in values.items():
        if name not in shape.hints:
            raise DamagedError(f"has the unknown entry {shown(name)}")
        if type(value) in shape.ready[name]:
            read[name] = value
            continue
        try:
            read[name] = _value(shape.hints[name], value)
        except DamagedError as error:
            raise error.inside(name) from None
    if missing := shape.required - read.keys():
        raise DamagedError(f"has no {min(missing)!r}")
    return kind(**read)


class _Shape(NamedTuple):
    """What a data class asks of its entries.

    Attributes:
        hints: The type of each.
        ready: The types whose values are right for it as JSON has them.
        required: Those without a default.
    """

    hints: dict[str, Any]
    ready: dict[str, frozenset[type]]
    required: frozenset[str]


@functools.cache
def _shape(kind: Any) -> _Shape:
    hints = get_type_hints(kind)
    ready = {}
    for name, hint in hints.items():
        kinds = get_args(hint) if isinstance(hint, types.UnionType) else (hint,)
        ready[name] = frozenset(kinds) & {str, int, float, bool, types.NoneType}
    required = (
        f.name for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING
    )
    return _Shape(hints, ready, frozenset(required))


def _value(kind: Any, value: Any) -> Any:
    if kind is Any:
        return _anything(value)
    if isinstance(value, Unusable):
        raise _unusable(value)
    if type(value) is kind:
        return value
    if isinstance(kind, types.UnionType):
        # What is of none of its types is said not to be of the first.
        kind = get_args(kind)[0]
    if is_dataclass(kind):
        return from_plain(kind, value)  # type: ignore[arg-type]  # it is a class, not an instance
    origin, parts = get_origin(kind), get_args(kind)
    if origin is tuple and isinstance(value, list):
        if parts[-1] is Ellipsis:
            return tuple(_value(parts[0], part) for part in value)
        if len(value) == len(parts):
            return tuple(map(_value, parts, value))
    elif origin is dict and isinstance(value, dict):
        return {name: _value(parts[1], part) for name, part in value.items()}
    elif kind is float and type(value) is int:
        return value
    raise DamagedError(f"is {shown(value)}, not {getattr(kind, '__name__', kind)}")


def _anything(value: Any, depth: int = 0) -> Any:
    if isinstance(value, Unusable):
        raise _unusable(value)
    if isinstance(value, list):
        if depth == _DEEPEST:
            raise DamagedError("is nested too deep")
        return tuple(_anything(part, depth + 1) for part in value)
    return value


_DEEPEST = 100
"""Lists in lists, where a value may be anything."""


def _unusable(value: Unusable) -> DamagedError:
    return DamagedError(f"is {value!r}, not a number of at most 64 bits")


_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = 60


def shown(value: Any) -> str:
    """A value as a message quotes it: it may be a whole file."""
    return _SHORT.repr(value)


def as_text(content: Any) -> str:
    """JSON with one value a line; a list of numbers or names stays on its line."""
    return _text(content, 0) + "\n"


def _text(value: Any, indent: int) -> str:
    pad, end = " " * (indent + 2), "\n" + " " * indent
    if isinstance(value, dict) and value:
        parts = (f"{pad}{json.dumps(k)}: {_text(v, indent + 2)}" for k, v in value.items())
        return "{\n" + ",\n".join(parts) + end + "}"
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "[\n" + ",\n".join(pad + _text(v, indent + 2) for v in value) + end + "]"
    return json.dumps(value, ensure_ascii=False)
