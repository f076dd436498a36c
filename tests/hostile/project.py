"""What a hostile project is made of: plain data, from which `build` makes a folder."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from metazoo.jsonfile import as_text
from metazoo.measure.versions import installed_versions

BASE = Path(__file__).with_name("base")
"""A project with one model, all of whose facts are right; a hostile project changes a part of it."""
SECRET = "SECRET-7d1f9a"  # noqa: S105 - nobody logs in with it
"""Stands in the files beside a project; no command may print it or write it anywhere."""
PWNED = "PWNED"
"""Stands after line breaks and escapes in hostile text; no line that is printed may begin with it."""
MODEL = "resnet10t.c3_in1k"
"""The base project's model."""


@dataclass(frozen=True)
class Link:
    """A symbolic link; ``{beside}`` in its target is the folder beside the project."""

    target: str


@dataclass(frozen=True)
class Fifo:
    """A named pipe that nobody writes to."""


@dataclass(frozen=True)
class Sparse:
    """A file of a size, with no content but zeros after its beginning."""

    size: int
    beginning: bytes = b""


@dataclass(frozen=True)
class Folder:
    """An empty folder."""


@dataclass(frozen=True)
class Gone:
    """A file or folder of the base that the project doesn't have."""


Content = str | bytes | Link | Fifo | Sparse | Folder | Gone


@dataclass(frozen=True)
class Project:
    """A hostile project, and what must come of it.

    Attributes:
        name: Unique; what tests call it.
        case: Number of the promise that it breaks without the mend; see the modules' docstrings.
        files: What differs from the base, by path. A name that isn't UTF-8 is given as bytes.
        shows: What a command must print, as a regular expression, by command.
        works: Commands that must exit with 0 and name the base's model.
        exits: Exit codes, by command.
        arguments: Further arguments, by command.
        only: The commands to run; all that are usual where empty.
        without: Usual commands to leave out, such as `verify` where it would measure in vain.
        more: Commands to run beside the usual: ``fix``.
        process: Whether each command is a process of its own, started by its script as a user does.
            Otherwise it is forked from a process in which everything is imported already.
        measures: Whether `verify` measures. Otherwise the cache knows what it needs, and `explain`
            looks at the base's model only.
        history: Files committed to git before `files` are written, by path; None for no repository.
        environment: Variables that are set, or removed with None.
        read_only: Whether nothing in the project may be written.
        no_home: Whether the user's home folder can't be written to.
        uid: Run as a user without an entry in the system's list; needs root.
        changes: Globs of the files that commands may change, beside `build.OUTPUTS`.
        gone: Text that no output and no written file may hold.
        holds: How many files there must be in the end, at least, by glob.
        most: Characters that a command may print.
        memory: Bytes of address space that a command may take.
    """

    name: str
    case: int
    files: Mapping[str | bytes, Content] = field(default_factory=dict)
    shows: Mapping[str, str] = field(default_factory=dict)
    works: tuple[str, ...] = ()
    exits: Mapping[str, int] = field(default_factory=dict)
    arguments: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    only: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    process: bool = False
    measures: bool = False
    history: Mapping[str | bytes, str] | None = None
    environment: Mapping[str, str | None] = field(default_factory=dict)
    read_only: bool = False
    no_home: bool = False
    uid: int | None = None
    changes: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    holds: Mapping[str, int] = field(default_factory=dict)
    most: int = 20_000_000
    memory: int = 4 * 2**30


@dataclass(frozen=True)
class Sandbox:
    """Folders of one project's run.

    Attributes:
        folder: Everything below; nothing else may be touched.
        root: The project.
        beside: A folder that is none of its business.
        home: The user's.
        cache: Where metazoo keeps what it measured.
        temporary: For temporary files.
        logs: What commands print.
    """

    folder: Path

    def __post_init__(self) -> None:
        for name in ("root", "beside", "home", "cache", "temporary", "logs"):
            object.__setattr__(self, name, self.folder / name)

    root: Path = field(init=False)
    beside: Path = field(init=False)
    home: Path = field(init=False)
    cache: Path = field(init=False)
    temporary: Path = field(init=False)
    logs: Path = field(init=False)


