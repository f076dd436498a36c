"""Which findings a change is answerable for: ``metazoo check --changed-since REV``."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from metazoo.errors import UsageError

if TYPE_CHECKING:
    from metazoo.findings import Finding
    from metazoo.index.model import ModelIndex


def touched(findings: Iterable[Finding], index: ModelIndex, revision: str) -> list[Finding]:
    """The findings in what changed since a revision.

    Changed are files that differ from the revision or are not tracked, what they import, and the
    models of collections that stand in them: an import or a collection changes its models.

    Args:
        findings: Of the whole index, so that a change is held against what it leaves alone.
        index: As read.
        revision: A commit, branch or tag of the git repository that the index lies in.

    Raises:
        UsageError: There is no such repository or revision.
    """
    folder = index.files[0].absolute().parent if index.files else Path.cwd()
    changed = _changed_files(folder, revision)
    reached = {file for file in index.imports if Path(file).resolve() in changed}
    reached |= {str(f) for f in map(Path.as_posix, index.files) if Path(f).resolve() in changed}
    waiting = list(reached)
    while waiting:
        for imported in index.imports.get(waiting.pop(), ()):
            if imported not in reached:
                reached.add(imported)
                waiting.append(imported)
    families = {c.name.text for c in index.collections if c.location.file in reached}
    models = {
        model.name.text
        for model in index.models
        if any(name.text in families for name in model.collections)
    }
    return [f for f in findings if f.location.file in reached or f.model in models]


def _changed_files(folder: Path, revision: str) -> set[Path]:
    if revision.startswith("-") or not revision.strip():
        raise UsageError(f"{revision!r} is no revision")
    top = Path(_git(folder, "rev-parse", "--show-toplevel").rstrip("\n"))
    _git(top, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    names = _git(top, "diff", "--name-only", "--no-renames", "-z", revision, "--")
    names += _git(top, "ls-files", "--others", "--exclude-standard", "-z")
    return {(top / name).resolve() for name in names.split("\0") if name}


def _git(folder: Path, *arguments: str) -> str:
    try:
        result = subprocess.run(  # noqa: S603
            ["git", "-C", str(folder), *arguments],  # noqa: S607 (git is where the user has it)
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        raise UsageError("--changed-since needs git, which is not installed") from None
    if result.returncode:
        said = (
            result.stderr.strip() or f"{arguments[-1].removesuffix('^{commit}')!r} is no revision"
        )
        raise UsageError(f"--changed-since: {said}")
    return result.stdout
