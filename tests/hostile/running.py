"""Runs every command on a hostile project, and says what went wrong."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from hashlib import sha256
from pathlib import Path

from tests.commands import server
from tests.hostile.project import MODEL, PWNED, SECRET, Project, Sandbox, build

COMMANDS = {
    "check": ("metazoo", "check"),
    "check-folder": ("metazoo", "check", "model_index"),
    "check-github": ("metazoo", "check", "--format", "github"),
    "check-sarif": ("metazoo", "check", "--format", "sarif"),
    "verify-check": ("metazoo", "verify", "--check"),
    "list": ("metazoo", "list"),
    "list-csv": ("metazoo", "list", "--format", "csv"),
    "list-json": ("metazoo", "list", "--format", "json"),
    "explain": ("metazoo", "explain"),
    "export-json": ("metazoo", "export"),
    "export-csv": ("metazoo", "export", "--to", "csv"),
    "export-index": ("metazoo", "export", "--to", "model-index"),
    "render": ("metazoo", "render", "--out", "build/pages"),
    "mkdocs": ("mkdocs", "build"),
    "verify": ("metazoo", "verify"),
}
"""The usual commands, those that may write last, so that each sees the project as it was sent."""
MORE = {
    "check-changed": ("metazoo", "check", "--changed-since", "HEAD"),
    "fix": ("metazoo", "check", "--fix"),
    "verify-fix": ("metazoo", "verify", "--fix"),
    "verify-no-records": ("metazoo", "verify", "--no-records"),
    "measure": ("metazoo", "measure", MODEL),
    "render-docs": ("metazoo", "render", "--out", "docs"),
}
"""Commands that only some projects ask for."""
OUTPUTS = (
    "site",
    "site/*",
    "build",
    "build/*",
    ".cache",
    ".cache/*",
    "model_index/measured/*.json",
)
"""Globs of what commands may write in a project."""
_DATA = {"export-json", "export-csv", "export-index", "list-csv", "list-json", "check-sarif"}
"""Commands whose output is data for programs: ``##[`` within a line stays as it is."""
SECONDS = 10
"""Processor time that a command may take."""
SECONDS_TO_MEASURE = 60
"""The same for one that imports torch and builds models."""

_LINE_ENDS = re.compile("\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85]")
_BEGINS_WITH_INDEX = re.compile(rf"\s*({PWNED}|::[a-z-]+::|##\[|##vso\[)")
_CONTROLS = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
_STEERS = re.compile(f"[{_CONTROLS}\u2028-\u202e\u2066-\u2069]")
_STEERS_IN_DATA = re.compile(f"[{_CONTROLS}]")
_LISTED = 6
"""How many files are named of which the same is to be said."""
_CRASHED = re.compile(
    r"Traceback \(most recent call last\)|Fatal Python error|This is a bug|MemoryError"
)


@dataclass(frozen=True)
class Outcome:
    """What a command came to.

    Attributes:
        code: Its exit code; negative for the signal that ended it.
        output: What it printed, standard output first.
        cpu: Seconds of processor time, its children's included.
        hung: Why it was stopped, if it was.
    """

    code: int
    output: str
    cpu: float = 0.0
    hung: str | None = None


class Server:
    """Runs the commands by their names in `COMMANDS`; see `tests.commands`."""

    def run(self, command: str, project: Project, sandbox: Sandbox) -> Outcome:
        """Run a command on a project, in its sandbox."""
        measures = project.measures and command in {"verify", "explain", "verify-no-records"}
        measures = measures or command == "measure"
        script, *arguments = (COMMANDS | MORE)[command]
        process = project.process or measures
        if process:
            script = str(Path(sys.executable).with_name(script))
        if command == "explain" and not project.measures:
            arguments += ["--model", "resnet10t*"]
        arguments += [a.format(beside=sandbox.beside) for a in project.arguments.get(command, ())]
        seconds = SECONDS_TO_MEASURE if measures else SECONDS
        stdout, stderr = (sandbox.logs / f"{command}.{end}" for end in ("out", "err"))
        answer = server().run(
            [script, *arguments],
            cwd=sandbox.root,
            env=_environment(project, sandbox),
            stdout=stdout,
            stderr=stderr,
            process=process,
            seconds=seconds,
            memory=0 if measures else project.memory,
            uid=project.uid,
            bound=project.read_only or project.no_home,
        )
        output = "\n".join(
            file.read_bytes().decode("utf-8", "backslashreplace") for file in (stdout, stderr)
        )
        hung = answer.hung
        if hung is None and answer.cpu > seconds:
            hung = f"took {answer.cpu:.0f} s of processor time"
        return Outcome(answer.code, output, answer.cpu, hung)


