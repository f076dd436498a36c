"""What calls in other processes come to: results, errors, ends and limits."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

pytest.importorskip("torch")

from metazoo.errors import MetazooError
from metazoo.measure import processes, server
from metazoo.measure.faults import Cause
from metazoo.measure.processes import Call, Lost, run_alone, run_calls, too_long

pytestmark = pytest.mark.measure

_calls = 0


def double(number):
    return 2 * number


def count():
    global _calls
    _calls += 1
    return _calls, os.getpid()


def spoil_at(number):
    """Spoils a process that has done three calls; alone, it never does."""
    done = count()[0]
    if done >= 3 and not server.alone:
        raise server.SpoiledError("three calls")
    return number, server.alone


def answer(*_):
    return "instead"


def nothing(*_):
    return None


def not_ready():
    raise ValueError("no torch")


def ends():
    os._exit(3)


def read(name):
    return os.environ.get(name), str(Path.cwd())


def results(calls, jobs=1):
    return [result for _, result in run_calls(calls, jobs, nothing)]


def test_results_come_with_their_calls():
    calls = [Call(double, (n,)) for n in range(5)]
    assert {c.arguments[0]: r for c, r in run_calls(calls, 2, nothing)} == {
        n: 2 * n for n in range(5)
    }
    assert list(run_calls([], 2, nothing)) == []


def test_calls_share_a_process_unless_they_need_one_of_their_own():
    shared = results([Call(count)] * 2)
    assert [n for n, _ in shared] == [1, 2]
    assert len({pid for _, pid in shared}) == 1
    fresh = results([Call(count, fresh=True)] * 2)
    assert [n for n, _ in fresh] == [1, 1]
    assert len({pid for _, pid in fresh}) == 2


def meet(folder):
    """Wait until two processes are here at the same time."""
    (folder / str(os.getpid())).touch()
    while len(list(folder.iterdir())) < 2:
        time.sleep(0.01)
    return os.getpid()


def test_as_many_processes_as_jobs_and_no_more_than_calls(tmp_path, monkeypatch):
    started = []
    fork = processes._fork
    monkeypatch.setattr(processes, "_fork", lambda *fds: started.append(1) or fork(*fds))
    assert len(set(results([Call(meet, (tmp_path,), seconds=300)] * 2, 2))) == 2
    assert len(started) == 2
    results([Call(double, (1,))], 4)
    assert len(started) == 3
    results([Call(double, (1,))] * 4, 1)
    assert len(started) == 4


def test_a_spoiled_process_is_left_and_its_call_done_again_alone():
    found = results([Call(spoil_at, (n,)) for n in range(4)])
    assert found == [(0, False), (1, False), (2, True), (3, False)]


def test_what_is_called_first_may_answer_instead():
    assert results([Call(double, (1,), first=answer), Call(double, (1,), first=nothing)]) == [
        "instead",
        2,
    ]
    assert results([Call(double, (1,), first=answer, fresh=True)]) == ["instead"]


@pytest.mark.parametrize(
    ("function", "arguments", "why"),
    [
        (os._exit, (3,), "ended its process, which ended with 3"),
        (os._exit, (0,), "ended its process, which ended with 0"),
        (signal.raise_signal, (signal.SIGTERM,), "ended its process, which was killed by SIGTERM"),
    ],
)
@pytest.mark.parametrize("fresh", [False, True])
def test_a_process_that_ends_is_lost_and_the_next_call_is_done(function, arguments, why, fresh):
    calls = [Call(function, arguments, fresh=fresh), Call(double, (1,))]
    assert results(calls) == [Lost(why, Cause.DIED), 2]


def test_what_is_raised_is_raised_here_and_what_is_no_exception_is_lost():
    with pytest.raises(RuntimeError, match="ValueError: invalid literal") as raised:
        run_alone(int, ("x",))
    assert "Traceback" in raised.value.__notes__[0]
    with pytest.raises(MetazooError, match=r"^of our own$"):
        run_alone(fail)
    assert run_alone(leave) == Lost("raised SystemExit", Cause.OTHER)
    assert run_alone(lambda_made).why.startswith("gave a result that can't be sent")


def fail():
    raise MetazooError("of our own")


def leave():
    raise SystemExit(3)


def lambda_made():
    return lambda: None


@pytest.mark.parametrize("fresh", [False, True])
def test_a_call_that_takes_too_long_is_stopped_and_the_next_is_done(fresh):
    calls = [Call(time.sleep, (600,), seconds=0.2, fresh=fresh), Call(double, (1,), seconds=600)]
    assert results(calls) == [Lost(too_long(0.2), Cause.TIME), 2]
    assert too_long(0.2) == "took longer than 0.2 seconds, and was stopped"
    assert too_long(120.0) == "took longer than 120 seconds, and was stopped"


def test_a_process_knows_where_it_is_and_what_for(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("METAZOO_NOTED", "yes")
    assert run_alone(read, ("METAZOO_NOTED",)) == ("yes", str(tmp_path))
    assert run_alone(read, ("PYTHONSAFEPATH",))[0] == "1"


def test_a_process_that_cannot_be_made_ready_says_why():
    with pytest.raises(
        MetazooError,
        match=r"can't be made ready: (ValueError: )?no torch",
    ):
        list(run_calls([Call(double, (1,))], 1, not_ready))


def test_a_process_that_ends_before_it_is_ready_is_tried_three_times(monkeypatch):
    started = []
    fork = processes._fork
    monkeypatch.setattr(processes, "_fork", lambda *fds: started.append(1) or fork(*fds))
    with pytest.raises(MetazooError, match=r"ended with 3, 3 times\. Is there memory left"):
        list(run_calls([Call(double, (1,))], 1, ends))
    assert len(started) == 3


def ends_at(folder, starts):
    started = len(list(folder.iterdir()))
    (folder / str(started)).touch()
    if started in starts:
        os._exit(3)


def test_a_process_that_gets_ready_ends_the_row_of_those_that_did_not(tmp_path):
    calls = [Call(os._exit, (0,)), Call(double, (1,))]
    found = run_calls(calls, 1, ends_at, (tmp_path, {0, 1, 3, 4}))
    assert [result for _, result in found][1:] == [2]
    assert len(list(tmp_path.iterdir())) == 6


def test_a_server_that_is_gone_is_started_again():
    assert run_alone(double, (1,)) == 2
    first = processes._server
    first._process.kill()
    first._process.wait()
    assert run_alone(double, (2,)) == 4
    assert processes._server is not first
    assert processes._server.is_running()
    assert not first.is_running()


@pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc")
def test_workers_end_when_nobody_asks_for_more():
    running = run_calls([Call(os.getpid) for _ in range(3)], 1, nothing)
    _, pid = next(running)
    assert Path(f"/proc/{pid}").exists()
    running.close()
    assert not Path(f"/proc/{pid}").exists()
