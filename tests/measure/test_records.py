"""Records: what is written comes back, and a file changes only when something did."""

import json
import os
from dataclasses import replace

import pytest

from metazoo.errors import RecordError
from metazoo.measure.measurement import ForwardRun, Measurement, SourceFacts
from metazoo.measure.records import Records, read_file, read_records, stale, update_file
from metazoo.measure.request import Request
from metazoo.measure.versions import installed_versions

FULL = Measurement(
    model="resnet18",
    resolved_name="resnet18.a1_in1k",
    architecture="resnet18",
    input_size=(3, 224, 224),
    output_shape=(1, 1000),
    params=11_689_512,
    buffers=9_620,
    macs=1_814_073_344,
    flops=3_628_146_688,
    activations=2_484_712,
    state_dict_bytes=46_796_608,
    state_dict_tensors=122,
    macs_by_kind={"conv": 1_813_561_344, "linear": 512_000},
    uncounted=("aten._fft_r2c",),
    facts=SourceFacts(
        input_size=(3, 224, 224),
        test_input_size=(3, 288, 288),
        crop_pct=0.95,
        interpolation="bicubic",
        mean=(0.485, 0.456, 0.406),
        std=(0.229, 0.224, 0.225),
        num_classes=1000,
        license="apache-2.0",
        paper_ids=("arXiv:1512.03385",),
        tags=("a1_in1k", "tv_in1k"),
    ),
    versions=installed_versions("timm"),
    measured_on="2026-01-31",
)
FAILED = Measurement(model="nope", versions=FULL.versions, error="timm has no model 'nope'")


def test_what_is_written_comes_back(tmp_path):
    several_outputs = replace(FULL, model="parts", output_shape=((1, 10), (1, 5)))
    run = replace(FULL, model="run", device="cpu", forward=ForwardRun("cpu", True, 0.25))
    written = [FULL, FAILED, several_outputs, run]
    assert update_file(tmp_path / "resnet.json", lambda _: written)
    assert sorted(read_records(tmp_path), key=lambda m: m.model) == sorted(
        written, key=lambda m: m.model
    )


def test_a_file_does_not_depend_on_the_order(tmp_path):
    update_file(tmp_path / "a.json", lambda _: [FULL, FAILED])
    update_file(tmp_path / "b.json", lambda _: [FAILED, FULL])
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    assert json.loads((tmp_path / "a.json").read_text())["models"][0]["model"] == "nope"


def test_a_file_changes_only_when_something_did(tmp_path):
    file = tmp_path / "resnet.json"
    update_file(file, lambda _: [FULL])
    before = file.read_bytes(), file.stat().st_mtime_ns
    assert not update_file(file, lambda _: [replace(FULL, measured_on="2026-02-28")])
    assert (file.read_bytes(), file.stat().st_mtime_ns) == before

    new = replace(FULL, versions={**FULL.versions, "timm": "99"}, measured_on="2026-02-28")
    assert update_file(file, lambda _: [new])
    assert list(read_records(tmp_path)) == [new]


def test_models_that_left_leave_the_file_and_an_empty_file_goes(tmp_path):
    file = tmp_path / "resnet.json"
    update_file(file, lambda _: [FULL, FAILED])
    update_file(file, lambda _: [FULL])
    assert [m.model for m in read_records(tmp_path)] == ["resnet18"]
    assert update_file(file, lambda _: [])
    assert not file.exists()


def test_a_failure_for_want_of_time_is_not_recorded(tmp_path):
    update_file(
        tmp_path / "a.json", lambda _: [replace(FAILED, error="took too long", transient=True)]
    )
    assert not list(tmp_path.iterdir())


def test_nothing_is_left_beside_a_file(tmp_path):
    update_file(tmp_path / "a.json", lambda _: [FULL])
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]
    mask = os.umask(0)
    os.umask(mask)
    assert (tmp_path / "a.json").stat().st_mode & 0o777 == 0o666 & ~mask


