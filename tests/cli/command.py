"""Runs the real command as a user would."""

import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

from tests.commands import run_forked

DATA = Path(__file__).parents[1] / "data"


def metazoo(*arguments, cwd=None, torch=True, process=False, **environment):
    """Run `metazoo` with arguments, in a fork of a process that has imported everything.

    Args:
        arguments: Of the command.
        cwd: The folder to run it in.
        torch: Whether torch and timm can be imported; if not, it runs in a Python of its own.
        process: Whether to run it in a Python of its own, as a user does.
        environment: Further variables.
    """
    env = {
        **os.environ,
        "NO_COLOR": "1",
        "COLUMNS": "200",
        "PYTHONWARNINGS": "error",
        **environment,
    }
    if torch and not process:
        return run_forked(["metazoo", *map(str, arguments)], cwd, env, shares_workers=True)
    if not torch:
        env["PYTHONPATH"] = str(DATA / "without_torch")
    return subprocess.run(
        [sys.executable, "-m", "metazoo", *map(str, arguments)],
        cwd=cwd,
        env=env,
        capture_output=True,
        text=True,
        timeout=600,  # only against hanging, on however busy a machine
        check=False,
    )


def git(folder, *arguments):
    """Run git in a folder."""
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


# Where tests run in the background of a shell, their children are told to ignore interrupts.
_INTERRUPTIBLE = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
def tell(event, arguments):
    if event == "import" and arguments[0] == "metazoo.measure.run":
        sys.stderr.write("begun\\n")
        sys.stderr.flush()
sys.addaudithook(tell)
from metazoo.cli import main
main()
"""


@contextmanager
def running(*arguments):
    """A run of `metazoo` that goes on meanwhile, in a process group of its own; killed at the end.

    A line of its standard error says "begun" when the command is about to measure.
    """
    run = subprocess.Popen(
        [sys.executable, "-c", _INTERRUPTIBLE, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield run
    finally:
        run.kill()
        run.communicate()
