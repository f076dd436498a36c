"""The public API is documented, typed, and works as the guide shows."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import griffe
import pytest
from mkdocstrings import AutoDocProcessor

import metazoo
from metazoo.cards.escape import escaped
from tests.site_plugin.building import mkdocs

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "docs/guide/python.md").read_text("utf-8")
REFERENCE = (ROOT / "docs/guide/reference.md").read_text("utf-8")
BASE = ROOT / "tests/hostile/base"


@pytest.fixture
def project(tmp_path):
    """A project with one model, without records, and with a fact that is wrong."""
    shutil.copytree(BASE, tmp_path / "zoo")
    family = tmp_path / "zoo/model_index/families/resnet.yml"
    family.write_text(re.sub(r"Parameters: .*", "Parameters: 5435489", family.read_text("utf-8")))
    shutil.rmtree(tmp_path / "zoo/model_index/measured")
    return tmp_path / "zoo"


@pytest.fixture(scope="module")
def package():
    """The package as the reference sees it: read, not imported."""
    return griffe.load(
        "metazoo",
        search_paths=[str(ROOT / "generator")],
        allow_inspection=False,
        resolve_aliases=True,
    )


def test_the_reference_lists_every_exported_name_once():
    directives = re.findall(r"^ *::: *(\S+)", REFERENCE, re.MULTILINE)
    assert sorted(directives) == [f"metazoo.{name}" for name in sorted(metazoo.__all__)]


@pytest.mark.parametrize("name", metazoo.__all__)
def test_an_exported_name_is_documented_with_all_its_parts(name, package):
    exported = package[name].final_target
    assert exported.has_docstring
    sections = exported.docstring.parse("google")
    described = {
        element.name
        for section in sections
        if section.kind.value in {"attributes", "parameters"}
        for element in section.value
    }
    if exported.is_function:
        parts = {parameter.name for parameter in exported.parameters}
    else:
        members = [m for m in exported.members.values() if not m.name.startswith("_")]
        parts = {m.name for m in members if not m.has_docstring}
    assert parts <= described


def test_the_built_reference_shows_every_exported_name_once(tmp_path):
    settings = (ROOT / "mkdocs.yml").read_text("utf-8")
    (plugin,) = re.findall(r"^  - mkdocstrings:\n(?: {6}.*\n)+", settings, re.MULTILINE)
    plugin = plugin.replace("[generator]", f"[{ROOT / 'generator'}]")
    (tmp_path / "mkdocs.yml").write_text(
        f"site_name: x\nuse_directory_urls: false\ntheme: {{name: material, font: false}}\n"
        f"plugins:\n{plugin}",
        "utf-8",
    )
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/index.md").write_text(REFERENCE.replace("(python.md)", "(index.md)"), "utf-8")
    built = mkdocs("build", "--strict", cwd=tmp_path, NO_MKDOCS_2_WARNING="1")
    assert built.returncode == 0, built.stderr
    page = (tmp_path / "site/index.html").read_text("utf-8")
    shown = re.findall(r'<h3 id="metazoo\.(\w+)"', page)
    assert sorted(shown) == sorted(metazoo.__all__)
    assert "How much a finding matters." in page
    assert "NOT_MEASURED" in page


def test_text_of_an_index_cannot_add_to_the_reference():
    directive = AutoDocProcessor.regex
    assert directive.search("x\n::: os.path")
    for text in ("::: os.path", "x\n::: os.path", "## ::: os.path", ":::os.path"):
        assert not directive.search(escaped(text)), text


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
