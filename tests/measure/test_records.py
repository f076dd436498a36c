"""Records: what is written comes back, and a file changes only when something did."""

import json
import os
import re
from dataclasses import replace

import pytest

from metazoo.errors import RecordError
from metazoo.measure import records as records_module
from metazoo.measure.measurement import ForwardRun, Measurement, SourceFacts
from metazoo.measure.records import (
    Records,
    delete_file,
    read_file,
    read_records,
    recordable,
    stale,
    unsettled,
    update_file,
    written_by_us,
)
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


def test_of_two_with_the_same_key_the_later_is_kept():
    later = replace(FULL, params=3)
    records = Records([FULL, later])
    assert len(records) == 1
    assert records.find(Request("resnet18")) == later
    assert records.find(Request("resnet18", input_size=(3, 224, 224))) == later


def test_what_was_measured_at_another_size_is_no_answer_for_the_default():
    larger = replace(FULL, input_size=(3, 288, 288))
    assert Records([larger]).find(Request("resnet18")) is None
    assert Records([larger]).find(Request("resnet18", input_size=(3, 288, 288))) == larger
    sizeless = Measurement(model="a", input_size=(3, 8, 8))
    assert Records([sizeless]).find(Request("a")) is None


def test_a_failure_is_fresh_and_yet_to_be_measured_again():
    requests = [Request("resnet18"), Request("nope"), Request("resnet34")]
    records = Records([FULL, FAILED])
    assert unsettled(requests, records) == requests[1:]
    assert stale(requests, records) == requests[2:]


def test_a_version_that_is_not_installed_here_is_not_compared(monkeypatch):
    monkeypatch.setattr(records_module, "installed_versions", lambda _: {"metazoo": "1"})
    other = replace(FULL, versions={"metazoo": "1", "timm": "0.0"})
    assert Records([other]).fresh(Request("resnet18")) == other
    assert Records([replace(FULL, versions={})]).fresh(Request("resnet18")) is None


def test_a_damaged_file_is_told_and_the_others_are_read(tmp_path):
    update_file(tmp_path / "b.json", lambda _: [FULL])
    for name in ("a.json", "c.json"):
        (tmp_path / name).write_text('{"format": 7, "models": []}')
    told = []
    assert list(read_records(tmp_path, told.append)) == [FULL]
    assert [str(error).partition(": ")[0] for error in told] == [
        str(tmp_path / "a.json"),
        str(tmp_path / "c.json"),
    ]


def test_other_json_is_passed_over_in_a_folder_and_refused_by_name(tmp_path):
    for number, content in enumerate(['{"models": []}', '{"format": 1}', "[]", "3"]):
        file = tmp_path / f"{number}.json"
        file.write_text(content)
        assert list(read_records(tmp_path)) == []
        if number:
            with pytest.raises(RecordError, match="has no list of models"):
                read_file(file)
    assert list(written_by_us(tmp_path)) == []


def test_only_files_that_metazoo_wrote_are_called_its_own(tmp_path):
    update_file(tmp_path / "a.json", lambda _: [FULL])
    (tmp_path / "b.json").symlink_to(tmp_path / "a.json")
    (tmp_path / "c.json").write_text('{"format": 1, "models": []}')
    (tmp_path / "d.json").write_text('{"format": 2, "models": []}')
    assert list(written_by_us(tmp_path)) == [(tmp_path / "a.json", [FULL])]


def test_a_link_out_of_the_folder_is_neither_read_nor_written(tmp_path):
    inside = tmp_path / "inside"
    inside.mkdir()
    update_file(tmp_path / "a.json", lambda _: [FULL])
    (inside / "a.json").symlink_to(tmp_path / "a.json")
    with pytest.raises(RecordError, match="is a link that leads out of its folder"):
        read_file(inside / "a.json")
    with pytest.raises(RecordError, match="is a link that leads out of its folder"):
        update_file(inside / "a.json", lambda _: [])
    assert not delete_file(inside / "a.json")
    assert read_file(tmp_path / "a.json") == [FULL]


def test_only_a_record_file_is_deleted(tmp_path):
    file = tmp_path / "a.json"
    assert not delete_file(file)
    update_file(file, lambda _: [FULL])
    assert delete_file(file)
    assert not file.exists()
    file.write_text("{}")
    with pytest.raises(RecordError, match="has no list of models"):
        delete_file(file)
    assert file.read_text() == "{}"


@pytest.mark.parametrize(("length", "place"), [(1, "m"), (99, 99 * "m"), (100, "models[1]")])
def test_a_damaged_record_is_called_by_its_model_unless_that_is_too_long(tmp_path, length, place):
    file = tmp_path / "a.json"
    rows = [{"model": "fine"}, {"model": length * "m", "mac": 3}]
    file.write_text(json.dumps({"format": 1, "models": rows}))
    with pytest.raises(RecordError, match=rf"a\.json: {re.escape(place)}: has the unknown entry"):
        read_file(file)


@pytest.mark.parametrize("name", [3, "", None])
def test_a_damaged_record_without_a_name_is_called_by_its_number(tmp_path, name):
    file = tmp_path / "a.json"
    file.write_text(json.dumps({"format": 1, "models": [{"model": name, "mac": 3}]}))
    with pytest.raises(RecordError, match=r"a\.json: models\[0\]"):
        read_file(file)


def test_times_alone_are_no_change_but_the_device_and_its_answer_are(tmp_path):
    file = tmp_path / "a.json"
    run = ForwardRun("cpu", True, 0.25, peak_bytes=7, macs=5)
    first = replace(FULL, device="cpu", forward=run)
    assert update_file(file, lambda _: [first])
    slower = replace(first, forward=replace(run, seconds=0.5, peak_bytes=9))
    assert not update_file(file, lambda _: [slower])
    assert read_file(file) == [first]
    infinite = replace(first, forward=replace(run, finite=False))
    assert update_file(file, lambda _: [infinite])
    assert read_file(file) == [infinite]


def test_a_change_gets_what_is_in_the_file(tmp_path):
    file = tmp_path / "a.json"
    update_file(file, lambda rows: [*rows, FULL])
    update_file(file, lambda rows: [*rows, FAILED])
    assert read_file(file) == [FAILED, FULL]


def test_what_can_be_recorded_is_left_and_what_cannot_is_a_failure():
    assert recordable(FULL) is FULL
    m = replace(
        FULL, num_classes=7, device="cpu", reparameterized=True, macs=10**400, flops=2 * 10**400
    )
    failed = recordable(m)
    assert failed.error.startswith("what was measured can't be recorded: ")
    assert failed == Measurement(
        model="resnet18",
        input_size=(3, 224, 224),
        num_classes=7,
        device="cpu",
        reparameterized=True,
        versions=FULL.versions,
        measured_on="2026-01-31",
        error=failed.error,
    )
    assert not failed.transient


def test_a_measurement_holds_nothing_that_was_not_measured():
    values = Measurement("a").as_json()
    assert values.pop("model") == "a"
    assert values.pop("source") == "timm"
    assert values.pop("device") == "meta"
    assert not any(values.values())


def test_a_measurement_is_plain_values_in_json():
    run = ForwardRun("cpu", True, 0.25)
    values = replace(FULL, forward=run).as_json()
    assert values["forward"] == {
        "device": "cpu",
        "finite": True,
        "seconds": 0.25,
        "peak_bytes": None,
        "macs": None,
    }
    assert values["facts"]["license"] == "apache-2.0"
    assert values["macs"] == FULL.macs
