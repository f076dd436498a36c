"""The command line: one thin module a command, tied together here.

Modules here import at the top only what `--help` needs; what a command needs to run, it imports
inside its function. That keeps `metazoo --help` fast and torch out of everything but measuring.
"""

from __future__ import annotations

import os
import sys

from metazoo import safepath

CLEAN = 0
"""Exit code: nothing of severity error."""
FOUND = 1
"""Exit code: findings of severity error, models that differ or could not be measured."""
UNUSABLE = 2
"""Exit code: the command line is wrong, or nothing could be read."""
INTERRUPTED = 130
"""Exit code: stopped by the user, as shells count it (128 + SIGINT)."""


def main() -> None:
    """Run the command line; the entry point of the `metazoo` command."""
    safepath.leave_working_directory()
    _fill_closed_streams()
    from metazoo.errors import NEEDS_POSIX, MetazooError

    if sys.platform == "win32":
        sys.stderr.write(f"metazoo: {NEEDS_POSIX}\n")
        sys.exit(UNUSABLE)
    from metazoo.cli.app import app
    from metazoo.sanitize import printable

    try:
        app(prog_name="metazoo")
    except MetazooError as error:
        print(f"metazoo: {printable(str(error))}", file=sys.stderr)
        sys.exit(UNUSABLE)
    except KeyboardInterrupt:
        print("metazoo: interrupted", file=sys.stderr)
        sys.exit(INTERRUPTED)
    except SystemExit as end:
        # Typer exits with this code when it is interrupted, without a message.
        if isinstance(getattr(end.__context__, "__cause__", None), KeyboardInterrupt):
            print("metazoo: interrupted", file=sys.stderr)
        raise
    except BrokenPipeError:
        # The reader of our output (`| head`) has gone, which is no error. Python would complain again
        # when it flushes at exit, so standard output is redirected to the null device first.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(CLEAN)
    except OSError as error:
        # The disk is full, say, or a folder went away.
        what = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        print(f"metazoo: {printable(what)}", file=sys.stderr)
        sys.exit(UNUSABLE)


def _fill_closed_streams() -> None:
    """Open the null device for each standard stream that is closed, as under some schedulers.

    Otherwise the next file or socket takes the stream's number, and output goes there.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            mode = os.O_RDONLY if name == "stdin" else os.O_WRONLY
            os.dup2(os.open(os.devnull, mode), number)
            os.set_inheritable(number, True)  # which `dup2` leaves undone where the two are one
            setattr(sys, name, os.fdopen(number, "r" if name == "stdin" else "w", closefd=False))
