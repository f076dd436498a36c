"""What timm knows goes into the files, and what people wrote stays to the byte."""

import difflib

import pytest

from metazoo.importing.entries import import_entries, missing_names
from metazoo.importing.timm import entry_of
from metazoo.index.reader import read_index
from metazoo.measure.measurement import Measurement, SourceFacts

_FAMILY = """\
# Written by hand.
Type: model-index
Collections:
- Name: Net   # the family
  Names: [net*]
  Metadata:
    Architecture: [ Convolution ]
    Interpolation: bicubic
  Paper:
    Title: A net
    arXiv: '2001.00001'
Models:
- Name: net18.a_in1k
  In Collection: Net
  Metadata:
    parameters: 11.69M      # rounded
    FLOPs: 3628146688
    Epochs: 90
    Image Size: 224
    Crop Pct: 0.875
    Num Classes: 1000
    Mean: [0.5, 0.5, 0.5]
    Std: [0.5, 0.5, 0.5]
    License: apache-2.0
  Weights: https://huggingface.co/timm/net18.a_in1k
  Results:
  - Dataset: Mine
    Metrics: {Top 1 Accuracy: 70.0%}
# The end.
"""


def _measured(name="net18.a_in1k", **changes):
    facts = {
        "input_size": (3, 224, 224),
        "crop_pct": 0.875,
        "crop_mode": "center",
        "interpolation": "bicubic",
        "mean": (0.5, 0.5, 0.5),
        "std": (0.5, 0.5, 0.5),
        "num_classes": 1000,
        "license": "apache-2.0",
        "hub_id": f"timm/{name}",
    }
    counts = {"params": 11_689_512, "flops": 3_628_146_688}
    counts |= {k: changes.pop(k) for k in list(changes) if k in counts}
    return Measurement(
        model=name, input_size=(3, 224, 224), facts=SourceFacts(**(facts | changes)), **counts
    )


@pytest.fixture
def family(tmp_path):
    file = tmp_path / "net.yml"
    file.write_text(_FAMILY, "utf-8")
    return file


def _import(file, *measured, whole=True, former=None):
    imported = import_entries(
        read_index([file]),
        {"Net": [entry_of(m) for m in measured]},
        former=former or {},
        code={},
        whole=whole,
    )
    for patch in imported.patches:
        patch.write()
    return imported


def _changes(before, after):
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]


def test_nothing_changes_where_the_index_says_what_timm_does(family):
    assert not _import(family, _measured()).patches
    assert family.read_text("utf-8") == _FAMILY


def test_only_what_timm_changed_is_written_anew(family):
    imported = _import(
        family, _measured(params=11_700_000, crop_pct=0.95, license="mit", hub_id="timm/other")
    )
    assert imported.changed == {"net18.a_in1k": ["Parameters", "Crop Pct", "License", "Weights"]}
    assert _changes(_FAMILY, family.read_text("utf-8")) == [
        "-    parameters: 11.69M      # rounded",
        "+    parameters: 11700000      # rounded",
        "-    Crop Pct: 0.875",
        "+    Crop Pct: 0.95",
        "-    License: apache-2.0",
        "-  Weights: https://huggingface.co/timm/net18.a_in1k",
        "+    License: MIT",
        "+  Weights: https://huggingface.co/timm/other",
    ]


def test_what_the_collection_says_otherwise_the_model_says_itself(family):
    _import(family, _measured(interpolation="bilinear"))
    assert _changes(_FAMILY, family.read_text("utf-8")) == ["+    Interpolation: bilinear"]


def test_a_test_size_is_added_and_may_be_the_declared_one(family):
    _import(family, _measured(test_input_size=(3, 288, 288), test_crop_pct=1.0))
    assert _changes(_FAMILY, family.read_text("utf-8")) == [
        "+    Test Image Size: 288",
        "+    Test Crop Pct: 1",
    ]


def test_a_new_model_stands_where_timm_has_it(family):
    imported = _import(
        family,
        _measured("net10.a_in1k"),
        _measured(),
        _measured("net34.a_in12k", num_classes=11821, origin_url="https://example.org"),
        former={"old_net34": "net34.a_in12k"},
    )
    assert imported.new == ["net10.a_in1k", "net34.a_in12k"]
    index = read_index([family])
    assert not index.findings
    assert [m.name.text for m in index.models] == ["net10.a_in1k", "net18.a_in1k", "net34.a_in12k"]
    assert _changes(_FAMILY, family.read_text("utf-8"))[-20:] == [
        "+- Name: net34.a_in12k",
        "+  In Collection: Net",
        "+  Former Names:",
        "+  - old_net34",
        "+  Metadata:",
        "+    FLOPs: 3628146688",
        "+    Parameters: 11689512",
        "+    ID: net34.a_in12k",
        "+    Image Size: 224",
        "+    Crop Pct: 0.875",
        "+    Mean: [0.5, 0.5, 0.5]",
        "+    Std: [0.5, 0.5, 0.5]",
        "+    Num Classes: 11821",
        "+    Tasks:",
        "+    - Image Classification",
        "+    Training Data:",
        "+    - ImageNet-12k",
        "+    License: Apache-2.0",
        "+  Origin: https://example.org",
        "+  Weights: https://huggingface.co/timm/net34.a_in12k",
    ]
    assert family.read_text("utf-8").endswith("net34.a_in12k\n# The end.\n")


