"""Runs `metazoo` and `mkdocs` in forks of one process that has imported everything."""

from __future__ import annotations

import atexit
import functools
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[1]


@dataclass(frozen=True)
class Answer:
    """What became of a command.

    Attributes:
        code: Its exit code; negative for the signal that ended it.
        cpu: Seconds of processor time, its children's included.
        hung: Why it was stopped, if it was.
    """

    code: int
    cpu: float
    hung: str | None


class CommandServer:
    """A process that runs commands; see `tests.command_server`."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.command_server"],
            cwd=REPOSITORY,
            # What libraries read when they are imported.
            env={**os.environ, "NO_COLOR": "1", "COLUMNS": "200", "NO_MKDOCS_2_WARNING": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(
        self,
        argv: list[str],
        *,
        cwd: Path,
        env: dict[str, str],
        stdout: Path,
        stderr: Path,
        process: bool = False,
        shares_workers: bool = False,
        seconds: int = 0,
        memory: int = 0,
        uid: int | None = None,
        bound: bool = False,
    ) -> Answer:
        """Run a command to its end.

        Args:
            argv: `metazoo` or `mkdocs`, and its arguments; or a program's path, if `process`.
            cwd: The folder to run it in.
            env: All its environment variables.
            stdout: The file that it prints to.
            stderr: The file for its standard error.
            process: Whether to run a program of its own instead of a fork.
            shares_workers: Whether it measures in workers that share one import of torch.
            seconds: Processor time that it may take; 0 for no limit.
            memory: Bytes of address space that it may take; 0 for no limit.
            uid: The user to run it as.
            bound: Whether to take away what root may do.
        """
        job = {
            "argv": argv,
            "cwd": str(cwd),
            "env": env,
            "stdout": str(stdout),
            "stderr": str(stderr),
            "process": process,
            "shares_workers": shares_workers,
            "seconds": seconds,
            "memory": memory,
            "uid": uid,
            "bound": bound,
        }
        assert self._process.stdin
        assert self._process.stdout
        print(json.dumps(job), file=self._process.stdin, flush=True)
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return Answer(answer["code"], answer["cpu"], answer["hung"])

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


@functools.cache
def server() -> CommandServer:
    """The server of this process; started on first use, ended with it."""
    started = CommandServer()
    atexit.register(started.close)
    return started


def run_forked(
    argv: list[str], cwd: Path | None, env: dict[str, str], *, shares_workers: bool = False
) -> subprocess.CompletedProcess[str]:
    """Run `metazoo` or `mkdocs` as `subprocess.run` would, and capture what it prints."""
    with tempfile.TemporaryDirectory() as folder:
        stdout, stderr = Path(folder, "stdout"), Path(folder, "stderr")
        answer = server().run(
            argv,
            cwd=cwd or Path.cwd(),
            env=env,
            stdout=stdout,
            stderr=stderr,
            shares_workers=shares_workers,
        )
        assert answer.hung is None, f"{argv} {answer.hung}"
        printed = (stdout.read_text("utf-8"), stderr.read_text("utf-8"))
    return subprocess.CompletedProcess(argv, answer.code, *printed)
