"""Data classes as JSON files that people review, and back again. Knows nothing of what they say.

One value stands on a line, and what has its default value is left out, so that a file's history is
worth reading. What is read back must be just what was written: an unknown entry or a value of another
type is damage, and is named with its place.
"""

from __future__ import annotations

import functools
import json
import math
import os
import tempfile
import types
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

from metazoo.errors import RecordError

T = TypeVar("T")


class DamagedError(Exception):
    """Content is not what was written.

    Args:
        why: What is wrong with it.
        *place: Where it stands in the file, the outermost part first: ``rows[3]``, ``macs``.
    """

    def __init__(self, why: str, *place: str) -> None:
        super().__init__(why)
        self.why = why
        self.place = place

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
        return parse(json.loads(path.read_text("utf-8")))
    except json.JSONDecodeError as error:
        where = f"{path}:{error.lineno}:{error.colno}"
        raise RecordError(f"{where}: is not JSON: {error.msg}. {remedy}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise RecordError(f"{path}: can't be read: {error}. {remedy}") from error
    except RecursionError as error:
        raise RecordError(f"{path}: is nested too deep. {remedy}") from error
    except DamagedError as error:
        raise RecordError(f"{path}: {error}. {remedy}") from error


def to_plain(thing: Any, digits: int | None = None) -> dict[str, Any]:
    """A data class as plain values for JSON, without those that are as by default.

    Args:
        thing: An instance of a data class.
        digits: Significant digits of its floats; None keeps all.
    """
    values: dict[str, Any] = {}
    for field in fields(thing):
        value = getattr(thing, field.name)
        default = field.default if field.default_factory is MISSING else field.default_factory()
        # The source is the first thing to know of a model, even where it is the usual one.
        if value != default or field.name == "source":
            values[field.name] = _plain(value, digits)
    return values


def _plain(value: Any, digits: int | None) -> Any:
    if is_dataclass(value):
        return to_plain(value, digits)
    if isinstance(value, tuple):
        return [_plain(part, digits) for part in value]
    if isinstance(value, float):
        if not math.isfinite(value):
            return None  # JSON knows no infinity
        return value if digits is None else float(f"{value:.{digits}g}")
    return value


def from_plain(kind: type[T], values: Any) -> T:
    """The data class that `to_plain` made plain.

    Raises:
        DamagedError: An entry is unknown, missing, or not of the type that the class declares.
    """
    if not isinstance(values, dict):
        raise DamagedError(f"{values!r} stands where there should be an object")
    shape: _Shape = _shape(kind)  # type: ignore[arg-type]  # a class can be hashed
    read = {}
    for name, value in values.items():
        if name not in shape.hints:
            raise DamagedError(f"has the unknown entry {name!r}")
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
        return tuple(_value(Any, part) for part in value) if isinstance(value, list) else value
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
    raise DamagedError(f"is {value!r}, not {getattr(kind, '__name__', kind)}")


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


def write_atomically(path: Path, text: str) -> None:
    """Write a file so that whoever reads it finds the old content or the new, never a part."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        mask = os.umask(0)
        os.umask(mask)
        temporary.chmod(0o666 & ~mask)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
