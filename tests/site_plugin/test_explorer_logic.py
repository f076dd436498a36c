"""The explorer's modules: their logic in Node.js where it is, and how they are joined."""

import shutil
import subprocess
from pathlib import Path

import pytest

from metazoo.site.bundle import SOURCES, bundle

NODE = shutil.which("node")


@pytest.mark.skipif(NODE is None, reason="there is no Node.js to run the modules in")
@pytest.mark.parametrize("file", sorted(Path(__file__).parent.glob("explorer/*.test.mjs")))
def test_the_modules(file):
    run = subprocess.run([NODE, "--test", file], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout


@pytest.mark.skipif(NODE is None, reason="there is no Node.js to read the script")
def test_the_joined_script_is_valid(tmp_path):
    script = tmp_path / "explorer.js"
    script.write_text(bundle(), "utf-8")
    subprocess.run([NODE, "--check", script], check=True, capture_output=True)


def test_every_module_is_joined_once_and_no_module_syntax_is_left():
    script = bundle()
    assert script.count("window.metazooExplorer") == 1
    assert "\nimport " not in script
    assert "\nexport " not in script
    for module in set(SOURCES.glob("*.js")) - {SOURCES / "loader.js"}:
        last = [
            line for line in module.read_text("utf-8").splitlines() if line.startswith("export")
        ][-1]
        assert script.count(last.removeprefix("export ")) == 1, module.name


def test_modules_that_share_a_name_are_refused(tmp_path):
    (tmp_path / "a.js").write_text("export function same() {}\n")
    (tmp_path / "main.js").write_text('import { same } from "./a.js";\nfunction same() {}\n')
    with pytest.raises(ValueError, match=r"main\.js and a\.js both define same"):
        bundle(sources=tmp_path)


def test_a_form_of_import_that_cannot_be_joined_is_refused(tmp_path):
    (tmp_path / "main.js").write_text('import * as a from "./a.js";\n')
    with pytest.raises(ValueError, match=r"main\.js has an import"):
        bundle(sources=tmp_path)
