"""Keep explanations of differences among the records, because finding them again takes measuring.

They are stored one JSON object per line in ``explanations.jsonl``. An explanation is for one declared and
one measured number, and no longer applies once either has changed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from metazoo.errors import RecordError
from metazoo.files import inside, read_bytes
from metazoo.findings import Finding
from metazoo.jsonfile import DamagedError, from_plain, parse_json, rewrite_json
from metazoo.verify.verdicts import FieldVerdict, ModelVerification, Verdict

FILE = "explanations.jsonl"
DIFFERENCES = {"MZ601", "MZ602", "MZ603"}
"""The rules whose findings an explanation is added to."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Where a declared number that differs comes from.

    Attributes:
        model: Its name in the index.
        field: Canonical key of the fact: ``FLOPs``, ``MACs``, ``Parameters``, ``File Size``.
        declared: The number in the index.
        measured: What was measured instead.
        text: A sentence that begins with ``it is``.
    """

    model: str
    field: str
    declared: int | float
    measured: int
    text: str

    @property
    def key(self) -> tuple[object, ...]:
        """What identifies the difference that it explains."""
        return self.model, self.field, self.declared, self.measured


def read_explanations(folder: Path) -> list[Explanation]:
    """Read the explanations in a folder of records; none if there is no such file.

    Raises:
        RecordError: The file is damaged.
    """
    path = _file(folder)
    if not path.exists():
        return []
    try:
        return _explanations(read_bytes(path))
    except OSError as error:
        raise RecordError(path, f"can't be read: {error.strerror}", _REMEDY) from error
    except DamagedError as error:
        raise RecordError(path, str(error), _REMEDY, error.line) from error


_REMEDY = "Restore the file, or delete it and run `metazoo verify --explain`"


def _file(folder: Path) -> Path:
    path = folder / FILE
    if not inside(path, folder):
        raise RecordError(path, "is a link that leads out of its folder", _REMEDY)
    return path


def _explanations(content: bytes) -> list[Explanation]:
    found: list[Explanation] = []
    if not content:
        return found
    # Not `splitlines`, which ends a line at characters that JSON has within texts, too.
    for number, line in enumerate(content.removesuffix(b"\n").split(b"\n"), 1):
        try:
            found.append(from_plain(Explanation, parse_json(line)))
        except DamagedError as error:
            raise DamagedError(f"is not an explanation: {error}", line=(number, 1)) from error
    return found


def update_explanations(
    folder: Path, change: Callable[[list[Explanation]], Iterable[Explanation]]
) -> None:
    """Replace the explanations that are kept.

    Args:
        folder: Folder of the records; created if missing.
        change: Takes the explanations that are kept now and returns those to keep; if there are none,
            the file is deleted. It may be called twice.

    Raises:
        RecordError: The file is damaged or can't be written; it is then unchanged.
    """

    def changed(content: bytes | None) -> str | None:
        kept = change(_explanations(content) if content is not None else [])
        ordered = sorted(dict.fromkeys(kept), key=lambda e: (e.model, e.field))
        lines = (json.dumps(asdict(e), ensure_ascii=False) + "\n" for e in ordered)
        return "".join(lines) or None

    rewrite_json(_file(folder), changed, _REMEDY)


def key_of(verification: ModelVerification, verdict: FieldVerdict) -> tuple[object, ...] | None:
    """Return the key that an explanation of this verdict must have; None if nothing differs."""
    if verdict.verdict is not Verdict.DIFFERS or verdict.declared is None:
        return None
    return verification.model.name.text, verdict.field, verdict.declared.value, verdict.measured


def current(
    verifications: Iterable[ModelVerification], explanations: Iterable[Explanation]
) -> list[Explanation]:
    """Return the explanations that still apply, and those of models that are not among these."""
    verifications = list(verifications)
    names = {v.model.name.text for v in verifications}
    keys = {key_of(v, verdict) for v in verifications for verdict in v.fields}
    return [e for e in explanations if e.model not in names or e.key in keys]


def add_explanations(
    verifications: Iterable[ModelVerification], explanations: Iterable[Explanation]
) -> dict[Finding, Finding]:
    """Add what explains a difference to its verdict and to its finding, in place.

    Returns:
        The findings that changed, each with its new version.
    """
    known: dict[tuple[object, ...] | None, str] = {e.key: e.text for e in explanations}
    changed: dict[Finding, Finding] = {}
    for verification in verifications:
        for number, verdict in enumerate(verification.fields):
            text = known.get(key_of(verification, verdict))
            if text is None or verdict.declared is None:
                continue
            verification.fields[number] = replace(verdict, reason=text)
            place = verdict.declared.location
            for finding in verification.findings:
                if finding.code in DIFFERENCES and finding.location == place:
                    changed[finding] = replace(finding, message=f"{finding.message}; {text}")
        verification.findings[:] = [changed.get(f, f) for f in verification.findings]
    return changed
