"""Find what a change affects: ``--changed-since REV`` of ``metazoo check`` and ``verify``."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from metazoo.errors import UsageError
from metazoo.files import real
from metazoo.git import git

if TYPE_CHECKING:
    from metazoo.findings import Finding
    from metazoo.index.model import ModelIndex


def touched(findings: Iterable[Finding], index: ModelIndex, revision: str) -> list[Finding]:
    """Return the findings in what changed since a revision.

    Args:
        findings: The findings of the whole index.
        index: As read.
        revision: A commit, branch or tag in the git repository of the index.

    Raises:
        UsageError: There is no such repository or revision.
    """
    reached = _reached(index, _changed_files(_folder(index), revision))
    models = _in_collections_of(reached, index)
    return [f for f in findings if f.location.file in reached or f.model in models]


def touched_models(index: ModelIndex, records: Path | None, revision: str) -> set[str]:
    """Return the names of the models that changed since a revision, or whose records did.

    A change in a source's own code affects all models of the source.

    Args:
        index: As read.
        records: Folder of the records; None for none.
        revision: As for `touched`.

    Raises:
        UsageError: As for `touched`.
    """
    from metazoo.measure.versions import own_code
    from metazoo.verify.books import record_names

    changed = _changed_files(_folder(index), revision)
    reached = _reached(index, changed)
    names = _in_collections_of(reached, index)
    record_of = record_names(index)
    rewritten = {file.name for file in changed if records and file.parent == real(records)}
    sources = {id(model): index.source_of(model) for model in index.models}
    rewritten_sources = {
        source
        for source in {value.text for value in sources.values() if value is not None}
        if any(file in changed for file in own_code(source))
    }
    return names | {
        model.name.text
        for model in index.models
        if model.location.file in reached
        or record_of[model.location.file] in rewritten
        or ((source := sources[id(model)]) is not None and source.text in rewritten_sources)
    }


def _folder(index: ModelIndex) -> Path:
    return index.files[0].absolute().parent if index.files else Path.cwd()


def _reached(index: ModelIndex, changed: set[Path]) -> set[str]:
    """Return the changed files of an index and all files that they import."""
    reached = {file for file in index.imports if real(Path(file)) in changed}
    reached |= {str(f) for f in map(Path.as_posix, index.files) if real(Path(f)) in changed}
    waiting = list(reached)
    while waiting:
        for imported in index.imports.get(waiting.pop(), ()):
            if imported not in reached:
                reached.add(imported)
                waiting.append(imported)
    return reached


def _in_collections_of(files: set[str], index: ModelIndex) -> set[str]:
    """Return the models whose collections are in these files, wherever the models are."""
    families = {c.name.text for c in index.collections if c.location.file in files}
    return {
        model.name.text
        for model in index.models
        if any(name.text in families for name in model.collections)
    }


def _changed_files(folder: Path, revision: str) -> set[Path]:
    if revision.startswith("-") or not revision.strip():
        raise UsageError(f"{revision!r} is not a revision")
    top = Path(_git(folder, "rev-parse", "--show-toplevel").rstrip("\n"))
    _git(top, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    names = _git(top, "diff", "--name-only", "--no-renames", "-z", revision, "--")
    names += _git(top, "ls-files", "--others", "--exclude-standard", "-z")
    return {real(top / name) for name in names.split("\0") if name}


def _git(folder: Path, *arguments: str) -> str:
    try:
        result = git(folder, *arguments)
    except FileNotFoundError:
        raise UsageError("--changed-since needs git, which is not installed") from None
    if result.returncode:
        said = (
            result.stderr.strip()
            or f"{arguments[-1].removesuffix('^{commit}')!r} is not a revision"
        )
        raise UsageError(f"--changed-since: {said}")
    return result.stdout
