"""`metazoo bench` as a user types it; nothing here depends on how fast the machine is."""

import json
import os
import signal
import time
from pathlib import Path

import pytest

from .command import metazoo, running

TABLE = (
    Path(__file__).parents[1]
    / "importing/benchmarks/benchmark-infer-amp-nhwc-pt240-cu124-rtx4090.csv"
)


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """A model measured, printed as JSON and kept in a folder."""
    folder = tmp_path_factory.mktemp("kept")
    run = metazoo(
        *("bench", "resnet10t", "nope", "--budget", "1", "--records", folder, "--format", "json")
    )
    return run, folder


@pytest.mark.measure
def test_json_has_what_was_measured_and_a_failure_fails(first):
    run, _ = first
    assert run.returncode == 1
    right, wrong = json.loads(run.stdout)["rows"]
    assert right["model"] == "resnet10t"
    assert right["latency"]["seconds"] > 0
    assert right["input_size"] == [3, 176, 176]
    assert "no model 'nope'" in wrong["error"]


@pytest.mark.measure
def test_what_was_measured_is_kept_by_hardware_and_failures_are_not(first):
    run, folder = first
    (file,) = folder.glob("*.json")
    printed, kept = json.loads(run.stdout), json.loads(file.read_text())
    assert kept["hardware"] == printed["hardware"]
    assert kept["rows"] == printed["rows"][:1]


@pytest.mark.measure
def test_a_table_for_people_and_a_model_that_grew(first, tmp_path):
    _, folder = first
    (file,) = folder.glob("*.json")
    old = json.loads(file.read_text())
    # A file of a time at which the model took a hundredth of the memory.
    latency = old["rows"][0]["latency"]
    latency["peaks"] = [peak // 100 for peak in latency["peaks"]]
    light = tmp_path / "light.json"
    light.write_text(json.dumps(old))
    run = metazoo("bench", "resnet10t", "--budget", "1", "--compare", light)
    assert run.returncode == 1, run.stderr
    assert "176×176" in run.stdout
    assert "Measured on" in run.stdout
    assert "worse: resnet10t: memory at batch 1" in run.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nowhere.yml",), "nowhere.yml: there is no such file or folder"),
        (("test_vit", "--batch-size", "many"), "--batch-size is 'many'"),
        (("test_vit", "--batch-size", "0"), "--batch-size is '0'"),
        (("test_vit", "--source", "attic"), "there is no source 'attic'"),
        (("test_vit", "--compare", "nowhere.json"), "nowhere.json: can't be read"),
        (("no_such_*",), "no architecture of timm matches 'no_such_*'"),
        (("test_vit", "--records", __file__), "is not a folder; choose another place to write to"),
    ],
)
def test_a_wrong_use_is_said_without_a_traceback(arguments, message):
    run = metazoo("bench", *arguments)
    assert run.returncode == 2
    assert message in run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.measure
def test_speeds_of_other_hardware_are_refused_before_anything_is_measured(first, tmp_path):
    _, folder = first
    (file,) = folder.glob("*.json")
    old = json.loads(file.read_text())
    old["hardware"] = "Another"
    other = tmp_path / "other.json"
    other.write_text(json.dumps(old))
    run = metazoo("bench", "resnet10t", "--compare", other)
    assert run.returncode == 2
    assert "the older benchmark was taken on 'Another', this one on" in run.stderr
    assert not run.stdout


@pytest.mark.measure
def test_a_way_to_run_that_the_older_file_has_not_is_refused_before_anything_is_measured(first):
    _, folder = first
    (file,) = folder.glob("*.json")
    run = metazoo("bench", "resnet10t", "--precision", "bf16", "--compare", file)
    assert run.returncode == 2
    assert "has no results for these models on cpu in bf16; it has fp32" in run.stderr
    assert not run.stdout


@pytest.mark.measure
def test_a_file_of_other_reference_work_is_refused_before_anything_is_measured(first, tmp_path):
    _, folder = first
    (file,) = folder.glob("*.json")
    old = json.loads(file.read_text())
    for run in old["runs"]:
        del run["reference"]
    other = tmp_path / "other.json"
    other.write_text(json.dumps(old))
    run = metazoo("bench", "resnet10t", "--compare", other)
    assert run.returncode == 2
    assert "other reference work than this version of metazoo uses" in run.stderr
    assert not run.stdout


@pytest.mark.measure
def test_an_interrupt_shows_the_rounds_that_are_done(tmp_path):
    options = ("--budget", 3000, "--batch-size", 1, "--records", tmp_path)
    with running("bench", "resnet10t", *options) as run:
        while not list(tmp_path.glob("*.json")) and run.poll() is None:
            time.sleep(0.1)
        os.killpg(run.pid, signal.SIGINT)
        stdout, stderr = run.communicate(timeout=300)
    assert run.returncode == 130
    assert "resnet10t" in stdout
    assert "metazoo: interrupted: 1 of 1 models have results" in stderr
    assert "Traceback" not in stderr


def test_says_what_to_install_without_torch():
    run = metazoo("bench", "test_vit", torch=False)
    assert run.returncode == 2
    assert "pip install 'metazoo[verify]'" in run.stderr
    assert "Traceback" not in run.stderr


def test_timm_s_tables_are_imported_without_torch(tmp_path):
    run = metazoo(
        *("import", "benchmark", TABLE, "--hardware", "NVIDIA GeForce RTX 4090"),
        cwd=tmp_path,
        torch=False,
    )
    assert run.returncode == 0, run.stderr
    kept = json.loads(
        (tmp_path / "model_index/benchmarks/nvidia-geforce-rtx-4090.json").read_text()
    )
    assert [row["model"] for row in kept["rows"]][:2] == ["mobilenetv3_small_050", "resnet50"]
    assert f"4 rows of {TABLE.name} written" in run.stdout


def test_models_that_no_page_shows_are_named_on_importing_them(tmp_path):
    (tmp_path / "model_index").mkdir()
    (tmp_path / "model_index/index.yml").write_text(
        "Library: {Source: timm}\nModels: [{Name: resnet50.a1_in1k}]\n", "utf-8"
    )
    options = ("--hardware", "NVIDIA GeForce RTX 4090")
    run = metazoo("import", "benchmark", TABLE, *options, cwd=tmp_path, torch=False)
    assert run.returncode == 0, run.stderr
    last = run.stdout.splitlines()[-1]
    assert last.startswith("2 of its models are not in the index, so no page shows them: ")
    assert "mobilenetv3_small_050" in last
    assert "resnet50" not in last
