"""Verify a whole index: read the records, measure what is missing, compare, update the records.

No record is lost to a fault elsewhere: rows and files are removed only if the whole index was read without
errors and is verified completely, and a file that can't be read is never overwritten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from metazoo.errors import RecordError
from metazoo.findings import Finding, Location, Severity, in_order
from metazoo.garbage import gc_pause
from metazoo.index.model import Model, ModelIndex
from metazoo.inputs import Inputs, at_size, image_size, is_one_image
from metazoo.measure.measurement import Measurement
from metazoo.measure.records import (
    Records,
    delete_file,
    recordable,
    stale,
    unsettled,
    written_by_us,
)
from metazoo.measure.request import Request, config_in_project
from metazoo.measure.sources.built_in import BUILT_IN
from metazoo.rules import CATALOGUE, RuleSettings, check, finding
from metazoo.verify.books import Book, open_books
from metazoo.verify.compare import verify_index
from metazoo.verify.sourceless import without_source
from metazoo.verify.verdicts import ModelVerification

_RENEW = "Run `metazoo verify` and commit the records"


@dataclass(slots=True)
class Outcome:
    """The result of verifying an index.

    Attributes:
        models: One verification a model, in the index's order.
        findings: All findings: about reading, each model, and the records.
        made: The measurements made in this run.
        measured_again: How many models on record were measured again to check their records.
        removing: Whether records that the index doesn't need are removed.
        removed: The models whose records were removed.
    """

    models: list[ModelVerification] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    made: list[Measurement] = field(default_factory=list)
    measured_again: int = 0
    removing: bool = False
    removed: list[str] = field(default_factory=list)

    @property
    def recorded(self) -> list[ModelVerification]:
        """The models whose measurements came from the records."""
        new = {id(measurement) for measurement in self.made}
        return [
            v for v in self.models if v.measurement is not None and id(v.measurement) not in new
        ]

    @property
    def unmeasured(self) -> int:
        """How many models have no measurement, neither new nor on record."""
        return sum(v.measurement is None for v in self.models)

    @property
    def measured(self) -> int:
        """How many models were measured in this run; two entries with the same name count twice."""
        return len(self.models) - self.unmeasured - len(self.recorded)


def request_of(model: Model, index: ModelIndex, device: str = "meta") -> Request | None:
    """Return the measurement needed to verify a model: its name, with the inputs that it declares.

    Returns:
        The request; None if no source is named for the model.
    """
    source = index.source_of(model)
    if source is None:
        return None
    known = BUILT_IN.get(source.text)
    inputs, size = _inputs_and_size(model)
    return Request(
        model=model.name.text,
        source=source.text,
        input_size=size,
        device=device,
        inputs=inputs,
        config=_config_of(model, index) if known is not None and known.by_config else None,
    )


def _inputs_and_size(model: Model) -> tuple[Inputs, tuple[int, int, int] | None]:
    """What a model declares that it takes, and the size of its images."""
    stated, size = model.inputs, model.metadata.get("Image Size")
    if stated is None or stated.value is None:
        return (), size.value if size else None
    inputs = stated.value
    if size is not None and size.value is not None and stated.inherited and not size.inherited:
        inputs = at_size(inputs, size.value)
    return () if is_one_image(inputs) else inputs, image_size(inputs)


def _config_of(model: Model, index: ModelIndex) -> str | None:
    """The Config of a model as a request has it."""
    config = model.config
    if config is None or config.value is None:
        return None
    folders = (Path(config.location.file).parent, index.root, *index.bases)
    return config_in_project(config.value, folders)


def verify(
    index: ModelIndex,
    *,
    measure: Callable[[list[Request]], Iterator[Measurement]] | None,
    records: Path | None = None,
    device: str = "meta",
    whole: bool = False,
    keep: bool = True,
    force: bool = False,
    wanted: Callable[[Model], bool] | None = None,
) -> Outcome:
    """Verify every model of an index.

    Args:
        index: The index as read.
        measure: Measures what is not on record; None to measure nothing and to report missing or
            stale records instead.
        records: Folder of the records to use and update; None for none.
        device: ``meta`` only counts; ``cpu`` and ``cuda`` also run each model once.
        whole: Whether the records belong to this index alone: those that none of its models needs are
            then removed, unless the index could not be read completely or only a part is wanted.
        keep: Whether to write the records; they are read in any case.
        force: Whether to also measure what is on record.
        wanted: Which models to verify, by default all; the records of the others stay unchanged.

    Returns:
        The verdicts and all findings, those of reading and of damaged records included.
    """
    fault = _first_error(index) if whole else None
    blank = _first_blank(index) if whole and fault is None else None
    removing = whole and wanted is None and fault is None and blank is None
    wanted = wanted or (lambda _: True)
    with gc_pause():
        requests = {
            id(model): request
            for model in index.models
            if (request := request_of(model, index, device)) is not None
        }
        # Their records were made when a source was named, and may be wanted when one is again.
        without = frozenset(m.name.text for m in index.models if id(m) not in requests)
        books = open_books(index, requests, records, without)
        files = {book.file for book in books}
        left_over = (
            {
                file: rows
                for file, rows in written_by_us(records)
                if file not in files and without.isdisjoint(m.model for m in rows)
            }
            if removing and records is not None
            else {}
        )
        # An unused file may belong to an index file that was renamed.
        known = Records(m for rows in (*left_over.values(), *(b.rows for b in books)) for m in rows)
    outcome = Outcome()
    asked = dict.fromkeys(
        requests[id(model)] for model in index.models if id(model) in requests and wanted(model)
    )
    unusable = [book.error for book in books if book.error is not None]
    if measure is not None:
        todo = list(asked) if force else unsettled(asked, known)
        _measure(todo, measure, known, books if keep else [], outcome.made, removing=removing)
        unusable = [book.error for book in books if book.error is not None]
        # An unused file may hold the only records of a model whose own file can't be written.
        if keep and not unusable:
            unusable += _delete(left_over)
            gone = {m.model for rows in left_over.values() for m in rows}
            gone -= {request.model for request in requests.values()}
            outcome.removed = sorted(gone.union(*(book.removed for book in books)))
    with gc_pause():
        verified = verify_index(index, lambda model: _found(known, requests.get(id(model))))
    outcome.models = [v for v in verified if wanted(v.model)]
    outcome.removing = removing
    if measure is not None:
        for v in outcome.models:
            if v.measurement is None and id(v.model) in requests:
                v.findings.append(_unanswered(v.model, requests[id(v.model)]))
    findings = [*index.findings, *(f for v in outcome.models for f in v.findings)]
    sourceless = without_source(index, [v.model for v in outcome.models])
    if sourceless is not None:
        findings.append(sourceless)
    findings += [record_finding(error) for error in unusable]
    if records is not None and next(written_by_us(records), None):
        if fault is not None:
            findings.append(_kept(fault))
        elif blank is not None:
            findings.append(_kept_for(blank, index))
    if measure is None and records is not None:
        findings += _missing(books, set(asked), known, records)
        if removing:
            findings += [
                _orphaned(book.file, unasked)
                for book in books
                if book.file and (unasked := book.unasked(known))
            ]
            findings += [_orphaned(file, rows) for file, rows in left_over.items()]
    outcome.findings = in_order(findings)
    return outcome


def _found(known: Records, request: Request | None) -> Measurement | None:
    return None if request is None else known.find(request)


def record_finding(error: RecordError) -> Finding:
    """Report a file of records or benchmarks that can't be used."""
    return finding("MZ613", error.why, Location(str(error.file), *error.line), hint=error.remedy)