BESIDE = {
    "secret.txt": f"{SECRET}\n",
    "secret.yml": f"{SECRET}:\n- *{SECRET}\n",
    "index.yml": f"Models:\n- Name: {SECRET}\n  Metadata: {{FLOPs: '{SECRET}'}}\n",
    "glossary.yml": f"Convolution: {SECRET}\n{SECRET}: [1]\n",
    "waivers.yml": f"Waivers:\n- {SECRET}: [{SECRET}]\n",
    "card.md": f"# {SECRET}\n",
    "secret.json": f'{{"{SECRET}": "{SECRET}"}}\n',
    "package.json": f'{{"name": "{SECRET}"}}\n',
    "secret.toml": f'{SECRET} = "{SECRET}"\n',
    "explanations.jsonl": f'{{"{SECRET}": 1}}\n',
    "measured/other.json": f'{{"format": 1, "models": [{{"model": "{SECRET}"}}]}}\n',
    "folder/file.yml": f"Models: [{{Name: {SECRET}}}]\n",
}
"""Files in the folder beside a project: whatever a path or a link could lead to."""


def build(project: Project, folder: Path, cache: Path | None = None) -> Sandbox:
    """Make the folders of a project.

    Args:
        project: What to make.
        folder: An empty folder for everything.
        cache: A cache of measurements to begin with.
    """
    sandbox = Sandbox(folder)
    sandbox.folder.mkdir(exist_ok=True)
    shutil.copytree(BASE, sandbox.root)
    for made in (sandbox.beside, sandbox.home, sandbox.temporary, sandbox.logs):
        made.mkdir()
    (sandbox.home / "notes.txt").write_text(f"{SECRET}\n")
    if cache is not None:
        shutil.copytree(cache, sandbox.cache)
    else:
        sandbox.cache.mkdir()
    for name, text in BESIDE.items():
        _write(sandbox.beside / name, text.encode())
    records = sandbox.root / "model_index/measured/resnet.json"
    records.write_text(record_file(record()))
    if project.history is not None:
        _git(sandbox.root, "init", "-q")
        for name, content in project.history.items():
            _make(sandbox, name, content)
        _git(sandbox.root, "add", "-A")
        _git(sandbox.root, "commit", "-q", "-m", f"first\n::error::{PWNED}")
    for name, content in project.files.items():
        _make(sandbox, name, content)
    return sandbox


def _make(sandbox: Sandbox, name: str | bytes, content: Content) -> None:
    path = sandbox.root / os.fsdecode(name)
    if isinstance(content, Gone):
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        return
    if os.path.lexists(path) and not (isinstance(content, Folder) and path.is_dir()):
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    path.parent.mkdir(parents=True, exist_ok=True)
    match content:
        case Link(target):
            path.symlink_to(target.format(beside=sandbox.beside, home=sandbox.home))
        case Fifo():
            os.mkfifo(path)
        case Sparse(size, beginning):
            with path.open("wb") as file:
                file.write(beginning)
                file.truncate(size)
        case Folder():
            path.mkdir(exist_ok=True)
        case str():
            _write(path, content.replace("{beside}", str(sandbox.beside)).encode("utf-8"))
        case bytes():
            _write(path, content)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def record(**changes: object) -> dict[str, object]:
    """The base's record row, changed; made with the versions that are installed."""
    import json

    file = BASE / "model_index/measured/resnet.json"
    row = json.loads(file.read_text("utf-8"))["models"][0]
    return row | {"versions": dict(installed_versions("timm"))} | changes


def record_file(*rows: object) -> str:
    """A record file of these rows."""
    return as_text({"format": 1, "models": list(rows)})
