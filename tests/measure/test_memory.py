"""Memory is torch's on CUDA, and the process's own on a CPU."""

import pytest

torch = pytest.importorskip("torch")

from metazoo import machine
from metazoo.measure import memory

pytestmark = pytest.mark.measure
CPU, CUDA = torch.device("cpu"), torch.device("cuda", 0)


@pytest.fixture
def asked(monkeypatch):
    """What was asked of the machine and of torch, which answer by a number of their own."""
    asked = []

    def answers(name, value):
        return lambda *devices: asked.append((name, *devices)) or value

    for module, name, value in (
        (machine, "resident_bytes", 1),
        (machine, "forget_peak", None),
        (machine, "peak_resident_bytes", 3),
        (machine, "keep_freed_memory", False),
        (torch.cuda, "memory_allocated", 5),
        (torch.cuda, "reset_peak_memory_stats", None),
        (torch.cuda, "max_memory_allocated", 7),
    ):
        monkeypatch.setattr(module, name, answers(name, value))
    return asked


def test_on_a_cpu_the_machine_is_asked(asked):
    assert memory.used_bytes(CPU) == 1
    memory.forget_peak(CPU)
    assert memory.peak_bytes(CPU) == 3
    assert memory.keep_freed(CPU) is False
    assert [name for (name,) in asked] == [
        "resident_bytes",
        "forget_peak",
        "peak_resident_bytes",
        "keep_freed_memory",
    ]


def test_on_cuda_torch_is_asked_about_that_device(asked):
    assert memory.used_bytes(CUDA) == 5
    memory.forget_peak(CUDA)
    assert memory.peak_bytes(CUDA) == 7
    assert memory.keep_freed(CUDA) is True
    assert asked == [
        ("memory_allocated", CUDA),
        ("reset_peak_memory_stats", CUDA),
        ("max_memory_allocated", CUDA),
    ]


def test_what_the_c_library_keeps_is_said(monkeypatch):
    monkeypatch.setattr(machine, "keep_freed_memory", lambda: True)
    assert memory.keep_freed(CPU) is True
