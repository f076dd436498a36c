"""Runs commands in forks of one process that has imported everything.

Thousands of commands, each in a Python that starts from nothing, would take many minutes. The server reads
one job a line from standard input and writes one answer a line to standard output, both JSON; see
`tests.commands` for what a job holds.
"""

from __future__ import annotations

import functools
import gc
import json
import logging
import os
import resource
import signal
import sys
import tempfile
import time
import traceback
import warnings
from contextlib import redirect_stderr, redirect_stdout, suppress
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket

from metazoo import config
from metazoo.measure import processes

REPOSITORY = Path(__file__).parents[1]
SECONDS_OF_WALL = 900
"""A command is stopped after this time, however busy the machine is."""
SECONDS_OF_REST = 10
"""A command is stopped if none of its processes has run for this long: it waits forever."""
MEASURING = {"bench", "explain", "import", "measure", "verify"}
"""Commands that may need a worker with torch."""
_TICKS = os.sysconf("SC_CLK_TCK")


class _Templates(jinja2.BytecodeCache):
    """Keeps compiled templates, which take longer to make than the pages; forks inherit them."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill a bucket with what is kept for the template's name and text."""
        kept = self._kept.get(bucket.key + bucket.checksum)
        if kept is not None:
            bucket.bytecode_from_string(kept)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self._kept[bucket.key + bucket.checksum] = bucket.bytecode_to_string()


def _keep_templates() -> None:
    kept, init = _Templates(), jinja2.Environment.__init__

    @functools.wraps(init)
    def with_cache(*arguments: object, **named: object) -> None:
        named.setdefault("bytecode_cache", kept)
        init(*arguments, **named)

    jinja2.Environment.__init__ = with_cache


def _run_everything_once() -> None:
    """Run commands on the base project, so that all is imported and cached what takes long to make."""
    from mkdocs.__main__ import cli
    from mkdocs.config.defaults import MkDocsConfig

    from metazoo.cli.app import app
    from tests.hostile.project import Project, build

    with tempfile.TemporaryDirectory() as folder:
        root = build(Project("base", 0), Path(folder)).root
        before, environment = Path.cwd(), dict(os.environ)
        os.chdir(root)
        commands = (
            *(("check", "--format", name) for name in ("text", "github", "sarif")),
            ("verify", "--check"),
            *(("list", "--format", name) for name in ("text", "csv", "json")),
            *(("export", "--to", name) for name in ("json", "csv", "model-index")),
            ("render", "--out", "build"),
        )
        with (
            Path(os.devnull).open("w") as nothing,
            redirect_stdout(nothing),
            redirect_stderr(nothing),
        ):
            for command in commands:
                app(command, standalone_mode=False)
            cli(("build", "--quiet"), standalone_mode=False)
        os.chdir(before)
        os.environ.clear()
        os.environ.update(environment)
    logging.getLogger("mkdocs").handlers.clear()
    # MkDocs keeps a plugin from one build to the next, and with it the base project's templates.
    MkDocsConfig.plugins.plugin_cache.clear()
    config._project = None


class _SharedWorkers:
    """Lends commands the process that has imported torch, so that none imports it anew."""

    def __init__(self) -> None:
        self._server = processes._Server()

    def is_running(self) -> bool:
        """Say so always: only the process that started it can ask it."""
        return True

    def fork(self, *descriptors: int) -> None:
        """Fork a worker."""
        self._server.fork(*descriptors)

    def stop(self) -> None:
        """Leave it to the next command."""


def _run(job: dict[str, object]) -> None:
    """Become the command; never returns."""
    code = 1
    try:
        _prepare(job)
        arguments = [str(a) for a in job["argv"]]
        if job["process"]:
            os.execv(arguments[0], arguments)  # noqa: S606
        sys.argv = arguments
        if not job["shares_workers"]:
            processes._server = None
        sys.path[:] = [path for path in sys.path if Path(path) != REPOSITORY]
        if os.environ.get("PYTHONWARNINGS") == "error":
            warnings.simplefilter("error")
        if arguments[0] == "mkdocs":
            from mkdocs.__main__ import cli

            cli(prog_name="mkdocs")
        else:
            from metazoo.cli import main

            main()
        code = 0
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            code = end.code or 0
        else:
            print(end.code, file=sys.stderr)
    except BaseException:  # noqa: BLE001 - as Python itself ends a program
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _prepare(job: dict[str, object]) -> None:
    os.setsid()
    for number, name in ((1, "stdout"), (2, "stderr")):
        file = os.open(str(job[name]), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(file, number)
        os.close(file)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if job["seconds"]:
        seconds = int(job["seconds"])
        resource.setrlimit(resource.RLIMIT_CPU, (seconds + 2, seconds + 4))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if job["memory"]:
        resource.setrlimit(resource.RLIMIT_AS, (int(job["memory"]),) * 2)
    os.environ.clear()
    os.environ.update(job["env"])
    os.chdir(str(job["cwd"]))
    os.umask(0o022)
    if job["uid"] or job["bound"]:
        from tests.hostile.privileges import bind

        bind(job["uid"])


def _watch(child: int, may_rest: bool) -> dict[str, object]:
    begun = moved = time.monotonic()
    used, why = 0, None
    while True:
        pid, status, usage = os.wait4(child, os.WNOHANG)
        if pid:
            break
        now = time.monotonic()
        if now - begun > 2 and not may_rest:
            present, runnable = _activity(child)
            if present != used or runnable:
                used, moved = present, now
            if now - moved > SECONDS_OF_REST:
                why = "waited for ever"
        if now - begun > SECONDS_OF_WALL:
            why = "took too long"
        if why:
            os.killpg(child, signal.SIGKILL)
            _, status, usage = os.wait4(child, 0)
            break
        time.sleep(0.003 if now - begun < 2 else 0.1)
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    return {
        "code": os.waitstatus_to_exitcode(status),
        "hung": why,
        "cpu": usage.ru_utime + usage.ru_stime,
        "kilobytes": usage.ru_maxrss,
    }


def _activity(root: int) -> tuple[int, bool]:
    """Processor time of a process and its descendants so far, and whether one of them can run."""
    states: dict[int, tuple[int, int, bool]] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        time_used = int(fields[11]) + int(fields[12])
        states[int(entry.name)] = (int(fields[1]), time_used, fields[0] in "RD")
    family, size = {root}, 0
    while len(family) > size:
        size = len(family)
        family |= {pid for pid, (parent, _, _) in states.items() if parent in family}
    found = [states[pid] for pid in family if pid in states]
    return sum(used for _, used, _ in found), any(runs for _, _, runs in found)


def main() -> None:
    """Answer until there are no more jobs."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    _keep_templates()
    _run_everything_once()
    gc.collect()
    gc.freeze()
    for line in sys.stdin:
        job = json.loads(line)
        if job["shares_workers"] and processes._server is None:
            processes._server = _SharedWorkers()
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            _run(job)
        print(json.dumps(_watch(child, job["shares_workers"])), file=answers)


if __name__ == "__main__":
    main()
