"""Read an index, from one file or many, into a `ModelIndex`.

Nothing in a file stops the reading of the others: every fault becomes a finding with its place.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from yaml.nodes import Node

from metazoo.errors import UsageError
from metazoo.files import real
from metazoo.findings import Finding, Location, Severity
from metazoo.garbage import gc_pause
from metazoo.index import json_nodes, markdown, nodes, paths, text
from metazoo.index.build import Builder
from metazoo.index.inherit import inherit
from metazoo.index.model import ModelIndex, Value
from metazoo.index.recognize import holds_index

MOST_IMPORTS = 100_000
"""Paths and globs that one reading follows; it is said where there are more."""
DEEPEST_IMPORT = 50
"""Files that lead from one to the next, by Import or by a path in place of a part."""
MOST_ALIKE = 100
"""Findings of one rule about the paths in one file; one more says how many others there are."""
_YAML = {".yml", ".yaml"}


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
        reading.finish()
        # A file read as an index and as a part of another complains twice.
        reading.index.findings = list(dict.fromkeys(reading.index.findings))
        inherit(reading.index)
    return reading.index


@dataclass(slots=True)
class _File:
    """A file that was read: its place on disk, its name in findings, and its nodes."""

    path: Path
    label: str
    roots: list[tuple[Node, Builder]] = field(default_factory=list)


class _Reading:
    """What one call of `read_index` keeps in mind."""

    def __init__(self, root: Path | None) -> None:
        self.index = ModelIndex()
        self._fixed_root = None if root is None else paths.absolute(root)
        self.root = self._fixed_root or Path.cwd()
        self._base = self.root
        self._relative = True
        self._folders = paths.Folders()
        self._followed = 0
        self._gave_up = False
        self._names: dict[str, dict[str, None]] = {}
        self._alike: Counter[tuple[str, str]] = Counter()
        self._left_out: dict[tuple[str, str], Finding] = {}
        self._complaints: set[str] = set()
        self._looked_at = 0
        self._imported: set[Path] = set()
        self._given: set[Path] = set()
        self._parts: dict[Path, _File | None] = {}
        self._open_now: set[Path] = set()
        self._shown: set[Path] = set()
        self._labels: dict[Path, str] = {}
        self._label_folders: dict[Path, Path] = {}
        self._reals: dict[Path, Path] = {}

    # -- the files named by the caller ------------------------------------------------------

    def start(self, path: Path, *, among_others: bool) -> None:
        is_folder = paths.is_folder(path)
        if not (is_folder or paths.is_there(path) or paths.is_link(path)):
            raise UsageError(f"{path} does not exist.")
        full, here = paths.absolute(path), Path.cwd()
        self._base = full if is_folder else full.parent
        self._relative = not path.is_absolute()
        self.root = self._fixed_root or (here if full.is_relative_to(here) else self._base)
        if self._base not in self.index.bases:
            self.index.bases.append(self._base)
        # What the caller names may lie elsewhere, but a link in the root must not lead there.
        home = self.root if full.is_relative_to(self.root) else self._base
        if self._leaves(full, home):
            return
        files = paths.index_files(path, self._folders) if is_folder else [path]
        if not files:
            raise UsageError(f"{path} holds no index file ({', '.join(paths.INDEX_TYPES)}).")
        for file in files:
            full = paths.absolute(file)
            if self._leaves(full, home) or self._real(full) in self._imported:
                continue
            if not is_folder:
                if among_others and self._skip(full):
                    self.index.skipped.append(path)
                    continue
                self._given.add(self._real(full))
            self._index_file(full, (), None, expected=len(files) == 1)

    def _skip(self, path: Path) -> bool:
        """Whether a file can be read and holds no index; it is then as if it had not been named."""
        findings, files = len(self.index.findings), len(self.index.files)
        file = self._open(path, None)
        if file is None or any(
            finding.severity is Severity.ERROR for finding in self.index.findings[findings:]
        ):
            return False
        if any(holds_index(root) for root, _ in file.roots):
            return False
        del self._parts[self._real(path)]
        self._shown.difference_update(self.index.files[files:])
        del self.index.findings[findings:], self.index.files[files:]
        return True

    def _leaves(self, path: Path, home: Path) -> bool:
        """Whether a link leads out of a folder; then that is a finding, and nothing may be read."""
        if self._real(path).is_relative_to(self._real(home)):
            return False
        label = self._label(path)
        self._report(
            "MZ115",
            f"{label} is a link that leads out of the root {self._label(home)}, so it is not read",
            Location(label),
            "Put the file itself there, or name a wider root with --root.",
        )
        return True

    def finish(self) -> None:
        """Say of what there was too much to list, and hand over what belongs to the whole."""
        for key, first in self._left_out.items():
            message = f"{self._alike[key] - MOST_ALIKE:,} more paths in this file have this fault"
            self.index.findings.append(replace(first, message=message))
        self.index.imports = {file: list(names) for file, names in self._names.items()}
        self.index.root = self.root

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
        real = self._real(path)
        self._imported.add(real)
        file = self._open(path, named)
        if file is None:
            return
        found = False
        imports: list[Value[str]] = []
        for root, builder in file.roots:
            found = builder.index(root, self.index, imports) or found
        # The nodes are many times as large as what was made of them.
        del self._parts[real]
        if not found and expected and not self._complained(file.label):
            self._report(
                "MZ112",
                f"{file.label} holds no model index",
                Location(file.label, 1, 1) if named is None else named,
                "An index has Models, Collections or Import; in Markdown it stands in a comment "
                "<!-- Type: model-index … -->.",
            )
        for pattern in imports:
            self._import(pattern, path, (*chain, real))

    def _import(self, pattern: Value[str], importer: Path, chain: tuple[Path, ...]) -> None:
        glob = paths.has_magic(pattern.text)
        for path in self._resolve(pattern, importer):
            real = self._real(path)
            if real in chain:
                if glob and real == chain[-1]:
                    continue  # `*.yml` beside the root file means the others
                self._report(
                    "MZ114",
                    f"importing “{pattern.text}” leads back to {self._label(path)}",
                    pattern.location,
                    "Remove one of the imports in this circle.",
                )
            elif real in self._given:
                self._given.discard(real)  # it was read because the caller named it too
            elif real in self._imported:
                self._report(
                    "MZ116",
                    f"{self._label(path)} is imported more than once; it was read once",
                    pattern.location,
                    "Import it from one place only.",
                    Severity.WARNING,
                )
            elif len(chain) >= DEEPEST_IMPORT:
                self._report_too_deep(path, pattern.location)
            else:
                self._index_file(path, chain, pattern.location, expected=not glob)

    def _report_too_deep(self, path: Path, where: Location) -> None:
        self._report(
            "MZ119",
            f"{self._label(path)} is not read: {DEEPEST_IMPORT} files lead to it, each from the one before",
            where,
            "Name all files in the root index, with a glob.",
        )

    def _complained(self, label: str) -> bool:
        findings = self.index.findings
        self._complaints.update(f.location.file for f in findings[self._looked_at :])
        self._looked_at = len(findings)
        return label in self._complaints

    # -- files and their nodes --------------------------------------------------------------

    def _resolve(self, pattern: Value[str], importer: Path) -> list[Path]:
        """The files that a path or glob in `importer` names; findings where it names none."""
        written = pattern.text.strip()
        where = pattern.location
        if "://" in written:
            self._report(
                "MZ115",
                f"“{written}” is an address; an index is read from files only",
                where,
                "Download the file into the project and import it from there.",
            )
            return []
        if not written or "\0" in written:
            self._report("MZ113", "the path is empty", where, "Write a path, or remove the entry.")
            return []
        if self._too_many(where):
            return []
        left = False
        for folder in dict.fromkeys((importer.parent, self.root, self._base)):
            if paths.has_magic(written):
                found = paths.expand(written, folder, self.root, self._folders)
                if len(found) >= paths.MOST_MATCHES:
                    self._report(
                        "MZ113",
                        f"“{written}” matches {paths.MOST_MATCHES:,} files or more, and no more"
                        " than that many are read",
                        where,
                        "Write a narrower pattern, or one for each folder.",
                    )
                found = [path for path in found if path.suffix.lower() in paths.INDEX_TYPES]
            else:
                path = Path(os.path.normpath(folder / written))
                found = [path] if paths.is_there(path) else []
            if self._too_many(where, another=False):
                return []
            within = [path for path in found if self._inside(path)]
            left = left or len(within) < len(found)
            if within:
                if left:
                    self._report_outside(written, where)
                labels = self._names.setdefault(self._label(importer), {})
                labels.update(dict.fromkeys(map(self._label, within)))
                return within
        if left or not self._inside(importer.parent / _fixed_part(written)):
            self._report_outside(written, where)
        else:
            what = "no index file matches" if paths.has_magic(written) else "there is no file"
            self._report(
                "MZ113",
                f"{what} “{written}”",
                where,
                f"Paths are relative to {self._label(importer.parent)} or the root.",
            )
        return []

    def _too_many(self, where: Location, *, another: bool = True) -> bool:
        """Whether following paths has cost more than any index needs; said once."""
        self._followed += another
        if self._followed > MOST_IMPORTS:
            what = f"this is path {MOST_IMPORTS + 1:,} of the index"
            hint = "Import whole folders with a glob."
        elif self._folders.exhausted:
            what = (
                f"the globs of the index search more than {paths.MOST_VISITED:,} files and folders"
            )
            hint = "Write globs that name their folder, such as families/*.yml."
        else:
            return False
        if not self._gave_up:
            self._gave_up = True
            self._report("MZ119", f"{what}, and no path is followed from here on", where, hint)
        return True

    def _report_outside(self, written: str, where: Location) -> None:
        self._report(
            "MZ115",
            f"“{written}” leads out of the root {self._label(self.root)}",
            where,
            "Keep all files of the index below the root, or name a wider one with --root.",
        )

    def _open(self, path: Path, named: Location | None) -> _File | None:
        """Read a file and compose its parts, once a run; None where that failed."""
        real = self._real(path)
        if real in self._parts:
            return self._parts[real]
        file = self._parts[real] = self._compose(path, named)
        return file

    def _compose(self, path: Path, named: Location | None) -> _File | None:
        label = self._label(path)
        ending = path.suffix.lower()
        if named is not None and ending not in paths.INDEX_TYPES:
            self._report(
                "MZ117",
                f"{label} is of no type that an index stands in",
                named,
                f"Use one of {', '.join(paths.INDEX_TYPES)}.",
            )
            return None
        content, findings = text.read(path, label)
        self.index.findings.extend(findings)
        if content is None:
            return None
        shown = path if not self._relative else Path(label)
        if shown not in self._shown:
            self._shown.add(shown)
            self.index.files.append(shown)
        file = _File(path, label)
        if ending in _YAML or ending == ".json":
            parts, page = [content.part()], None
        else:
            parts, page = self._markdown(content), path.name
        for part in parts:
            compose = json_nodes.compose if ending == ".json" else nodes.compose
            roots, findings = compose(part)
            self.index.findings.extend(findings)
            builder = Builder(part.placer(), self.index.findings, self._follower(path), page)
            file.roots.extend((root, builder) for root in roots)
            if len(roots) > 1:
                mark = roots[1].start_mark
                self._report(
                    "MZ111",
                    "a second YAML document begins here; all of them are read as one index",
                    part.placer()(mark),
                    "Remove the line --- between them; other readers stop there.",
                    Severity.WARNING,
                )
        return file

    def _markdown(self, page: text.Text) -> list[text.Part]:
        front = markdown.front_matter(page)
        parts, findings = markdown.comments(page)
        self.index.findings.extend(findings)
        return parts if front is None else [front, *parts]

    def _follower(self, importer: Path) -> _Follow:
        return _Follow(self, importer)

    def follow(self, path: Value[str], importer: Path) -> Iterator[tuple[Builder, Node]]:
        """The root nodes of the files that a path in `importer` names."""
        for found in self._resolve(path, importer):
            real = self._real(found)
            if real in self._open_now:
                self._report(
                    "MZ114",
                    f"following “{path.text}” leads back to {self._label(found)}",
                    path.location,
                    "Remove one of the paths in this circle.",
                )
                continue
            if len(self._open_now) >= DEEPEST_IMPORT:
                self._report_too_deep(found, path.location)
                continue
            file = self._open(found, path.location)
            if file is None:
                continue
            self._open_now.add(real)
            try:
                for root, builder in file.roots:
                    yield builder, root
            finally:  # also where whoever asked has enough after the first
                self._open_now.discard(real)

    def _real(self, path: Path) -> Path:
        """The path with symbolic links resolved, asked of the system once.

        A folder's files share what was found out of the folder.
        """
        found = self._reals.get(path)
        if found is None:
            if path.name and path.name != ".." and not os.path.islink(path):  # noqa: PTH114
                parent = path.parent
                found = (self._real(parent) if parent != path else path) / path.name
            else:
                found = real(path)
            self._reals[path] = found
        return found

    def _inside(self, path: Path) -> bool:
        return self._real(path).is_relative_to(self._real(self.root))

    # -- names and findings -----------------------------------------------------------------

    def _label(self, path: Path) -> str:
        if not self._relative:
            return path.as_posix()
        label = self._labels.get(path)
        if label is None:
            parent = path.parent
            folder = self._label_folders.get(parent)
            if folder is None:
                folder = self._label_folders[parent] = Path(os.path.relpath(parent))
            label = self._labels[path] = (folder / path.name).as_posix()
        return label

    def _report(
        self,
        code: str,
        message: str,
        location: Location,
        hint: str,
        severity: Severity = Severity.ERROR,
    ) -> None:
        finding = Finding(code, message, location, severity, hint=hint)
        alike = (code, location.file)
        self._alike[alike] += 1
        if self._alike[alike] <= MOST_ALIKE:
            self.index.findings.append(finding)
        else:
            self._left_out.setdefault(alike, finding)


class _Follow:
    """`_Reading.follow` for the paths that stand in one file."""

    def __init__(self, reading: _Reading, importer: Path) -> None:
        self._reading = reading
        self._importer = importer

    def __call__(self, path: Value[str]) -> Iterator[tuple[Builder, Node]]:
        return self._reading.follow(path, self._importer)


def _fixed_part(pattern: str) -> str:
    """The part of a path before its first wildcard."""
    kept = []
    for part in pattern.split("/"):
        if paths.has_magic(part):
            break
        kept.append(part)
    return "/".join(kept)
