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


@pytest.mark.parametrize(
    ("text", "scale", "value"),
    [
        ("9" * 40, Scale.NONE, int("9" * 40)),
        ("9" * 41, Scale.NONE, None),
        ("9" * 39 + "M", Scale.COUNT, int("9" * 39) * 10**6),
        ("9" * 40 + "M", Scale.COUNT, None),
        (" " * 50 + "7" + " " * 50, Scale.NONE, 7),
        ("1e30", Scale.COUNT, 10**30),
        ("1e31", Scale.COUNT, None),
        ("1e-30", Scale.COUNT, 1e-30),
        ("1e-31", Scale.COUNT, None),
        ("1,234,567", Scale.NONE, 1234567),
        ("1,23", Scale.NONE, None),
        ("1234,567", Scale.NONE, None),
        ("_1", Scale.NONE, None),
        ("1__0", Scale.NONE, None),
        ("+3", Scale.NONE, 3),
        ("-.5", Scale.NONE, -0.5),
        ("-25M", Scale.COUNT, -25_000_000),
        ("3.", Scale.NONE, 3.0),
        (".", Scale.NONE, None),
    ],
)
def test_numbers_are_bounded(text, scale, value):
    found = number(text, scale)
    assert (found and found.value) == value


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("25.0", 25.0, float),
        ("25.0M", 25_000_000, int),
        ("2.5e1", 25, int),
        ("25e0", 25, int),
        ("2.5", 2.5, float),
        ("-2.5", -2.5, float),
        ("+2.0", 2.0, float),
        ("0.0000015M", 1.5, float),
    ],
)
def test_only_whole_numbers_that_were_scaled_or_written_whole_are_int(text, value, kind):
    found = number(text, Scale.COUNT).value
    assert (found, type(found)) == (value, kind)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5 K", 5e3),
        ("5k", 5e3),
        ("5m", 5e6),
        ("5G", 5e9),
        ("5B", 5e9),
        ("5b", 5e9),
        ("5T", 5e12),
        ("5P", 5e15),
        ("5 thousand", 5e3),
        ("5 Million params", 5e6),
        ("5 million multiply-adds", 5e6),
        ("5 trillion", 5e12),
        ("5 FLOPs", 5),
        ("5 params", 5),
        ("5 mult-adds", 5),
        ("5 MACs", 5),
        ("5 M/acts", 5e6),
        ("5 apples", None),
        ("5 Mapples", None),
        ("5 million apples", None),
        ("5 dozen", None),
        ("5 g", None),
        ("5%", None),
    ],
)
def test_count_units(text, value):
    found = number(text, Scale.COUNT)
    assert (found and found.value) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", 5),
        ("5 b", 5),
        ("5 byte", 5),
        ("5 Bytes", 5),
        ("5k", 5e3),
        ("5 KB", 5e3),
        ("5M", 5e6),
        ("5 G", 5e9),
        ("5 gb", 5e9),
        ("5 TB", 5e12),
        ("5 KiB", 5 * 2**10),
        ("5 tib", 5 * 2**40),
        ("5 PB", None),
        ("5 MBs", None),
        ("5%", None),
    ],
)
def test_byte_units(text, value):
    found = number(text, Scale.BYTES)
    assert (found and found.value) == value


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("999999", (3, 999999, 999999)),
        ("1000000", None),
        ("[1, 2, 3]", (1, 2, 3)),
        ("2*3", (3, 2, 3)),
        ("2X3", (3, 2, 3)),
        ("1x1000000", None),
        ("1x1x1000000", None),
    ],
)
def test_image_sizes_have_up_to_six_digits(text, size):
    assert image_size(text) == size


def test_a_figure_has_up_to_forty_characters():
    assert figure("9" * 37 + " ms") == (int("9" * 37), "ms")
    assert figure("9" * 38 + " ms") is None
    assert figure("30 boxes per second") is None
    assert figure("3 m s") is None
    assert figure("1 2 images per second") is None
