"""Nothing in the working directory runs, whatever command is given and however Python is started."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch")

pytestmark = pytest.mark.measure

MODULES = (
    "multiprocessing",
    "numpy",
    "pebble",
    "selectors",
    "timm",
    "torch",
    "torchvision",
    "yaml",
)
INDEX = """\
Type: model-index
Library: {Source: timm}
Models:
- Name: resnet18
  Metadata: {FLOPs: 1, Parameters: 11689512}
"""


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A project whose root holds modules that are named like others, and say that they ran."""
    folder = tmp_path / "checkout"
    (folder / "model_index").mkdir(parents=True)
    (folder / "model_index/index.yml").write_text(INDEX)
    marker = tmp_path / "ran"
    for name in MODULES:
        code = f"open({str(marker)!r}, 'a').write(__name__ + '\\n')\nraise SystemExit('hostile')\n"
        (folder / f"{name}.py").write_text(code)
    monkeypatch.setenv("METAZOO_CACHE", str(tmp_path / "cache"))
    return folder, marker


def own_source(folder):
    """A project's own source, of two modules in its root."""
    (folder / "metazoo.toml").write_text('[sources]\nours = "our_zoo:source"\n')
    (folder / "our_zoo.py").write_text(
        "from our_layers import build\n"
        "from metazoo.measure.sources import CallableSource\n"
        "source = CallableSource('ours', {'small': build}, input_size=(3, 8, 8))\n"
    )
    (folder / "our_layers.py").write_text(
        "import numpy, selectors, timm, torch, torchvision\n"
        "def build(): return torch.nn.Conv2d(3, 1, 8)\n"
    )


def run(checkout, *arguments, start=("-m", "metazoo"), **environment):
    folder, marker = checkout
    environment = {k: v for k, v in ({**os.environ} | environment).items() if v is not None}
    done = subprocess.run(
        [sys.executable, *start, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert not marker.exists(), f"{marker.read_text().split()} ran"
    assert "hostile" not in done.stdout + done.stderr
    return done


COMMANDS = {
    "check": (("check",), 0),
    "list": (("list",), 0),
    "measure": (("measure", "test_vit", "--no-cache", "--jobs", "1"), 0),
    "measure a glob": (("measure", "test_vi[t]", "--source", "timm", "--jobs", "1"), 0),
    "verify": (("verify", "--no-records", "--jobs", "1"), 1),
    "explain": (("explain", "--no-cache"), 1),
    "bench": (("bench", "test_vit", "--budget", "1", "--batch-size", "1"), 0),
    "import timm": (("import", "timm", "--family", "test", "--models", "test_vit.*"), 0),
}


QUICK = ("check", "measure", "verify")


@pytest.mark.parametrize(
    "command", [c if c in QUICK else pytest.param(c, marks=pytest.mark.heavy) for c in COMMANDS]
)
def test_modules_in_the_working_directory_do_not_run(command, checkout):
    arguments, code = COMMANDS[command]
    done = run(checkout, *arguments, PYTHONSAFEPATH=None)
    assert "Traceback" not in done.stderr
    assert done.returncode == code, done.stderr


SCRIPT = shutil.which("metazoo", path=str(Path(sys.executable).parent))


@pytest.mark.parametrize(
    ("start", "environment"),
    [
        (("-m", "metazoo"), {"PYTHONSAFEPATH": ""}),
        pytest.param(("-m", "metazoo"), {"PYTHONSAFEPATH": "1"}, marks=pytest.mark.heavy),
        pytest.param(("-P", "-m", "metazoo"), {}, marks=pytest.mark.heavy),
        pytest.param(("-I", "-m", "metazoo"), {}, marks=pytest.mark.heavy),
        (("-c", "from metazoo.cli import main; main()"), {}),
        pytest.param(
            (SCRIPT,), {}, marks=pytest.mark.skipif(not SCRIPT, reason="is not installed here")
        ),
    ],
)
def test_however_python_is_started(start, environment, checkout):
    done = run(checkout, "measure", "test_vit", "--no-cache", start=start, **environment)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "value",
    [
        "{others}:",
        *(
            pytest.param(value, marks=pytest.mark.heavy)
            for value in (":{others}", "{others}::{others}", "{here}")
        ),
    ],
)
def test_entries_of_the_python_path_that_lead_to_the_working_directory(value, checkout, tmp_path):
    # What the interpreter imports before any code of metazoo runs is its own affair.
    others = tmp_path / "others"
    others.mkdir()
    path = value.format(others=others, here=checkout[0])
    done = run(checkout, "measure", "test_vit", "--no-cache", PYTHONPATH=path)
    assert done.returncode == 0, done.stderr


def test_without_the_environment_python_must_be_told_otherwise(checkout):
    done = run(checkout, "measure", "test_vit", "--no-cache", start=("-E", "-m", "metazoo"))
    assert done.returncode == 2
    assert "add -P" in done.stderr


@pytest.mark.heavy
def test_nor_do_they_on_a_ray_cluster_of_this_machine(checkout):
    pytest.importorskip("ray", reason="Ray is not installed")
    done = run(checkout, "measure", "test_vit", "--no-cache", "--ray", "local")
    assert done.returncode == 0, done.stderr
    own_source(checkout[0])
    done = run(checkout, "measure", "small", "--source", "ours", "--ray", "local")
    assert done.returncode == 0, done.stderr


def test_an_own_source_is_found_and_takes_no_package_s_place(checkout):
    folder, _ = checkout
    own_source(folder)
    done = run(checkout, "measure", "small", "--source", "ours", "--format", "json")
    assert done.returncode == 0, done.stderr
    assert '"params": 193' in done.stdout
