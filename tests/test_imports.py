"""The order of the rooms in `pyproject.toml` holds, and each class has a name of its own."""

import ast
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def linted(package: Path) -> subprocess.CompletedProcess[str]:
    program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return subprocess.run(
        [sys.executable, "-P", "-c", program, "--config", ROOT / "pyproject.toml", "--no-cache"],
        cwd=package.parent,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(package.parent), *sys.path])},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("file", "line", "what"),
    [
        ("errors.py", "", None),
        ("index/model.py", "from metazoo.rules import check", "metazoo.index -> metazoo.rules"),
        ("measure/request.py", "import metazoo.project", "metazoo.measure -> metazoo.project"),
        ("errors.py", "def late():\n    import metazoo.cli.app", "metazoo.errors -> metazoo.cli"),
        ("cards/zoo.py", "import torch", "metazoo.cards.zoo -> torch"),
    ],
)
def test_an_import_from_a_room_above_or_of_torch_breaks_the_contract(tmp_path, file, line, what):
    package = tmp_path / "metazoo"
    shutil.copytree(ROOT / "generator" / "metazoo", package)
    with (package / file).open("a", encoding="utf-8") as source:
        source.write(f"\n{line}\n")
    done = linted(package)
    assert done.returncode == (1 if what else 0), done.stdout + done.stderr
    if what:
        upper, lower = what.split(" -> ")
        assert upper in done.stdout
        assert lower in done.stdout


def test_no_two_classes_share_a_name():
    names = Counter(
        node.name
        for file in (ROOT / "generator" / "metazoo").rglob("*.py")
        for node in ast.parse(file.read_text("utf-8")).body
        if isinstance(node, ast.ClassDef)
    )
    assert {name for name, count in names.items() if count > 1} == set()
