"""`metazoo sources`: what can build models, and why not."""

import json

import pytest

from metazoo.measure import available
from metazoo.measure.available import available_sources
from metazoo.measure.sources import BUILT_IN

from .command import metazoo


@pytest.fixture
def project(tmp_path, monkeypatch):
    (tmp_path / "metazoo.toml").write_text(
        '[sources]\nours = "own_zoo:source"\nbroken = "broken_zoo:source"\ntimm = "own_zoo:source"\n'
    )
    (tmp_path / "own_zoo.py").write_text(
        "from metazoo.measure.sources import CallableSource\n"
        "source = CallableSource('ours', {'a': None, 'b': None})\n"
    )
    (tmp_path / "broken_zoo.py").write_text("raise RuntimeError('no luck\\x1b[31m')\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("METAZOO_CACHE", str(tmp_path / "cache"))
    return tmp_path


@pytest.mark.measure
def test_it_lists_built_in_sources_and_the_projects_own(project):
    run = metazoo("sources", "--format", "json", cwd=project)
    assert (run.returncode, run.stderr) == (0, "")
    found = {source["name"]: source for source in json.loads(run.stdout)}
    assert list(found) == [*BUILT_IN, "ours", "broken"]
    timm, ours, broken = found["timm"], found["ours"], found["broken"]
    assert timm["origin"] == "metazoo"
    assert timm["importable"]
    assert timm["names"] > 1000
    assert list(timm["versions"]) == ["timm"]
    assert (ours["names"], ours["importable"], ours["error"]) == (2, True, None)
    assert ours["origin"].endswith("metazoo.toml: own_zoo:source")
    assert ours["versions"]["own_zoo"].startswith("sha256:")
    assert (broken["names"], broken["importable"]) == (None, False)
    assert "broken_zoo.py:1: RuntimeError: no luck" in broken["error"]


def test_without_torch_it_says_how_to_install_each(project):
    run = metazoo("sources", cwd=project, torch=False)
    assert run.returncode == 0
    assert "Traceback" not in run.stderr
    for name, known in BUILT_IN.items():
        if name in ("timm", "ultralytics"):
            assert f"{name} is not installed; install it with: {known.install}" in run.stdout
    assert "note: ultralytics is licensed under AGPL-3.0" in run.stdout
    assert "ours can't be used: Measuring a model needs torch" in run.stdout
    assert "\x1b" not in run.stdout


class Point:
    """An entry point of an installed package."""

    def __init__(self, name, value):
        self.name = name
        self.value = value
        self.dist = None


@pytest.fixture
def names_of(monkeypatch):
    """Stands in for the workers that count names; answers at once."""
    answers = {}

    def names(source, cache):
        answer = answers.get(source, [])
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(available, "source_names", names)
    monkeypatch.setattr(
        available.metadata,
        "entry_points",
        lambda **_: [
            Point("theirs", "zoo:s"),
            Point("ours", "zoo:o"),
            Point("timm", "zoo:t"),
        ],
    )
    monkeypatch.setattr(available, "installed_versions", lambda _: {"metazoo": "1", "torch": "2"})
    return answers


def test_of_two_sources_with_a_name_the_one_that_is_used_is_listed(project, names_of):
    found = {s.name: s.origin for s in available_sources()}
    assert list(found) == [*BUILT_IN, "theirs", "ours", "broken"]
    assert found["timm"] == "metazoo"
    assert found["ours"] == "entry point zoo:o"


def test_names_are_counted_only_of_what_is_installed(project, names_of, monkeypatch):
    installed = {"timm", "open_clip"}
    monkeypatch.setattr(
        available.importlib.util, "find_spec", lambda name: object() if name in installed else None
    )
    names_of["timm"] = ["a", "b"]
    names_of["open_clip"] = ValueError("bad registry")
    found = {s.name: s for s in available_sources()}
    assert (found["timm"].installed, found["timm"].importable, found["timm"].names) == (
        True,
        True,
        2,
    )
    assert found["timm"].versions == {}
    assert (found["torchvision"].installed, found["torchvision"].importable) == (False, None)
    assert found["torchvision"].names is None
    assert (found["open_clip"].importable, found["open_clip"].names) == (False, None)
    assert found["open_clip"].error == "ValueError: bad registry"


def test_every_built_in_source_is_documented():
    from tests.test_docs import GUIDE, sections

    text = sections(GUIDE / "measuring.md")["Sources"]
    for name, known in BUILT_IN.items():
        row = next(line for line in text.splitlines() if line.startswith(f"| `{name}` |"))
        assert f"`{known.install}`" in row
        assert known.license_note is None or known.license_note in row
