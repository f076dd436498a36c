"""The files of an index: which file a path names, and the documents in it.

Each file is read once. Nothing outside the root is opened, and paths are followed up to limits that no
index needs.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from yaml.nodes import Node

from metazoo.files import real
from metazoo.findings import Finding, Location, Severity
from metazoo.index import json_nodes, markdown, nodes, paths, text
from metazoo.index.model import Value
from metazoo.index.text import Part

MOST_IMPORTS = 100_000
"""Paths and globs that one reading follows; more are reported."""
DEEPEST_IMPORT = 50
"""Files that lead from one to the next, by Import or by a path in place of a part."""
MOST_ALIKE = 100
"""Findings of one rule about the paths in one file; one more finding counts the others."""
_YAML = {".yml", ".yaml"}


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML or JSON document.

    Attributes:
        root: Its root node.
        part: The part of the file that it was composed from.
        path: The file.
        page: The file's name if it is a Markdown page, else None.
    """

    root: Node
    part: Part
    path: Path
    page: str | None


@dataclass(slots=True)
class IndexFile:
    """A file that was read.

    Attributes:
        label: Its name in findings.
        documents: Its documents.
    """

    label: str
    documents: list[Document] = field(default_factory=list)


class Documents:
    """The files that one reading opens.

    Args:
        root: The folder that no path may leave.

    Attributes:
        findings: What is wrong with the files, the paths in them, and what is read from them.
        files: The files that were opened, as a person would write them.
        root: The folder that no path may leave.
        base: The folder of the file or folder that the caller named.
        relative: Whether files are named relative to the working directory.
        names: For each file, the files that its paths name.
        folders: What is known of the file system.
    """

    def __init__(self, root: Path) -> None:
        self.findings: list[Finding] = []
        self.files: list[Path] = []
        self.root = root
        self.base = root
        self.relative = True
        self.names: dict[str, dict[str, None]] = {}
        self.folders = paths.Folders()
        self._followed = 0
        self._gave_up = False
        self._alike: Counter[tuple[str, str]] = Counter()
        self._left_out: dict[tuple[str, str], Finding] = {}
        self._opened: dict[Path, IndexFile | None] = {}
        self._shown: set[Path] = set()
        self._labels: dict[Path, str] = {}
        self._label_folders: dict[Path, Path] = {}
        self._reals: dict[Path, Path] = {}

    # -- opening ----------------------------------------------------------------------------

    def open(self, path: Path, named: Location | None) -> IndexFile | None:
        """Read a file and compose its parts, once a run; None where that failed."""
        real = self.real(path)
        if real in self._opened:
            return self._opened[real]
        file = self._opened[real] = self._compose(path, named)
        return file

    def _compose(self, path: Path, named: Location | None) -> IndexFile | None:
        label = self.label(path)
        ending = path.suffix.lower()
        if named is not None and ending not in paths.INDEX_TYPES:
            self.report(
                "MZ117",
                f"{label} has a file type that can't hold an index",
                named,
                f"Use one of {', '.join(paths.INDEX_TYPES)}.",
            )
            return None
        content, findings = text.read(path, label)
        self.findings.extend(findings)
        if content is None:
            return None
        shown = path if not self.relative else Path(label)
        if shown not in self._shown:
            self._shown.add(shown)
            self.files.append(shown)
        file = IndexFile(label)
        if ending in _YAML or ending == ".json":
            parts, page = [content.part()], None
        else:
            parts, page = self._markdown(content), path.name
        for part in parts:
            compose = json_nodes.compose if ending == ".json" else nodes.compose
            roots, findings = compose(part)
            self.findings.extend(findings)
            file.documents.extend(Document(root, part, path, page) for root in roots)
            if len(roots) > 1:
                self.report(
                    "MZ111",
                    "a second YAML document begins here; all of them are read as one index",
                    part.location(roots[1].start_mark),
                    "Remove the line --- between them; other readers stop there.",
                    Severity.WARNING,
                )
        return file

    def close(self, path: Path) -> None:
        """Let go of the nodes of a file, which are many times as large as what is made of them."""
        del self._opened[self.real(path)]

    def forget(self, path: Path, findings: int, files: int) -> None:
        """Take back that a file was opened.

        Args:
            path: The file.
            findings: How many findings there were before.
            files: How many files there were before.
        """
        self.close(path)
        self._shown.difference_update(self.files[files:])
        del self.findings[findings:], self.files[files:]

    def _markdown(self, page: text.Text) -> list[Part]:
        front = markdown.front_matter(page)
        parts, findings = markdown.comments(page)
        self.findings.extend(findings)
        return parts if front is None else [front, *parts]

    def follow(
        self, path: Value[str], importer: Path, chain: tuple[Path, ...]
    ) -> Iterator[Document]:
        """The documents that a path in place of a part names.

        Args:
            path: The path or glob.
            importer: The file that it is written in.
            chain: The files that such paths lead through, with links resolved.
        """
        for found in self.resolve(path, importer):
            if self.real(found) in chain:
                self.report(
                    "MZ114",
                    f"following “{path.text}” is circular: {self.label(found)} leads here",
                    path.location,
                    "Remove one of the paths in this cycle.",
                )
            elif len(chain) >= DEEPEST_IMPORT:
                self.report_too_deep(found, path.location)
            else:
                file = self.open(found, path.location)
                yield from file.documents if file is not None else ()

    # -- finding ----------------------------------------------------------------------------

    def resolve(self, pattern: Value[str], importer: Path) -> list[Path]:
        """The files that a path or glob in `importer` names; findings where it names none."""
        written = pattern.text.strip()
        where = pattern.location
        if "://" in written:
            self.report(
                "MZ115",
                f"“{written}” is a URL, but an index is read from local files only",
                where,
                "Download the file into the project and import the copy.",
            )
            return []
        if not written or "\0" in written:
            self.report("MZ113", "the path is empty", where, "Write a path, or remove the entry.")
            return []
        if self._too_many(where):
            return []
        left = False
        for folder in dict.fromkeys((importer.parent, self.root, self.base)):
            if paths.has_magic(written):
                found = paths.expand(written, folder, self.root, self.folders)
                if len(found) >= paths.MOST_MATCHES:
                    self.report(
                        "MZ113",
                        f"“{written}” matches {paths.MOST_MATCHES:,} files or more; the"
                        " rest are not read",
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
                labels = self.names.setdefault(self.label(importer), {})
                labels.update(dict.fromkeys(map(self.label, within)))
                return within
        if left or not self._inside(importer.parent / _fixed_part(written)):
            self._report_outside(written, where)
        else:
            what = "no index file matches" if paths.has_magic(written) else "there is no file"
            self.report(
                "MZ113",
                f"{what} “{written}”",
                where,
                f"Paths are relative to {self.label(importer.parent)} or the root.",
            )
        return []

    def _too_many(self, where: Location, *, another: bool = True) -> bool:
        """Whether following paths has cost more than any index needs; said once."""
        self._followed += another
        if self._followed > MOST_IMPORTS:
            what = f"the index has more than {MOST_IMPORTS:,} paths"
            hint = "Import whole folders with a glob."
        elif self.folders.exhausted:
            what = (
                f"the globs of the index search more than {paths.MOST_VISITED:,} files and folders"
            )
            hint = "Write globs that name their folder, such as families/*.yml."
        else:
            return False
        if not self._gave_up:
            self._gave_up = True
            self.report("MZ119", f"{what}; no path from here on is followed", where, hint)
        return True

    def real(self, path: Path) -> Path:
        """The path with symbolic links resolved, asked of the system once.

        A folder's files share what was found out of the folder.
        """
        found = self._reals.get(path)
        if found is None:
            if path.name and path.name != ".." and not os.path.islink(path):  # noqa: PTH114
                parent = path.parent
                found = (self.real(parent) if parent != path else path) / path.name
            else:
                found = real(path)
            self._reals[path] = found
        return found

    def _inside(self, path: Path) -> bool:
        return self.real(path).is_relative_to(self.real(self.root))

    # -- names and findings -----------------------------------------------------------------

    def label(self, path: Path) -> str:
        """The name of a file in findings."""
        if not self.relative:
            return path.as_posix()
        label = self._labels.get(path)
        if label is None:
            parent = path.parent
            folder = self._label_folders.get(parent)
            if folder is None:
                folder = self._label_folders[parent] = Path(os.path.relpath(parent))
            label = self._labels[path] = (folder / path.name).as_posix()
        return label

    def report(
        self,
        code: str,
        message: str,
        location: Location,
        hint: str,
        severity: Severity = Severity.ERROR,
    ) -> None:
        """Add a finding; of many alike in one file only their number is reported in the end."""
        finding = Finding(code, message, location, severity, hint=hint)
        alike = (code, location.file)
        self._alike[alike] += 1
        if self._alike[alike] <= MOST_ALIKE:
            self.findings.append(finding)
        else:
            self._left_out.setdefault(alike, finding)

    def _report_outside(self, written: str, where: Location) -> None:
        self.report(
            "MZ115",
            f"“{written}” leads out of the root {self.label(self.root)}",
            where,
            "Keep all files of the index below the root, or name a wider one with --root.",
        )

    def report_too_deep(self, path: Path, where: Location) -> None:
        """Report a file that too many others lead to."""
        self.report(
            "MZ119",
            f"{self.label(path)} is not read: it is at the end of a chain of {DEEPEST_IMPORT} files",
            where,
            "List all files in the root index, with a glob.",
        )

    def report_left_out(self) -> None:
        """Count the findings that were too many to list."""
        for key, first in self._left_out.items():
            message = (
                f"{self._alike[key] - MOST_ALIKE:,} more paths in this file have the same problem"
            )
            self.findings.append(replace(first, message=message))


def _fixed_part(pattern: str) -> str:
    """The part of a path before its first wildcard."""
    kept = []
    for part in pattern.split("/"):
        if paths.has_magic(part):
            break
        kept.append(part)
    return "/".join(kept)
