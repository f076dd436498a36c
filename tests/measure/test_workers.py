"""Faults: what a model does to its process costs that model only."""

import shutil
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch")

from metazoo import config
from metazoo.measure.request import Request
from metazoo.measure.run import measure_models
from metazoo.measure.workers import Limits

pytestmark = pytest.mark.measure


def test_workers_measure_what_is_measured_here():
    requests = [
        Request("resnet18", "timm"),
        Request("nope", "timm"),
        Request("vit_tiny_patch16_224", "timm"),
    ]
    here = list(measure_models(requests, jobs=0))
    there = sorted(
        measure_models(requests, jobs=2), key=lambda m: [r.model for r in requests].index(m.model)
    )
    assert there == here


@pytest.mark.skipif(sys.platform != "linux", reason="other systems don't tell")
def test_memory_on_a_cpu_is_that_of_the_model_alone():
    names = [
        "vit_small_patch16_224",
        "resnet18",
        "resnet18",
    ]  # what a large one leaves isn't counted
    runs = measure_models(
        [Request(n, "timm", device="cpu", num_classes=10 + i) for i, n in enumerate(names)], jobs=1
    )
    _, first, second = runs
    assert first.state_dict_bytes < first.forward.peak_bytes < 8 * first.state_dict_bytes
    assert second.forward.peak_bytes == pytest.approx(first.forward.peak_bytes, rel=0.1)


@pytest.mark.heavy
def test_a_model_that_takes_too_long_costs_itself_only(tmp_path):
    shutil.copy(Path(__file__).with_name("faulty_zoo.py"), tmp_path)
    (tmp_path / "metazoo.toml").write_text('[sources]\nfaulty = "faulty_zoo:source"\n')
    config.work_on(tmp_path)
    requests = [Request("hangs", "faulty"), Request("resnet18")]
    # Counting takes a hundredth of the limit, so that a busy machine stays below it.
    slow, quick = sorted(
        measure_models(requests, jobs=1, limits=Limits(seconds=20)), key=lambda m: not m.error
    )
    assert "took longer than 20 seconds" in slow.error
    assert slow.transient
    assert quick.macs == 1_814_073_344


def test_a_model_that_takes_too_much_memory_costs_itself_only():
    requests = [Request("vit_large_patch16_224", "timm", device="cpu"), Request("resnet18", "timm")]
    large, small = sorted(
        measure_models(requests, jobs=1, limits=Limits(gibibytes=0.5)), key=lambda m: not m.error
    )
    assert large.error == (
        "too large to run on cpu: its weights alone need 1,217,306,528 bytes, and a model may take"
        " 0.5 GiB here"
    )
    assert large.macs  # what was counted before is not lost
    assert large.transient
    assert large.skipped
    assert small.macs == 1_814_073_344
