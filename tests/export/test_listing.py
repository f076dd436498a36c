"""`metazoo list`: every column, condition and order, up to their last value and beyond."""

import csv
import io
import json

import pytest

from metazoo.errors import UsageError
from metazoo.export import listing
from metazoo.index.reader import read_index
from metazoo.measure.measurement import Measurement

INDEX = """\
Collections:
- Name: Big
  Metadata: {License: Apache-2.0, Training Data: [ImageNet, JFT-300M]}
  Paper: {URL: 'https://example.org/big'}
- {Name: Also}
Models:
- Name: large
  In Collection: [Big, Also]
  Metadata:
    Parameters: 300M
    FLOPs: 9.1e9
    Image Size: 256x192
    Training Techniques: [SGD, Mixup]
    Crop Pct: '0.875'
    Hue: deep red
  Code: {URL: 'https://example.org/code', Version: v1}
  Weights: https://example.org/large.pth
  Results:
  - {Dataset: ImageNet, Image Size: 224, Metrics: {Top 1 Accuracy: 80%, Top 5 Accuracy: 95%}}
  - {Dataset: ImageNet, Image Size: 288, Metrics: {Top 1 Accuracy: 81.5%, Top 5 Accuracy: 94%}}
  - {Dataset: ImageNet-A, Metrics: {Top 1 Accuracy: 20%}}
- Name: Medium
  In Collection: Big
  Paper: [{Year: 2020}, {Title: Its own}, {Title: Another}]
  Metadata: {Parameters: 50000000, Image Size: 1x32x32}
- Name: small
  Metadata: {License: MIT, Image Size: 224, Hue: 7}
"""
MEASURED = Measurement(
    model="small", macs=100, flops=200, params=30, activations=40, state_dict_bytes=120
)


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    folder = tmp_path_factory.mktemp("listing")
    (folder / "index.yml").write_text(INDEX, "utf-8")
    found = read_index([folder / "index.yml"], root=folder)
    assert [f for f in found.findings if f.code != "MZ104"] == []
    return found


@pytest.fixture
def rows(index):
    """The three models; the last one is measured."""
    large, medium, small = index.models
    return [listing.Listed(large), listing.Listed(medium), listing.Listed(small, MEASURED)]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("name", ["large", "Medium", "small"]),
        ("family", ["Big; Also", "Big", None]),
        ("paper", ["https://example.org/big", "Its own", None]),
        ("weights", ["https://example.org/large.pth", None, None]),
        ("code", ["https://example.org/code", None, None]),
        ("recipe", [["SGD", "Mixup"], None, None]),
        ("macs", [None, None, 100]),
        ("activations", [None, None, 40]),
        ("bytes", [None, None, 120]),
        ("flops", [9_100_000_000, None, 200]),
        ("params", [300_000_000, 50_000_000, 30]),
        ("Parameters", [300_000_000, 50_000_000, 30]),
        ("image size", ["256x192", "1x32x32", 224]),
        ("IMAGE_SIZE", ["256x192", "1x32x32", 224]),
        ("training data", [["ImageNet", "JFT-300M"], ["ImageNet", "JFT-300M"], None]),
        ("license", ["Apache-2.0", "Apache-2.0", "MIT"]),
        ("hue", ["deep red", None, 7]),
        ("top1", [81.5, None, None]),
        ("Top 5", [95, None, None]),
        ("top1@ImageNet", [81.5, None, None]),
        ("top1@imagenet_a", [20, None, None]),
        ("top5@ImageNet-A", [None, None, None]),
    ],
)
def test_a_column(index, rows, name, values):
    column = listing.column(name, index)
    assert column.name == name
    assert [column.of(row) for row in rows] == values


def test_every_column_of_its_own_is_tested():
    (tested,) = (m for m in test_a_column.pytestmark if m.name == "parametrize")
    assert set(listing.COLUMNS) - {name for name, _ in tested.args[1]} == {"file"}


def test_the_file_column_is_where_the_model_begins(index, rows):
    assert listing.column("file", index).of(rows[0]).endswith("index.yml:7:3")


def test_what_is_declared_comes_before_what_is_measured(index, rows):
    measured = listing.Listed(rows[0].model, MEASURED)
    assert listing.column("params", index).of(measured) == 300_000_000


