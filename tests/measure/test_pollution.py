"""What a model changes in its process changes no other model's numbers."""

import json
import os
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

pytest.importorskip("timm")

import torch
from torch import nn

from metazoo.measure.one import measure_one
from metazoo.measure.request import Request
from metazoo.measure.shared import Shared
from metazoo.measure.sources import load_source

pytestmark = pytest.mark.measure

DATA = Path(__file__).parents[1] / "data"


def measure(*arguments, cwd=None, **environment):
    done = subprocess.run(
        [sys.executable, "-m", "metazoo", "measure", *arguments, "--no-cache", "--format", "json"],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return {m["model"]: m for m in json.loads(done.stdout)}


@pytest.fixture
def project(tmp_path):
    shutil.copy(Path(__file__).with_name("faulty_zoo.py"), tmp_path)
    (tmp_path / "metazoo.toml").write_text('[sources]\nfaulty = "faulty_zoo:source"\n')
    return tmp_path


def test_models_of_a_project_meet_nothing_of_each_other(project):
    names = (
        "sets_the_default_dtype",
        "small",
        "patches_linear",
        "prints",
        "patches_numel",
        "raises",
    )
    together = measure(*names, "--source", "faulty", "--jobs", "1", cwd=project)
    assert list(together) == list(names)
    assert together["small"]["macs"] == 6 * 6 * 8 * 27 + 80
    for name in names:
        assert together[name] == measure(name, "--source", "faulty", cwd=project)[name]


def test_a_model_of_a_package_that_changes_its_process_is_measured_in_one_of_its_own():
    names = (
        *("spoils_the_dtype", "resnet10t", "spoils_linear", "resnet14t"),
        *("spoils_numel", "test_vit", "spoils_and_fails", "resnet18"),
    )
    options = ("--input-size", "160", "--jobs", "1")
    spoiling = {"PYTHONPATH": str(DATA / "spoiling")}
    together = measure(*names, *options, **spoiling)
    assert list(together) == list(names)
    assert together["spoils_and_fails"]["error"] == "ValueError: and fails"
    for name in names:
        clean = spoiling if "spoils" in name else {}
        assert together[name] == measure(name, *options, **clean)[name]
    plain, double = together["resnet10t"], together["spoils_the_dtype"]
    assert double["state_dict_bytes"] > 1.9 * plain["state_dict_bytes"]  # it is what it says it is


def set_attribute(owner, name, value=None):
    return lambda patch: patch.setattr(owner, name, value, raising=False)


CHANGES = {
    "a method of a layer": set_attribute(nn.Linear, "forward"),
    "a method that layers inherit": set_attribute(nn.Module, "__call__"),
    "a method that a layer does not define": set_attribute(nn.Conv2d, "extra_repr", print),
    "an attribute of tensors": set_attribute(torch.Tensor, "numel"),
    "a functional": set_attribute(nn.functional, "relu"),
    "a function of torch": set_attribute(torch, "cat"),
    "an initializer": set_attribute(nn.init, "ones_", print),
    "a layer's class": set_attribute(nn, "Linear", nn.Bilinear),
    "a builtin": set_attribute(__import__("builtins"), "sorted", list),
    "a function of metazoo": set_attribute(sys.modules["metazoo.measure.formulas"], "linear"),
    "a class of metazoo": set_attribute(sys.modules["metazoo.measure.counter"].Tally, "macs"),
    "a setting of timm": set_attribute(sys.modules["timm.layers.config"], "_USE_FUSED_ATTN", 7),
    "a part of timm's models": set_attribute(
        sys.modules["timm.models.resnet"].BasicBlock, "forward", nn.Identity.forward
    ),
    "a function that timm's models call": set_attribute(
        sys.modules["timm.models.resnet"], "create_classifier"
    ),
    "a function of timm": set_attribute(sys.modules["timm"], "create_model", print),
    "a name of timm's": lambda patch: patch.setitem(
        sys.modules["timm.models._registry"]._model_entrypoints, "resnet10t", print
    ),
    "a function of Python's": set_attribute(sys.modules["functools"], "partial", print),
    "the environment": lambda patch: patch.setenv("SOME_SETTING", "1"),
    "the working directory": lambda patch: patch.chdir("/"),
    "the search path": lambda patch: patch.syspath_prepend("/nowhere"),
    "the garbage collector": lambda patch: patch.setattr(sys.modules["gc"], "isenabled", bool),
    "an excess of hooks": lambda patch: patch.setitem(
        nn.modules.module._global_forward_hooks, 0, print
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_noticed_and_its_undoing_too(change):
    shared = Shared()
    with pytest.MonkeyPatch.context() as patch:
        CHANGES[change](patch)
        changed = shared.changed()
    assert changed
    assert shared.changed() is None


@pytest.mark.parametrize(
    ("change", "undo", "named"),
    [
        (
            lambda: torch.set_default_dtype(torch.float64),
            lambda: torch.set_default_dtype(torch.float32),
            "the default dtype",
        ),
        (
            lambda: torch.set_default_device("meta"),
            lambda: torch.set_default_device(None),
            "the default device",
        ),
        (
            lambda: torch.set_grad_enabled(False),
            lambda: torch.set_grad_enabled(True),
            "gradients",
        ),
        (
            lambda: sys.setrecursionlimit(sys.getrecursionlimit() + 1),
            lambda: sys.setrecursionlimit(sys.getrecursionlimit() - 1),
            "the recursion limit",
        ),
        (
            lambda: torch.backends.cuda.enable_flash_sdp(False),
            lambda: torch.backends.cuda.enable_flash_sdp(True),
            "kernels",
        ),
    ],
)
def test_a_setting_is_noticed_by_name(change, undo, named):
    shared = Shared()
    change()
    try:
        assert shared.changed() == named
    finally:
        undo()
    assert shared.changed() is None


def test_the_umask_the_threads_and_the_filters_of_warnings_are_noticed():
    shared = Shared()
    mask = os.umask(0o111)
    assert shared.changed() == "the umask"
    os.umask(mask)
    threads = torch.get_num_threads()
    torch.set_num_threads(threads + 1)
    assert shared.changed() == "the number of threads"
    torch.set_num_threads(threads)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert shared.changed() == "warning filters"
    assert shared.changed() is None


def test_measuring_changes_nothing_by_itself():
    source = load_source("timm")
    measure_one(Request("test_vit", "timm"), source)  # what is imported late is there
    shared = Shared()
    for name in ("resnet10t", "aimv2_1b_patch14_224", "nope", "levit_128s"):
        measure_one(Request(name, "timm"), source)
        assert shared.changed() is None, name


def test_a_name_that_is_added_to_a_module_replaces_nothing(monkeypatch):
    shared = Shared()
    monkeypatch.setattr(torch, "some_new_name", 1, raising=False)
    assert shared.changed() is None
    monkeypatch.setattr(torch, "cat", None)
    assert shared.changed() == "torch"
