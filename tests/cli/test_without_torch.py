"""Checking and rendering need neither torch nor timm; for the site see `site_plugin.test_whole_site`."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .command import DATA, metazoo

PROJECT = Path(__file__).parents[2]


@pytest.fixture
def project(tmp_path):
    """A copy of the project's sources, so that nothing is written among them."""
    for name in ("docs", "model_index"):
        shutil.copytree(PROJECT / name, tmp_path / name)
    for name in ("mkdocs.yml", "pyproject.toml"):
        shutil.copy(PROJECT / name, tmp_path / name)
    return tmp_path


def test_the_interpreter_under_test_has_no_torch():
    done = subprocess.run(
        [sys.executable, "-c", "import torch"],
        env={**os.environ, "PYTHONPATH": str(DATA / "without_torch")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "ModuleNotFoundError" in done.stderr


@pytest.mark.parametrize(
    "arguments", [("check",), ("verify", "--check"), ("render", "--out", "pages")]
)
def test_commands_that_do_not_measure(project, arguments):
    done = metazoo(*arguments, cwd=project, torch=False)
    assert done.returncode == 0, done.stdout + done.stderr
