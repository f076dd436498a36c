"""The project's settings: what they say, and what is refused with its file, setting and reason."""

import os
from pathlib import Path

import pytest

from metazoo.config import load
from metazoo.errors import ConfigError


@pytest.fixture
def project(tmp_path):
    root = tmp_path / "project"
    root.mkdir()
    (tmp_path / "outside").mkdir()
    return root


def refusal(project):
    with pytest.raises(ConfigError) as error:
        load(project)
    return str(error.value)


@pytest.mark.parametrize("value", ["zoo/x", "./zoo/../x", "zoo", "inner"])
def test_paths_within_the_root_are_taken(project, value):
    (project / "real").mkdir()
    (project / "inner").symlink_to(project / "real")
    (project / "metazoo.toml").write_text(f'records = "{value}"\n', "utf-8")
    assert load(project).records == project / value


def test_an_absolute_path_within_the_root_is_taken(project):
    (project / "metazoo.toml").write_text(f'records = "{project}/measured"\n', "utf-8")
    assert load(project).records == project / "measured"


@pytest.mark.parametrize("setting", ["index", "records", "waivers"])
@pytest.mark.parametrize(
    "value", ["../outside", "/etc/passwd", "zoo/../../outside/x", "link/x.yml"]
)
def test_paths_out_of_the_root_are_refused(project, setting, value):
    (project / "link").symlink_to(project.parent / "outside")
    (project / "metazoo.toml").write_text(f'{setting} = "{value}"\n', "utf-8")
    said = refusal(project)
    assert f"metazoo.toml: setting '{setting}' leads to " in said
    assert f"outside the project's root {project}" in said
    assert "move the file or folder there" in said


@pytest.mark.parametrize("name", ["index.yml", "waivers.yml", "measured", "benchmarks"])
def test_links_out_of_the_root_are_refused_at_the_usual_places(project, name):
    (project / "model_index").mkdir()
    (project / "model_index/index.yml").write_text("Models: []\n", "utf-8")
    load(project)
    place = project / "model_index" / name
    place.unlink(missing_ok=True)
    place.symlink_to(project.parent / "outside")
    if name == "index.yml":
        (project.parent / "outside").rmdir()
        (project.parent / "outside").write_text("Models: []\n", "utf-8")
    said = refusal(project)
    assert f"{place}" in said
    assert f"leads to {project.parent / 'outside'}, outside the project's root" in said


def test_a_root_that_is_a_link_itself_is_its_target(project):
    (project / "metazoo.toml").write_text('records = "measured"\n', "utf-8")
    alias = project.parent / "alias"
    alias.symlink_to(project)
    assert load(alias).records == project / "measured"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tool = 1", "[tool] must be a table, not 1"),
        ("tool = []", "[tool] must be a table, not []"),
        ("tool.metazoo = 1", "[tool.metazoo] must be a table, not 1"),
        ("[tool.metazoo]\nrecords = 3", "setting 'records' must be a path as text, not 3"),
        ('[tool.metazoo]\nrecords = "a\\u0000b"', "must be a path as text"),
        ("[tool.metazoo]\nselect = 3", "setting 'select' must be a list of rules, not 3"),
        ("[tool.metazoo]\nselect = [3]", "setting 'select' must be a list of rules, not [3]"),
        ("[tool.metazoo]\nseverity = []", "setting 'severity' must be a table of rules, not []"),
        (
            '[tool.metazoo.severity]\nMZ101 = ["error"]',
            "severity of 'MZ101' must be one of error, warning, info, not ['error']",
        ),
        ("[tool.metazoo.severity.MZ101]\na = 1", "must be one of error, warning, info"),
        ('[tool.metazoo.severity]\nMZ101 = "fatal"', "must be one of error, warning, info"),
        ('[tool.metazoo]\nrecord = "x"', "there is no setting 'record'; did you mean 'records'?"),
        ("[tool.metazoo]\nsources = 3", "setting 'sources' must be a table, not 3"),
        ('[tool.metazoo.sources]\nx = "..:y"', "source 'x' must be 'module:object' as text"),
        ('[tool.metazoo.sources]\nx = "m."', "source 'x' must be 'module:object' as text"),
        ("x = [", "can't be read as TOML"),
        ("x = " + "[" * 5000, "can't be read as TOML"),
        ("x = " + "9" * 5000, "can't be read as TOML"),
    ],
)
def test_settings_that_can_not_be_are_refused(project, text, said):
    (project / "pyproject.toml").write_text(text + "\n", "utf-8")
    found = refusal(project)
    assert found.startswith(f"{project / 'pyproject.toml'}: ")
    assert said in found
    assert len(found) < 500


@pytest.mark.parametrize("text", ["", "[project]\nname = 'x'\n", "[tool.other]\nx = 1\n"])
def test_a_pyproject_without_settings_is_none(project, text):
    (project / "pyproject.toml").write_text(text, "utf-8")
    assert load(project).file is None


def test_a_file_that_is_not_utf_8_is_refused(project):
    (project / "metazoo.toml").write_bytes(b"\xff")
    assert "metazoo.toml: can't be read as TOML: 'utf-8' codec" in refusal(project)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("pipe", "not a regular file"),
        ("device", "not a regular file"),
        ("folder", "irectory"),
        ("broken link", "No such file"),
        ("3 GB", "too large"),
    ],
)
def test_settings_that_are_no_file_are_refused(project, kind, said):
    file = project / "metazoo.toml"
    if kind == "pipe":
        os.mkfifo(file)
    elif kind == "device":
        file.symlink_to("/dev/zero")
    elif kind == "folder":
        file.mkdir()
    elif kind == "broken link":
        file.symlink_to("nowhere")
    else:
        file.touch()
        os.truncate(file, 3 * 2**30)
    found = refusal(project)
    assert found.startswith(f"{file}: can't be read: ")
    assert said in found


def test_a_file_of_the_largest_size_is_read(project):
    file = project / "metazoo.toml"
    file.write_text("#" * (2**20 - 1) + "\n", "utf-8")
    assert load(project).file == file
    file.write_text("#" * 2**20 + "\n", "utf-8")
    assert "too large" in refusal(project)


def test_the_nearest_settings_count_and_metazoo_toml_first(project):
    (project.parent / "metazoo.toml").write_text('records = "far"\n', "utf-8")
    (project / "pyproject.toml").write_text('[tool.metazoo]\nrecords = "near"\n', "utf-8")
    assert load(project).records == project / "near"
    (project / "metazoo.toml").write_text('records = "nearest"\n', "utf-8")
    assert load(Path(project)).records == project / "nearest"
