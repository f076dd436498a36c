"""A stranger's project costs nobody a file, a secret, or a machine, and what is wrong with it is said."""

import os
import re
from collections import Counter

import pytest

from tests.hostile.corpus import PROJECTS
from tests.hostile.project import BESIDE, MODEL, PWNED, SECRET, Project, build
from tests.hostile.running import (
    COMMANDS,
    MORE,
    Outcome,
    Server,
    commands_of,
    faults_of,
    judged,
    warm,
)

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="runs commands in forks")


@pytest.fixture(scope="session")
def cache(tmp_path_factory):
    return warm(tmp_path_factory.mktemp("warm"), Server())


def sample():
    """Projects of which each is the first of its kind: of a pattern, a case, or a command."""
    seen = set()
    for project in PROJECTS:
        kinds = {
            ("pattern", project.name.partition("-")[0]),
            ("case", project.case),
            *(("command", command) for command in commands_of(project)),
        }
        if kinds - seen:
            seen |= kinds
            yield project


SAMPLE = tuple(sample())


@pytest.mark.measure
@pytest.mark.parametrize(
    "project",
    [pytest.param(p, marks=[] if p in SAMPLE else pytest.mark.heavy, id=p.name) for p in PROJECTS],
)
def test_hostile_project(project, cache, tmp_path):
    if project.uid is not None and os.geteuid() != 0:
        pytest.skip("only root can become another user")
    faults = faults_of(project, tmp_path / "run", Server(), cache)
    if faults:
        pytest.fail("\n".join([f"{project.name} (case {project.case})", *faults]), pytrace=False)


def test_the_corpus_is_large_and_each_project_says_what_it_expects():
    assert len(PROJECTS) >= 100
    assert max(Counter(p.name for p in PROJECTS).values()) == 1
    for project in PROJECTS:
        expected = (project.shows, project.exits, project.works, project.holds, project.gone)
        assert any(expected) or project.files, project.name
        commands = {*project.shows, *project.exits, *project.works, *project.arguments}
        assert commands <= set(commands_of(project)), project.name
        assert commands <= {*COMMANDS, *MORE}
        for pattern in project.shows.values():
            re.compile(pattern)


def test_the_sample_runs_every_command():
    commands = {command for project in PROJECTS for command in commands_of(project)}
    assert commands >= set(COMMANDS)
    assert {command for project in SAMPLE for command in commands_of(project)} == commands
    assert any(p.measures for p in SAMPLE)


def test_the_corpus_covers_every_kind_of_input():
    assert {p.case for p in PROJECTS} >= {*range(1, 19), 22, 24, 27}


def outcome(output="", code=0, **more):
    return Outcome(code, output, **more)


@pytest.mark.parametrize(
    ("seen", "fault"),
    [
        (outcome("Traceback (most recent call last):\n…\nValueError: x\n", 1), "Traceback"),
        (outcome("", -11), "signal 11"),
        (outcome("", 3), "exit code 3"),
        (outcome("", 0, hung="took 11 s"), "took 11 s"),
        (outcome(f"x {SECRET}\n"), "outside"),
        (outcome("root:x:0:0:root\n"), "outside"),
        (outcome(f"a\n{PWNED}\n"), "begins with text"),
        (outcome("a\n  ::error::b\n"), "begins with text"),
        (outcome("a\r##[error]b\n"), "begins with text"),
        (outcome("a ##[error]b\n"), "command to a runner"),
        (outcome("a\x1b[2Jb\n"), "U+001B"),
        (outcome("a\x9bb\n"), "U+009B"),
        (outcome("a\u202eb\n"), "U+202E"),
        (outcome("x" * 101), "101 characters"),
    ],
)
def test_a_fault_of_a_command_is_seen(seen, fault):
    project = Project("x", 0, most=100)
    assert fault in " ".join(judged("check", seen, project))


@pytest.mark.parametrize(
    "output", ["", "a ::error::b\n", "::error file=a.yml,line=1::b\n", "a #[b\n"]
)
def test_what_is_right_is_no_fault(output):
    assert list(judged("check", outcome(output), Project("x", 0))) == []


def test_what_was_to_be_shown_and_was_not_is_a_fault():
    project = Project("x", 0, shows={"check": "MZ101"}, exits={"check": 1}, works=("list",))
    faults = list(judged("check", outcome("nothing"), project))
    assert [fault.partition(" but")[0] for fault in faults] == [
        "didn't show 'MZ101'",
        "ended with exit code 0, not 1: 'nothing'",
    ]
    assert list(judged("check", outcome("MZ101", 1), project)) == []
    assert list(judged("list", outcome("another"), project)) == [f"didn't name {MODEL}"]


class Meddler:
    """In the place of the server: does to the folders what no command may."""

    def __init__(self, meddle):
        self.meddle = meddle

    def run(self, _command, _project, sandbox):
        self.meddle(sandbox)
        return Outcome(0, "")


@pytest.mark.parametrize(
    ("meddle", "fault"),
    [
        (lambda s: (s.beside / "package.json").unlink(), "deleted beside/package.json"),
        (lambda s: (s.beside / "made").touch(), "made beside/made"),
        (lambda s: (s.beside / "card.md").write_text("x"), "changed beside/card.md"),
        (lambda s: (s.home / "made").touch(), "made home/made"),
        (lambda s: (s.root / "RAN").touch(), "'RAN' was made"),
        (lambda s: (s.root / "mkdocs.yml").unlink(missing_ok=True), "'mkdocs.yml' was deleted"),
        (lambda s: (s.root / "model_index/index.yml").write_text("x"), "index.yml' was changed"),
        (
            lambda s: (s.root / "model_index/measured/resnet.json").unlink(missing_ok=True),
            "resnet.json' was deleted",
        ),
        (
            lambda s: (
                (s.root / "site").mkdir(exist_ok=True),
                (s.root / "site/a").write_text(SECRET),
            ),
            "site/a holds",
        ),
    ],
)
def test_a_fault_beside_the_output_is_seen(meddle, fault, tmp_path):
    project = Project("x", 0, only=("check",))
    faults = faults_of(project, tmp_path / "run", Meddler(meddle), None)
    assert fault in " ".join(faults)


def test_reading_a_file_outside_is_seen(tmp_path):
    probe = tmp_path / "probe"
    probe.write_text("x")
    os.utime(probe, ns=(0, probe.stat().st_mtime_ns))
    probe.read_text()
    if probe.stat().st_atime_ns == 0:
        pytest.skip("this file system doesn't keep times of access")
    meddler = Meddler(lambda s: (s.beside / "secret.txt").read_text())
    faults = faults_of(Project("x", 0, only=("check",)), tmp_path / "run", meddler, None)
    assert faults == ["check: read beside/secret.txt"]


def test_everything_beside_a_project_holds_the_secret(tmp_path):
    sandbox = build(Project("x", 0), tmp_path / "run")
    assert all(SECRET in (sandbox.beside / name).read_text() for name in BESIDE)
