"""Intervals cover what they say they do."""

import math
import random
from statistics import fmean

import pytest

from metazoo.bench.spread import certainty, median_interval, quantile, standard_error


@pytest.mark.parametrize(
    ("count", "low", "high", "confidence"),
    [(1, 1, 1, 0.0), (2, 1, 2, 0.5), (4, 1, 4, 0.875), (5, 1, 5, 0.9375), (8, 2, 7, 0.9297)],
)
def test_the_interval_lies_between_ordered_values(count, low, high, confidence):
    values = [float(v) for v in range(count, 0, -1)]
    found = median_interval(values)
    assert (found.low, found.high) == (low, high)
    assert found.confidence == pytest.approx(confidence, abs=1e-4)


@pytest.mark.parametrize("count", [5, 9, 20])
def test_it_covers_the_median_of_a_skewed_distribution_as_often_as_it_says(count):
    chance = random.Random(7)  # noqa: S311
    found = [
        median_interval([chance.lognormvariate(0, 0.5) for _ in range(count)]) for _ in range(4000)
    ]
    covered = sum(i.low <= 1 <= i.high for i in found) / len(found)
    assert covered == pytest.approx(found[0].confidence, abs=0.02)


def test_the_width_is_relative():
    assert median_interval([9.0, 11.0]).width == pytest.approx(0.1)


def test_a_quantile_is_one_of_the_values():
    values = [float(v) for v in range(1, 101)]
    assert quantile(values, 0.95) == 95
    assert quantile([3.0], 0.95) == 3


def test_the_error_of_a_mean_is_known_from_two_values_on():
    assert standard_error([1.0]) == math.inf
    assert standard_error([1.0, 3.0]) == pytest.approx(1.0)


@pytest.mark.parametrize("count", [2, 3, 5, 12])
def test_a_difference_by_chance_is_certain_once_in_a_hundred_times(count):
    chance = random.Random(7)  # noqa: S311
    certain = 0
    for _ in range(20_000):
        one, other = ([chance.gauss(0, 1) for _ in range(count)] for _ in range(2))
        error = math.hypot(standard_error(one), standard_error(other))
        certain += abs(fmean(one) - fmean(other)) > certainty(2 * count - 2) * error
    assert certain / 20_000 == pytest.approx(0.01, abs=0.003)


def test_nothing_is_certain_of_single_values():
    assert certainty(0) == math.inf


@pytest.mark.parametrize(("count", "k"), [(7, 1), (8, 2), (10, 2), (11, 3)])
def test_an_interval_is_as_narrow_as_nine_in_ten_allow(count, k):
    found = median_interval([float(v) for v in range(1, count + 1)])
    assert (found.low, found.high) == (k, count + 1 - k)


@pytest.mark.parametrize(("count", "value"), [(19, 19), (20, 19), (21, 20), (1, 1)])
def test_a_quantile_is_the_smallest_that_enough_values_stay_within(count, value):
    assert quantile([float(v) for v in range(1, count + 1)], 0.95) == value


def test_certainty_stays_the_same_beyond_twenty_degrees():
    assert (certainty(1), certainty(19), certainty(20)) == (63.66, 2.861, 2.845)
    assert certainty(21) == certainty(1000) == 2.845
