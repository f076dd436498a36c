"""A declared number is the measured one as far as its own digits say, and no further."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metazoo.verify.tolerance import agrees, file_size_agrees, last_digit


@pytest.mark.parametrize(
    ("number", "text", "unit"),
    [
        (25030000, "25030000", 10_000),
        (25030000, "25.03M", 10_000),
        (25000000, "25.00M", 10_000),
        (25000000, "25M", 1_000_000),
        (4230479872, "4230479872", 1),
        (5470000000, "5.47e9", 10_000_000),
        (5470000000, "5.47 GFLOPs", 10_000_000),
        (1234567, "1,234,567", 1),
        (30000000, "30000000", 1_000_000),
        (5, "5", 1),
        (10, "10", 1),
        (12000, "12000", 1000),
        (5.25, "5.25", Fraction(1, 100)),
        (1_000_000_000, "1.0 G", 100_000_000),
        # Without digits to read, a number is taken to be exact.
        (0, "0", 1),
        (0, "0.5", 1),
        (7, "0.0", 1),
        (7, "seven", 1),
    ],
)
def test_last_digit_is_read_off_the_text(number, text, unit):
    assert last_digit(number, text) == Fraction(unit)


@pytest.mark.parametrize(
    ("number", "text", "measured"),
    [
        (25030000, "25030000", 25028904),  # resnext50_32x4d
        (66349999, "66349999", 66347960),  # tf_efficientnet_b7: int(66.35 * 1e6)
        (8199999, "8199999", 8197096),  # tf_efficientnet_lite3
        (10862199, "10862199", 10862199),
        (11690000, "11.69M", 11689512),
    ],
)
def test_rounded_and_cut_off_numbers_agree(number, text, measured):
    assert agrees(number, text, measured)


@pytest.mark.parametrize(
    ("number", "text", "measured"),
    [
        (55850000, "55850000", 55843464),  # inception_resnet_v2: the last digit is wrong
        (16820000, "16820000", 16806976),  # seresnext26t_32x4d: 0.08 % off
        (2180000, "2180000", 21797672),  # OpenMMLab's resnet34: a zero is missing
        (5472648192, "5472648192", 4230479872),
        (4230479873, "4230479873", 4230479872),
        (30000000, "30000000", 25557032),  # one digit does not excuse fifteen percent
    ],
)
def test_wrong_numbers_do_not(number, text, measured):
    assert not agrees(number, text, measured)


@pytest.mark.parametrize(
    ("number", "text", "lowest", "highest"),
    [
        (25030000, "25030000", 25025000, 25035000),
        (25030000, "25.03M", 25025000, 25035000),
        (25028904, "25028904", 25028904, 25028904),
        (66349999, "66349999", 66345000, 66355000),  # cut off 66350000
        (1999, "1999", 1950, 2050),
        (999, "999", 999, 999),
    ],
)
def test_a_number_agrees_up_to_half_a_unit_of_its_last_digit(number, text, lowest, highest):
    assert agrees(number, text, lowest)
    assert agrees(number, text, highest)
    assert not agrees(number, text, lowest - 1)
    assert not agrees(number, text, highest + 1)


@given(st.integers(min_value=10, max_value=10**15))
def test_an_exact_number_agrees_with_itself_and_not_with_ten_percent_more(number):
    assert agrees(number, str(number), number)
    assert not agrees(number, str(number), number + number // 10 + 1)


@pytest.mark.parametrize(
    ("declared", "state_dict_bytes", "tensors", "right"),
    [
        (46_827_520, 46_796_608, 122, True),  # resnet18: 31 KB of container
        (89_560_235, 88_311_384, 380, True),  # dla60: unused weights in the file
        (108_857_766, 95_476_752, 566, False),  # inception_v3: the auxiliary head's 13 MB
        (254_695_146, 508_099_040, 626, False),  # wide_resnet101_2: half of it
        (46_796_607, 46_796_608, 122, False),  # a file can't be smaller than what it holds
    ],
)
def test_a_file_is_its_tensors_and_a_little_more(declared, state_dict_bytes, tensors, right):
    assert file_size_agrees(declared, str(declared), state_dict_bytes, tensors) is right


def test_a_rounded_file_size_is_allowed_its_rounding():
    assert file_size_agrees(46_800_000, "46.8 MB", 46_796_608, 122)
    assert not file_size_agrees(46_700_000, "46.7 MB", 46_796_608, 122)


def test_a_file_may_exceed_its_tensors_by_4096_bytes_each_and_its_rounding():
    def right(state_dict_bytes: int, tensors: int) -> bool:
        return file_size_agrees(46_800_000, "46.8 MB", state_dict_bytes, tensors)

    assert right(46_850_000, 0)
    assert not right(46_850_001, 0)
    least = 46_800_000 - 50_000 - 3 * 4096
    assert right(least, 3)
    assert not right(least - 1, 3)