def _first_error(index: ModelIndex) -> Finding | None:
    """Return what kept the index from being read completely; None if nothing did."""
    errors = (f for f in index.findings if CATALOGUE[f.code].severity is Severity.ERROR)
    hiding = (
        f
        for f in check(index, RuleSettings(select=_HIDING))
        if f.code == "MZ204" or f.model is None
    )
    return next(chain(errors, hiding), None)


def _first_blank(index: ModelIndex) -> Location | None:
    """Find a blank file, or an index without models, where models may be missing without an error.

    Editors leave a file blank for a moment while they save it.
    """
    holding = {model.location.file for model in index.models}
    holding |= {collection.location.file for collection in index.collections}
    holding |= {value.location.file for value in index.extra.values()}
    if index.library is not None:
        holding.add(index.library.location.file)
    holding |= {file for file, imported in index.imports.items() if imported}
    files = [file.as_posix() for file in index.files]
    blank = [file for file in files if file not in holding]
    if not blank and not index.models:
        blank = files
    return Location(blank[0]) if blank else None


_HIDING = ("MZ204", "MZ208")
"""Rules whose findings may hide models: a model without a name, or a misspelled key such as ``Modles``
outside of models."""


def _measure(
    todo: list[Request],
    measure: Callable[[list[Request]], Iterator[Measurement]],
    known: Records,
    books: list[Book],
    made: list[Measurement],
    *,
    removing: bool,
) -> None:
    # Each family is written as soon as its last model is measured, and partial families when the run
    # is stopped, so that a rerun measures only what is missing.
    waiting = {id(book): {r.model for r in book.requests & set(todo)} for book in books}
    try:
        for measurement in map(recordable, measure(todo)):
            known.add(measurement)
            made.append(measurement)
            for book in books:
                names = waiting[id(book)]
                if measurement.model in names:
                    names.discard(measurement.model)
                    if not names:
                        book.write(known, made, removing=removing)
    finally:
        for book in books:
            book.write(known, made, removing=removing)