def test_finds_what_was_measured_for_a_request():
    larger = replace(FULL, input_size=(3, 288, 288), macs=3)
    records = Records([larger, FULL, FAILED])
    assert records.find(Request("resnet18", "timm")) == FULL
    assert records.find(Request("resnet18", "timm", input_size=(3, 224, 224))) == FULL
    assert records.find(Request("resnet18", "timm", input_size=(3, 288, 288))) == larger
    assert records.find(Request("resnet18", "timm", input_size=(3, 320, 320))) is None
    assert records.find(Request("resnet18", "timm", num_classes=10)) is None
    assert records.find(Request("resnet18", "timm", device="cpu")) is None
    assert records.find(Request("nope", "timm")) == FAILED


def test_says_what_must_be_measured_again():
    requests = [Request("resnet18", "timm"), Request("nope", "timm"), Request("resnet34", "timm")]
    assert stale(requests, Records([FULL, FAILED])) == [requests[2]]
    older = replace(FULL, versions={**FULL.versions, "metazoo": "0.0.1"})
    assert stale(requests, Records([older, FAILED])) == [requests[0], requests[2]]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "a.json:1:2: is not JSON"),
        ('{"format": 1, "models": 3}', "a.json: has no list of models"),
        ('{"format": 1, "models": [], "by": 3}', "a.json: has the unknown entry 'by'"),
        ('{"format": 1, "models": [{"model": "m", "macs": NaN}]}', "m.macs: is NaN, not a number"),
        (
            f'{{"format": 1, "models": [{{"model": "m", "macs": {"9" * 5000}}}]}}',
            "(5,000 characters)",
        ),
        (f'{{"format": 1, "models": [{{"model": "m", "macs": {"9" * 400}}}]}}', "(400 characters)"),
        (f'{{"format": {"9" * 5000}, "models": []}}', "a.json: has format 9999999999… (5,000 cha"),
        ('{"format": 7, "models": []}', "a.json: has format 7, not 1"),
        (
            '{"format": 1, "models": [{"macs": 3}]}',
            "a.json: models[0]: has no 'model'",
        ),
        ('{"format": 1, "models": [{"model": "m", "mac": 3}]}', "a.json: m: has the unknown entry"),
        (
            '{"format": 1, "models": [{"model": "m", "facts": 3}]}',
            "a.json: m.facts: 3 stands where",
        ),
        (
            '{"format": 1, "models": [{"model": "m", "macs": "3"}]}',
            "a.json: m.macs: is '3', not int",
        ),
        ('{"format": 1, "models": [{"model": "m", "macs": true}]}', "m.macs: is True, not int"),
        (f'{{"format": 1, "models": {"[" * 5000}}}', "a.json: is nested too deep"),
        ("\xff", "a.json: can't be read"),
    ],
)
def test_a_damaged_file_is_an_error_that_says_where(tmp_path, content, said):
    (tmp_path / "a.json").write_text(content, "latin-1")
    with pytest.raises(RecordError) as raised:
        read_records(tmp_path)
    assert said in str(raised.value)
    assert "metazoo verify" in str(raised.value)


@pytest.mark.parametrize(
    ("counts", "damaged"),
    [
        ({"macs": 3, "flops": 6}, False),
        ({}, False),
        ({"macs": 3, "flops": 5}, True),
        ({"macs": 3}, True),
        ({"flops": 6}, True),
    ],
)
def test_flops_that_are_not_twice_the_macs_are_damage(tmp_path, counts, damaged):
    file = tmp_path / "a.json"
    file.write_text(json.dumps({"format": 1, "models": [{"model": "a", **counts}]}), "utf-8")
    if damaged:
        with pytest.raises(RecordError, match=r"a\.flops: is \w+, not twice the macs"):
            read_file(file)
    else:
        assert [m.macs for m in read_file(file)] == [counts.get("macs")]
