"""What the system tells of the machine, asked for real."""

import os
import platform
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
        before, begun = machine.waited_seconds(), time.monotonic()
        waited = elapsed = 0.0
        while waited < 0.2 and elapsed < 600:
            waited = machine.waited_seconds() - before
            elapsed = time.monotonic() - begun
    finally:
        rival.kill()
        rival.wait()
    assert 0.2 <= waited <= elapsed


def test_a_thread_alone_can_be_asked_for():
    whole, own = machine.waited_seconds(), machine.waited_seconds(this_thread=True)
    assert 0 <= own <= machine.waited_seconds()
    assert whole <= machine.waited_seconds()


def test_time_asleep_is_not_time_taken_by_others():
    before, begun = machine.waited_seconds(), time.monotonic()
    time.sleep(0.3)
    waited = machine.waited_seconds() - before
    # On a busy machine, more time passes before this goes on.
    assert waited <= time.monotonic() - begun - 0.3 + 0.05


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="this is for glibc to do")
def test_memory_that_is_kept_is_not_fetched_anew():
    code = """
import resource
from metazoo import machine

def pages():
    begin = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(4):
        bytearray(64 << 20)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - begin

before = pages()
assert machine.keep_freed_memory()
pages()
print(before, pages())
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    before, kept = map(int, done.stdout.split())
    assert kept < before / 100
