"""From bytes on disk to text in which places can be named.

A file is decoded once and strictly; what would make it say something else than a reader sees (a
null byte, a second encoding, characters that turn the writing direction) is a finding here. An
index stands in the whole of a file or in parts of it; a `Part` knows where in the file it begins.
"""

from __future__ import annotations

import errno
import re
from bisect import bisect_right
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from metazoo.files import read_bytes
from metazoo.findings import Finding, Location, Severity

LARGEST_FILE = 32 * 2**20
"""Bytes. The whole of timm's index is 0.4 MB; a file beyond this is something else."""
MOST_VALUES = 500_000
"""Lines and commas a file may have, which bound its values: ten thousand models have 400,000."""

_ALLOWED_ASCII = bytes(range(0x20, 0x7F)) + b"\t\n\r"
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_BREAK = re.compile("\r\n|[\n\r]")
_ENCODINGS = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
# YAML 1.1 ends lines at these too; editors don't.
_ODD_BREAKS = ("\x85", "\u2028", "\u2029")


@dataclass(slots=True)
class Text:
    """A decoded file.

    Attributes:
        label: The file's name in findings, with forward slashes.
        text: Its characters, line endings as they are, without a byte order mark.
        marked: Whether a byte order mark was taken off.
    """

    label: str
    text: str
    marked: bool = False
    _starts: list[int] = field(default_factory=list)

    def location(self, index: int) -> Location:
        """Line and column of the character at `index`."""
        if not self._starts:
            self._starts = [0, *(m.end() for m in _BREAK.finditer(self.text))]
        line = bisect_right(self._starts, index)
        return Location(self.label, line, index - self._starts[line - 1] + 1)

    def part(self, start: int = 0, end: int | None = None) -> Part:
        """The characters from `start` up to `end` as a `Part`."""
        inside = self.text if start == 0 and end is None else self.text[start:end]
        return Part(self, inside, start)


@dataclass(slots=True)
class Part:
    """A stretch of a file that holds YAML or JSON.

    Attributes:
        whole: The file.
        text: The stretch.
        start: Index of its first character in the file.
    """

    whole: Text
    text: str
    start: int
    _label: str = field(init=False)
    _line: int = field(init=False)
    _column: int = field(init=False)
    _counts_alike: bool = field(init=False)

    def __post_init__(self) -> None:
        begin = self.whole.location(self.start) if self.start else Location("", 1, 1)
        self._label, self._line, self._column = self.whole.label, begin.line, begin.column
        # libyaml ends lines elsewhere than editors do, and puts what is missing at the end on a line
        # of its own.
        odd = not self.text.isascii() and any(end in self.text for end in _ODD_BREAKS)
        self._counts_alike = self.text.endswith("\n") and not odd

    def location(self, mark: Any) -> Location:
        """The place in the file of a mark of libyaml, which counts from 0."""
        if not self._counts_alike:
            return self.whole.location(self.start + min(mark.index, len(self.text)))
        line = mark.line
        column = mark.column + (1 if line else self._column)
        return Location(self._label, line + self._line, column)


def read(path: Path, label: str) -> tuple[Text | None, list[Finding]]:
    """Read and decode a file.

    Args:
        path: The file.
        label: Its name for findings.

    Returns:
        The text, or None where it can't be used, and what was found.
    """
    whole_file = Location(label)
    hint = "Split the index into files of one family each and import them."
    try:
        data = read_bytes(path, LARGEST_FILE)
    except OSError as error:
        why = error.strerror or str(error)
        if error.errno != errno.EFBIG:
            return None, [_unreadable(whole_file, why.lower())]
        return None, [
            Finding("MZ102", f"{label} can't be read as an index: {why}", whole_file, hint=hint)
        ]
    if len(data) > MOST_VALUES and data.count(b"\n") + data.count(b",") > MOST_VALUES:
        message = f"{label} has more than {MOST_VALUES:,} values, too many for one file"
        return None, [Finding("MZ102", message, whole_file, hint=hint)]
    return decode(data, label)


def _unreadable(location: Location, why: str) -> Finding:
    hint = "Check the path and the file's permissions."
    return Finding("MZ101", f"{location.file} can't be read: {why}", location, hint=hint)


def decode(data: bytes, label: str) -> tuple[Text | None, list[Finding]]:
    """Decode the bytes of a file as UTF-8; see `read`."""
    if data.isascii() and not data.translate(None, _ALLOWED_ASCII):
        return Text(label, data.decode("ascii")), []
    for mark, name in _ENCODINGS:
        if data.startswith(mark):
            return None, [_not_text(Location(label, 1, 1), f"{label} is {name}")]
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = Text(label, data[: error.start].decode("utf-8"))
        message = f"byte 0x{data[error.start]:02x} is not UTF-8"
        return None, [_not_text(before.location(len(before.text)), message)]
    findings: list[Finding] = []
    marked = text.startswith("\ufeff")
    whole = Text(label, text[1:] if marked else text, marked)
    if marked:
        findings.append(
            Finding(
                "MZ104",
                "the file starts with a byte order mark",
                Location(label, 1, 1),
                Severity.WARNING,
                hint="Save it as “UTF-8 without BOM”.",
            )
        )
    forbidden = _FORBIDDEN.search(whole.text)
    if forbidden:
        what = f"U+{ord(forbidden[0]):04X} is a control character"
        findings.append(_not_text(whole.location(forbidden.start()), what))
        return None, findings
    turned = DIRECTION.search(whole.text)
    if turned:
        findings.append(
            Finding(
                "MZ105",
                f"the invisible character U+{ord(turned[0]):04X} changes the text direction",
                whole.location(turned.start()),
                hint="Delete it: people would see something else than programs read.",
            )
        )
    return whole, findings


def _not_text(location: Location, what: str) -> Finding:
    hint = "Save the file as plain UTF-8 text."
    return Finding("MZ103", f"{what}, so the file is not plain text", location, hint=hint)
