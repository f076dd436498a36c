"""What the system tells of the machine, asked for real."""

import os
import subprocess
import sys
import time

import pytest

from metazoo import machine

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")


@pytest.fixture
def one_processor():
    """This process on a single processor."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    yield
    os.sched_setaffinity(0, before)


def test_time_that_others_take_is_noticed(one_processor):
    rival = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        time.sleep(0.3)  # it has begun
        before, end = machine.waited_seconds(), time.monotonic() + 1
        while time.monotonic() < end:
            pass
        waited = machine.waited_seconds() - before
    finally:
        rival.kill()
        rival.wait()
    assert 0.2 < waited < 1.2


def test_a_thread_alone_can_be_asked_for():
    whole, own = machine.waited_seconds(), machine.waited_seconds(this_thread=True)
    assert 0 <= own <= machine.waited_seconds()
    assert whole <= machine.waited_seconds()


def test_time_asleep_is_not_time_taken_by_others():
    before = machine.waited_seconds()
    time.sleep(0.3)
    assert machine.waited_seconds() - before < 0.2
