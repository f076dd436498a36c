"""Verifying an index uses what is on record, measures the rest, and keeps the records true."""

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from metazoo.index.reader import read_index
from metazoo.measure.measurement import Measurement
from metazoo.measure.records import read_file
from metazoo.measure.versions import installed_versions
from metazoo.report.verification import print_verification
from metazoo.verify.run import verify

DATA = Path(__file__).parents[1] / "data"


class Instrument:
    """Stands in for building models: answers at once and notes what it was asked."""

    def __init__(self, stop_at=None):
        self.asked = []
        self.stop_at = stop_at

    def __call__(self, requests):
        for request in requests:
            if request.model == self.stop_at:
                raise KeyboardInterrupt
            self.asked.append(request.model)
            yield Measurement(
                model=request.model,
                source=request.source,
                input_size=request.input_size,
                device=request.device,
                params=100,
                macs=1000,
                flops=2000,
                state_dict_bytes=400,
                state_dict_tensors=2,
                versions=installed_versions("timm"),
            )


@pytest.fixture
def zoo(tmp_path):
    (tmp_path / "one.yml").write_text(
        "Models:\n"
        "- {Name: a, Metadata: {FLOPs: 1000, Parameters: 100, Image Size: 224}}\n"
        "- {Name: b, Metadata: {FLOPs: 1000, Parameters: 101, Image Size: 224}}\n",
        "utf-8",
    )
    (tmp_path / "two.yml").write_text("Models:\n- {Name: c}\n", "utf-8")
    (tmp_path / "index.yml").write_text(
        "Library: {Source: timm}\nImport: [one.yml, two.yml]\n", "utf-8"
    )
    return tmp_path


def run(zoo, measure, **options):
    index = read_index([zoo / "index.yml"])
    return verify(index, measure=measure, records=zoo / "measured", whole=True, **options)


def codes(outcome):
    return [(f.code, f.model) for f in outcome.findings]


def test_everything_is_measured_once_and_then_known(zoo):
    first, second = Instrument(), Instrument()
    assert run(zoo, first).measured == 3
    assert first.asked == ["a", "b", "c"]
    outcome = run(zoo, second)
    assert (outcome.measured, second.asked) == (0, [])
    assert codes(outcome) == [("MZ602", "b")]


def test_only_what_changed_is_measured_again(zoo):
    run(zoo, Instrument())
    file = zoo / "one.yml"
    file.write_text(file.read_text().replace("Image Size: 224}}\n- ", "Image Size: 288}}\n- "))
    again = Instrument()
    run(zoo, again)
    assert again.asked == ["a"]
    assert [m.input_size for m in read_file(zoo / "measured/one.json")] == [
        (3, 288, 288),
        (3, 224, 224),
    ]


def test_an_interrupted_run_keeps_what_it_measured(zoo):
    with pytest.raises(KeyboardInterrupt):
        run(zoo, Instrument(stop_at="c"))
    rest = Instrument()
    run(zoo, rest)
    assert rest.asked == ["c"]


def test_records_follow_the_index(zoo):
    run(zoo, Instrument())
    (zoo / "index.yml").write_text("Library: {Source: timm}\nImport: [one.yml]\n")
    (zoo / "one.yml").write_text("Models:\n- {Name: a, Metadata: {Image Size: 224}}\n")
    run(zoo, Instrument())
    assert [p.name for p in (zoo / "measured").iterdir()] == ["one.json"]
    assert [m.model for m in read_file(zoo / "measured/one.json")] == ["a"]


def test_records_of_other_devices_stay(zoo):
    run(zoo, Instrument())
    run(zoo, Instrument(), device="cpu")
    run(zoo, Instrument())
    assert {m.device for m in read_file(zoo / "measured/one.json")} == {"meta", "cpu"}


def test_check_measures_nothing_and_is_content_with_current_records(zoo):
    (zoo / "one.yml").write_text("Models:\n- {Name: a, Metadata: {Parameters: 100}}\n")
    run(zoo, Instrument())
    outcome = run(zoo, None)
    assert codes(outcome) == []
    assert outcome.models[0].verdict("Parameters").measured == 100


