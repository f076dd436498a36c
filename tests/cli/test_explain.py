"""`metazoo explain` as a user meets it."""

import json

import pytest

from .command import metazoo


def index(folder, text):
    path = folder / "index.yml"
    path.write_text(text, "utf-8")
    return path


def test_a_damaged_index_is_refused_with_the_place(tmp_path):
    path = index(
        tmp_path,
        "Library: {Source: timm}\nModels:\n- Name: resnet18\n  Metadata:\n    FLOPs: 1\n   X: 3\n",
    )
    done = metazoo("explain", path)
    assert done.returncode == 2
    assert f"{path}:6:4: the YAML can't be read" in done.stderr
    assert "fix this first" in done.stderr


def test_models_that_nothing_matches_are_refused(tmp_path):
    path = index(
        tmp_path, "Library: {Source: timm}\nModels: [{Name: resnet18, Metadata: {FLOPs: 1}}]\n"
    )
    done = metazoo("explain", path, "--model", "resnet18", "--model", "nosuch*")
    assert done.returncode == 2
    assert "no model matches 'nosuch*'" in done.stderr


def test_an_index_without_models_is_refused(tmp_path):
    done = metazoo("explain", index(tmp_path, "Library: {Source: timm}\nModels: []\n"))
    assert done.returncode == 2
    assert "the index has no models" in done.stderr


@pytest.mark.measure
def test_what_cannot_be_compared_is_named(tmp_path):
    path = index(
        tmp_path,
        "Library: {Source: timm}\nModels:\n- {Name: nosuchmodel, Metadata: {FLOPs: 123456789}}\n"
        "- {Name: resnet10t, Metadata: {FLOPs: about two billion}}\n",
    )
    for form in ("text", "json"):
        done = metazoo("explain", path, "--format", form)
        assert done.returncode == 1
        assert f"{path}:3:10: nosuchmodel: could not be measured: timm" in done.stderr
        assert f"{path}:4:39: resnet10t: FLOPs can't be compared" in done.stderr
    assert json.loads(done.stdout) == []


@pytest.mark.measure
def test_what_is_said_of_nothing_names_what_was_looked_at(tmp_path):
    path = index(
        tmp_path,
        "Library: {Source: timm}\nModels: [{Name: resnet18, Metadata: {FLOPs: 3, MACs: 1814073344}}]\n",
    )
    done = metazoo("explain", path, "--field", "MACs")
    assert done.returncode == 0
    assert done.stdout == "No declared MACs differ.\n"


@pytest.mark.measure
def test_json_is_a_list_of_questions(tmp_path):
    path = index(
        tmp_path,
        "Library: {Source: timm}\nModels: [{Name: resnet18, Metadata: {MACs: 1819065856}}]\n",
    )
    done = metazoo("explain", path, "--format", "json")
    assert done.returncode == 0
    (found,) = json.loads(done.stdout)
    assert (found["model"], found["field"], found["declared"]) == ("resnet18", "MACs", 1819065856)
    assert found["hypotheses"][0] == {
        "value": 1819065856,
        "exact": True,
        "convention": "fvcore",
        "input_size": [3, 224, 224],
        "factor": 1.0,
        "text": "what fvcore counts at 224×224",
    }
