"""What surrounds the code is valid and current: workflows, hooks, forms, the changelog."""

import re
import subprocess
import sys
import tomllib
from datetime import date
from pathlib import Path

import pytest
import yaml

import metazoo

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github/workflows").iterdir())
FORMS = sorted((ROOT / ".github/ISSUE_TEMPLATE").iterdir())
CLASSIFIERS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["classifiers"]


def parsed(path):
    return yaml.safe_load(path.read_text("utf-8"))


def validated(schema, file):
    """The result of check-jsonschema, which carries the official schemas."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "check_jsonschema", "--builtin-schema", schema, file],
        capture_output=True,
        text=True,
        check=False,
    )


def steps(workflow):
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_workflow_is_valid_and_every_job_has_a_timeout(file):
    for schema in ("vendor.github-workflows", "custom.github-workflows-require-timeout"):
        done = validated(schema, file)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_workflow_can_only_read_and_pins_its_actions(file):
    workflow = parsed(file)
    assert workflow["permissions"] == {"contents": "read"}
    for job in workflow["jobs"].values():
        assert "permissions" not in job
    for step in steps(workflow):
        if "uses" in step:
            assert re.fullmatch(r"[\w-]+/[\w-]+@v\d+(\.\d+)*", step["uses"])
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


def test_tests_run_on_all_supported_pythons_and_systems():
    matrix = parsed(ROOT / ".github/workflows/ci.yml")["jobs"]["test"]["strategy"]["matrix"]
    pythons = [c.rpartition(" ")[2] for c in CLASSIFIERS if re.search(r"Python :: 3\.", c)]
    assert matrix["python"] == pythons
    systems = {c.rpartition(" ")[2] for c in CLASSIFIERS if c.startswith("Operating System")}
    runners = {"ubuntu-latest": "Linux", "macos-latest": "MacOS"}
    assert {runners[name] for name in matrix["os"]} == systems


def test_workflow_runs_every_check():
    commands = [step.get("run", "") for step in steps(parsed(ROOT / ".github/workflows/ci.yml"))]
    for check in ("make lint", "make test", ".ci/run"):
        assert any(command.startswith(check) for command in commands), check


@pytest.mark.parametrize("file", FORMS, ids=lambda file: file.name)
def test_issue_form_is_valid(file):
    kind = "issue-config" if file.name == "config.yml" else "issue-forms"
    done = validated(f"vendor.github-{kind}", file)
    assert done.returncode == 0, done.stdout + done.stderr


def test_an_invalid_workflow_and_form_are_rejected(tmp_path):
    file = tmp_path / "x.yml"
    file.write_text("on: push\njobs: {a: {runs-on: x, steps: [{run: y}]}}\n", "utf-8")
    assert validated("vendor.github-workflows", file).returncode == 0
    assert validated("custom.github-workflows-require-timeout", file).returncode == 1
    assert validated("vendor.github-issue-forms", file).returncode == 1


def test_commit_hooks_run_what_make_lint_runs():
    (repo,) = parsed(ROOT / ".pre-commit-config.yaml")["repos"]
    assert repo["repo"] == "local"
    for hook in repo["hooks"]:
        assert {"id", "name", "entry", "language"} <= set(hook)
        assert hook["language"] == "system"
    hooks = {
        tuple(re.findall(r"^\.venv/bin/([\w-]+)(?: (\w+))?", h["entry"])) for h in repo["hooks"]
    }
    makefile = (ROOT / "Makefile").read_text("utf-8")
    (lint,) = re.findall(r"^lint:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)
    linters = re.findall(r"^\t\$\(BIN\)/([\w-]+)(?: (\w+))?", lint, re.MULTILINE)
    assert hooks == {*((linter,) for linter in linters), (("metazoo", "check"),)}


def test_changelog_begins_with_unreleased_and_this_version():
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    unreleased, release, *_ = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert unreleased == "Unreleased"
    version, _, day = release.partition(" (")
    assert version == metazoo.__version__
    assert date.fromisoformat(day.removesuffix(")"))
    kinds = re.findall(r"^### (.+)$", text, re.MULTILINE)
    assert set(kinds) <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
