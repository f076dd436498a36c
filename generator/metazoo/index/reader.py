"""Read an index, from one file or many, into a `ModelIndex`.

No fault in a file stops the reading of the others: every fault becomes a finding with its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from metazoo.errors import UsageError
from metazoo.findings import Location, Severity
from metazoo.garbage import gc_pause
from metazoo.index import paths
from metazoo.index.build import Builder
from metazoo.index.documents import DEEPEST_IMPORT, Documents
from metazoo.index.inherit import inherit
from metazoo.index.model import ModelIndex, Value
from metazoo.index.recognize import holds_index


def read_index(paths: Sequence[Path], *, root: Path | None = None) -> ModelIndex:
    """Read index files and everything they import.

    Args:
        paths: Files and folders. A file is read as YAML or JSON by its ending, and as Markdown
            otherwise; of several files, those that hold no index are `ModelIndex.skipped`. Of a folder
            its root file is read (``model-index.yml``, ``index.yml``), or every index file below it
            where it has none.
        root: The folder that no import may leave, and to which paths may also be relative. By
            default the working directory, for files below it, else the file's own folder.

    Returns:
        The index, with what was wrong among its findings.

    Raises:
        UsageError: A path is not there.
    """
    reading = _Reading(root)
    with gc_pause():
        for path in paths:
            reading.start(path, among_others=len(paths) > 1)
        index = reading.finish()
        inherit(index)
    return index


class _Reading:
    """The state of one call of `read_index`."""

    def __init__(self, root: Path | None) -> None:
        self._index = ModelIndex()
        self._fixed_root = None if root is None else paths.absolute(root)
        self._documents = Documents(self._fixed_root or Path.cwd())
        self._imported: set[Path] = set()
        self._given: set[Path] = set()
        self._complaints: set[str] = set()
        self._looked_at = 0

    # -- the files that the caller names ----------------------------------------------------

    def start(self, path: Path, *, among_others: bool) -> None:
        is_folder = paths.is_folder(path)
        if not (is_folder or paths.is_there(path) or paths.is_link(path)):
            raise UsageError(f"{path} does not exist.")
        full, here = paths.absolute(path), Path.cwd()
        self._documents.base = full if is_folder else full.parent
        self._documents.relative = not path.is_absolute()
        self._documents.root = self._fixed_root or (
            here if full.is_relative_to(here) else self._documents.base
        )
        if self._documents.base not in self._index.bases:
            self._index.bases.append(self._documents.base)
        # What the caller names may lie elsewhere, but a link in the root must not lead there.
        home = (
            self._documents.root
            if full.is_relative_to(self._documents.root)
            else self._documents.base
        )
        if self._leaves(full, home):
            return
        files = paths.index_files(path, self._documents.folders) if is_folder else [path]
        if not files:
            raise UsageError(f"{path} holds no index file ({', '.join(paths.INDEX_TYPES)}).")
        for file in files:
            full = paths.absolute(file)
            if self._leaves(full, home) or self._documents.real(full) in self._imported:
                continue
            if not is_folder:
                if among_others and self._skip(full):
                    self._index.skipped.append(path)
                    continue
                self._given.add(self._documents.real(full))
            self._index_file(full, (), None, expected=len(files) == 1)

    def _skip(self, path: Path) -> bool:
        """Whether a file can be read and holds no index; it is then treated as if it weren't named."""
        documents = self._documents
        findings, files = len(documents.findings), len(documents.files)
        file = documents.open(path, None)
        if file is None or any(
            finding.severity is Severity.ERROR for finding in documents.findings[findings:]
        ):
            return False
        if any(holds_index(document.root) for document in file.documents):
            return False
        documents.forget(path, findings, files)
        return True

    def _leaves(self, path: Path, home: Path) -> bool:
        """Whether a link leads out of a folder; then that is a finding, and nothing may be read."""
        if self._documents.real(path).is_relative_to(self._documents.real(home)):
            return False
        label = self._documents.label(path)
        self._documents.report(
            "MZ115",
            f"{label} is a link that leads out of the root {self._documents.label(home)}, so it is not read",
            Location(label),
            "Put the file itself there, or name a wider root with --root.",
        )
        return True

    def finish(self) -> ModelIndex:
        """The index, with what belongs to it as a whole."""
        documents, index = self._documents, self._index
        documents.report_left_out()
        # A file read as an index and as a part of another is reported twice.
        index.findings = list(dict.fromkeys(documents.findings))
        index.files = documents.files
        index.imports = {file: list(names) for file, names in documents.names.items()}
        index.root = documents.root
        return index

    # -- an index and its imports -----------------------------------------------------------

    def _index_file(
        self, path: Path, chain: tuple[Path, ...], named: Location | None, *, expected: bool
    ) -> None:
        """Read a file as an index, then what it imports.

        Args:
            path: The file, absolute.
            chain: The files that lead here, resolved.
            named: Where the path was written, or None where the caller named it.
            expected: Whether a file without an index in it is worth a finding.
        """
        real = self._documents.real(path)
        self._imported.add(real)
        file = self._documents.open(path, named)
        if file is None:
            return
        found = False
        imports: list[Value[str]] = []
        for document in file.documents:
            builder = Builder(document, self._documents)
            found = builder.index(self._index, imports) or found
        self._documents.close(path)
        if not found and expected and not self._complained(file.label):
            self._documents.report(
                "MZ112",
                f"{file.label} holds no model index",
                Location(file.label, 1, 1) if named is None else named,
                "An index has Models, Collections or Import; in Markdown it goes in a comment "
                "<!-- Type: model-index … -->.",
            )
        for pattern in imports:
            self._import(pattern, path, (*chain, real))

    def _import(self, pattern: Value[str], importer: Path, chain: tuple[Path, ...]) -> None:
        glob = paths.has_magic(pattern.text)
        for path in self._documents.resolve(pattern, importer):
            real = self._documents.real(path)
            if real in chain:
                if glob and real == chain[-1]:
                    continue  # `*.yml` beside the root file means the others
                self._documents.report(
                    "MZ114",
                    f"importing “{pattern.text}” is circular: {self._documents.label(path)} leads here",
                    pattern.location,
                    "Remove one of the imports in this cycle.",
                )
            elif real in self._given:
                self._given.discard(real)  # it was read because the caller named it too
            elif real in self._imported:
                self._documents.report(
                    "MZ116",
                    f"{self._documents.label(path)} is imported more than once, but read only once",
                    pattern.location,
                    "Import it from one place only.",
                    Severity.WARNING,
                )
            elif len(chain) >= DEEPEST_IMPORT:
                self._documents.report_too_deep(path, pattern.location)
            else:
                self._index_file(path, chain, pattern.location, expected=not glob)

    def _complained(self, label: str) -> bool:
        findings = self._documents.findings
        self._complaints.update(f.location.file for f in findings[self._looked_at :])
        self._looked_at = len(findings)
        return label in self._complaints
