"""Settings are held against the source's configuration, in every form that people write."""

import pytest

from metazoo.index.reader import read_index
from metazoo.measure.measurement import Measurement, SourceFacts
from metazoo.verify.compare import verify_index
from metazoo.verify.settings import SETTINGS
from metazoo.verify.verdicts import Verdict

FACTS = SourceFacts(
    input_size=(3, 224, 224),
    test_input_size=(3, 288, 288),
    crop_pct=0.875,
    test_crop_pct=1.0,
    crop_mode="center",
    interpolation="bicubic",
    mean=(0.485, 0.456, 0.406),
    std=(0.229, 0.224, 0.225),
    num_classes=1000,
)


def verified(tmp_path, written: str, facts: SourceFacts = FACTS):
    file = tmp_path / "index.yml"
    file.write_text(f"Models:\n- Name: net\n  Metadata: {{{written}}}\n", "utf-8")
    measurement = Measurement(model="net", resolved_name="net.a1_in1k", facts=facts)
    (verification,) = verify_index(read_index([file]), lambda _: measurement)
    return verification


def verdict(verification, key: str):
    return next(v for v in verification.settings if v.field == key)


@pytest.mark.parametrize(
    ("key", "written"),
    [
        ("Image Size", "288"),
        ("Test Image Size", "288"),
        ("Test Image Size", "[3, 288, 288]"),
        ("Test Image Size", "288x288"),
        ("Crop Pct", "0.875"),
        ("Crop Pct", "87.5%"),
        ("Crop Pct", "87.5"),
        ("Test Crop Pct", "1"),
        ("Test Crop Pct", "100%"),
        ("Crop Mode", "Center"),
        ("Crop Mode", "centre crop"),
        ("Interpolation", "BICUBIC"),
        ("Interpolation", "InterpolationMode.BICUBIC"),
        ("Mean", "[0.485, 0.456, 0.406]"),
        ("Mean", "[0.48500001, 0.456, 0.406]"),
        ("Mean", "[0.48, 0.46, 0.41]"),
        ("Mean", "'(0.485, 0.456, 0.406)'"),
        ("Mean", "0.485 0.456 0.406"),
        ("Mean", "[48.5%, 45.6%, 40.6%]"),
        ("Mean", "[123.675, 116.28, 103.53]"),
        ("Std", "[58.395, 57.12, 57.375]"),
        ("Num Classes", "1000"),
        ("Num Classes", "'1,000'"),
    ],
)
def test_a_setting_may_be_written_in_many_ways(tmp_path, key, written):
    verification = verified(tmp_path, f"{key}: {written}")
    assert verdict(verification, key).verdict is Verdict.VERIFIED
    assert verification.findings == []


@pytest.mark.parametrize(
    ("key", "written", "said"),
    [
        ("Image Size", "240", "timm evaluates net.a1_in1k with 224×224 or 288×288"),
        ("Test Image Size", "224", "timm evaluates net.a1_in1k with 288×288"),
        ("Crop Pct", "0.9", "timm evaluates net.a1_in1k with 0.875 or 1"),
        ("Test Crop Pct", "0.5", "timm evaluates net.a1_in1k with 1"),
        ("Crop Mode", "squash", "timm evaluates net.a1_in1k with center"),
        ("Interpolation", "bilinear", "timm evaluates net.a1_in1k with bicubic"),
        ("Mean", "[0.5, 0.5, 0.5]", "timm evaluates net.a1_in1k with [0.485, 0.456, 0.406]"),
        ("Mean", "[0.481, 0.458, 0.408]", "timm evaluates net.a1_in1k with [0.485, 0.456, 0.406]"),
        ("Std", "[0.5, 0.5]", "timm evaluates net.a1_in1k with [0.229, 0.224, 0.225]"),
        ("Num Classes", "21841", "in timm the weights of net.a1_in1k have 1000"),
    ],
)
def test_a_setting_other_than_the_sources_is_said(tmp_path, key, written, said):
    verification = verified(tmp_path, f"{key}: {written}")
    (finding,) = verification.findings
    assert finding.code == "MZ608"
    assert finding.message == f"{key} is declared as {written}; {said}"
    assert (finding.location.line, finding.location.column) == (3, 16 + len(key))


