"""`metazoo measure` as a user types it."""

import json
import subprocess
import sys

import pytest

pytestmark = pytest.mark.measure


def metazoo(*arguments):
    command = [sys.executable, "-c", "from metazoo.cli import main; main()", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


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


def test_says_what_to_install_without_torch(tmp_path):
    (tmp_path / "torch.py").write_text("raise ModuleNotFoundError('no torch', name='torch')")
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from metazoo.cli import main; main()"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, "measure", "resnet18"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 2
    assert "pip install 'metazoo[verify]'" in run.stderr
    assert "Traceback" not in run.stderr