def _delete(left_over: Iterable[Path]) -> list[RecordError]:
    errors = []
    for file in left_over:
        try:
            delete_file(file)
        except RecordError as error:
            errors.append(error)
    return errors


def _unanswered(model: Model, request: Request) -> Finding:
    """Report a model for which `measure` yielded nothing."""
    return finding(
        "MZ604",
        f"could not be measured: the source {request.source!r} returned no measurement",
        model.name.location,
        model=model.name.text,
        hint="Run `metazoo verify` again; if this persists, report it as a bug in metazoo",
    )


def _missing(
    books: list[Book], asked: set[Request], known: Records, folder: Path
) -> Iterator[Finding]:
    """Report missing or stale records, with one finding per file of the index."""
    for book in books:
        requests = book.requests & asked
        lacking = stale(requests, known)
        if not lacking:
            continue
        names = {r.model for r in lacking}
        first = next(m for m in book.models if m.name.text in names)
        why = "only a record of other versions or other code"
        if any(known.find(r) is None for r in lacking):
            why = "no record"
        yield finding(
            "MZ610",
            f"{len(names)} of {len(requests)} models in this file have {why} in {folder.name}/",
            first.name.location,
            model=first.name.text,
            hint=_RENEW,
        )


def _orphaned(file: Path, rows: list[Measurement]) -> Finding:
    models = [m.model for m in rows]
    names = ", ".join(models[:3]) + (", …" if len(models) > 3 else "")
    return finding(
        "MZ610",
        f"holds records that no model in the index needs: {names}",
        Location(str(file)),
        hint=_RENEW,
    )


def _kept(fault: Finding) -> Finding:
    return finding(
        "MZ614",
        "the index could not be read completely, so no record was removed or reported as unused",
        fault.location,
        hint=f"Fix this first ({fault.code}: {fault.message}), then run the command again",
    )


def _kept_for(blank: Location, index: ModelIndex) -> Finding:
    what = "a file of the index is blank" if index.models else "the index has no models"
    return finding(
        "MZ614",
        f"{what}, so no record was removed or reported as unused",
        blank,
        hint="Restore what is missing, or, if it was removed on purpose, delete the file or the records by hand",
    )
