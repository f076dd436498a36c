"""The statistics of a benchmark: medians, and how far to trust them.

What repeats of a timing say is not independent: calls a millisecond apart share the state of the
machine and of the process. So repeats are grouped in rounds, each in a process of its own, and it is
the rounds that are counted here.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from typing import NamedTuple

CONFIDENCE = 0.9
"""An interval covers the median with at least this probability, where there are rounds enough."""


class Interval(NamedTuple):
    """Where the true median lies, with the probability `confidence`."""

    low: float
    high: float
    confidence: float

    @property
    def width(self) -> float:
        """Half of it, relative to its middle."""
        return (self.high - self.low) / (self.high + self.low) if self.high else 0.0


def median_interval(values: Sequence[float]) -> Interval:
    """The narrowest symmetric order-statistics interval of the median.

    Between the k-th smallest and the k-th largest of n independent values lies the median of their
    distribution, whatever that is, with probability ``1 − 2·P(B < k)``, B being binomial (n, ½):
    H. A. David, H. N. Nagaraja, *Order Statistics*, section 7.1. Five values give 93.75 %; of fewer,
    the range is taken and the confidence that it has.

    Args:
        values: At least one.
    """
    ordered = sorted(values)
    n = len(ordered)
    k, below = 1, 2 * math.comb(n, 0) / 2**n
    while True:
        wider = below + 2 * math.comb(n, k) / 2**n
        if 1 - wider < CONFIDENCE or k >= (n + 1) // 2:
            return Interval(ordered[k - 1], ordered[n - k], max(0.0, 1 - below))
        k, below = k + 1, wider


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of the values doesn't exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def standard_error(values: Sequence[float]) -> float:
    """Standard error of the mean: ``s/√n``. A single value says nothing of its error: infinite."""
    if len(values) < 2:
        return math.inf
    return statistics.stdev(values) / math.sqrt(len(values))


# fmt: off
_STUDENT = (
    math.inf, 63.66, 9.925, 5.841, 4.604, 4.032, 3.707, 3.499, 3.355, 3.250, 3.169,
    3.106, 3.055, 3.012, 2.977, 2.947, 2.921, 2.898, 2.878, 2.861, 2.845,
)
# fmt: on
"""The 99.5 % quantile of Student's t by degrees of freedom, from any table of it."""


def certainty(degrees: int) -> float:
    """Standard errors that a difference of means stays within in 99 of 100 cases.

    Args:
        degrees: Of freedom: values that went into the errors, less the means taken from them.
    """
    return _STUDENT[min(degrees, len(_STUDENT) - 1)]