@pytest.mark.parametrize("key", [setting.key for setting in SETTINGS])
@pytest.mark.parametrize(
    "written",
    [
        "{a: 1}",
        "[[1], [2]]",
        "[]",
        "''",
        "true",
        "nan",
        "-1",
        "1e999",
        "'0.5, , x'",
        "[0.5, 0.5%, x]",
    ],
)
def test_whatever_is_written_there_gets_a_verdict(tmp_path, key, written):
    for verdict in verified(tmp_path, f"{key}: {written}").settings[1:]:
        assert verdict.verdict in (Verdict.DIFFERS, Verdict.UNDECLARED)


def test_a_mapping_is_said_to_be_one(tmp_path):
    (finding,) = verified(tmp_path, "Mean: {r: 0.485}").findings
    assert finding.message.startswith("Mean is declared as a mapping; timm evaluates")


def test_keys_may_be_spelled_as_the_format_allows(tmp_path):
    (finding,) = verified(tmp_path, "test_crop-pct: 0.5").findings
    assert finding.message.startswith("Test Crop Pct is declared as 0.5")


def test_one_number_stands_for_channels_that_are_alike(tmp_path):
    facts = SourceFacts(mean=(0.5, 0.5, 0.5))
    assert verdict(verified(tmp_path, "Mean: 0.5", facts), "Mean").verdict is Verdict.VERIFIED
    assert verdict(verified(tmp_path, "Mean: 0.485"), "Mean").verdict is Verdict.DIFFERS


def test_what_the_source_tests_no_otherwise_it_tests_as_it_trains(tmp_path):
    facts = SourceFacts(input_size=(3, 224, 224), crop_pct=0.9)
    right = verified(tmp_path, "Test Image Size: 224, Test Crop Pct: 0.9", facts)
    assert right.findings == []
    wrong = verified(tmp_path, "Test Image Size: 288, Test Crop Pct: 1", facts)
    assert [f.code for f in wrong.findings] == ["MZ608", "MZ608"]


def test_what_the_source_does_not_say_is_not_measured(tmp_path):
    verification = verified(tmp_path, "Mean: [0.5, 0.5, 0.5], Num Classes: 10", SourceFacts())
    for key in ("Mean", "Num Classes"):
        found = verdict(verification, key)
        assert (found.verdict, found.reason) == (Verdict.NOT_MEASURED, "timm doesn't state it")
    assert verification.findings == []


def test_weights_without_a_classifier_have_no_classes(tmp_path):
    (finding,) = verified(tmp_path, "Num Classes: 1000", SourceFacts(num_classes=0)).findings
    assert finding.message.endswith("the weights of net.a1_in1k have 0")


def test_only_what_every_index_should_say_is_missed(tmp_path):
    missed = [v.field for v in verified(tmp_path, "Mean: null").settings]
    assert missed == ["Name", "Image Size", "Crop Pct", "Interpolation"]


# -- edges --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "fits"),
    [
        ("0.8755", True),  # as far as 5e-4
        ("0.87551", False),
        ("0.8745", True),
        ("0.87449", False),
        ("87.55", True),
        ("87.56", False),
        ("0.875%", False),
    ],
)
def test_a_share_may_differ_by_half_a_thousandth(tmp_path, written, fits):
    found = verdict(verified(tmp_path, f"Crop Pct: '{written}'"), "Crop Pct").verdict
    assert (found is Verdict.VERIFIED) is fits