def test_check_finds_missing_records_one_finding_a_file(zoo):
    outcome = run(zoo, None)
    assert codes(outcome) == [("MZ610", "a"), ("MZ610", "c")]
    assert "2 of 2 models" in outcome.findings[0].message


def test_check_finds_records_of_other_versions(zoo, monkeypatch):
    run(zoo, Instrument())
    monkeypatch.setattr("metazoo.measure.records.installed_versions", lambda _: {"metazoo": "9"})
    found = [f for f in run(zoo, None).findings if f.code == "MZ610"]
    assert "other versions" in found[0].message


def test_check_finds_records_of_nothing(zoo):
    run(zoo, Instrument())
    (zoo / "index.yml").write_text("Library: {Source: timm}\nImport: [one.yml]\n")
    found = [f for f in run(zoo, None).findings if f.code == "MZ610"]
    assert [Path(f.location.file).name for f in found] == ["two.json"]


def test_without_a_folder_of_records_nothing_is_written(zoo):
    index = read_index([zoo / "index.yml"])
    verify(index, measure=Instrument())
    assert sorted(p.name for p in zoo.iterdir()) == ["index.yml", "one.yml", "two.yml"]


def test_a_model_of_which_nothing_came_is_an_error(zoo):
    def forgetful(requests):
        return (m for m in Instrument()(requests) if m.model == "b")

    outcome = run(zoo, forgetful)
    lost = [f for f in outcome.findings if f.code == "MZ604"]
    assert [(f.model, str(f.severity), f.location.line) for f in lost] == [
        ("a", "error", 2),
        ("c", "error", 2),
    ]
    assert "the source 'timm' returned no measurement" in lost[0].message
    assert (outcome.measured, len(outcome.recorded), outcome.unmeasured) == (1, 0, 2)


def test_models_that_were_not_wanted_are_not_missed(zoo):
    outcome = run(zoo, Instrument(), wanted=lambda model: model.name.text == "a")
    assert codes(outcome) == []


def said(outcome):
    page = StringIO()
    print_verification(outcome, Console(file=page, width=100))
    return page.getvalue().splitlines()[-1]


def test_it_says_of_each_model_where_its_numbers_come_from(zoo):
    assert said(run(zoo, None)) == "3 models: 0 measured now, 0 from records, 3 not measured"
    assert said(run(zoo, Instrument())) == "3 models: 3 measured now, 0 from records"
    again = run(zoo, None)
    again.measured_again = 2
    assert said(again) == "3 models: 0 measured now, 3 from records (2 of these measured again)"


def test_two_entries_of_one_name_are_two_models(zoo):
    (zoo / "two.yml").write_text("Models:\n- {Name: c}\n- {Name: c}\n", "utf-8")
    instrument = Instrument()
    outcome = run(zoo, instrument)
    assert instrument.asked == ["a", "b", "c"]
    assert said(outcome) == "4 models: 4 measured now, 0 from records"


@pytest.mark.measure
@pytest.mark.parametrize(
    ("card", "undeclared", "verified"),
    [("resnext-2020.md", 4, 0), ("resnext-2021.md", 0, 4), ("res2next-2021.md", 0, 1)],
)
def test_the_real_cards(card, undeclared, verified, tmp_path):
    """Parameters and file sizes of timm's old cards are right, their FLOPs follow no convention."""
    from metazoo.measure.run import measure_models

    outcome = verify(read_index([DATA / card, DATA / "timm.yml"]), measure=measure_models)
    verdicts = {
        field: [str(m.verdict(field).verdict) for m in outcome.models]
        for field in ("FLOPs", "Parameters", "File Size")
    }
    count = len(outcome.models)
    assert verdicts["FLOPs"] == ["differs"] * count
    assert verdicts["Parameters"] == ["undeclared"] * undeclared + ["verified"] * verified
    assert verdicts["File Size"] == ["verified"] * count
    measured = {m.model.name.text: m.measurement for m in outcome.models}
    if "resnext50_32x4d" in measured:
        assert measured["resnext50_32x4d"].macs == 4230479872
        assert measured["resnext50_32x4d"].flops == 8460959744
        deprecated = [f for f in outcome.findings if f.code == "MZ606"]
        assert [f.model for f in deprecated] == ["tv_resnext50_32x4d"]
        assert "resnext50_32x4d.tv_in1k" in deprecated[0].message
