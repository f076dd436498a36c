"""Verify a whole index: take what the records know, measure the rest, compare, keep the records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from metazoo.collecting import without_collecting
from metazoo.findings import Finding, Location, Severity, in_order
from metazoo.index.model import Model, ModelIndex
from metazoo.measure.measurement import Measurement
from metazoo.measure.records import (
    Records,
    key_of,
    read_file,
    stale,
    write_records,
)
from metazoo.measure.request import Request
from metazoo.verify.compare import verify_index
from metazoo.verify.explanations import add_explanations, read_explanations
from metazoo.verify.verdicts import ModelVerification

_RENEW = "Run `metazoo verify` and commit the records"


@dataclass(slots=True)
class Outcome:
    """What verifying an index came to.

    Attributes:
        models: One verification a model, in the index's order.
        findings: Everything wrong: of reading, of each model, of the records.
        made: What was measured in this run.
        measured_again: How many of the models that came from the records were measured all the same,
            to see whether their records are right.
    """

    models: list[ModelVerification] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    made: list[Measurement] = field(default_factory=list)
    measured_again: int = 0

    @property
    def recorded(self) -> list[ModelVerification]:
        """The models that came from the records."""
        new = {id(measurement) for measurement in self.made}
        return [
            v for v in self.models if v.measurement is not None and id(v.measurement) not in new
        ]

    @property
    def unmeasured(self) -> int:
        """How many models have no measurement at all, neither a new one nor on record."""
        return sum(v.measurement is None for v in self.models)

    @property
    def measured(self) -> int:
        """How many models were measured in this run; two entries of one name are two."""
        return len(self.models) - self.unmeasured - len(self.recorded)


def request_of(model: Model, index: ModelIndex, device: str = "meta") -> Request:
    """What must be measured to verify a model: its name, at the image size it declares."""
    source = index.library.source if index.library else None
    size = model.metadata.get("Image Size")
    return Request(
        model=model.name.text,
        source=source.value if source and source.value else "timm",
        input_size=size.value if size else None,
        device=device,
    )


def verify(
    index: ModelIndex,
    *,
    measure: Callable[[list[Request]], Iterator[Measurement]] | None,
    records: Path | None = None,
    device: str = "meta",
    whole: bool = False,
    keep: bool = True,
    wanted: Callable[[Model], bool] = lambda _: True,
) -> Outcome:
    """Verify every model of an index.

    Args:
        index: The index as read.
        measure: Measures what the records don't know; None to measure nothing, and to find fault
            with records that are missing or stale instead.
        records: Folder of the records to use and to keep current; None for none.
        device: ``meta`` only counts; ``cpu`` and ``cuda`` also run each model once.
        whole: Whether the records are of just this index: files of other families in their folder
            are then left over, and go.
        keep: Whether to write the records; they are read in any case.
        wanted: Which models to verify; the records of the others stay as they are.

    Returns:
        The verdicts and all findings, those of reading included.

    Raises:
        RecordError: A record file is damaged.
    """
    with without_collecting():
        requests = {id(model): request_of(model, index, device) for model in index.models}
        books = _books(index, requests, records)
        known = Records(m for book in books for m in book.rows)
    outcome = Outcome()
    if measure is not None:
        asked = (requests[id(model)] for model in index.models if wanted(model))
        todo = stale(dict.fromkeys(asked), known)
        _measure(todo, measure, known, books if keep else [], outcome.made)
        if whole and keep and records is not None:
            for file in _left_over(books, records):
                file.unlink()
    with without_collecting():
        verified = verify_index(index, lambda model: known.find(requests[id(model)]))
    outcome.models = [v for v in verified if wanted(v.model)]
    if measure is not None:
        for v in outcome.models:
            if v.measurement is None:
                v.findings.append(_unanswered(v.model, requests[id(v.model)]))
    if records is not None:
        add_explanations(outcome.models, read_explanations(records))
    findings = [*index.findings, *(f for v in outcome.models for f in v.findings)]
    if measure is None and records is not None:
        findings += _unkept(books, known, records)
        if whole:
            findings += [
                _orphaned(file, [m.model for m in read_file(file)])
                for file in _left_over(books, records)
            ]
    outcome.findings = in_order(findings)
    return outcome


def verify_from_records(index: ModelIndex, records: Path) -> list[ModelVerification]:
    """Verify with what is on record and nothing else; for pages, which never measure.

    Raises:
        RecordError: A record file is damaged.
    """
    return verify(index, measure=None, records=records).models


@dataclass(slots=True)
class _Book:
    """One record file: what the index asks of it, and what it holds."""

    file: Path | None
    models: list[Model]
    requests: set[Request]
    rows: list[Measurement]

    def kept_rows(self, known: Records) -> list[Measurement]:
        """What the file should hold: an answer to each request; other devices' rows stay."""
        answers = {key_of(m): m for r in self.requests if (m := known.find(r)) is not None}
        names = {r.model for r in self.requests}
        devices = {r.device for r in self.requests}
        others = {key_of(m): m for m in self.rows if m.model in names and m.device not in devices}
        return [*(others | answers).values()]


