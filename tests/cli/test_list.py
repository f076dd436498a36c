"""`metazoo list` as a user types it: torch-free, from the index and its records."""

import csv
import io
import json

import pytest

from metazoo.errors import UsageError
from metazoo.export import listing
from metazoo.index.reader import read_index
from metazoo.measure.measurement import Measurement

from .command import metazoo

_INDEX = """\
Collections:
- Name: Big
  Metadata: {License: Apache-2.0, Training Data: [ImageNet, JFT-300M]}
  Paper: {Title: On size}
Models:
- Name: large
  In Collection: Big
  Metadata: {Parameters: 300M, FLOPs: 9.1e9, Image Size: 256x192, Training Techniques: [SGD]}
  Results:
  - {Dataset: ImageNet, Image Size: 224, Metrics: {Top 1 Accuracy: 80%}}
  - {Dataset: ImageNet, Image Size: 288, Metrics: {Top 1 Accuracy: 81.5%}}
  - {Dataset: ImageNet-A, Metrics: {Top 1 Accuracy: 20%}}
- Name: medium
  In Collection: Big
  Metadata: {Parameters: 50000000, Image Size: 224, Colour: =red}
- Name: small
  Metadata: {License: MIT}
"""


@pytest.fixture
def project(tmp_path):
    (tmp_path / "model_index").mkdir()
    (tmp_path / "model_index" / "index.yml").write_text(_INDEX, "utf-8")
    return tmp_path


def _names(project, where=(), sort=()):
    index = read_index([project / "model_index" / "index.yml"])
    rows = [listing.Listed(model) for model in index.models]
    for text in where:
        rows = list(filter(listing.condition(text, index), rows))
    return [row.model.name.text for row in listing.sorted_by(rows, sort, index)]


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        ("params<100M", ["medium"]),
        ("Parameters >= 50000000", ["large", "medium"]),
        ("license=apache*", ["large", "medium"]),
        ("license!=apache*", ["small"]),
        ("training data=jft*", ["large", "medium"]),
        ("paper", ["large", "medium"]),
        ("!paper", ["small"]),
        ("recipe", ["large"]),
        ("top1>81", ["large"]),
        ("top1@imagenet_a<=20", ["large"]),
        ("image size=224", ["medium"]),
        ("image_size=256x*", ["large"]),
        ("family=Big", ["large", "medium"]),
        ("colour==red", ["medium"]),
    ],
)
def test_conditions(project, condition, names):
    assert _names(project, where=[condition]) == names


def test_all_conditions_must_hold(project):
    assert _names(project, where=["params>1M", "!top1"]) == ["medium"]


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("params", ["medium", "large", "small"]),
        ("-params", ["large", "medium", "small"]),
        ("license,-name", ["medium", "large", "small"]),
    ],
)
def test_sorts_with_what_has_no_value_last(project, sort, names):
    assert _names(project, sort=sort.split(",")) == names


def test_json_keeps_numbers_as_numbers(project):
    run = metazoo(
        "list", "--where", "name=large", "--columns", "params,top1,image size,training data,code",
        "--format", "json", cwd=project,
    )  # fmt: skip
    assert json.loads(run.stdout) == [
        {
            "params": 300_000_000,
            "top1": 81.5,
            "image size": "256x192",
            "training data": ["ImageNet", "JFT-300M"],
            "code": None,
        }
    ]


def test_csv_holds_nothing_a_spreadsheet_would_run(project):
    run = metazoo("list", "--columns", "name,colour", "--format", "csv", cwd=project)
    rows = list(csv.reader(io.StringIO(run.stdout)))
    assert rows == [["name", "colour"], ["large", ""], ["medium", "'=red"], ["small", ""]]


def test_text_is_aligned_and_counted(project):
    arguments = ("--where", "params>1M", "--sort=-params", "--columns", "name,params")
    run = metazoo("list", *arguments, cwd=project, torch=False)
    assert run.stdout == (
        "name         params\nlarge   300,000,000\nmedium   50,000,000\n\n2 models\n"
    )


def test_null_is_unknown_in_every_format(tmp_path):
    folder = tmp_path / "model_index"
    folder.mkdir()
    (folder / "index.yml").write_text(
        "Models:\n- {Name: a, Metadata: {FLOPs: null}}\n- {Name: b, Metadata: {FLOPs: }}\n"
        "- {Name: c, Metadata: {FLOPs: big}}\n- {Name: d}\n- {Name: e, Metadata: {FLOPs: 3}}\n"
    )

    def printed(form):
        arguments = ("--columns", "name,flops", "--format", form)
        return metazoo("list", *arguments, cwd=tmp_path).stdout

    assert [line.split()[1] for line in printed("text").splitlines()[1:6]] == [
        "-",
        "-",
        "big",
        "-",
        "3",
    ]
    assert [row["flops"] for row in json.loads(printed("json"))] == [None, None, "big", None, 3]
    assert printed("csv").splitlines() == ["name,flops", "a,", "b,", "c,big", "d,", "e,3"]
    index = read_index([folder / "index.yml"])
    rows = [listing.Listed(model, Measurement("a", flops=7)) for model in index.models]
    assert [listing.column("flops", index).of(row) for row in rows] == [7, 7, "big", 7, 3]


@pytest.mark.parametrize(
    ("condition", "complaint"),
    [
        ("parms<3", "there is no column 'parms'; did you mean 'parameters'?"),
        ("params<few", "'few' is not a number"),
        ("!params<3", "is not a condition"),
        ("", "is not a condition"),
    ],
)
def test_a_wrong_condition_is_explained(project, condition, complaint):
    with pytest.raises(UsageError) as error:
        _names(project, where=[condition])
    assert complaint in str(error.value)


def test_a_wrong_use_prints_no_models(project):
    run = metazoo("list", "--sort", "-nope_at_all", cwd=project)
    assert run.returncode == 2
    assert "there is no column 'nope_at_all'" in run.stderr
    assert not run.stdout


def test_an_accuracy_is_found_by_any_usual_name(tmp_path):
    (tmp_path / "index.yml").write_text(
        "Models:\n- Name: a\n  Results:\n"
        "  - {Dataset: ImageNet, Metrics: {acc@1: 70%, top-5: 90%}}\n"
        "  - {Dataset: ImageNet, Metrics: {Top 1 Error: 99%, Top-1: 71%, top1: 99 s}}\n"
    )
    index = read_index([tmp_path / "index.yml"], root=tmp_path)
    (row,) = (listing.Listed(model) for model in index.models)
    assert listing.column("top1", index).of(row) == 71
    assert listing.column("top5", index).of(row) == 90


def test_columns_that_are_known_are_named_once(project):
    run = metazoo("list", "--columns", "zzzzzzzzzz", cwd=project)
    assert run.returncode == 2
    known = run.stderr.partition("the columns are ")[2].strip().split(", ")
    assert len(known) > 20
    assert len({name.lower() for name in known}) == len(known)
    assert {"name", "top1", "Parameters", "Colour"} <= set(known)


def test_a_list_of_files_may_hold_others(project):
    (project / "README.md").write_text("# A zoo\n", "utf-8")
    run = metazoo("list", "README.md", "model_index/index.yml", "--columns", "name", cwd=project)
    assert run.stdout.endswith("\n3 models\n")
    assert run.stderr == "Skipped 1 file that holds no index: README.md\n"