def _environment(project: Project, sandbox: Sandbox) -> dict[str, str]:
    environment: dict[str, str | None] = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(sandbox.home),
        "TMPDIR": str(sandbox.temporary),
        "METAZOO_CACHE": str(sandbox.cache),
        "NO_COLOR": "1",
        "COLUMNS": "200",
        "LC_ALL": "C.UTF-8",
        "NO_MKDOCS_2_WARNING": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "PYTHONDONTWRITEBYTECODE": "1",
        **project.environment,
    }
    return {
        name: value.format(beside=sandbox.beside)
        for name, value in environment.items()
        if value is not None
    }


_PRINTING = frozenset({0, 9, 11, 12, 15})
"""Cases about what is printed: for them every form of output is looked at."""
_FORMS = {"check-folder", "check-github", "check-sarif", "list-csv", "list-json", "export-csv"}


def commands_of(project: Project) -> list[str]:
    """The commands to run on a project, in their order."""
    if project.only:
        usual = [c for c in COMMANDS if c in project.only]
    else:
        needed = {*project.shows, *project.works, *project.exits}
        usual = [c for c in COMMANDS if c not in _FORMS or c in needed or project.case in _PRINTING]
    usual = [c for c in usual if c not in project.without]
    return [*usual, *(c for c in MORE if c in project.more or c in project.only)]


def faults_of(project: Project, folder: Path, server: Server, cache: Path | None) -> list[str]:
    """Make a project in an empty folder, run its commands, and list what went wrong.

    Returns:
        One line a fault, beginning with the commands that show it.
    """
    if project.uid is not None and folder.parent != Path(tempfile.gettempdir()):
        # Another user may not look into the folders above.
        with tempfile.TemporaryDirectory() as place:
            Path(place).chmod(0o755)
            return faults_of(project, Path(place), server, cache)
    sandbox = build(project, folder, cache)
    own = _snapshot(sandbox.root)
    if project.uid is not None:
        for path in (sandbox.root, *sandbox.root.rglob("*"), sandbox.cache, sandbox.temporary):
            os.chown(path, project.uid, project.uid, follow_symlinks=False)
        for path in sandbox.cache.rglob("*"):
            os.chown(path, project.uid, project.uid)
    if project.read_only:
        _make_read_only(sandbox.root)
    if project.no_home:
        _make_read_only(sandbox.home)
    others = _snapshot(sandbox.beside) | _snapshot(sandbox.home)
    found: dict[str, list[str]] = {}
    try:
        for command in commands_of(project):
            outcome = server.run(command, project, sandbox)
            faults = [
                *judged(command, outcome, project),
                *(f"read {path.relative_to(folder)}" for path in _read(others)),
            ]
            now = _snapshot(sandbox.beside) | _snapshot(sandbox.home)
            faults += _changes(others, now, folder)
            others = now
            for fault in faults:
                found.setdefault(fault.replace(str(folder), "…"), []).append(command)
    finally:
        if project.read_only or project.no_home:
            for path in (sandbox.root, sandbox.home):
                subprocess.run(["chmod", "-R", "u+w", path], check=True)
    faults = [f"{', '.join(commands)}: {fault}" for fault, commands in found.items()]
    for what in (_changed, _leaks, _broken_data):
        faults += _shortened_list([f"afterwards: {w}" for w in what(own, sandbox.root, project)])
    for glob, count in project.holds.items():
        found = len(list(sandbox.root.glob(glob)))
        if found < count:
            faults.append(f"afterwards: {found} files match {glob}, not {count}")
    return faults


