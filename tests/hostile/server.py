"""Runs commands in forks of one process in which everything is imported already.

A hundred projects times a dozen commands, each in a process that starts from nothing, would take many
minutes. One job a line on standard input, one answer a line on standard output, both JSON.
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
from contextlib import redirect_stderr, redirect_stdout, suppress
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket

SECONDS_OF_WALL = 120
"""After which a command is stopped, however busy the machine is."""
SECONDS_OF_REST = 10
"""After which a command is stopped none of whose processes has run meanwhile: it waits forever."""
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


def _run(job: dict[str, object]) -> None:
    """Become the command; never returns."""
    code = 1
    try:
        _prepare(job)
        arguments = [str(a) for a in job["argv"]]
        if job["process"]:
            os.execv(arguments[0], arguments)  # noqa: S606
        sys.argv = arguments
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


def _watch(child: int) -> dict[str, object]:
    begun = moved = time.monotonic()
    used, why = 0, None
    while True:
        pid, status, usage = os.wait4(child, os.WNOHANG)
        if pid:
            break
        now = time.monotonic()
        if now - begun > 2:
            present, runnable = _activity(child)
            if present != used or runnable:
                used, moved = present, now
            if now - moved > SECONDS_OF_REST or now - begun > SECONDS_OF_WALL:
                why = "waited for ever" if now - moved > SECONDS_OF_REST else "took too long"
                os.killpg(child, signal.SIGKILL)
                _, status, usage = os.wait4(child, 0)
                break
            time.sleep(0.2)
        else:
            time.sleep(0.003)
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    return {
        "code": os.waitstatus_to_exitcode(status),
        "hung": why,
        "cpu": usage.ru_utime + usage.ru_stime,
        "kilobytes": usage.ru_maxrss,
    }


def _activity(group: int) -> tuple[int, bool]:
    """Processor time of a process group so far, and whether one of its processes can run."""
    total, runnable = 0, False
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        if int(fields[2]) == group:
            total += int(fields[11]) + int(fields[12])
            runnable = runnable or fields[0] in "RD"
    return total, runnable


def main() -> None:
    """Answer until there are no more jobs."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    _keep_templates()
    _run_everything_once()
    gc.collect()
    gc.freeze()
    for line in sys.stdin:
        job = json.loads(line)
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            _run(job)
        print(json.dumps(_watch(child)), file=answers)


if __name__ == "__main__":
    main()
