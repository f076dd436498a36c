"""Where workers come from: a process that has imported torch once and forks.

`metazoo.measure.processes` starts it, and asks it for workers over a socket that has no name in the file
system, so a model that deletes the temporary files of the machine takes nothing away. Each worker is two
processes:

- the *guard* runs none of the model's code. It waits for the worker to end or for the parent to hang up,
  then kills all that is left: the worker, its children, and whatever they started in sessions of
  their own.
- the *worker* does one call at a time, itself or in a fork of its own.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import pickle
import signal
import socket
import struct
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import Any, NoReturn

from metazoo import config
from metazoo.errors import MetazooError
from metazoo.measure.faults import sentence

STATUS = struct.Struct("i")
"""The worker's exit code, as the guard says it; a negative one is a signal."""

alone = False
"""Whether this process does a single call, so that what it leaves behind meets nobody."""

_PATIENCE = 5.0
"""Seconds for which processes are killed that start others as fast."""
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36


class SpoiledError(Exception):
    """A call has changed what the calls after it in this process would meet: it is to be done anew."""


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker is told to do.

    Attributes:
        function: Of a module, since another process looks it up by name.
        arguments: For it.
        first: Called before it with the same arguments, in a process that further calls share; what it
            returns, if not None, is the result.
        fresh: Whether to call the function in a fork that does nothing else.
    """

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    first: Callable[..., Any] | None = None
    fresh: bool = False


def main(descriptor: int) -> NoReturn:
    """Fork a worker whenever two sockets arrive, until the parent hangs up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # what it means, the parent decides
    control = socket.socket(fileno=descriptor)
    # What fails here fails again in the worker that needs it, which says so.
    with contextlib.suppress(Exception):
        import metazoo.measure.preloaded  # noqa: F401
    # Of the threads that a source starts, a fork has none: it waits for none of them either.
    warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # guards leave no trace
    while True:
        data, descriptors, _, _ = socket.recv_fds(control, 1, 2)
        if not data:
            os._exit(0)
        for number in descriptors:
            os.set_inheritable(number, False)
        with contextlib.suppress(OSError):  # no more processes: the parent sees the sockets close
            if os.fork() == 0:
                control.close()
                _guard(*descriptors)
        for number in descriptors:
            os.close(number)


def _guard(calls: int, status: int) -> NoReturn:
    """Start a worker, and see to it that nothing of it is left."""
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        _prctl(_PR_SET_CHILD_SUBREAPER, 1)
        worker = os.fork()
        if worker == 0:
            os.close(status)
            _work(calls)
        os.close(calls)
        threading.Thread(target=_kill_when_told, args=(status, worker), daemon=True).start()
        _, ended = os.waitpid(worker, 0)
        _kill_group(worker)
        end_children()
        with contextlib.suppress(OSError):  # nobody listens any more
            os.write(status, STATUS.pack(os.waitstatus_to_exitcode(ended)))
    finally:
        os._exit(0)


def _kill_when_told(status: int, worker: int) -> None:
    os.read(status, 1)  # the parent writes nothing: it hangs up, or is gone
    _kill(worker)


def _work(calls: int) -> NoReturn:
    """Do what the parent asks for, until it hangs up."""
    code = 1
    try:
        _end_with_parent()
        os.setsid()
        _prctl(_PR_SET_CHILD_SUBREAPER, 1)
        parent = Connection(calls)
        search, folder, variables, project = parent.recv()
        sys.path[:] = search
        os.environ.clear()
        os.environ.update(variables)
        if folder is not None:
            os.chdir(folder)
        if project is not None:
            config.work_on(project)
        with contextlib.suppress(EOFError, ConnectionError):  # the parent has hung up
            prepare, arguments = parent.recv()
            kind, value = _outcome(prepare, arguments)
            parent.send(("ready", None) if kind == "returned" else (kind, value))
            while kind != "spoiled":
                job = parent.recv()
                kind, value = _done(job, parent)
                parent.send((kind, value))
        code = 0
    except BaseException:  # noqa: BLE001  # it must not go on as the server
        traceback.print_exc()
    finally:
        os._exit(code)


def _done(job: Job, parent: Connection) -> tuple[str, Any]:
    if job.first is not None:
        kind, value = _outcome(job.first, job.arguments)
        if kind != "returned" or value is not None:
            return kind, value
    if job.fresh:
        return _in_a_fork(job, parent)
    return _outcome(job.function, job.arguments)


def _in_a_fork(job: Job, parent: Connection) -> tuple[str, Any]:
    """Do a job in a process that ends with it, as do the processes that it starts."""
    global alone
    before = _children()
    reader, writer = Pipe(duplex=False)
    child = os.fork()
    if child == 0:
        try:
            alone = True
            reader.close()
            parent.close()
            _end_with_parent()
            os.setsid()
            writer.send(_outcome(job.function, job.arguments))
        finally:
            os._exit(0)
    writer.close()
    ended = outcome = None
    with reader:
        while ended is None and not reader.poll(0.05):
            pid, status = os.waitpid(child, os.WNOHANG)
            ended = status if pid else None
        if reader.poll():
            with contextlib.suppress(EOFError):
                outcome = reader.recv()
        if outcome is None and ended is None:
            _, ended = os.waitpid(child, 0)
    if ended is None:
        _kill(child)
        os.waitpid(child, 0)
    _kill_group(child)
    end_children(before)
    return outcome or ("ended", os.waitstatus_to_exitcode(ended or 0))


def _outcome(function: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[str, Any]:
    """What a call comes to, in a form that can be sent."""
    try:
        outcome: tuple[str, Any] = "returned", function(*arguments)
    except SpoiledError as error:
        outcome = "spoiled", str(error)
    except Exception as error:  # noqa: BLE001  # the parent raises it
        outcome = "raised", _sendable(error)
    except BaseException as error:  # noqa: BLE001  # KeyboardInterrupt, say: its own, not the user's
        outcome = "lost", f"raised {type(error).__name__}"
    with contextlib.suppress(Exception):  # a stream that the call has closed
        sys.stdout.flush()
        sys.stderr.flush()
    try:
        pickle.dumps(outcome)
    except Exception as error:  # noqa: BLE001
        outcome = "lost", f"gave a result that can't be sent: {sentence(error)}"
    return outcome


def _sendable(error: Exception) -> Exception:
    """An exception that the parent can raise, which has none of the classes of a source."""
    told = "".join(traceback.format_exception(error))
    if isinstance(error, MetazooError):
        with contextlib.suppress(Exception):  # some are made of more than their text
            pickle.loads(pickle.dumps(error))  # noqa: S301  # just written
            return error
        return MetazooError(sentence(error, named=False))
    sent = RuntimeError(sentence(error))
    sent.add_note(told)
    return sent


def end_children(spare: frozenset[int] = frozenset()) -> None:
    """Kill the children of this process, and theirs as these are handed up; on Linux only.

    Args:
        spare: Those to leave alone.
    """
    until = time.monotonic() + _PATIENCE
    while (todo := _children() - spare) and time.monotonic() < until:
        for pid in todo:
            _kill(pid)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)


def _children() -> frozenset[int]:
    """The children of this process, those included that have ended and nobody has waited for."""
    found: set[int] = set()
    for file in Path("/proc/self/task").glob("*/children"):
        with contextlib.suppress(OSError):  # that thread has ended
            found.update(map(int, file.read_text().split()))
    return frozenset(found)


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGKILL)
    _kill_group(pid)


def _kill_group(leader: int) -> None:
    """Kill the processes of a group, which may outlive its leader."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def _end_with_parent() -> None:
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)