def _shortened_list(faults: list[str]) -> list[str]:
    """The first faults of a kind, and how many there are."""
    rest = len(faults) - _LISTED
    return [*faults[:_LISTED], f"afterwards: and {rest} more"] if rest > 0 else faults


def judged(command: str, outcome: Outcome, project: Project) -> Iterator[str]:
    """What is wrong with what a command came to."""
    output = outcome.output
    if outcome.hung:
        yield outcome.hung
    elif outcome.code < 0:
        yield f"was ended by signal {-outcome.code}"
    elif outcome.code not in {0, 1, 2}:
        yield f"ended with exit code {outcome.code}"
    crashed = _CRASHED.search(output)
    if crashed:
        last = output.rstrip().rpartition("\n")[2]
        frames = re.findall(r'generator/(metazoo/\S+)", line (\d+)', output)
        where = " at {}:{}".format(*frames[-1]) if frames else ""
        yield f"{crashed[0]} …{where}: {last[:200]}"
    if len(output) > project.most:
        yield f"printed {len(output):,} characters"
    if SECRET in output or "root:x:0:0" in output:
        yield f"printed what stands outside of the project: {_line_with(output, SECRET)[:200]!r}"
    for text in project.gone:
        if text in output:
            yield f"printed {text!r}"
    for line in _LINE_ENDS.split(output):
        if _BEGINS_WITH_INDEX.match(line):
            yield f"printed a line that begins with text of the index: {line[:120]!r}"
            break
        if command not in _DATA and ("##[" in line or "##vso[" in line):
            yield f"printed a line with a command to a runner: {line[:120]!r}"
            break
    steers = _STEERS_IN_DATA if command in _DATA else _STEERS
    if steering := steers.search(output):
        yield f"printed U+{ord(steering[0]):04X}: {_line_with(output, steering[0])[:120]!r}"
    if crashed or outcome.hung or outcome.code < 0:
        return  # what else it should have shown says nothing more
    wanted = project.shows.get(command)
    if wanted is not None and not re.search(wanted, output):
        yield f"didn't show {wanted!r} but {_shortened(output)!r}"
    if command in project.exits and outcome.code != project.exits[command]:
        yield (
            f"ended with exit code {outcome.code}, not {project.exits[command]}:"
            f" {_shortened(output)!r}"
        )
    if command in project.works:
        if outcome.code != 0:
            yield f"ended with exit code {outcome.code}, not 0: {_shortened(output)!r}"
        if command in {"list", "list-csv", "export-json", "export-csv"} and MODEL not in output:
            yield f"didn't name {MODEL}"


def _line_with(output: str, text: str) -> str:
    return next((line for line in output.split("\n") if text in line), "")


def _shortened(output: str) -> str:
    text = output.strip()
    return text if len(text) < 400 else f"{text[:150]} … {text[-250:]}"


@dataclass(frozen=True)
class _Entry:
    kind: int
    mode: int
    content: str


def _snapshot(folder: Path) -> dict[Path, _Entry]:
    """Kind, mode and content of everything in a folder; what is read afterwards will show by its time."""
    found = {}
    for path in _walk(folder):
        status = path.lstat()
        content = ""
        if stat.S_ISLNK(status.st_mode):
            content = os.readlink(path)  # noqa: PTH115
        elif stat.S_ISREG(status.st_mode) and status.st_size < 2**24:
            content = sha256(path.read_bytes()).hexdigest()
            # Older than its change: the next reader sets the time of access, on any usual mount.
            os.utime(path, ns=(0, status.st_mtime_ns))
        found[path] = _Entry(stat.S_IFMT(status.st_mode), stat.S_IMODE(status.st_mode), content)
    return found


def _walk(folder: Path) -> Iterator[Path]:
    with os.scandir(folder) as entries:
        for entry in entries:
            yield Path(entry.path)
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(Path(entry.path))


def _read(snapshot: dict[Path, _Entry]) -> Iterator[Path]:
    for path, entry in snapshot.items():
        if stat.S_ISREG(entry.kind) and os.path.lexists(path) and path.lstat().st_atime_ns != 0:
            yield path