@pytest.mark.parametrize(
    ("written", "fits"),
    [
        # Two decimals of a share are taken for rounded, one is not.
        ("[0.48, 0.46, 0.41]", True),
        ("[0.49, 0.46, 0.41]", True),
        ("[0.47, 0.46, 0.41]", False),
        ("[0.5, 0.5, 0.4]", False),
        ("[0.4855, 0.456, 0.406]", True),
        ("[0.4856, 0.456, 0.406]", False),
        # On the scale of pixels, and in percent, whole numbers are rounded, too.
        ("[124, 116, 104]", True),
        ("[123, 116, 104]", False),
        ("[48.5%, 45.6%, 40.6%]", True),
        ("[49%, 46%, 41%]", True),
        ("[47%, 46%, 41%]", False),
        # One channel of wrong ones is enough, and two of three are not all.
        ("[0.485, 0.456, 0.5]", False),
        ("[0.485, 0.456]", False),
        ("[0.485, 0.456, 0.406, 0.4]", False),
        ("[0.485, x, 0.406]", False),
    ],
)
def test_a_mean_is_compared_as_far_as_its_digits_say(tmp_path, written, fits):
    found = verdict(verified(tmp_path, f"Mean: {written}"), "Mean").verdict
    assert (found is Verdict.VERIFIED) is fits


@pytest.mark.parametrize(
    ("written", "fits"),
    [("1", True), ("100%", True), ("1.5", False), ("255", True), ("256", False)],
)
def test_one_is_a_share_and_more_is_on_the_scale_of_pixels(tmp_path, written, fits):
    facts = SourceFacts(std=(1.0, 1.0, 1.0))
    found = verdict(verified(tmp_path, f"Std: {written}", facts), "Std").verdict
    assert (found is Verdict.VERIFIED) is fits


@pytest.mark.parametrize("measurement", [None, Measurement("net", error="it is gone")])
def test_without_a_measurement_every_setting_says_why(tmp_path, measurement):
    file = tmp_path / "index.yml"
    file.write_text(
        "Library: {Source: timm}\nModels:\n- {Name: net, Metadata: {Crop Pct: 0.9}}\n", "utf-8"
    )
    (found,) = verify_index(read_index([file]), lambda _: measurement)
    why = measurement.error if measurement else "it has not been measured yet"
    settings = [(v.field, v.verdict, v.reason) for v in found.settings]
    assert settings == [
        (key, Verdict.NOT_MEASURED, why)
        for key in ("Name", "Image Size", "Crop Pct", "Interpolation")
    ]
    assert verdict(found, "Crop Pct").declared.text == "0.9"


def test_a_model_without_facts_of_its_source_has_nothing_to_compare(tmp_path):
    found = verified(tmp_path, "Crop Pct: 0.9", None)
    assert verdict(found, "Crop Pct").verdict is Verdict.NOT_MEASURED
    undeclared = verdict(found, "Interpolation")
    assert (undeclared.verdict, undeclared.actual) == (Verdict.UNDECLARED, "")


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (SourceFacts(input_size=(3, 224, 192)), "224×192"),
        (SourceFacts(input_size=(1, 224, 192)), "1×224×192"),
        (SourceFacts((3, 224, 224), (3, 224, 224)), "224×224"),
        (SourceFacts((3, 224, 224), (3, 288, 288)), "224×224 or 288×288"),
    ],
)
def test_sizes_of_the_source_are_listed_once(tmp_path, facts, said):
    assert verdict(verified(tmp_path, "", facts), "Image Size").actual == said


@pytest.mark.parametrize("written", ["[3, 288, 288]", "'288, 288'", "288×288"])
def test_a_size_may_be_written_as_a_list(tmp_path, written):
    found = verdict(verified(tmp_path, f"Test Image Size: {written}"), "Test Image Size")
    assert found.verdict is Verdict.VERIFIED


@pytest.mark.parametrize(
    ("key", "written", "said"),
    [
        ("Mean", "[0.5, 0.5, 0.5]", "Mean is declared as [0.5, 0.5, 0.5];"),
        ("Mean", "{r: 0.5}", "Mean is declared as a mapping;"),
        ("Crop Pct", "90%", "Crop Pct is declared as 90%;"),
    ],
)
def test_a_finding_quotes_what_is_declared_and_says_what_to_write(tmp_path, key, written, said):
    (finding,) = verified(tmp_path, f"{key}: {written}").findings
    assert finding.message.startswith(said)
    actual = finding.message.split(" with ")[-1]
    assert finding.hint == f"Write {actual}, or name the intended weights"
