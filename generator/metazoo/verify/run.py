"""Verify a whole index: take what the records know, measure the rest, compare, keep the records.

Records are never lost to a fault elsewhere: rows and files leave only where the whole index was read
without an error and all of it is verified, and a file that can't be read is never written over.
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
    """What verifying an index came to.

    Attributes:
        models: One verification a model, in the index's order.
        findings: Everything wrong: of reading, of each model, of the records.
        made: What was measured in this run.
        measured_again: How many of the models that came from the records were measured all the same,
            to see whether their records are right.
        removing: Whether what the index doesn't ask for leaves the records.
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


def request_of(model: Model, index: ModelIndex, device: str = "meta") -> Request | None:
    """What must be measured to verify a model: its name, with the inputs that it declares.

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
        measure: Measures what the records don't know; None to measure nothing, and to find fault
            with records that are missing or stale instead.
        records: Folder of the records to use and to keep current; None for none.
        device: ``meta`` only counts; ``cpu`` and ``cuda`` also run each model once.
        whole: Whether the records are of just this index: what no model of it asks for is then
            removed from them, unless the index could not be read whole or not all of it is wanted.
        keep: Whether to write the records; they are read in any case.
        force: Whether to measure what is on record, too.
        wanted: Which models to verify, all by default; the records of the others stay as they are.

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
        # A file that is left over may have got another name, and its models with it.
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
        # What is left over may be all there is of a model whose own file could not be written.
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
    """What is wrong with a file of records or benchmarks, as a finding."""
    return finding("MZ613", error.why, Location(str(error.file), *error.line), hint=error.remedy)


def _first_error(index: ModelIndex) -> Finding | None:
    """Why the index could not be read whole; None where it could."""
    errors = (f for f in index.findings if CATALOGUE[f.code].severity is Severity.ERROR)
    hiding = (
        f
        for f in check(index, RuleSettings(select=_HIDING))
        if f.code == "MZ204" or f.model is None
    )
    return next(chain(errors, hiding), None)


def _first_blank(index: ModelIndex) -> Location | None:
    """Where models may be missing though nothing is wrong: in a blank file, or in an index without any.

    A file is blank for a moment while an editor saves it.
    """
    holding = {model.location.file for model in index.models}
    holding |= {collection.location.file for collection in index.collections}
    holding |= {value.location.file for value in index.extra.values()}
    if index.library is not None:
        holding.add(index.library.location.file)
    holding |= {file for file, imported in index.imports.items() if imported}
    files = [file.as_posix() for file in index.files]
    blank = [file for file in files if file not in holding]
    return next((Location(file) for file in blank or (files if not index.models else [])), None)


_HIDING = ("MZ204", "MZ208")
"""Rules whose findings may hide models: one without a name, and a misspelled key such as ``Modles`` outside
of them."""


def _measure(
    todo: list[Request],
    measure: Callable[[list[Request]], Iterator[Measurement]],
    known: Records,
    books: list[Book],
    made: list[Measurement],
    *,
    removing: bool,
) -> None:
    # A family is written as soon as its last model is measured, and whatever is there is written
    # when the run is stopped: a rerun then does only what is missing.
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
    """Says of a model that was to be measured that nothing came of it."""
    return finding(
        "MZ604",
        f"could not be measured: its source {request.source!r} gave no measurement of it",
        model.name.location,
        model=model.name.text,
        hint="Verify once more; if it stays so, that is a fault of metazoo: report it",
    )


def _missing(
    books: list[Book], asked: set[Request], known: Records, folder: Path
) -> Iterator[Finding]:
    """Records that are missing or stale: one finding a file of the index."""
    for book in books:
        requests = book.requests & asked
        lacking = stale(requests, known)
        if not lacking:
            continue
        names = {r.model for r in lacking}
        first = next(m for m in book.models if m.name.text in names)
        why = "a record of other versions or other code than the present"
        if any(known.find(r) is None for r in lacking):
            why = "no record"
        yield finding(
            "MZ610",
            f"{len(names)} of {len(requests)} models of this file have {why} in {folder.name}/",
            first.name.location,
            model=first.name.text,
            hint=_RENEW,
        )


def _orphaned(file: Path, rows: list[Measurement]) -> Finding:
    models = [m.model for m in rows]
    names = ", ".join(models[:3]) + (", …" if len(models) > 3 else "")
    return finding(
        "MZ610",
        f"holds records that no model of the index asks for: {names}",
        Location(str(file)),
        hint=_RENEW,
    )


def _kept(fault: Finding) -> Finding:
    return finding(
        "MZ614",
        "the index could not be read whole, so no record was removed, nor looked at whether any model"
        " still asks for it",
        fault.location,
        hint=f"Mend what is wrong here ({fault.code}: {fault.message}), and run the command again",
    )


def _kept_for(blank: Location, index: ModelIndex) -> Finding:
    what = "a file of the index holds nothing" if index.models else "the index holds no model"
    return finding(
        "MZ614",
        f"{what}, so no record was removed, nor looked at whether any model still asks for it",
        blank,
        hint="Restore what is missing; where it was meant to go, delete the file or the records by hand",
    )