def test_the_usual_columns_exist(index):
    assert [listing.column(name, index).name for name in listing.USUAL] == list(listing.USUAL)


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("parms", "did you mean 'parameters'?"),
        ("hues", "did you mean 'hue'?"),
        ("top2", "did you mean 'top5'?"),
        ("xyzzy", "the columns are name, family, paper,"),
    ],
)
def test_an_unknown_column_is_named_with_what_to_write(index, name, advice):
    with pytest.raises(UsageError) as error:
        listing.column(name, index)
    assert str(error.value).startswith(f"there is no column {name!r}; {advice}")


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        # numbers: the last that passes and the first that doesn't
        ("params<50M", ["small"]),
        ("params<50000001", ["Medium", "small"]),
        ("params<=50M", ["Medium", "small"]),
        ("params<=49999999", ["small"]),
        ("params>50M", ["large"]),
        ("params>49999999", ["large", "Medium"]),
        ("params>=50M", ["large", "Medium"]),
        ("params>=50000001", ["large"]),
        ("top1>81.5", []),
        ("top1>=81.5", ["large"]),
        # what has no number is neither less nor more
        ("top1<1000", ["large"]),
        ("license>0", []),
        ("image size<225", ["small"]),
        # equality: as numbers where both are, else as globs
        ("params=0.05B", ["Medium"]),
        ("params!=50M", ["large", "small"]),
        ("params=5*", ["Medium"]),
        ("crop pct=0.875", ["large"]),
        ("license=apache", []),
        ("license=APACHE*", ["large", "Medium"]),
        ("license!=mit", ["large", "Medium"]),
        ("weights=*.pth", ["large"]),
        ("weights!=*.pth", ["Medium", "small"]),
        ("name=?edium", ["Medium"]),
        ("training data=jft*", ["large", "Medium"]),
        ("training data!=jft*", ["small"]),
        ("hue=deep red", ["large"]),
        ("hue=7", ["small"]),
        # there, or not
        ("weights", ["large"]),
        ("!weights", ["Medium", "small"]),
        ("! top1", ["Medium", "small"]),
        ("macs", ["small"]),
    ],
)
def test_a_condition(index, rows, condition, names):
    holds = listing.condition(condition, index)
    assert [row.model.name.text for row in rows if holds(row)] == names


@pytest.mark.parametrize("condition", ["", " ", "!", "<3", "=x", "!params<3", "!params=3", "a<b<c"])
def test_what_is_no_condition_is_refused(index, condition):
    with pytest.raises(UsageError):
        listing.condition(condition, index)


@pytest.mark.parametrize("operator", ["<", "<=", ">", ">="])
def test_only_numbers_are_compared(index, operator):
    with pytest.raises(UsageError, match="'many' is not a number"):
        listing.condition(f"params{operator}many", index)


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ([], ["large", "Medium", "small"]),
        (["params"], ["small", "Medium", "large"]),
        (["-params"], ["large", "Medium", "small"]),
        # text whatever the case
        (["-name"], ["small", "Medium", "large"]),
        # the first one decides; models that are equal in it are sorted by the next
        (["license", "params"], ["Medium", "large", "small"]),
        (["license", "-params"], ["large", "Medium", "small"]),
        (["-license", "params"], ["small", "Medium", "large"]),
        # no value: last, either way
        (["macs"], ["small", "large", "Medium"]),
        (["-macs"], ["small", "large", "Medium"]),
        # numbers stand before texts
        (["hue"], ["small", "large", "Medium"]),
        (["-hue"], ["large", "small", "Medium"]),
        # lists by their items
        (["training data"], ["large", "Medium", "small"]),
    ],
)
def test_sorting(index, rows, sort, names):
    assert [row.model.name.text for row in listing.sorted_by(rows, sort, index)] == names


def columns(index, *names):
    return [listing.column(name, index) for name in names]


def test_json(index, rows):
    text = listing.as_json(rows[:1], columns(index, "name", "params", "recipe", "macs"))
    assert json.loads(text) == [
        {"name": "large", "params": 300_000_000, "recipe": ["SGD", "Mixup"], "macs": None}
    ]
    assert json.loads(listing.as_json([], columns(index, "name"))) == []


def test_csv(index, rows):
    text = listing.as_csv(rows[:2], columns(index, "name", "recipe", "params"))
    assert list(csv.reader(io.StringIO(text))) == [
        ["name", "recipe", "params"],
        ["large", "SGD; Mixup", "300000000"],
        ["Medium", "", "50000000"],
    ]


def test_text_aligns_numbers_right_and_says_how_many(index, rows):
    assert listing.as_text(rows, columns(index, "name", "params", "recipe", "top1")) == (
        "name         params  recipe      top1\n"
        "large   300,000,000  SGD; Mixup  81.5\n"
        "Medium   50,000,000  -              -\n"
        "small            30  -              -\n"
        "\n"
        "3 models"
    )


@pytest.mark.parametrize(("count", "said"), [(0, "0 models"), (1, "1 model"), (2, "2 models")])
def test_text_counts_in_words(index, rows, count, said):
    assert listing.as_text(rows[:count], columns(index, "name")).splitlines()[-1] == said


def test_text_and_names_of_columns_are_harmless_in_a_terminal(tmp_path):
    (tmp_path / "index.yml").write_text('Models: [{Name: a, Metadata: {"K\\e": "v\\e[31m"}}]\n')
    index = read_index([tmp_path / "index.yml"], root=tmp_path)
    (key,) = (key for key in index.models[0].metadata if key.startswith("K"))
    text = listing.as_text([listing.Listed(index.models[0])], columns(index, key))
    assert "\x1b" not in text
    assert "v\\x1b[31m" in text
