"""What ``metazoo export`` gives away."""

import csv
import io
import json
from pathlib import Path

import pytest

from metazoo.export.canonical import as_model_index
from metazoo.export.plain import plain_index
from metazoo.export.table import as_csv
from metazoo.index.reader import read_index
from tests.cli.command import DATA, metazoo

GOOD = Path(__file__).parents[1] / "corpus" / "good"
CASES = [
    "timm-2021",
    "openmmlab",
    "openmmlab-idioms",
    "hub/README.md",
    "comments/page.md",
    "index.yml",
    "paths",
    "anchors.yml",
]


def read(case):
    path = GOOD / case
    return read_index([path], root=path if path.is_dir() else path.parent)


def without_places(content):
    content = json.loads(json.dumps(content))
    for item in content["collections"] + content["models"]:
        del item["file"], item["line"]
    return content


def test_json_has_numbers_places_and_what_is_inherited(tmp_path):
    file = tmp_path / "index.yml"
    file.write_text(
        """\
Library: {Name: zoo}
Collections:
- {Name: F, Metadata: {Epochs: 90, Architecture: [ReLU]}, Paper: {Title: T, URL: 'https://p.org'}}
Models:
- Name: m
  In Collection: F
  Metadata: {FLOPs: 5.73 G, Image Size: 256x192, LR: 1e-4, Architecture: [Softmax]}
  Results: {Task: IC, Dataset: ImageNet, Metrics: {Top 1 Accuracy: 74.67%}}
  Weights: https://w.org/m.pth
""",
        "utf-8",
    )
    result = metazoo("export", "--to", "json", file)
    content = json.loads(result.stdout)
    assert result.returncode == 0
    assert content["library"]["name"] == "zoo"
    assert content["collections"][0]["metadata"] == {"Epochs": 90, "Architecture": ["ReLU"]}
    assert content["models"] == [
        {
            "name": "m",
            "collection": "F",
            "metadata": {
                "FLOPs": 5730000000,
                "Image Size": "256x192",
                "LR": 0.0001,
                "Architecture": ["Softmax", "ReLU"],
                "Epochs": 90,
            },
            "results": [
                {"task": "IC", "dataset": "ImageNet", "metrics": {"Top 1 Accuracy": 74.67}}
            ],
            "paper": {"title": "T", "url": "https://p.org"},
            "code": None,
            "weights": "https://w.org/m.pth",
            "config": None,
            "source": None,
            "readme": None,
            "image": None,
            "file": str(file),
            "line": 5,
        }
    ]


@pytest.mark.parametrize("case", CASES)
def test_the_canonical_yaml_reads_back_equal(case, tmp_path):
    index = read(case)
    text = as_model_index(index)
    file = tmp_path / "model-index.yml"
    file.write_text(text, "utf-8")
    again = read_index([file])
    assert again.findings == []
    assert without_places(plain_index(again)) == without_places(plain_index(index))
    assert as_model_index(again) == text


def test_csv_has_a_row_a_model_and_no_formula(tmp_path):
    rows = list(csv.DictReader(io.StringIO(as_csv(read("timm-2021")))))
    assert len(rows) == 272
    row = next(row for row in rows if row["name"] == "tv_resnext50_32x4d")
    assert row["FLOPs"] == "5472648192"
    assert row["Image Classification / ImageNet / Top 1 Accuracy"] == "77.61"
    file = tmp_path / "index.yml"
    file.write_text("Models: [{Name: '=1+1', Metadata: {'@x': -1, y: [+z]}}]\n", "utf-8")
    assert "\n'=1+1," in as_csv(read_index([file]))
    assert "'@x" in as_csv(read_index([file]))


def test_faults_of_reading_go_to_standard_error(tmp_path):
    file = tmp_path / "index.yml"
    file.write_text("Import: none.yml\nModels: [{Name: a}]\n", "utf-8")
    result = metazoo("export", file)
    assert result.returncode == 1
    assert "MZ113" in result.stderr
    assert json.loads(result.stdout)["models"][0]["name"] == "a"


def test_the_default_is_json_and_output_goes_to_a_file(tmp_path):
    target = tmp_path / "out.json"
    assert metazoo("export", DATA / "resnext-2021.md", "-o", target).stdout == ""
    assert len(json.loads(target.read_text("utf-8"))["models"]) == 4


def test_the_unit_of_a_metric_is_exported(tmp_path):
    index = tmp_path / "index.yml"
    index.write_text(
        "Models:\n- Name: a\n  Results:\n  - Dataset: D\n"
        "    Metrics: {Latency: 9 ms, PSNR: 31.2 dB, Accuracy: 79.3%, Loss: 0.5}\n"
    )
    first = read_index([index], root=tmp_path)
    metrics = plain_index(first)["models"][0]["results"][0]["metrics"]
    assert metrics == {"Latency": "9 ms", "PSNR": "31.2 dB", "Accuracy": 79.3, "Loss": 0.5}
    index.write_text(as_model_index(first))
    assert (
        plain_index(read_index([index], root=tmp_path))["models"][0]["results"][0]["metrics"]
        == metrics
    )
