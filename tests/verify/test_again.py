"""What is on record can be measured again, a part every day, and a false record is found."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metazoo.index.reader import read_index
from metazoo.measure.measurement import ForwardRun, Measurement
from metazoo.verify.again import contradictions, sample_of_the_day
from metazoo.verify.compare import verify_index

DAY = dt.date(2026, 1, 31)


@given(st.integers(1, 60), st.integers(1, 20))
def test_each_model_has_its_turn(models, count):
    names = [f"model_{number}" for number in range(models)]
    days = -(-models // count)
    seen = [sample_of_the_day(names, count, DAY + dt.timedelta(day)) for day in range(days)]
    assert set().union(*seen) == set(names)
    assert {len(sample) for sample in seen} == {min(count, models)}


def test_a_day_has_one_sample_whatever_the_order():
    names = [f"model_{number}" for number in range(50)]
    assert sample_of_the_day(names, 7, DAY) == sample_of_the_day(names[::-1], 7, DAY)
    assert sample_of_the_day([], 7, DAY) == set()


RECORD = Measurement("net", params=10, macs=20, versions={"torch": "2.9"}, measured_on="2026-01-01")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, None),
        ({"versions": {"torch": "2.15"}, "measured_on": "2026-02-01"}, None),
        ({"forward": ForwardRun("cpu", True, 0.5)}, None),
        ({"params": 11}, "params is 10 on record and 11 now"),
        ({"macs": None, "error": "it is gone"}, "macs is 20 on record and None now; error is None"),
    ],
)
def test_only_what_was_counted_is_held_against_the_record(tmp_path, changes, said):
    file = tmp_path / "index.yml"
    file.write_text("Models: [{Name: net}]\n")
    verifications = verify_index(read_index([file]), lambda _: RECORD)
    found = list(contradictions(verifications, [replace(RECORD, **changes)]))
    assert [f.code for f in found] == ([] if said is None else ["MZ612"])
    assert said is None or said in found[0].message


def test_a_name_at_two_sizes_is_two_models(tmp_path):
    file = tmp_path / "index.yml"
    file.write_text(
        "Models:\n"
        "- {Name: net, Metadata: {Image Size: 224}}\n"
        "- {Name: net, Metadata: {Image Size: 288}}\n"
    )
    records = {s: replace(RECORD, input_size=(3, s, s), macs=s) for s in (224, 288)}
    verifications = verify_index(
        read_index([file]), lambda model: records[model.metadata.get("Image Size").value[1]]
    )
    assert list(contradictions(verifications, [records[288], records[224]])) == []
    (found,) = contradictions(verifications, [replace(records[288], macs=1), records[224]])
    assert found.location.line == 3


@pytest.mark.parametrize(("count", "taken"), [(0, 0), (4, 4), (5, 5), (6, 5)])
def test_a_sample_is_as_large_as_asked_or_all(count, taken):
    names = ["a", "b", "c", "d", "e"]
    assert len(sample_of_the_day(names, count, DAY)) == taken
    assert sample_of_the_day(names * 2, 11, DAY) == set(names)


def verifications(tmp_path, record=RECORD):
    file = tmp_path / "index.yml"
    file.write_text("Models: [{Name: other}, {Name: net}]\n")
    return verify_index(read_index([file]), lambda m: record if m.name.text == "net" else None)


@pytest.mark.parametrize("measured", [[], [Measurement("another", params=1)]])
def test_a_model_that_was_not_measured_again_contradicts_nothing(tmp_path, measured):
    assert list(contradictions(verifications(tmp_path), measured)) == []


def test_a_model_without_a_record_contradicts_nothing(tmp_path):
    measured = [Measurement("other", params=1), Measurement("net", params=11, macs=20)]
    (found,) = contradictions(verifications(tmp_path), measured)
    assert (found.model, found.location.column) == ("net", 32)


@pytest.mark.parametrize(
    ("changes", "more"),
    [
        ({"params": 1, "macs": 2, "flops": 4}, ""),
        ({"params": 1, "macs": 2, "flops": 4, "buffers": 9}, ", and 1 more"),
        ({"params": 1, "macs": 2, "flops": 4, "buffers": 9, "activations": 3}, ", and 2 more"),
    ],
)
def test_three_differences_are_listed(tmp_path, changes, more):
    (found,) = contradictions(verifications(tmp_path), [replace(RECORD, **changes)])
    said = found.message.split(": ", 1)[1]
    listed = said.removesuffix(more).split("; ")
    assert said.endswith(f"now{more}")
    assert len(listed) == 3
    assert listed[0] == "params is 10 on record and 1 now"


def test_a_default_size_is_compared_with_whatever_size_was_measured(tmp_path):
    measured = [replace(RECORD, input_size=(3, 64, 64))]
    (found,) = contradictions(verifications(tmp_path), measured)
    assert "input_size is None on record and (3, 64, 64) now" in found.message
