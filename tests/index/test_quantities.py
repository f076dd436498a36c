import pytest

from metazoo.index.quantities import Quantity, Scale, figure, image_size, number


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("5472648192", 5472648192, ""),
        ("25.03M", 25030000, "M"),
        ("25.03 M", 25030000, "M"),
        ("5.47 GFLOPs", 5470000000, "GFLOPs"),
        ("5.47e9", 5470000000, ""),
        ("4.1e9", 4100000000, ""),
        ("1.2B", 1200000000, "B"),
        ("25.6 million", 25600000, "million"),
        ("4G MACs", 4000000000, "G MACs"),
        ("1,013", 1013, ""),
        ("25_030_000", 25030000, ""),
    ],
)
def test_counts_are_scaled_exactly(text, value, unit):
    found = number(text, Scale.COUNT)
    assert found == Quantity(value, unit)
    assert isinstance(found.value, int)


@pytest.mark.parametrize(
    ("text", "value"),
    [("96 MB", 96_000_000), ("96MiB", 96 * 2**20), ("97.8 MB", 97_800_000), ("1 GiB", 2**30)],
)
def test_bytes_tell_thousands_from_1024(text, value):
    assert number(text, Scale.BYTES).value == value


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("79.3%", 79.3, "%"),
        ("79.3 %", 79.3, "%"),
        ("1,013.01", 1013.01, ""),
        ("1024.0", 1024.0, ""),
        ("1e-05", 1e-05, ""),
        (".5", 0.5, ""),
        ("-3", -3, ""),
    ],
)
def test_plain_numbers(text, value, unit):
    assert number(text) == Quantity(value, unit)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "x",
        "1 2",
        "12 apples",
        "1e999",
        "nan",
        "inf",
        "9" * 41,
        "1,0,1",
        "٣",
        "0x10",
        "1:30",
    ],
)
def test_what_is_no_number_is_none(text):
    assert number(text, Scale.COUNT) is None


def test_a_percentage_is_no_count():
    assert number("79%", Scale.COUNT) is None
    assert number("25M") is None


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("224", (3, 224, 224)),
        ("256x192", (3, 256, 192)),
        ("3x224x224", (3, 224, 224)),
        ("1 × 28 × 28", (1, 28, 28)),
        ("(3, 224, 224)", (3, 224, 224)),
        ("224px", (3, 224, 224)),
    ],
)
def test_image_sizes(text, size):
    assert image_size(text) == size


@pytest.mark.parametrize("text", ["", "big", "224x", "224.5", "1x2x3x4", "-224"])
def test_what_is_no_image_size_is_none(text):
    assert image_size(text) is None


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("79.3%", 79.3, "%"),
        ("79.3", 79.3, ""),
        ("9 ms", 9, "ms"),
        ("9ms", 9, "ms"),
        ("31.2 dB", 31.2, "dB"),
        ("1e-3 s", 0.001, "s"),
        ("3x", 3, "x"),
        ("1,013.5 img/s", 1013.5, "img/s"),
        ("30 images per second", 30, "images per second"),
        ("12 furlongs", 12, "furlongs"),
        ("-0.5 µs", -0.5, "µs"),
    ],
)
def test_the_value_of_a_metric_keeps_its_unit(text, value, unit):
    assert figure(text) == (value, unit)


@pytest.mark.parametrize(
    "text",
    [
        *("", "%", "good", "n.a.", "nan", "inf", "12 of 14", "79.3 ± 0.2", "79.3 on ImageNet"),
        *("1.2.3 s", "9" * 39 + " s", "1e400 s", "5 e3"),
    ],
)
def test_what_is_no_number_with_a_unit_is_no_value_of_a_metric(text):
    assert figure(text) is None
