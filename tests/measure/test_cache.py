"""The cache saves time and is never needed: where it can't be used, one is told so and nothing else."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from metazoo.errors import UsageError
from metazoo.measure import cache as cache_module
from metazoo.measure.cache import Cache
from metazoo.measure.measurement import Measurement
from metazoo.measure.request import Request

REQUEST = Request("resnet18", "timm")
MEASUREMENT = Measurement("resnet18", macs=7)


def damaged(folder):
    (folder / "measurements.sqlite").write_bytes(b"no database" * 100)


def no_folder(folder):
    folder.rmdir()
    folder.write_text("a file")


def folder_of_that_name(folder):
    (folder / "measurements.sqlite").mkdir()


def other_table(folder):
    with sqlite3.connect(folder / "measurements.sqlite") as database:
        database.execute("CREATE TABLE kept (number INTEGER)")
    database.close()


DATA = Path(__file__).parents[1] / "data"
UNUSABLE = [damaged, no_folder, folder_of_that_name, other_table]


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "cache"
    folder.mkdir()
    return folder


def test_what_is_kept_is_found_again(folder):
    said = []
    path = folder / "measurements.sqlite"
    cache = Cache(path, on_unusable=said.append)
    assert cache.measurement(REQUEST) is None
    cache.keep(REQUEST, MEASUREMENT)
    assert Cache(path).measurement(REQUEST) == MEASUREMENT
    assert not said


@pytest.mark.parametrize("spoil", UNUSABLE)
def test_a_file_that_cannot_be_used_is_told_once_and_the_cache_is_empty(spoil, folder):
    spoil(folder)
    said = []
    cache = Cache(folder / "measurements.sqlite", on_unusable=said.append)
    for _ in range(2):
        cache.keep(REQUEST, MEASUREMENT)
        cache.keep_names("timm", ["resnet18"])
        assert cache.measurement(REQUEST) is None
        assert cache.names("timm") is None
    (why,) = said
    assert str(folder / "measurements.sqlite") in why
    assert "METAZOO_CACHE" in why


@pytest.mark.parametrize("spoil", UNUSABLE)
def test_where_nobody_is_told_it_is_an_error(spoil, folder):
    spoil(folder)
    with pytest.raises(UsageError, match="the cache of measurements can't be used"):
        Cache(folder / "measurements.sqlite").measurement(REQUEST)


@pytest.mark.parametrize("value", ["{", "[]", '{"model": 7}', "[" * 10**5, '{"macs": 1}'])
def test_a_row_that_is_no_measurement_is_told_once(value, folder):
    path = folder / "measurements.sqlite"
    Cache(path).keep(REQUEST, MEASUREMENT)
    with sqlite3.connect(path) as database:
        database.execute("UPDATE kept SET value = ?", [value])
    database.close()
    said = []
    cache = Cache(path, on_unusable=said.append)
    assert cache.measurement(REQUEST) is None
    assert cache.measurement(REQUEST) is None
    assert len(said) == 1


RUN = Request("resnet18", device="cpu")
OWN = Request("resnet18", source="ours")


@pytest.mark.parametrize(
    ("request_", "measurement", "kept"),
    [
        (REQUEST, MEASUREMENT, True),
        (Request("resnet18", source="torchvision"), MEASUREMENT, True),
        (REQUEST, Measurement("resnet18", error="it failed"), False),
        (RUN, MEASUREMENT, False),
        (OWN, MEASUREMENT, False),
    ],
)
def test_only_what_a_version_stands_for_is_kept(folder, request_, measurement, kept):
    path = folder / "measurements.sqlite"
    Cache(path).keep(request_, measurement)
    assert Cache(path).measurement(request_) == (measurement if kept else None)


@pytest.mark.parametrize(
    "other",
    [
        Request("resnet18", input_size=(3, 224, 224)),
        Request("resnet18", num_classes=10),
        Request("resnet18", reparameterize=True),
        Request("resnet18", components=True),
        Request("resnet18", per_module=True),
        Request("resnet34"),
    ],
)
def test_another_request_is_not_answered(folder, other):
    cache = Cache(folder / "measurements.sqlite")
    cache.keep(REQUEST, MEASUREMENT)
    assert cache.measurement(other) is None


def test_another_version_is_not_answered_and_a_later_measurement_takes_the_place(
    folder, monkeypatch
):
    cache = Cache(folder / "measurements.sqlite")
    cache.keep(REQUEST, MEASUREMENT)
    cache.keep(REQUEST, Measurement("resnet18", macs=8))
    assert cache.measurement(REQUEST).macs == 8
    monkeypatch.setattr(cache_module, "installed_versions", lambda _: {"timm": "0"})
    assert cache.measurement(REQUEST) is None


@pytest.mark.parametrize("source", ["timm", "torchvision", "ours"])
def test_names_are_kept_by_source_unless_it_is_the_project_s_own(folder, source):
    path = folder / "measurements.sqlite"
    assert Cache(path).names(source) is None
    Cache(path).keep_names(source, ["b", "a"])
    assert Cache(path).names(source) == (None if source == "ours" else ["b", "a"])
    assert Cache(path).names("torchvision" if source == "timm" else "timm") is None


@pytest.mark.parametrize("value", ["{", "3", "[" * 10**5])
def test_names_that_are_no_list_are_told_once(value, folder):
    path = folder / "measurements.sqlite"
    Cache(path).keep_names("timm", ["a"])
    with sqlite3.connect(path) as database:
        database.execute("UPDATE kept SET value = ?", [value])
    database.close()
    said = []
    cache = Cache(path, on_unusable=said.append)
    assert cache.names("timm") is None
    assert cache.names("timm") is None
    assert len(said) == 1


def test_its_folder_is_made(tmp_path, monkeypatch):
    path = tmp_path / "a/b/measurements.sqlite"
    Cache(path).keep(REQUEST, MEASUREMENT)
    assert path.is_file()
    monkeypatch.setenv("METAZOO_CACHE", str(tmp_path / "named"))
    Cache().keep(REQUEST, MEASUREMENT)
    assert (tmp_path / "named/measurements.sqlite").is_file()
    assert Cache().measurement(REQUEST) == MEASUREMENT


COMMANDS = {
    "measure": ["measure", "test_vit"],
    "measure a glob": ["measure", "test_vi[t]"],
    "verify": ["verify", "index.yml", "--no-records"],
}


def goes_on(command, folder, **environment):
    """Run a command in a folder; it is right, and says once that there is no cache."""
    pytest.importorskip("timm")
    (folder / "index.yml").write_text(
        "Library: {Source: timm}\nModels:\n- {Name: test_vit, Metadata: {Parameters: 371240}}\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "metazoo", *COMMANDS[command]],
        cwd=folder,
        env={k: v for k, v in ({**os.environ} | environment).items() if v is not None},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "371.2k" in done.stdout or "Parameters: 1 verified" in done.stdout
    assert "Traceback" not in done.stderr
    assert (
        done.stderr.count("metazoo: the cache can't be used, so everything is measured again: ")
        == 1
    )
    return done


@pytest.mark.measure
@pytest.mark.parametrize("command", COMMANDS)
def test_commands_go_on_without_a_cache(command, folder, tmp_path):
    no_folder(folder)
    done = goes_on(command, tmp_path, METAZOO_CACHE=str(folder))
    assert str(folder) in done.stderr


@pytest.mark.measure
def test_an_unknown_user_measures_without_a_home(tmp_path):
    unknown = {"HOME": None, "METAZOO_CACHE": None, "XDG_CACHE_HOME": None}
    done = goes_on("measure a glob", tmp_path, **unknown, PYTHONPATH=str(DATA / "unknown_user"))
    assert "this user has no home folder" in done.stderr


@pytest.mark.measure
def test_a_home_that_is_not_there_and_cannot_be_made_is_not_needed(tmp_path):
    (tmp_path / "home").write_text("a file")
    home = {"HOME": str(tmp_path / "home"), "METAZOO_CACHE": None, "XDG_CACHE_HOME": None}
    done = goes_on("verify", tmp_path, **home)
    assert str(tmp_path / "home/.cache/metazoo") in done.stderr
