"""A site where the package with Vega isn't installed."""

import os
import subprocess
import sys
from pathlib import Path

HIDING = """\
from importlib.machinery import PathFinder

found = PathFinder.find_spec
PathFinder.find_spec = lambda name, *rest: None if name == "vl_convert" else found(name, *rest)
"""


def test_the_explorer_is_built_without_its_chart_and_the_build_says_so(project, tmp_path):
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "sitecustomize.py").write_text(HIDING)
    run = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict"],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(hidden)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert "metazoo[charts]" in run.stderr
    assets = Path(project) / "site" / "assets" / "metazoo"
    assert "vega: null" in (assets / "explorer.js").read_text("utf-8")
    assert not list(assets.glob("vega*"))