def test_a_family_without_models_states_once_what_all_have_alike(tmp_path):
    file = tmp_path / "net.yml"
    file.write_text("Type: model-index\nCollections:\n- Name: Net\n  Names: [net*]\n", "utf-8")
    _import(file, _measured("net10.a_in1k"), _measured("net18.a_in1k", crop_pct=0.9))
    index = read_index([file])
    assert list(index.collections[0].metadata) == [
        "Image Size", "Interpolation", "Mean", "Std", "Num Classes", "Tasks",
    ]  # fmt: skip
    assert list(index.models[0].written) == [
        "FLOPs", "Parameters", "ID", "Crop Pct", "Training Data", "License",
    ]  # fmt: skip
    assert not _import(
        file, _measured("net10.a_in1k"), _measured("net18.a_in1k", crop_pct=0.9)
    ).patches


def test_importing_a_part_of_a_family_leaves_the_collection_alone(tmp_path):
    file = tmp_path / "net.yml"
    file.write_text("Type: model-index\nCollections:\n- Name: Net\n  Names: [net*]\n", "utf-8")
    _import(file, _measured(), whole=False)
    assert not list(read_index([file]).collections[0].metadata)


def test_a_paper_that_the_index_knows_is_cited_in_full(family):
    other = "net34.a_in1k"
    _import(family, _measured(), _measured(other, paper_ids=("arXiv:2001.00001v2",)))
    model = read_index([family]).models[1]
    assert [p.title.text for p in model.papers if p.title] == ["A net"]
    assert "abs/" not in family.read_text("utf-8")
    _import(family, _measured("net50.a_in1k", paper_ids=("arXiv:2002.00002",)), whole=False)
    assert "Paper: https://arxiv.org/abs/2002.00002" in family.read_text("utf-8")


def test_a_model_that_could_not_be_measured_has_no_counts(family):
    failed = Measurement("net34.a_in1k", facts=_measured().facts, error="too large")
    entry = entry_of(failed)
    assert entry.error == "too large"
    assert not {"FLOPs", "Parameters"} & entry.metadata.keys()
    _import(family, _measured(), failed)
    assert "FLOPs" not in read_index([family]).models[1].written


@pytest.mark.parametrize(
    ("timm", "spdx"),
    [
        ("apache-2.0", "Apache-2.0"),
        ("dinov3-license", "LicenseRef-dinov3-license"),
        ("unknown", None),
    ],
)
def test_licenses_are_spdx_names(timm, spdx):
    assert entry_of(_measured(license=timm)).metadata.get("License") == spdx


def test_models_that_timm_has_no_more_are_renamed_or_gone(family):
    index = read_index([family])
    assert missing_names(index, ["other"], {"net18.a_in1k": "net18.b_in1k"}) == (
        {"net18.a_in1k": "net18.b_in1k"},
        [],
    )
    assert missing_names(index, ["other"], {"net18.a_in1k": ""}) == ({}, ["net18.a_in1k"])
    assert missing_names(index, ["net18.a_in1k"], {}) == ({}, [])


def test_a_crop_larger_than_the_image_is_left_out():
    assert "Crop Pct" not in entry_of(_measured(crop_pct=1.15)).metadata


@pytest.mark.parametrize(("crop", "kept"), [(1.0, True), (1.001, False)])
def test_a_crop_is_at_most_the_whole_image(crop, kept):
    assert ("Crop Pct" in entry_of(_measured(crop_pct=crop)).metadata) is kept


@pytest.mark.parametrize(("crop", "changed"), [(0.8754, False), (0.8756, True)])
def test_a_crop_that_differs_in_the_fourth_digit_stays_as_it_is_written(family, crop, changed):
    assert bool(_import(family, _measured(crop_pct=crop)).changed) is changed


def test_a_declared_crop_may_be_the_one_for_testing(family):
    assert (
        not _import(family, _measured(crop_pct=0.95, test_crop_pct=0.875))
        .changed.get("net18.a_in1k", [])
        .count("Crop Pct")
    )


@pytest.mark.parametrize(
    ("params", "changed"), [(11_685_000, False), (11_694_999, False), (11_684_999, True)]
)
def test_a_rounded_count_stays_while_it_rounds_what_was_measured(family, params, changed):
    assert bool(_import(family, _measured(params=params)).changed) is changed
