"""The schema holds for real indexes, and fails where the strict format is left."""

from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from metazoo.export.canonical import as_model_index
from metazoo.index.reader import read_index
from metazoo.index.schema import schema
from metazoo.rules import check

HERE = Path(__file__).parents[1]
SHIPPED = sorted((HERE.parent / "model_index").glob("index.yml")) + sorted(
    (HERE.parent / "model_index" / "families").glob("*.yml")
)
VALIDATOR = Draft202012Validator(schema())


def faults(content):
    return [f"{error.json_path}: {error.message}" for error in VALIDATOR.iter_errors(content)]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_the_shipped_index_keeps_to_the_schema(path):
    assert faults(yaml.safe_load(path.read_text("utf-8"))) == []


def test_timm_2021_leaves_the_schema_only_where_lists_repeat_an_item():
    for path in sorted((HERE / "corpus" / "good" / "timm-2021").glob("*.yml")):
        repeats = [f for f in check(read_index([path])) if f.code == "MZ212"]
        assert bool(faults(yaml.safe_load(path.read_text("utf-8")))) == bool(repeats), path.name


@pytest.mark.parametrize("case", ["openmmlab", "paths", "index.yml", "comments/page.md"])
def test_an_exported_index_keeps_to_the_schema(case):
    path = HERE / "corpus" / "good" / case
    index = read_index([path], root=path if path.is_dir() else path.parent)
    assert faults(yaml.safe_load(as_model_index(index))) == []


@pytest.mark.parametrize(
    "text",
    [
        "Models: [{Metadata: {}}]",
        "Models: [{Name: ''}]",
        "Models: [{Name: a, Metadata: {Epochs: ninety}}]",
        "Models: [{Name: a, Metadata: {Epochs: 0}}]",
        "Models: [{Name: a, Metadata: {Parameters: 25.03M}}]",
        "Models: [{Name: a, Metadata: {Momentum: 9}}]",
        "Models: [{Name: a, Metadata: {Image Size: big}}]",
        "Models: [{Name: a, Weights: 'javascript:alert(1)'}]",
        "Models: [{Name: a, Results: [{Dataset: d}]}]",
        "{Type: model-card, Models: []}",
        "{Library: {FLOPs Convention: ops}}",
        "[]",
        "{}",
    ],
)
def test_what_leaves_the_strict_format_fails(text):
    assert faults(yaml.safe_load(text)) != []
