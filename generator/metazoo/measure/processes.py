"""Run functions in processes of their own, so that what they do to a process costs them only.

The processes come from a server (`metazoo.measure.server`), which is started on first use. When one is
no longer wanted, or this process ends in whatever way, it is killed with all that it started. No torch is
imported here.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import pickle
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from metazoo import config, safepath
from metazoo.errors import MetazooError
from metazoo.measure.faults import Cause, sentence
from metazoo.measure.server import STATUS, Job

_STARTS = 3
"""How often in a row a worker may end before it is ready."""


@dataclass(frozen=True, slots=True)
class Call:
    """A function to call in a worker.

    Attributes:
        function: Of a module, since another process looks it up by name.
        arguments: For it.
        seconds: That it may take; None for no limit.
        first: Called before it with the same arguments, in a process that further calls share; what it
            returns, if not None, is the result.
        fresh: Whether the function needs a process of its own.
    """

    function: Callable[..., Any]
    arguments: tuple[Any, ...] = ()
    seconds: float | None = None
    first: Callable[..., Any] | None = None
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Lost:
    """What a call comes to that gave no result.

    Attributes:
        why: As the predicate of a sentence.
        cause: In a word.
    """

    why: str
    cause: Cause


def run_calls(
    calls: Iterable[Call],
    jobs: int,
    prepare: Callable[..., None],
    arguments: tuple[Any, ...] = (),
) -> Iterator[tuple[Call, Any]]:
    """Do calls in `jobs` workers, and yield each with its result, or a `Lost`, as soon as it is there.

    A call that spoils its process is done again in a fresh one, as are those that come after it. Stop
    iterating, or be interrupted, and the workers are killed.

    Args:
        calls: What to do, in the order to begin.
        jobs: How many at the same time.
        prepare: Makes each worker ready.
        arguments: For `prepare`.

    Raises:
        MetazooError: Workers can't be started.
        Exception: Whatever a call raises.
    """
    waiting = deque(calls)
    workers: list[_Worker] = []
    failures = 0
    try:
        while waiting or any(worker.call for worker in workers):
            for worker in workers:
                if waiting and worker.ready and worker.call is None:
                    worker.begin(waiting.popleft())
            idle = sum(worker.call is None for worker in workers)
            lacking = min(jobs - len(workers), len(waiting) - idle)
            workers.extend(_Worker(prepare, arguments) for _ in range(lacking))
            _wait(workers)
            for worker in list(workers):
                call = worker.call
                outcome = worker.outcome()
                if worker.ready:
                    failures = 0
                if worker.over:
                    workers.remove(worker)
                    if not worker.ready:
                        failures += 1
                        _give_up(failures, outcome)
                if call is None or outcome is None:
                    continue
                if isinstance(outcome, _Spoiled):
                    waiting.appendleft(replace(call, fresh=True))
                else:
                    yield call, outcome
    finally:
        for worker in workers:
            worker.hang_up()
        for worker in workers:
            worker.bury()


def run_alone(
    function: Callable[..., Any], arguments: tuple[Any, ...] = (), seconds: float | None = None
) -> Any:
    """Call one function in a process of its own: its result, or a `Lost`.

    Args:
        function: Of a module, since another process looks it up by name.
        arguments: For it.
        seconds: That it may take; None for no limit.

    Raises:
        MetazooError: The process can't be started.
        Exception: Whatever the function raises.
    """
    ((_, result),) = run_calls([Call(function, arguments, seconds)], 1, _nothing)
    return result


def too_long(seconds: float) -> str:
    """What is said of work that was stopped when its time was up."""
    return f"took longer than {seconds:g} seconds, and was stopped"


def _nothing() -> None:
    pass


def _give_up(failures: int, outcome: Any) -> None:
    if failures >= _STARTS:
        why = outcome.why if isinstance(outcome, Lost) else "was gone at once"
        raise MetazooError(
            f"can't start a process to measure in: it {why}, {failures} times. Is there memory left, and"
            " may this user start more processes?"
        )


class _Spoiled:
    """What a call comes to that changed what the calls after it would meet."""


class _Worker:
    """A process of the server's, as this process sees it.

    Attributes:
        ready: Whether it has been made ready for calls.
        call: What it does now.
        over: Whether it does nothing more.
    """

    def __init__(self, prepare: Callable[..., None], arguments: tuple[Any, ...]) -> None:
        self.ready = self.over = False
        self.call: Call | None = None
        self._deadline: float | None = None
        ours, theirs = socket.socketpair()
        self._status, status = socket.socketpair()
        self._connection = Connection(ours.detach())
        try:
            _fork(theirs.fileno(), status.fileno())
        finally:
            theirs.close()
            status.close()
        try:
            folder: str | None = str(Path.cwd())
        except FileNotFoundError:
            folder = None
        variables = {**os.environ, "PYTHONSAFEPATH": "1"}
        self._send((list(sys.path), folder, variables, config.current_root()))
        self._send((prepare, arguments))

    def begin(self, call: Call) -> None:
        """Have it do a call."""
        self.call = call
        self._deadline = None if call.seconds is None else time.monotonic() + call.seconds
        self._send(Job(call.function, call.arguments, call.first, call.fresh))

    def seconds_left(self) -> float | None:
        """Until its call takes too long."""
        if self._deadline is None:
            return None
        return max(0.0, self._deadline - time.monotonic())

    def sources(self) -> list[Any]:
        """What to wait for."""
        return [self._status] if self._connection.closed else [self._connection, self._status]

    def outcome(self) -> Any:
        """What its call came to: a result, a `Lost`, a `_Spoiled`; None where nothing did yet.

        Raises:
            Exception: What the call raised, or making it ready.
        """
        if not self._connection.closed and self._connection.poll():
            try:
                message = self._connection.recv_bytes()
            except (EOFError, OSError):
                self._connection.close()
            else:
                return self._received(message)
        if self._connection.closed and wait([self._status], 0):
            return self._end(Lost(_ended(self._exit_code()), Cause.DIED))
        if not self._connection.closed and wait([self._status], 0) and not self._connection.poll():
            self._connection.close()  # what a child of the model's might still hold open
        elif self._deadline is not None and time.monotonic() >= self._deadline and self.call:
            return self._end(Lost(too_long(self.call.seconds or 0), Cause.TIME))
        return None

    def _received(self, message: bytes) -> Any:
        try:
            kind, value = pickle.loads(message)  # noqa: S301  # what a project's source says is trusted
        except Exception as error:  # noqa: BLE001  # it has classes that only the source knows
            kind, value = "lost", f"gave a result that can't be read: {sentence(error)}"
        if kind == "ready":
            self.ready = True
            return None
        if not self.ready:
            if kind == "raised":
                raise MetazooError(
                    f"a process to measure in can't be made ready: {value}. Does torch work here?"
                )
            return self._end(Lost(str(value), Cause.DIED))
        if kind == "spoiled":
            return self._end(_Spoiled())
        self.call = self._deadline = None
        if kind == "raised":
            raise value
        if kind == "ended":
            return Lost(_ended(value), Cause.DIED)
        return Lost(value, Cause.OTHER) if kind == "lost" else value

    def _end(self, outcome: Any) -> Any:
        self.call = self._deadline = None
        self.over = True
        self.hang_up()
        self.bury()
        return outcome

    def hang_up(self) -> None:
        """Have it killed, with all that it started."""
        with contextlib.suppress(OSError):
            self._status.shutdown(socket.SHUT_WR)

    def bury(self) -> None:
        """Wait until nothing of it is left."""
        self._exit_code()
        self._connection.close()
        self._status.close()

    def _exit_code(self) -> int | None:
        """Of the process, once it has ended; None where its guard was killed too."""
        try:
            told = self._status.recv(STATUS.size)
        except OSError:
            return None
        return int(STATUS.unpack(told)[0]) if len(told) == STATUS.size else None

    def _send(self, message: Any) -> None:
        with contextlib.suppress(ConnectionError):  # it has ended, as its status will say
            self._connection.send(message)


def _ended(code: int | None) -> str:
    if code is None:
        return "ended its process, and the one that watched over it"
    how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with {code}"
    return f"ended its process, which {how}"


def _wait(workers: list[_Worker]) -> None:
    left = [seconds for w in workers if (seconds := w.seconds_left()) is not None]
    wait([source for w in workers for source in w.sources()], min(left, default=None))


class _Server:
    """The process that workers are forked from."""

    def __init__(self) -> None:
        if sys.flags.ignore_environment and not sys.flags.safe_path:
            raise MetazooError(
                "Python runs with -E: add -P, so that it doesn't take the working directory's modules for"
                " installed ones"
            )
        flags = ["-I"] if sys.flags.isolated else ["-E"] if sys.flags.ignore_environment else []
        self._control, theirs = socket.socketpair()
        with theirs:
            search = [*map(os.path.abspath, safepath.without_working_directory(sys.path))]
            code = (
                f"import sys; sys.path[:] = {search!r};"
                f" from metazoo.measure.server import main; main({theirs.fileno()})"
            )
            # Standard output is the command's own: what a model prints goes to standard error. In a
            # session of its own, the server and its workers hear nothing of an interrupt.
            self._process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-P", *flags, "-c", code],
                stdin=subprocess.DEVNULL,
                stdout=2,
                pass_fds=[theirs.fileno()],
                cwd="/",  # this one may be deleted, and workers are told theirs
                env=safepath.environment(dict(os.environ)),
                start_new_session=True,
            )
        atexit.register(self.stop)

    def is_running(self) -> bool:
        return self._process.poll() is None

    def fork(self, *descriptors: int) -> None:
        socket.send_fds(self._control, [b"f"], descriptors)

    def stop(self) -> None:
        self._control.close()
        self._process.kill()
        self._process.wait()
        atexit.unregister(self.stop)


_server: _Server | None = None


def _fork(*descriptors: int) -> None:
    """Have a worker forked that gets these descriptors, by a new server where the last one is gone."""
    global _server
    if _server is not None and _server.is_running():
        with contextlib.suppress(ConnectionError):
            _server.fork(*descriptors)
            return
    if _server is not None:
        _server.stop()
    _server = _Server()
    _server.fork(*descriptors)
