"""`metazoo import` as a user types it, with the real timm."""

import json

import pytest

from .command import metazoo

_TABLE = """\
model,img_size,top1,top1_err,top5,top5_err,param_count,crop_pct,interpolation
resnetrs50.tf_in1k,160,77.862,22.138,93.810,6.190,35.69,0.910,bicubic
"""


@pytest.mark.measure
def test_a_family_is_begun_imported_verified_and_not_changed_again(tmp_path):
    folder = tmp_path / "model_index" / "families"
    begin = ("--family", "ResNet-RS", "--models", "resnetrs50.*")
    first = metazoo("import", "timm", *begin, "--out", folder, cwd=tmp_path)
    assert first.returncode == 0, first.stderr
    assert first.stdout.splitlines()[0] == "new: resnetrs50.tf_in1k"
    (folder.parent / "index.yml").write_text(
        "Library: {Source: timm}\nImport: families/*.yml\n", "utf-8"
    )

    table = tmp_path / "results-imagenet.csv"
    table.write_text(_TABLE, "utf-8")
    results = metazoo("import", "results", table, cwd=tmp_path)
    assert results.stdout == "1 results added, 0 changed, 0 dropped; 1 files written\n"

    assert metazoo("verify", cwd=tmp_path).returncode == 0
    assert metazoo("check", cwd=tmp_path).returncode == 0
    before = (folder / "resnet-rs.yml").read_bytes()
    again = metazoo("import", "timm", "--family", "resnet-rs", cwd=tmp_path)
    assert again.stdout == (
        "1 models of 1 families: 0 new, 0 changed, 0 renamed, 0 gone; 0 files written\n"
    )
    assert (folder / "resnet-rs.yml").read_bytes() == before
    rows = metazoo("list", "--columns", "name,top1,macs", "--format", "json", cwd=tmp_path)
    assert json.loads(rows.stdout) == [
        {"name": "resnetrs50.tf_in1k", "top1": 77.86, "macs": 2278629376}
    ]


@pytest.mark.measure
def test_names_of_no_family_are_named_and_fail(tmp_path):
    (tmp_path / "a.yml").write_text("Collections:\n- Name: A\n  Names: [resnetrs50.*]\n", "utf-8")
    run = metazoo("import", "timm", "--models", "resnetrs*", "--out", tmp_path)
    assert run.returncode == 1
    assert "no family: resnetrs101.tf_in1k; add a glob for it" in run.stdout


@pytest.mark.measure
@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ((), "there is no family file; begin one with --family NAME --models GLOB"),
        (("--family", "X", "--models", "nope*"), "timm has no pretrained model that matches nope*"),
    ],
)
def test_a_wrong_use_says_what_to_do(tmp_path, arguments, complaint):
    run = metazoo("import", "timm", *arguments, "--out", tmp_path / "new")
    assert run.returncode == 2
    assert complaint in run.stderr
    assert not run.stdout


def test_says_what_to_install_without_torch(tmp_path):
    run = metazoo("import", "timm", "--out", tmp_path, torch=False)
    assert run.returncode == 2
    assert "pip install 'metazoo[verify]'" in run.stderr


def test_results_need_no_torch(tmp_path):
    file = tmp_path / "a.yml"
    file.write_text("Models:\n- Name: resnetrs50.tf_in1k\n", "utf-8")
    table = tmp_path / "results-imagenet.csv"
    table.write_text(_TABLE, "utf-8")
    run = metazoo("import", "results", table, "--out", tmp_path, torch=False)
    assert run.returncode == 0, run.stderr
    assert "Top 1 Accuracy: 77.86%" in file.read_text("utf-8")


def test_a_broken_family_file_is_named_with_its_place_and_nothing_is_written(tmp_path):
    (tmp_path / "a.yml").write_text("Models: [\n", "utf-8")
    table = tmp_path / "results-imagenet.csv"
    table.write_text(_TABLE, "utf-8")
    run = metazoo("import", "results", table, "--out", tmp_path)
    assert run.returncode == 2
    assert "a.yml:1:9" in run.stderr
    assert "mend it first" in run.stderr
