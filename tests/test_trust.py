"""The page on trust says what the code does, and its workflow takes nothing but data from strangers."""

import inspect
import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from metazoo.cli.verify import verify
from metazoo.files import LARGEST_BYTES
from metazoo.index import nodes, paths, quantities, text

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "guide" / "trust.md").read_text("utf-8")
OPTIONS = inspect.signature(verify).parameters

LIMITS = {
    "size of an index file": f"{text.LARGEST_FILE // 2**20} MiB",
    "values in an index file": f"{text.MOST_VALUES:,}",
    "nesting levels in YAML and JSON": f"{nodes.DEEPEST}",
    "values that YAML aliases may add": f"{nodes.MOST_UNFOLDED:,}",
    "files that one import pattern may match": f"{paths.MOST_MATCHES:,}",
    "characters of a number": f"{quantities._LONGEST}",
    "size of a record or benchmark file": f"{LARGEST_BYTES // 2**20} MiB",
    "time to measure one model (`--timeout`)": f"{OPTIONS['timeout'].default:g} s",
    "memory to measure one model (`--memory`)": f"{OPTIONS['memory'].default:g} GiB",
}


def section(title):
    return re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)[1]


def test_the_limits_are_those_of_the_code():
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", section("Limits"), re.MULTILINE)
    assert dict(rows[1:] if rows[0] == ("limit", "value") else rows) == LIMITS


@pytest.fixture(scope="module")
def workflow():
    return yaml.safe_load(re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[1])


def test_the_workflow_has_no_rights(workflow):
    assert workflow[True] == "pull_request"  # YAML 1.1 reads `on` as true
    assert workflow["permissions"] == {"contents": "read"}
    (job,) = workflow["jobs"].values()
    assert job["timeout-minutes"] <= 30
    assert "permissions" not in job
    assert "secrets" not in str(workflow)
    base, pull_request = job["steps"][:2]
    assert base["with"]["ref"] == "${{ github.event.pull_request.base.sha }}"
    assert pull_request["with"]["path"] == ".pull-request"
    for step in (base, pull_request):
        assert step["with"]["persist-credentials"] is False


def step(workflow, beginning):
    (job,) = workflow["jobs"].values()
    return next(s["run"] for s in job["steps"] if s.get("name", "").startswith(beginning))


def take_the_data(workflow, folder):
    command = ["bash", "-eo", "pipefail", "-c", step(workflow, "Take the data")]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def checkout(tmp_path):
    """The base branch, and a stranger's pull request in a folder of it."""
    root = tmp_path / "checkout"
    theirs = root / ".pull-request"
    for folder in (root, theirs):
        (folder / "model_index" / "families").mkdir(parents=True)
    (root / "metazoo.toml").write_text("base")
    (root / "mkdocs.yml").write_text("base")
    (root / "model_index" / "index.yml").write_text("base")
    (root / "model_index" / "deleted.yml").write_text("base")
    (theirs / "metazoo.toml").write_text("stranger")
    (theirs / "mkdocs.yml").write_text("stranger")
    (theirs / "model_index" / "index.yml").write_text("stranger")
    (theirs / "model_index" / "families" / "new.yml").write_text("stranger")
    (tmp_path / "secret.yml").write_text("secret")
    return root


def test_the_workflow_takes_data_from_the_pull_request_and_the_rest_from_the_base(
    workflow, checkout
):
    theirs = checkout / ".pull-request" / "model_index"
    (theirs / "evil.py").write_text("stranger")
    (theirs / "metazoo.toml").write_text("stranger")
    (theirs / "link.yml").symlink_to(checkout.parent / "secret.yml")
    (theirs / "folder").symlink_to(checkout.parent)
    (theirs / "-x.yml").write_text("stranger")
    (theirs / "a\nb.yml").write_text("stranger")
    os.mkfifo(theirs / "pipe.yml")
    done = take_the_data(workflow, checkout)
    assert done.returncode == 0, done.stderr
    found = {p.relative_to(checkout).as_posix() for p in checkout.rglob("*") if not p.is_dir()}
    assert found == {
        "metazoo.toml",
        "mkdocs.yml",
        "model_index/index.yml",
        "model_index/families/new.yml",
        "model_index/-x.yml",
        "model_index/a\nb.yml",
    }
    assert (checkout / "metazoo.toml").read_text() == "base"
    assert (checkout / "mkdocs.yml").read_text() == "base"
    assert (checkout / "model_index" / "index.yml").read_text() == "stranger"


def test_the_workflow_refuses_a_folder_that_is_a_link(workflow, checkout):
    theirs = checkout / ".pull-request" / "model_index"
    theirs.rename(checkout / ".pull-request" / "elsewhere")
    theirs.symlink_to(checkout.parent)
    assert take_the_data(workflow, checkout).returncode != 0
    assert (checkout / "model_index" / "index.yml").read_text() == "base"


def test_the_commands_of_the_workflow_exist(workflow):
    import typer

    from metazoo.cli.app import app

    commands = typer.main.get_command(app).commands
    (job,) = workflow["jobs"].values()
    for run in (s["run"] for s in job["steps"] if s.get("run", "").startswith("metazoo ")):
        _, command, *arguments = run.split()
        known = {option for p in commands[command].params for option in p.opts}
        assert {a for a in arguments if a.startswith("--")} <= known, run


def test_a_hole_is_reported_in_private():
    policy = (ROOT / "SECURITY.md").read_text("utf-8")
    assert "Report a vulnerability" in policy
    assert "docs/guide/trust.md" in policy
