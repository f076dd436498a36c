"""timm's tables of results become Results, and replace only what they replace."""

from decimal import Decimal

import pytest

from metazoo.errors import UsageError
from metazoo.importing.results import merge_results, read_table
from metazoo.index.reader import read_index

_HEAD = "model,img_size,top1,top1_err,top5,top5_err,param_count,crop_pct,interpolation\n"
_INDEX = """\
Models:
- Name: a
  Metadata: {Interpolation: bicubic}
  Results:
  # by hand
  - Dataset: ImageNet
    Image Size: 224
    Metrics:
      Top 1 Accuracy: 79.31%  # checked
      Top 5 Accuracy: 94.5%
  - Task: Image Classification
    Dataset: ImageNet
    Metrics:
      Top 1 Accuracy: 77%
  - Dataset: ImageNet
    Image Size: 512
    Metrics: {Top 1 Accuracy: 85%}
  - {Dataset: ImageNet, Image Size: 320, Metrics: {Top 1 Accuracy: 81%}, Source: results-imagenet.csv}
  - {Dataset: Flowers, Metrics: {Top 1 Accuracy: 99%}}
- Name: b
- Name: untouched
  Results:
  - {Dataset: ImageNet, Metrics: {Top 1 Accuracy: 70%}}
"""


def _table(tmp_path, text, name="results-imagenet.csv"):
    file = tmp_path / name
    file.write_text(_HEAD + text, "utf-8")
    return file


def _merge(tmp_path, rows):
    file = tmp_path / "index.yml"
    if not file.exists():
        file.write_text(_INDEX, "utf-8")
    merged = merge_results(read_index([file]), [read_table(_table(tmp_path, rows))])
    for patch in merged.patches:
        patch.write()
    return merged, file.read_text("utf-8")


_ROWS = """\
a,224,79.310,20.690,94.700,5.300,"1,014.45",0.875,bicubic
a,288,80.126,19.874,95.005,4.995,25.0,0.950,bilinear
b,224,70.000,30.000,90.000,10.000,25.0,0.875,bicubic
c,224,70.000,30.000,90.000,10.000,25.0,0.875,bicubic
"""


def test_a_table_becomes_results_with_dataset_size_crop_and_source(tmp_path):
    merged, text = _merge(tmp_path, _ROWS)
    assert (merged.added, merged.changed, merged.dropped) == (2, 1, 2)
    assert merged.unknown == ["c"]
    assert (
        text
        == """\
Models:
- Name: a
  Metadata: {Interpolation: bicubic}
  Results:
  # by hand
  - Dataset: ImageNet
    Image Size: 224
    Metrics:
      Top 1 Accuracy: 79.31%  # checked
      Top 5 Accuracy: 94.70%
  - Dataset: ImageNet
    Image Size: 512
    Metrics: {Top 1 Accuracy: 85%}
  - {Dataset: Flowers, Metrics: {Top 1 Accuracy: 99%}}
  - {Task: Image Classification, Dataset: ImageNet, Image Size: 288, Crop Pct: 0.95, \
Interpolation: bilinear, Metrics: {Top 1 Accuracy: 80.13%, Top 5 Accuracy: 95.01%}, \
Source: results-imagenet.csv}
- Name: b
  Results:
  - {Task: Image Classification, Dataset: ImageNet, Image Size: 224, Crop Pct: 0.875, \
Interpolation: bicubic, Metrics: {Top 1 Accuracy: 70.00%, Top 5 Accuracy: 90.00%}, \
Source: results-imagenet.csv}
- Name: untouched
  Results:
  - {Dataset: ImageNet, Metrics: {Top 1 Accuracy: 70%}}
"""
    )
    assert not read_index([tmp_path / "index.yml"]).findings


def test_importing_it_again_changes_nothing(tmp_path):
    _merge(tmp_path, _ROWS)
    merged, _ = _merge(tmp_path, _ROWS)
    assert not merged.patches


