"""What a model may change for those after it is noticed by name, and what replaces nothing is not."""

import os
import signal
import sys
import warnings
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("timm.models")

from torch import nn

from metazoo.measure import building, counter, cuda
from metazoo.measure import shared as shared_module
from metazoo.measure.shared import Shared

pytestmark = pytest.mark.measure


def unchanged():
    """What is shared now; made in a test and no fixture, for pytest says in the environment where it is."""
    found = Shared()
    assert found.changed() is None
    return found


def set_default_dtype(_):
    torch.set_default_dtype(torch.float64)
    return lambda: torch.set_default_dtype(torch.float32)


def set_threads(_):
    before = torch.get_num_threads()
    torch.set_num_threads(before + 1)
    return lambda: torch.set_num_threads(before)


def set_umask(_):
    before = os.umask(0o070)
    return lambda: os.umask(before)


def set_handler(number):
    def change(_):
        before = signal.signal(number, lambda *_: None)
        return lambda: signal.signal(number, before)

    return change


def patch(target, name, value):
    def change(monkeypatch):
        monkeypatch.setattr(target, name, value, raising=False)
        return lambda: None

    return change


def setenv(monkeypatch):
    monkeypatch.setenv("METAZOO_NOTED", "1")
    return lambda: None


def chdir(monkeypatch):
    monkeypatch.chdir("/")
    return lambda: None


def register(monkeypatch):
    names = sys.modules["timm.models._registry"]._model_entrypoints
    monkeypatch.setitem(names, "resnet18", len)
    return lambda: None


def unregister(monkeypatch):
    names = sys.modules["timm.models._registry"]._model_entrypoints
    monkeypatch.delitem(names, "resnet18")
    return lambda: None


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (set_default_dtype, "the default dtype"),
        (set_threads, "the number of threads"),
        (set_umask, "the umask"),
        (set_handler(signal.SIGTERM), "signal handlers"),
        (set_handler(31), "signal handlers"),
        (setenv, "the environment"),
        (chdir, "the working directory"),
        (register, "the names of timm's models"),
        (unregister, "the names of timm's models"),
        (patch(torch, "relu", len), "torch"),
        (patch(nn.functional, "relu", len), "torch.nn.functional"),
        (patch(nn.Linear, "forward", len), "torch.nn.modules.linear.Linear"),
        (patch(nn.Linear, "of_its_own", 3), "torch.nn.modules.linear.Linear"),
        (patch(torch.Tensor, "of_its_own", 3), "torch.Tensor"),
        (patch(counter, "_linear", len), "metazoo.measure.counter._linear"),
    ],
)
def test_a_change_is_named(monkeypatch, change, what):
    shared = unchanged()
    undo = change(monkeypatch)
    try:
        assert shared.changed() == what
        shared.look()
        assert shared.changed() is None
    finally:
        undo()


def test_names_that_replace_nothing_are_no_change(monkeypatch):
    shared = unchanged()
    monkeypatch.setattr(torch, "of_its_own", 3, raising=False)
    names = sys.modules["timm.models._registry"]._model_entrypoints
    monkeypatch.setitem(names, "of_its_own", len)
    assert shared.changed() is None
    monkeypatch.setattr(torch, "of_its_own", 4)
    monkeypatch.setitem(names, "of_its_own", max)
    assert shared.changed() is not None  # another model may use them by now


def test_what_python_notes_in_a_class_is_no_change(monkeypatch):
    shared = unchanged()
    monkeypatch.setattr(nn.Linear, "__slotnames__", [], raising=False)
    assert shared.changed() is None


def test_what_metazoo_s_own_modules_hold_besides_code_may_change(monkeypatch):
    shared = unchanged()
    monkeypatch.setattr(building, "_quick", True)
    assert shared.changed() is None


def test_a_working_directory_that_is_gone_is_none(tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert shared_module._working_directory() is None
    monkeypatch.chdir(tmp_path)
    assert shared_module._working_directory() == str(Path.cwd())


def test_looking_leaves_the_process_as_it_is():
    mask = os.umask(0o027)
    try:
        filters = list(warnings.filters)
        Shared().changed()
        assert os.umask(0o027) == 0o027
        assert warnings.filters == filters
    finally:
        os.umask(mask)


# Building


def test_tensors_get_no_values_while_building_is_quick_and_do_afterwards():
    fills = torch.Tensor.fill_, nn.init.ones_, nn.Linear.reset_parameters
    with building.quick_building():
        assert torch.empty(2, device="meta").fill_(3).is_meta
        assert torch.zeros(2).fill_(3).tolist() == [3, 3]  # a table that is made on purpose
        assert nn.init.ones_(torch.zeros(2)).tolist() == [0, 0]
        with building.quick_building():  # nothing more to do
            inner = torch.Tensor.fill_
        assert torch.Tensor.fill_ is inner
        assert torch.Tensor.fill_ is not fills[0]
    assert (torch.Tensor.fill_, nn.init.ones_, nn.Linear.reset_parameters) == fills
    with building.quick_building():
        assert nn.init.ones_(torch.zeros(2)).tolist() == [0, 0]


# CUDA


def test_cuda_can_be_used_or_torch_says_why_not(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert cuda.why_no_cuda() is None
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.cuda, "init", lambda: None)
    said = "there is no CUDA device that torch can use"
    assert cuda.why_no_cuda() == said

    def fails():
        raise RuntimeError("no\n  driver")

    monkeypatch.setattr(torch.cuda, "init", fails)
    assert cuda.why_no_cuda() == f"{said}: no driver"
