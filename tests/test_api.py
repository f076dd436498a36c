"""What `import metazoo` offers is documented, typed, and does what the guide says."""

import inspect
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import FunctionType

import pytest

import metazoo

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "docs/guide/python.md").read_text("utf-8")
BASE = ROOT / "tests/hostile/base"


@pytest.fixture
def project(tmp_path):
    """A project with one model, without records, and with a fact that is wrong."""
    shutil.copytree(BASE, tmp_path / "zoo")
    family = tmp_path / "zoo/model_index/families/resnet.yml"
    family.write_text(re.sub(r"Parameters: .*", "Parameters: 5435489", family.read_text("utf-8")))
    shutil.rmtree(tmp_path / "zoo/model_index/measured")
    return tmp_path / "zoo"


def test_every_exported_name_is_in_the_guide_and_has_a_docstring():
    documented = re.findall(r"^\| `(\w+)", GUIDE, re.MULTILINE)
    assert sorted(documented) == sorted(metazoo.__all__)
    for name in metazoo.__all__:
        assert inspect.getdoc(getattr(metazoo, name)), name
    for name, member in vars(metazoo.Project).items():
        if not name.startswith("_") and isinstance(member, FunctionType | classmethod | property):
            assert inspect.getdoc(member), name


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'no_such_name'"):
        metazoo.no_such_name  # noqa: B018
    assert "load" in dir(metazoo)


def test_importing_and_checking_import_no_torch(project):
    program = (
        "import sys, metazoo; found = metazoo.load('.').check();"
        "assert isinstance(found, list); assert not {'torch', 'timm'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-P", "-c", program], cwd=project, check=True)


@pytest.mark.measure
def test_the_guide_s_program_runs_and_is_typed(project, tmp_path):
    (program,) = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
    assert len([line for line in program.splitlines() if line.strip()]) <= 15
    script = tmp_path / "script.py"
    script.write_text(program, "utf-8")
    done = subprocess.run(
        [sys.executable, "-P", script], cwd=project, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "resnet10t 698,688,000 MACs None" in done.stdout
    assert "resnet10t.c3_in1k Parameters 5435489 5435488" in done.stdout
    assert (project / "model_index/measured/resnet.json").is_file()
    typed = subprocess.run(
        [
            sys.executable,
            "-m",
            "mypy",
            "--strict",
            "--no-incremental",
            "--follow-imports=silent",
            script,
        ],
        cwd=tmp_path,
        env={**os.environ, "MYPYPATH": str(ROOT / "generator")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert typed.returncode == 0, typed.stdout


def test_load_takes_a_folder_or_an_index_file(project, monkeypatch):
    monkeypatch.chdir(project.parent)
    whole = metazoo.load("zoo")
    file = metazoo.load("zoo/model_index/families/resnet.yml")
    below = metazoo.load("zoo/model_index/families")
    assert [m.name.text for m in whole.models] == [m.name.text for m in file.models]
    assert whole.index.library is not None
    assert file.index.library is None
    assert below.config.root == whole.config.root
    with pytest.raises(metazoo.MetazooError, match="does not exist"):
        metazoo.load("zoo/none.yml")