@pytest.mark.parametrize("stated", ["79.12%", "79.13%", "79.1"])
def test_a_figure_that_rounds_the_tables_stays(tmp_path, stated):
    file = tmp_path / "index.yml"
    text = f"""\
Models:
- Name: a
  Results:
  - Dataset: ImageNet
    Image Size: 224
    Metrics: {{Top 1 Accuracy: {stated}, Top 5 Accuracy: 95%}}
"""
    file.write_text(text, "utf-8")
    merged, _ = _merge(tmp_path, "a,224,79.125,20.875,95.000,5.000,25.0,0.875,bicubic\n")
    assert not merged.patches


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("a,224,79.3,0,hundred,0,25,0.9,bicubic", "csv:2: top5 is 'hundred', not a number"),
        ("a,224,79.3,0,,0,25,0.9,bicubic", "csv:2: top5 is '', not a number"),
        ("a,2.5,79.3,0,95,0,25,0.9,bicubic", "csv:2: img_size is '2.5', not an image size"),
        ("a,224,99.3,0,95,0,25,0.9,bicubic", "csv:2: top1 is 99.3 and top5 is 95"),
        ("a,224,nan,0,95,0,25,0.9,bicubic", "csv:2: top1 is 'nan', not a number"),
        ("a,224", "csv:2: top1 is None, not a number"),
    ],
)
def test_a_bad_value_is_named_with_its_line(tmp_path, row, complaint):
    with pytest.raises(UsageError, match="results-imagenet") as error:
        read_table(_table(tmp_path, row + "\n"))
    assert complaint in str(error.value)


@pytest.mark.parametrize(
    ("top1", "top5", "possible"),
    [
        ("0", "0", True),
        ("100", "100", True),
        ("50", "50", True),
        ("-0.001", "50", False),
        ("50.001", "50", False),
        ("50", "100.001", False),
    ],
)
def test_top_1_is_at_most_top_5_and_both_are_percentages(tmp_path, top1, top5, possible):
    table = _table(tmp_path, f"a,224,{top1},0,{top5},0,25,0.9,bicubic\n")
    if possible:
        (row,) = read_table(table).rows
        assert (row.top1, row.top5) == (Decimal(top1), Decimal(top5))
    else:
        with pytest.raises(UsageError, match="percentages"):
            read_table(table)


@pytest.mark.parametrize(("size", "possible"), [("1", True), ("224.0", True), ("0", False)])
def test_an_image_size_is_a_whole_number_from_1_on(tmp_path, size, possible):
    table = _table(tmp_path, f"a,{size},70,0,90,0,25,,\n")
    if possible:
        (row,) = read_table(table).rows
        assert row.image_size == float(size)
        assert (row.crop_pct, row.interpolation) == (None, None)
    else:
        with pytest.raises(UsageError, match="not an image size"):
            read_table(table)


@pytest.mark.parametrize(
    ("stated", "kept"),
    [("79.12", True), ("79.13", True), ("79.11", False), ("79.14", False),
     ("79.1", True), ("79.0", False), ("79.125", True), ("79.126", False), ("79", False)],
)  # fmt: skip
def test_a_stated_figure_is_kept_if_it_rounds_the_tables(tmp_path, stated, kept):
    metrics = f"{{Top 1 Accuracy: {stated}%, Top 5 Accuracy: 95%}}"
    (tmp_path / "index.yml").write_text(
        f"Models: [{{Name: a, Results: [{{Dataset: ImageNet, Image Size: 224, Metrics: {metrics}}}]}}]\n"
    )
    merged, text = _merge(tmp_path, "a,224,79.125,20.875,95.000,5.000,25.0,0.875,bicubic\n")
    assert (not merged.patches) is kept
    assert (f"{stated}%" if kept else "79.13%") in text


def test_the_name_given_wins_over_the_one_that_the_file_s_name_says(tmp_path):
    assert read_table(_table(tmp_path, ""), "Mine").dataset == "Mine"


def test_of_two_rows_at_one_size_the_last_counts(tmp_path):
    rows = "b,224,60,0,80,0,25,,\nb,224,61,0,81,0,25,,\n"
    assert "Top 1 Accuracy: 61.00%" in _merge(tmp_path, rows)[1]


def test_a_table_must_say_what_was_tested_on(tmp_path):
    file = _table(tmp_path, "", name="mine.csv")
    with pytest.raises(UsageError, match="--dataset"):
        read_table(file)
    assert read_table(file, "Mine").dataset == "Mine"


def test_a_table_must_have_its_columns(tmp_path):
    file = tmp_path / "results-sketch.csv"
    file.write_text("model,top1\na,1\n", "utf-8")
    with pytest.raises(UsageError, match="has no column img_size, top5"):
        read_table(file)
