"""`metazoo measure` as a user types it."""

import json

import pytest

from .command import metazoo

pytestmark = pytest.mark.measure


def test_prints_every_measurement_as_json_and_fails_for_the_one_that_failed():
    run = metazoo("measure", "resnet18", "nope", "--format", "json")
    right, wrong = json.loads(run.stdout)
    assert run.returncode == 1
    assert right["macs"] == 1_814_073_344
    assert right["input_size"] == [3, 224, 224]
    assert right["facts"]["interpolation"] == "bicubic"
    assert wrong["model"] == "nope"
    assert wrong["error"]


def test_prints_a_table_for_people():
    run = metazoo("measure", "tv_resnext50_32x4d", "--input-size", "192x256")
    assert run.returncode == 0
    assert "resnext50_32x4d.tv_in1k" in run.stdout
    assert "192×256" in run.stdout
    assert "25.03M" in run.stdout
    assert "deprecated" in run.stdout


def test_a_wrong_size_is_a_wrong_use():
    run = metazoo("measure", "resnet18", "--input-size", "big")
    assert run.returncode == 2
    assert "'big' is not an input size" in run.stderr
    assert not run.stdout


def test_says_what_to_install_without_torch():
    run = metazoo("measure", "resnet18", torch=False)
    assert run.returncode == 2
    assert "pip install 'metazoo[verify]'" in run.stderr
    assert "Traceback" not in run.stderr