def _books(index: ModelIndex, requests: dict[int, Request], folder: Path | None) -> list[_Book]:
    families: dict[str, list[Model]] = defaultdict(list)
    for model in index.models:
        families[Path(model.location.file).stem].append(model)
    books = []
    for family, models in families.items():
        file = folder / f"{family}.json" if folder else None
        rows = read_file(file) if file and file.exists() else []
        books.append(_Book(file, models, {requests[id(m)] for m in models}, rows))
    return books


def _measure(
    todo: list[Request],
    measure: Callable[[list[Request]], Iterator[Measurement]],
    known: Records,
    books: list[_Book],
    made: list[Measurement],
) -> None:
    # A family is written as soon as its last model is measured, and whatever is there is written
    # when the run is stopped: a rerun then does only what is missing.
    waiting = {id(book): {r.model for r in book.requests & set(todo)} for book in books}
    try:
        for measurement in measure(todo):
            known.add(measurement)
            made.append(measurement)
            for book in books:
                names = waiting[id(book)]
                if measurement.model in names:
                    names.discard(measurement.model)
                    if not names:
                        _write(book, known)
    finally:
        for book in books:
            _write(book, known)


def _unanswered(model: Model, request: Request) -> Finding:
    """Says of a model that was to be measured that nothing came of it."""
    return Finding(
        "MZ604",
        f"could not be measured: its source {request.source!r} gave no measurement of it",
        model.name.location,
        Severity.ERROR,
        model.name.text,
        "Verify once more; if it stays so, that is a fault of metazoo: report it",
    )


def _write(book: _Book, known: Records) -> None:
    if book.file is not None:
        write_records(book.file, book.kept_rows(known))


def _unkept(books: list[_Book], known: Records, folder: Path) -> list[Finding]:
    """Records that are missing, stale, or of nothing in the index: one finding a file."""
    findings = []
    for book in books:
        lacking = {r.model for r in stale(book.requests, known)}
        if lacking:
            first = next(m for m in book.models if m.name.text in lacking)
            missing = sum(known.find(r) is None for r in book.requests)
            why = "no record" if missing else "a record of other versions than the installed ones"
            count = len(book.requests)
            findings.append(
                Finding(
                    "MZ610",
                    f"{len(lacking)} of {count} models of this file have {why} in {folder.name}/",
                    first.name.location,
                    Severity.ERROR,
                    first.name.text,
                    _RENEW,
                )
            )
        kept = {key_of(m) for m in book.kept_rows(known)}
        orphans = [m.model for m in book.rows if key_of(m) not in kept]
        if orphans and book.file:
            findings.append(_orphaned(book.file, orphans))
    return findings


def _left_over(books: list[_Book], folder: Path) -> list[Path]:
    files = {book.file for book in books}
    return [file for file in sorted(folder.glob("*.json")) if file not in files]


def _orphaned(file: Path, models: list[str]) -> Finding:
    names = ", ".join(models[:3]) + (", …" if len(models) > 3 else "")
    return Finding(
        "MZ610",
        f"holds records that no model of the index asks for: {names or 'none at all'}",
        Location(str(file)),
        Severity.ERROR,
        None,
        _RENEW,
    )
