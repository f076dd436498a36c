"""A project's own models, and what their faults cost."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch")

from metazoo.errors import ConfigError
from metazoo.measure.request import Request
from metazoo.measure.run import measure_models
from metazoo.measure.sources import BUILT_IN, UnknownModelError, load_source

pytestmark = pytest.mark.measure


@pytest.fixture
def project(tmp_path, monkeypatch):
    shutil.copy(Path(__file__).with_name("faulty_zoo.py"), tmp_path)
    (tmp_path / "metazoo.toml").write_text('[sources]\nfaulty = "faulty_zoo:source"\n')
    monkeypatch.setenv("METAZOO_CACHE", str(tmp_path / "cache"))
    return tmp_path


def run(project, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "metazoo", "measure", "--source", "faulty", *arguments],
        cwd=project,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


FAULTY = (
    "allocates_without_end",
    "ends_the_process",
    "hangs",
    "interrupts_itself",
    "kills_the_process",
    "leaves_python",
    "not_a_number",
    "prints",
    "raises",
    "raises_no_exception",
    "raises_unreadably",
    "small",
)


@pytest.mark.heavy
def test_every_fault_is_named_and_costs_only_its_model(project):
    limits = ("--timeout", "15", "--memory", "1", "--jobs", "2")
    result = run(project, *FAULTY, *limits, "--device", "cpu", "--format", "json")
    assert result.returncode == 1, result.stderr
    assert "Traceback" not in result.stderr
    measured = {m["model"]: m for m in json.loads(result.stdout)}
    errors = {name: m["error"] for name, m in measured.items()}
    assert "memory" in errors["allocates_without_end"]
    assert errors["ends_the_process"] == "ended its process, which ended with 7"
    assert "took longer than 15 seconds" in errors["hangs"]
    assert errors["kills_the_process"] == "ended its process, which was killed by SIGKILL"
    assert "not finite" in errors["not_a_number"]
    assert errors["raises"] == "ValueError: no such luck"
    assert errors["raises_unreadably"] == "UnreadableError: (what it says can't be read)"
    assert errors["raises_no_exception"] == "NotAnException: of its own kind"
    assert errors["leaves_python"] == "SystemExit: 4"
    assert errors["interrupts_itself"] == "raised KeyboardInterrupt"
    assert errors["prints"] is None
    assert "hello from a model" in result.stderr
    assert errors["small"] is None
    assert measured["small"]["params"] == 8 * 3 * 9 + 8 + 8 * 10 + 10
    assert measured["small"]["macs"] == 6 * 6 * 8 * 27 + 80


def test_a_project_s_models_take_other_classes(project):
    result = run(project, "small", "--num-classes", "3", "--format", "json")
    assert json.loads(result.stdout)[0]["output_shape"] == [1, 3]


def test_a_project_s_sources_are_those_of_the_index_wherever_the_command_is_given(project):
    index = project / "model-index.yml"
    index.write_text(
        "Type: model-index\nLibrary: {Name: Ours, Source: faulty}\n"
        "Models:\n- {Name: small, Metadata: {Parameters: 314}}\n"
    )
    result = subprocess.run(
        [sys.executable, "-m", "metazoo", "verify", index],
        cwd=project.parent,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert "Parameters: 1 verified" in result.stdout


def test_an_unknown_source_is_a_wrong_use(project):
    result = run(project, "small", "--source", "nowhere")
    assert result.returncode == 2
    assert (
        f"there is no source 'nowhere'; known are: {', '.join([*BUILT_IN, 'faulty'])}"
        in result.stderr
    )


def test_a_source_that_cannot_be_imported_is_a_fault_of_the_configuration(tmp_path, monkeypatch):
    (tmp_path / "metazoo.toml").write_text('[sources]\nbroken = "no_such_module:source"\n')
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match="source 'broken' can't be loaded"):
        load_source("broken")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("faulty_zoo:small", "is no source of models"),
        ("faulty_zoo:Hangs", "is no source of models"),
        ("faulty_zoo:source", "calls itself 'faulty', but is to be source 'ours'"),
    ],
)
def test_what_is_no_source_of_that_name_is_a_fault_of_the_configuration(
    project, monkeypatch, source, said
):
    (project / "metazoo.toml").write_text(f'[sources]\nours = "{source}"\n')
    monkeypatch.chdir(project)
    with pytest.raises(ConfigError, match=said):
        load_source("ours")


@pytest.mark.parametrize(
    ("name", "params", "giga_macs"),
    [
        ("resnet50", 25_557_032, 4.089),
        ("vit_b_16", 86_567_656, 17.564),
        ("googlenet", 6_624_904, 1.498),
        ("inception_v3", 27_161_264, 5.713),
        ("swin_v2_t", 28_351_570, 5.94),
    ],
)
def test_torchvision_publishes_what_is_measured(name, params, giga_macs):
    pytest.importorskip("torchvision")
    m = next(measure_models([Request(name, "torchvision")], jobs=0))
    assert m.error is None
    assert m.params == params
    assert m.macs / 1e9 == pytest.approx(giga_macs, abs=5e-4)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("efficientnet-b0", "has no model 'efficientnet-b0'; did you mean 'efficientnet_b0'?"),
        ("resnet-18", "has no model 'resnet-18'; did you mean 'resnet18'?"),
        ("RESNET18", "has no model 'RESNET18'; did you mean 'resnet18'?"),
        ("ResNet 18", "has no model 'ResNet 18'; did you mean 'resnet18'?"),
        ("ResNet-50.a1_in1k", "did you mean 'resnet50'?"),
        ("ViT-Base-Patch16-224", "did you mean 'vit_base_patch16_224'?"),
        ("EfficientNet-B0x", "did you mean 'efficientnet_b0'"),
        ("gluon_xception65", "did you mean 'xception65' or 'gluon_inception_v3'?"),
        ("x" * 100_000, "has no model"),
        ("timm/resnet-18", "paths, URLs and hub repositories are not looked up"),
        ("hf-hub:resnet-18", "paths, URLs and hub repositories are not looked up"),
        ("C:\\\\resnet-18", "paths, URLs and hub repositories are not looked up"),
        ("./resnet-18", "paths, URLs and hub repositories are not looked up"),
        ("~resnet-18", "paths, URLs and hub repositories are not looked up"),
        (" ", "paths, URLs and hub repositories are not looked up"),
    ],
)
def test_a_slip_in_a_name_of_timm_is_told_the_right_one(name, said):
    with pytest.raises(UnknownModelError) as caught:
        load_source("timm").resolve(name)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("ResNet-18", "has no model 'ResNet-18'; did you mean 'resnet18'?"),
        ("ViT-B-16.IMAGENET1K_V1", "did you mean 'vit_b_16'?"),
        ("../resnet18", "has no model '../resnet18'"),
    ],
)
def test_a_slip_in_a_name_of_torchvision_is_told_the_right_one(name, said):
    pytest.importorskip("torchvision")
    with pytest.raises(UnknownModelError) as caught:
        load_source("torchvision").resolve(name)
    assert said in str(caught.value)
