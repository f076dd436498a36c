"""`metazoo measure` as a user types it."""

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from .command import metazoo, running

pytestmark = pytest.mark.measure


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("METAZOO_CACHE", str(tmp_path / "cache"))


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


@pytest.mark.parametrize("command", ["measure", "verify"])
def test_a_device_that_is_not_there_is_a_wrong_use_and_goes_on_no_record(command, tmp_path):
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is one here")
    index = tmp_path / "index.yml"
    index.write_text("Type: model-index\nLibrary: {Source: timm}\nModels:\n- Name: resnet18\n")
    subject = ["resnet18"] if command == "measure" else [index, "--records", tmp_path / "kept"]
    run = metazoo(command, *subject, "--device", "cuda")
    assert run.returncode == 2
    assert "can't run models on cuda: there is no CUDA device that torch can use" in run.stderr
    assert "Traceback" not in run.stderr
    assert not (tmp_path / "kept").exists()


def test_a_model_too_large_for_the_device_is_skipped_and_no_failure():
    run = metazoo("measure", "vit_large_patch16_224", "--device", "cpu", "--memory", "0.5")
    assert run.returncode == 0
    assert "304.3M" in run.stdout
    assert "skipped: vit_large_patch16_224: too large to run on cpu" in run.stdout
    assert "need 1,217,306,528 bytes, and a model may take 0.5 GiB here" in run.stdout


def test_a_run_is_interrupted_in_its_first_moment_without_a_traceback():
    with running("measure", "resnet18", "--no-cache") as run:
        assert run.stderr.readline() == "begun\n"
        os.killpg(run.pid, signal.SIGINT)
        _, stderr = run.communicate(timeout=300)
    assert run.returncode == 130
    assert "Traceback" not in stderr


@pytest.mark.parametrize("closed", ["<&-", "2>&-", ">&-"])
def test_a_closed_stream_changes_nothing_else(closed):
    command = f'exec "$0" -m metazoo measure resnet18 --no-cache --format json {closed}'
    run = subprocess.run(
        ["sh", "-c", command, sys.executable], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    if closed != ">&-":
        assert json.loads(run.stdout)[0]["macs"] == 1_814_073_344


def test_says_what_to_install_without_torch():
    run = metazoo("measure", "resnet18", torch=False)
    assert run.returncode == 2
    assert "pip install 'metazoo[verify]'" in run.stderr
    assert "Traceback" not in run.stderr


def test_a_glob_is_every_architecture_that_matches():
    run = metazoo("measure", "resnetv2_50?", "--format", "json")
    assert [m["model"] for m in json.loads(run.stdout)] == ["resnetv2_50d", "resnetv2_50t"]


def test_a_glob_that_matches_nothing_is_a_wrong_use():
    run = metazoo("measure", "no_such_*")
    assert run.returncode == 2
    assert "matches 'no_such_*'" in run.stderr


def test_other_conventions_stand_beside_the_count():
    run = metazoo(
        "measure", "resnet18", "--convention", "fvcore", "--convention", "thop", "--format", "json"
    )
    assert json.loads(run.stdout)[0]["conventions"] == {
        "fvcore": 1_819_065_856,
        "thop": 1_824_033_792,
    }


def test_the_costliest_parts_are_shown():
    run = metazoo("measure", "resnet18", "--per-module")
    assert "layer1.0.conv1" in run.stdout
    table = json.loads(metazoo("measure", "resnet18", "--per-module", "--format", "json").stdout)
    modules = table[0]["modules"]
    assert modules[""] == table[0]["macs"]
    assert modules["layer1"] == modules["layer1.0"] + modules["layer1.1"]


def test_a_part_counts_what_no_part_of_it_counts():
    run = metazoo("measure", "test_vit", "--per-module")
    assert "20 of the 32 modules that count" in run.stdout
    # An attention is no module of its own: 2 · 101² tokens · 64 channels of its block's.
    (line,) = (line for line in run.stdout.splitlines() if "blocks.0.attn " in line)
    assert line.split()[1] == "1.306M"


def test_what_was_measured_is_not_measured_again_and_needs_no_torch():
    arguments = ("measure", "resnet18", "resnet34", "resnetv2_50?", "--format", "json")
    first = metazoo(*arguments)
    code = "import sys; sys.modules['torch'] = None; from metazoo.cli import main; main()"
    again = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert again.returncode == 0, again.stderr
    assert again.stdout == first.stdout


@contextmanager
def measuring_everything():
    """A run in the middle of all architectures, three at least of which are in its cache."""
    cache = Path(os.environ["METAZOO_CACHE"]) / "measurements.sqlite"
    with running("measure", "*", "--format", "json") as run:
        while kept(cache) < 3 and run.poll() is None:
            time.sleep(0.1)
        yield run


def test_an_interrupt_keeps_what_was_measured():
    with measuring_everything() as run:
        os.killpg(run.pid, signal.SIGINT)
        stdout, stderr = run.communicate(timeout=300)
    assert run.returncode == 130
    assert "run the same command again to continue" in stderr
    assert "Traceback" not in stderr
    cache = Path(os.environ["METAZOO_CACHE"]) / "measurements.sqlite"
    assert kept(cache) >= len(json.loads(stdout)) >= 3


def test_a_killed_run_loses_nothing_that_was_measured():
    with measuring_everything() as run:
        run.kill()
    cache = Path(os.environ["METAZOO_CACHE"]) / "measurements.sqlite"
    assert kept(cache) >= 3
    again = metazoo("measure", "resnest14d", "--format", "json")
    assert again.returncode == 0


def kept(cache):
    if not cache.exists():
        return 0
    try:
        with contextlib.closing(sqlite3.connect(cache)) as database:
            rows = database.execute("SELECT count(*) FROM kept WHERE key NOT LIKE '[\"names%'")
            return rows.fetchone()[0]
    except sqlite3.OperationalError:  # just being made
        return 0


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("a", "b", "--source", "transformers"), "--config describes one model: give one NAME"),
        (
            ("a",),
            "--config: timm builds models by name only; transformers and openmmlab build them",
        ),
    ],
)
def test_a_configuration_that_fits_nothing_is_a_wrong_use(arguments, why):
    run = metazoo("measure", *arguments, "--config", "config.json")
    assert run.returncode == 2
    assert why in run.stderr


CONFIGURED = """\
from torch import nn

from metazoo.measure.sources import CallableSource, Resolved


class Source(CallableSource):
    def resolve_config(self, name, config):
        print("asked for", config, flush=True)
        return Resolved(name, "net", super().resolve("net").facts)


source = Source("ours", {"net": lambda: nn.Conv2d(3, 4, 4)}, input_size=(3, 8, 8))
"""


def test_a_configuration_is_named_from_the_projects_root(tmp_path):
    (tmp_path / "metazoo.toml").write_text('[sources]\nours = "zoo:source"\n')
    (tmp_path / "zoo.py").write_text(CONFIGURED)
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs/net.json").write_text("{}")
    run = metazoo(
        *("measure", "any*name", "--source", "ours", "--config", "net.json", "--format", "json"),
        cwd=tmp_path / "configs",
    )
    assert run.returncode == 0, run.stderr
    (measurement,) = json.loads(run.stdout[run.stdout.index("[") :])
    assert (measurement["model"], measurement["config"]) == ("any*name", "configs/net.json")
    assert "config" in measurement["versions"]
