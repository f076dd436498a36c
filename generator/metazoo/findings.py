"""What is wrong with an index, as a value.

Reading, checking and verifying report everything as a `Finding`, a value beside the data: one bad file
never stops the others from being read.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, NamedTuple


class Severity(StrEnum):
    """How much a finding matters.

    Attributes:
        ERROR: The index is wrong; commands exit with 1.
        WARNING: Probably wrong, or a risk; `mkdocs build --strict` fails.
        INFO: A note.
    """

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Location(NamedTuple):
    """A place in a file, as editors count: lines and columns start at 1, columns in characters.

    `line` 0 means the file as a whole (it could not be read at all). A named tuple: an index has a
    hundred of them a model, and a frozen data class takes longer to create.

    Attributes:
        file: Path of the file.
        line: Line, from 1; 0 for the whole file.
        column: Character in the line, from 1; 0 for the whole file.
    """

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


class Fix(NamedTuple):
    """How one value of the index can be mended, without touching anything around it.

    Attributes:
        location: Where the text to replace begins: a key or a value.
        old: What stands there, without quotes; nothing is done where it no longer does.
        new: What should stand there. The quotes around it stay as they are.
    """

    location: Location
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, where it stands, and what to do about it.

    Attributes:
        code: The rule's code, such as ``MZ201``; see `metazoo.rules`.
        message: What is wrong, naming the value. One sentence without a full stop.
        location: Where. Always known: a finding without a place is a bug.
        severity: As the rule's catalogue entry or the configuration says.
        model: The model's name as written, where the finding is about one.
        hint: What to do about it, a sentence in the imperative, where something can be said.
        waived: The waiver's reason, where the finding was accepted on purpose.
        fixes: The edits that mend it, where it can be mended without asking.
    """

    code: str
    message: str
    location: Location
    severity: Severity = Severity.ERROR
    model: str | None = None
    hint: str | None = None
    waived: str | None = None
    fixes: tuple[Fix, ...] = ()

    def with_severity(self, severity: Severity) -> Finding:
        """The same finding, weighed otherwise."""
        return self if severity is self.severity else replace(self, severity=severity)

    def as_json(self) -> dict[str, Any]:
        """Plain values for ``--format json``."""
        return {
            "code": self.code,
            "severity": str(self.severity),
            "message": self.message,
            "model": self.model,
            "file": self.location.file,
            "line": self.location.line,
            "column": self.location.column,
            "hint": self.hint,
            "waived": self.waived,
            "fixable": bool(self.fixes),
        }


def in_order(findings: list[Finding]) -> list[Finding]:
    """Sort by file, line and column, then code and message: the order in which a person mends."""
    return sorted(findings, key=lambda f: (f.location, f.code, f.message))
