"""Which record file belongs to which file of an index, and what it should hold."""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from metazoo.errors import RecordError
from metazoo.index.model import Model, ModelIndex
from metazoo.measure.measurement import Measurement
from metazoo.measure.records import Key, Records, key_of, read_file, update_file
from metazoo.measure.request import Request


def record_names(index: ModelIndex) -> dict[str, str]:
    """Return the name of the record file for each file of an index that has models.

    A record file is named like its index file: ``resnet.json`` for ``families/resnet.yml``. If several
    index files share a name, their folders become part of it: ``a--resnet.json``, ``b--resnet.json``.
    """
    files = list(dict.fromkeys(model.location.file for model in index.models))
    stems: dict[str, list[str]] = defaultdict(list)
    for file in files:
        # On some file systems, `A.json` and `a.json` are the same file.
        stems[Path(file).stem.casefold()].append(file)
    folders = [file.absolute().parent for file in (*map(Path, files), *index.files)]
    base = os.path.commonpath(folders) if folders else ""
    names = {}
    for alike in stems.values():
        for file in alike:
            parts = Path(os.path.relpath(file, base)).with_suffix("").parts
            names[file] = Path(file).stem if len(alike) == 1 else "--".join(parts)
    taken: dict[str, list[str]] = defaultdict(list)
    for file, name in names.items():
        taken[name.casefold()].append(file)
    for alike in taken.values():
        if len(alike) == 1:
            continue
        for file in alike:
            path = os.path.relpath(file, base)
            names[file] += f"-{hashlib.sha256(os.fsencode(path)).hexdigest()[:8]}"
    return {file: f"{name}.json" for file, name in names.items()}


@dataclass(slots=True)
class Book:
    """One record file: what the index needs from it, and what it holds.

    Attributes:
        file: The file; None if no records are kept.
        models: The models of one file of the index.
        requests: The measurements needed to verify them.
        unasked_models: Names of models that no source is named for; their rows stay as they are.
        rows: The content of the file when it was read.
        error: Why it could not be read or written; it then stays unchanged.
        removed: Models whose rows were removed when it was written.
    """

    file: Path | None
    models: list[Model]
    requests: set[Request]
    unasked_models: frozenset[str] = frozenset()
    rows: list[Measurement] = field(default_factory=list)
    error: RecordError | None = None
    removed: set[str] = field(default_factory=set)

    def write(self, known: Records, made: Iterable[Measurement], *, removing: bool) -> None:
        """Update the file, based on its present content, which others may have changed meanwhile.

        Args:
            known: All measurements known, including this run's.
            made: This run's measurements, which replace those in the file.
            removing: Whether to remove rows that the index doesn't need, once all that it needs are
                known.
        """
        if self.file is None or self.error is not None:
            return
        new = {id(m) for m in made}

        def kept(rows: list[Measurement]) -> list[Measurement]:
            after = self._kept(rows, known, new, removing=removing)
            self.removed |= {m.model for m in rows} - {m.model for m in after}
            return after

        try:
            update_file(self.file, kept)
        except RecordError as error:
            self.error = error

    def unasked(self, known: Records) -> list[Measurement]:
        """Return the rows that no model of the index needs."""
        kept = {key_of(m) for m in self._kept(self.rows, known, set(), removing=True)}
        return [m for m in self.rows if key_of(m) not in kept]

    def _kept(
        self, rows: list[Measurement], known: Records, new: set[int], *, removing: bool
    ) -> list[Measurement]:
        there = Records(rows)
        kept = {key_of(m): m for m in rows}
        asked: dict[Key, Measurement] = {}
        replaced = set()
        for request in self.requests:
            answer, old = known.find(request), there.find(request)
            if old is not None and (answer is None or answer.transient or id(answer) not in new):
                # A transient failure doesn't replace an earlier measurement.
                answer = old
            if answer is not None and not answer.transient:
                asked[key_of(answer)] = answer
                if old is not None:
                    # If the model's default size has changed, so has the key.
                    replaced.add(key_of(old))
        for key in replaced - asked.keys():
            del kept[key]
        kept |= asked
        answers = [known.find(request) for request in self.requests]
        if removing and all(m is not None and not m.transient for m in answers):
            names = {r.model for r in self.requests}
            devices = {r.device for r in self.requests}
            kept = {
                key: m
                for key, m in kept.items()
                if key in asked
                or m.model in self.unasked_models
                or (m.model in names and m.device not in devices)
            }
        return list(kept.values())


def open_books(
    index: ModelIndex,
    requests: dict[int, Request],
    folder: Path | None,
    unasked_models: frozenset[str] = frozenset(),
) -> list[Book]:
    """Read the record files of an index.

    Args:
        index: The index as read.
        requests: What is asked to verify each model, by the model's `id`; nothing of one without a source.
        folder: Folder of the records; None where there are none.
        unasked_models: Names of the models without a source.
    """
    families: dict[str, list[Model]] = defaultdict(list)
    for model in index.models:
        families[model.location.file].append(model)
    names = record_names(index) if folder else {}
    books = []
    for family, models in families.items():
        book = Book(
            folder / names[family] if folder else None,
            models,
            {requests[id(m)] for m in models if id(m) in requests},
            unasked_models,
        )
        if book.file and os.path.lexists(book.file):
            try:
                book.rows = read_file(book.file)
            except RecordError as error:
                book.error = error
        books.append(book)
    return books