def _changes(before: dict[Path, _Entry], after: dict[Path, _Entry], folder: Path) -> Iterator[str]:
    for path in sorted(before.keys() | after.keys()):
        name = path.relative_to(folder)
        if path not in after:
            yield f"deleted {name}"
        elif path not in before:
            yield f"made {name}"
        elif before[path] != after[path]:
            yield f"changed {name}"


def _changed(own: dict[Path, _Entry], root: Path, project: Project) -> Iterator[str]:
    """What became of the project's own files that no command should touch."""
    now = _snapshot(root)
    for path in sorted(own.keys() | now.keys()):
        name = path.relative_to(root).as_posix()
        if any(fnmatchcase(name, glob) for glob in project.changes):
            continue
        made = path not in own
        written = any(fnmatchcase(name, glob) for glob in OUTPUTS)
        if made and (written or name == ".git" or name.startswith(".git/")):
            continue
        if path not in now:
            yield f"{name!r} was deleted"
        elif made:
            yield f"{name!r} was made"
        elif own[path] != now[path] and not name.startswith(".git/"):
            yield f"{name!r} was changed"


def _leaks(own: dict[Path, _Entry], root: Path, project: Project) -> Iterator[str]:
    """Files that were written with what stands outside."""
    for path in _walk(root):
        if path in own or path.is_symlink() or not path.is_file():
            continue
        content = path.read_bytes()
        for text in (SECRET, "root:x:0:0", *project.gone):
            if text.encode() in content:
                yield f"{path.relative_to(root)} holds {text!r}"


def _broken_data(own: dict[Path, _Entry], root: Path, project: Project) -> Iterator[str]:
    """Files for programs that are no JSON, and the explorer's data with two columns of one key."""
    for path in _walk(root):
        if path in own or path.is_symlink() or not path.is_file():
            continue
        name = path.relative_to(root)
        if path.suffix == ".json":
            try:
                json.loads(path.read_bytes(), parse_constant=_refuse)
            except ValueError as error:
                yield f"{name} is no JSON: {error}"
        elif path.name == "explorer-data.js":
            keys = re.findall(r'\{"key":("(?:[^"\\]|\\.)*")', path.read_text("utf-8"))
            twice = sorted({key for key in keys if keys.count(key) > 1})
            if twice:
                yield f"{name} has columns of one key: {twice}"


def _refuse(constant: str) -> None:
    raise ValueError(f"JSON has no {constant}")


def _make_read_only(folder: Path) -> None:
    for path in (folder, *_walk(folder)):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode & ~0o222)


def warm(folder: Path, server: Server) -> Path:
    """A cache that knows all that the base project's commands measure.

    Args:
        folder: An empty folder.
        server: Runs the commands.
    """
    base = Project("base", 0, {"model_index/measured/resnet.json": "{}"}, measures=True)
    project = Project("base", 0, measures=True)
    sandbox = build(base, folder)
    (sandbox.root / "model_index/measured/resnet.json").unlink()
    for command in ("verify", "explain", "render"):
        outcome = server.run(command, project, sandbox)
        if outcome.code != 0:
            raise AssertionError(f"{command} fails on the base project:\n{outcome.output}")
    return sandbox.cache


def report(projects: Iterable[Project], folder: Path) -> int:
    """Run projects and print what went wrong, by project and command; return how many failed."""
    server = Server()
    failed = 0
    cache = warm(_fresh(folder / "warm"), server)
    for project in projects:
        place = _fresh(folder / project.name)
        try:
            faults = faults_of(project, place, server, cache)
        except Exception as error:  # noqa: BLE001 - a fault of the corpus: the others still run
            faults = [f"the corpus: {error!r}"]
        failed += bool(faults)
        print(f"{'FAIL' if faults else 'ok'}  {project.name} (case {project.case})", flush=True)
        for fault in faults:
            print(f"      {fault}")
        shutil.rmtree(place, ignore_errors=True)
    return failed


def _fresh(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder
