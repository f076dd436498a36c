"""The values rules at their boundaries: the last value that passes and the first that doesn't."""

import pytest

from metazoo.index.model import MetricValue, Value
from metazoo.index.reader import read_index
from metazoo.metrics import Metric, Metrics
from metazoo.rules import check


def metadata(**values):
    return "Models:\n- Name: a\n  Metadata:\n" + "".join(
        f"    {key.replace('_', ' ')}: {value}\n" for key, value in values.items()
    )


def metrics(name, value):
    return (
        f'Models:\n- Name: a\n  Results:\n    Dataset: D\n    Metrics:\n      "{name}": {value}\n'
    )


@pytest.mark.parametrize(
    ("values", "reported"),
    [
        ({"Epochs": "ninety"}, True),
        ({"Epochs": "90"}, False),
        ({"Epochs": "null"}, False),
        ({"Epochs": "~"}, False),
        ({"Epochs": ""}, False),
        ({"Epochs": '"  "'}, False),
        ({"Training_Resources": "ninety"}, False),
    ],
)
def test_not_a_number(values, reported, found):
    assert bool(found("MZ301", metadata(**values))) is reported


def test_not_a_number_says_what_is_wanted(found):
    size, epochs = found("MZ301", metadata(Image_Size="large", Epochs="ninety"))
    assert (size.message, epochs.message) == (
        "Image Size is “large”, which is not an image size",
        "Epochs is “ninety”, which is not a number",
    )
    assert "224" in size.hint
    assert "90" in epochs.hint
    assert size.model == "a"


@pytest.mark.parametrize(
    ("value", "reported"), [("high", True), ("79.3", False), ("null", False), ('" "', False)]
)
def test_metric_that_is_not_a_number(value, reported, found):
    assert bool(found("MZ301", metrics("mAP", value))) is reported


@pytest.mark.parametrize(("length", "shown"), [(60, "x" * 60), (61, "x" * 57 + "…")])
def test_long_texts_are_cut_in_messages(length, shown, found):
    (problem,) = found("MZ301", metadata(Epochs="x" * length))
    assert f"“{shown}”" in problem.message


@pytest.mark.parametrize(
    ("key", "passes", "fails"),
    [
        ("Momentum", "0", "-0.001"),
        ("Momentum", "1", "1.001"),
        ("Momentum", "100%", "101%"),
        ("LR", "0.0000001", "0"),
        ("LR", "100", "100.1"),
        ("Crop_Pct", "0.01", "0"),
        ("Crop_Pct", "1", "1.01"),
        ("Epochs", "1", "0"),
        ("Epochs", "1000000", "1000001"),
        ("Parameters", "1", "0"),
        ("Image_Size", "100000", "100001"),
        ("Image_Size", "1x1", "1x0"),
        ("Image_Size", "1x1", "0x1"),
    ],
)
def test_range_of_a_field(key, passes, fails, found):
    assert found("MZ302", metadata(**{key: passes})) == []
    assert [f.model for f in found("MZ302", metadata(**{key: fails}))] == ["a"]


@pytest.mark.parametrize(
    ("key", "value", "instead"),
    [
        ("Momentum", "1.5", "0.015"),
        ("Momentum", "90", "0.9"),
        ("Momentum", "100", "1"),
        ("Momentum", "100.5", None),
        ("Momentum", "-90", None),
        ("Momentum", "150%", None),  # it has a unit
        ("Epochs", "-1", None),
        ("LR", "200", None),  # its maximum isn't 1
        ("Image_Size", "0", None),
    ],
)
def test_a_percentage_where_a_fraction_belongs(key, value, instead, found):
    (problem,) = found("MZ302", metadata(**{key: value}))
    expected = "Correct the value." if instead is None else f"write {instead}."
    assert problem.hint.endswith(expected)


@pytest.mark.parametrize(
    ("key", "value", "range_"),
    [
        ("Momentum", "-1", "from 0 to 1"),
        ("LR", "0", "above 0 and at most 100"),
        ("Epochs", "0", "above 0 and at most 1,000,000"),
        ("Image_Size", "0", "from 1 to 100,000 pixels"),
    ],
)
def test_message_names_the_range(key, value, range_, found):
    (problem,) = found("MZ302", metadata(**{key: value}))
    assert problem.message.endswith(f" {range_}")


@pytest.mark.parametrize(
    ("name", "passes", "fails", "range_"),
    [
        ("SSIM", "1", "1.01", "from -1 to 1"),
        ("SSIM", "-1", "-1.01", "from -1 to 1"),
        ("SSIM", "100%", "101%", "from -1 to 1"),
        ("MOS", "5", "5.1", "from 0 to 5"),
        ("Latency", "0", "-0.1", "at least 0 ms"),
        ("Latency", "0 s", "-1 s", "at least 0 ms"),
        ("Loss", "-1000", None, ""),
    ],
)
def test_range_of_a_metric(name, passes, fails, range_, found):
    assert found("MZ302", metrics(name, passes)) == []
    if fails is not None:
        (problem,) = found("MZ302", metrics(name, fails))
        assert problem.model == "a"
        assert problem.message.endswith(f" {range_}")


def test_metric_without_a_lower_bound(tmp_path):
    file = tmp_path / "index.yml"
    file.write_text(metrics("Ours", "11 px"), "utf-8")
    index = read_index([file])
    index.metrics = Metrics([Metric("Ours", unit="px", high=10)])
    (problem,) = (f for f in check(index) if f.code == "MZ302")
    assert problem.message.endswith("at most 10 px")
    index.models[0].results[0].metrics[:] = [
        MetricValue("Ours", Value(10.0, "10 px", problem.location, "px", key="Ours"))
    ]
    assert [f for f in check(index) if f.code == "MZ302"] == []


@pytest.mark.parametrize(
    ("name", "value", "percent"),
    [
        ("SSIM", "1.1", True),
        ("SSIM", "94", True),
        ("SSIM", "100", True),
        ("SSIM", "100.1", False),
        ("SSIM", "-94", False),
        ("SSIM", "101%", False),  # it has a unit
        ("MOS", "94", False),  # its range isn't up to 1
    ],
)
def test_a_percentage_where_a_share_belongs(name, value, percent, found):
    (problem,) = found("MZ302", metrics(name, value))
    assert (f"{value}%" in problem.hint) is percent


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Top 1 Accuracy", "793"),  # MZ306 reports percentages
        ("Ours", "-1"),  # unknown
        ("SSIM", "fair"),  # no number
        ("SSIM", "5 ms"),  # MZ312 reports units
    ],
)
def test_metrics_that_other_rules_report(name, value, found):
    assert found("MZ302", metrics(name, value)) == []


@pytest.mark.parametrize(
    ("key", "passes", "fails", "hint"),
    [
        ("Parameters", "11690000", "11.69", "unit"),
        ("File_Size", "97000000", "97.5", "unit"),
        ("Epochs", "90.0", "90.5", "whole number"),
        ("Epochs", "90", "0.5", "whole number"),
    ],
)
def test_counts_are_whole(key, passes, fails, hint, found):
    assert found("MZ303", metadata(**{key: passes})) == []
    (problem,) = found("MZ303", metadata(**{key: fails}))
    assert hint in problem.hint
    assert problem.model == "a"


def test_rates_may_have_a_fraction(found):
    assert found("MZ303", metadata(LR="0.5", Warmup_Epochs="2.5")) == []


@pytest.mark.parametrize(
    ("key", "passes", "fails"),
    [
        ("FLOPs", "100000", "99999"),
        ("MACs", "100000", "99999"),
        ("Parameters", "1000", "999"),
        ("Activations", "1000", "999"),
        ("File_Size", "2000", "1999"),
        ("Parameters", "25K", "25"),
        ("Parameters", "0.5K", "25.0"),  # a unit says that the number is meant
        ("Parameters", "25.5", "1"),  # MZ303 reports fractions
        ("Parameters", "-25", "1"),  # MZ302 reports numbers below 0
        ("Parameters", "0", "1"),
        ("Parameters", "null", "1"),
        ("Epochs", "1", None),
    ],
)
def test_counts_too_small_for_a_network(key, passes, fails, found):
    assert found("MZ304", metadata(**{key: passes})) == []
    if fails is not None:
        assert [f.model for f in found("MZ304", metadata(**{key: fails}))] == ["a"]


@pytest.mark.parametrize(
    ("key", "value", "written"),
    [
        ("FLOPs", "3.63 GFLOPs", "3630000000"),
        ("FLOPs", "4e9", "4000000000"),
        ("Parameters", "25_000_000", "25000000"),
        ("Parameters", "25,000,000", "25000000"),
        ("File_Size", "96 MB", "96000000"),
        ("Parameters", "1K", "1000"),
        ("Parameters", "0.001K", "1"),
    ],
)
def test_counts_are_written_out(key, value, written, found):
    (problem,) = found("MZ305", metadata(**{key: value}))
    assert [(fix.old, fix.new) for fix in problem.fixes] == [(value, written)]
    assert written in problem.hint
    assert problem.model == "a"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("FLOPs", "3630000000"),
        ("FLOPs", "-3G"),  # MZ302 reports it
        ("FLOPs", "0G"),
        ("FLOPs", "12.5"),  # MZ303 reports it
        ("FLOPs", "many"),
        ("Epochs", "1e2"),
        ("Momentum", "90%"),
    ],
)
def test_numbers_that_need_not_be_written_out(key, value, found):
    assert found("MZ305", metadata(**{key: value})) == []


@pytest.mark.parametrize(
    ("name", "passes", "fails", "range_"),
    [
        ("Top 1 Accuracy", "100", "100.1", "from 0 to 100%"),
        ("Top 1 Accuracy", "0", "-0.1", "from 0 to 100%"),
        ("MCC", "-100", "-100.1", "from -100 to 100%"),
        ("WER", "250", "-0.1", "at least 0%"),
        ("MOTA", "-250", "100.1", "at most 100%"),
        ("Top 1 Accuracy", "fair", "101", "from 0 to 100%"),
        ("SSIM", "1.01", None, ""),  # MZ302 reports it
        ("Ours", "793", None, ""),
    ],
)
def test_range_of_a_percentage(name, passes, fails, range_, found):
    assert found("MZ306", metrics(name, passes)) == []
    if fails is not None:
        (problem,) = found("MZ306", metrics(name, fails))
        assert problem.model == "a"
        assert problem.message.endswith(f" {range_}")


@pytest.mark.parametrize(
    ("name", "passes", "fails", "instead"),
    [
        ("Top 1 Accuracy", "1", "0.999", "99.9%"),
        ("Top 1 Accuracy", "0", "0.001", "0.1%"),
        ("Top 1 Accuracy", "-0.1", "0.793", "79.3%"),
        ("Top 1 Accuracy", "0.7%", "0.7", "70%"),
        ("Top 1 Accuracy", "fair", "0.70123", "70.123%"),
        ("mAP", "0.7", None, ""),  # other percentages are often written as fractions
        ("SSIM", "0.7", None, ""),
        ("Ours Accuracy", "0.7", None, ""),
    ],
)
def test_fraction_for_percentage(name, passes, fails, instead, found):
    assert found("MZ307", metrics(name, passes)) == []
    if fails is not None:
        (problem,) = found("MZ307", metrics(name, fails))
        assert instead in problem.hint
        assert problem.model == "a"


def test_accuracy_in_another_unit_is_no_percentage(tmp_path):
    file = tmp_path / "index.yml"
    file.write_text(metrics("Depth Accuracy", "0.7"), "utf-8")
    index = read_index([file])
    index.metrics = Metrics([Metric("Depth Accuracy", unit="mm")])
    assert [f for f in check(index) if f.code == "MZ307"] == []


@pytest.mark.parametrize(
    ("written", "mended"),
    [
        ("Le rÃ©seau", "Le réseau"),
        ("a â€“ b", "a – b"),
        ("broken \ufffd", None),  # what it was is lost
        ("Ã©Ω", None),  # Ω is not in Windows-1252
        ("Â\u00ad", None),  # a soft hyphen can't be printed
    ],
)
def test_mojibake(written, mended, found):
    (problem,) = found("MZ308", metadata(Training_Resources=f'"{written}"', Epochs="90"))
    assert [fix.new for fix in problem.fixes] == ([mended] if mended else [])
    assert ("intended" in problem.hint) is (mended is None)
    assert problem.model == "a"


@pytest.mark.parametrize("text", ["Le réseau", "São Paulo", "Ångström", "“ResNet”"])
def test_accents_are_not_mojibake(text, found):
    assert found("MZ308", metadata(Training_Resources=text)) == []


@pytest.mark.parametrize(
    ("written", "name", "fixed"),
    [
        ("Apache 2", "Apache-2.0", True),
        ("Apache License, Version 2.0", "Apache-2.0", True),
        ("The MIT License", "MIT", True),
        ("BSD-3", "BSD-3-Clause", False),  # there are several
        ("BSD 3-Clause License", "BSD-3-Clause", False),
        ("BSD 2", "BSD-2-Clause", False),
        ("CC BY-NC", "CC-BY-NC-4.0", False),
        ("CC BY", "CC-BY-4.0", False),
        ("GPLv3", "GPL-3.0-only", False),
        ("BSD 3 Clause", "BSD-3-Clause", True),
        ("free for research", None, False),
    ],
)
def test_license_that_is_not_an_spdx_identifier(written, name, fixed, found):
    (problem,) = found("MZ309", metadata(License=written))
    assert (f"Write {name}." == problem.hint) is (name is not None)
    assert [fix.new for fix in problem.fixes] == ([name] if fixed else [])
    assert problem.model == "a"


@pytest.mark.parametrize("text", ["MIT", "mit", "apache-2.0", "MIT OR Apache-2.0", "null", "[MIT]"])
def test_license_that_is_an_spdx_identifier_or_none(text, found):
    assert found("MZ309", metadata(License=text)) == []


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("bi-cubic", "bicubic"),
        ("Bilinear", "bilinear"),
        ("nearest exact", "nearest-exact"),
        ("spline", None),
    ],
)
def test_unknown_interpolation(written, meant, found):
    (problem,) = found("MZ310", metadata(Interpolation=written))
    assert [fix.new for fix in problem.fixes] == ([meant] if meant else [])
    assert (problem.hint == f"Write {meant}.") is (meant is not None)
    assert problem.model == "a"


@pytest.mark.parametrize(
    "text",
    [
        "nearest",
        "nearest-exact",
        "bilinear",
        "bicubic",
        "lanczos",
        "box",
        "hamming",
        "area",
        "random",
        "null",
        "[cubic]",
    ],
)
def test_known_interpolation(text, found):
    assert found("MZ310", metadata(Interpolation=text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "TODO",
        "'todo:'",
        "TBD",
        "tba",
        "FIXME",
        "xxx",
        "XXXX",
        "'?'",
        "???",
        "n/a",
        "NA",
        "none",
        "unknown",
        "<your text>",
        "placeholder",
        "' TBD '",
        "<" + "x" * 37 + ">",
    ],
)
def test_placeholders(text, found):
    (problem,) = found("MZ311", metadata(Training_Resources=text))
    assert problem.model == "a"


@pytest.mark.parametrize(
    "text",
    ["TBD later", "xx", "an unknown machine", "<a> and <b>", "<" + "x" * 38 + ">", "null"],
)
def test_texts_that_are_no_placeholders(text, found):
    assert found("MZ311", metadata(Training_Resources=text)) == []


def test_placeholder_for_a_number_is_reported_once(found):
    text = metadata(Epochs="TBD", Training_Resources="TBD")
    assert [f.location.line for f in found("MZ311", text)] == [5]
    assert [f.location.line for f in found("MZ301", text)] == [4]


@pytest.mark.parametrize(
    ("name", "passes", "fails", "says"),
    [
        ("Latency", "9 ms", "9 dB", "measured in ms"),
        ("Latency", "9 s", "9%", "measured in ms"),
        ("Latency", "9", "9 px", "measured in ms"),
        ("FID", "9", "9 ms", "no unit"),
        ("SSIM", "94%", "9 ms", "no unit"),
        ("FID", "9 points", "9 dB", "no unit"),  # an unknown unit contradicts nothing
        ("Ours", "9 ms", None, ""),
    ],
)
def test_unit_of_a_metric(name, passes, fails, says, found):
    assert found("MZ312", metrics(name, passes)) == []
    if fails is not None:
        (problem,) = found("MZ312", metrics(name, fails))
        assert says in problem.message
        assert problem.model == "a"
