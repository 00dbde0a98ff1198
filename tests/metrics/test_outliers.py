"""Counts at both tails of memorisation accuracy, by hand."""

import numpy as np
import pytest

from tests.helpers.readings import make_reading
from unlearn_core.metrics.base import Measured, Reading
from unlearn_core.metrics.intervals import exact_interval
from unlearn_core.metrics.outliers import (
    memory_distance,
    memory_spread,
    over_forgotten,
    under_forgotten,
)


def of_accuracy(hits: int) -> Reading:
    """Out of 20 tokens."""
    return make_reading(right=[True] * hits + [False] * (20 - hits))


# 0.15 and 0.60 lie at the cut-offs and count.
READINGS = [of_accuracy(hits) for hits in (0, 3, 4, 11, 12, 20)]
MEASURED = Measured({"forget": READINGS})
ACCURACIES = np.array([0, 0.15, 0.2, 0.55, 0.6, 1])


def test_counts() -> None:
    over, under = over_forgotten(MEASURED), under_forgotten(MEASURED)

    assert (over.value, under.value, over.count) == (2, 2, 6)
    low, high = exact_interval(2, 6)
    assert (over.low, over.high) == pytest.approx((6 * low, 6 * high))


def test_spread_and_distance() -> None:
    spread, distance = memory_spread(MEASURED), memory_distance(MEASURED)

    assert spread.value == pytest.approx(ACCURACIES.std())
    assert distance.value == pytest.approx(abs(ACCURACIES.mean() - 0.33))
    assert spread.low is not None and spread.high is not None
    assert spread.low < ACCURACIES.std() < spread.high


def test_one_record() -> None:
    one = Measured({"forget": READINGS[:1]})

    assert over_forgotten(one).value == 1 and under_forgotten(one).value == 0
    assert (memory_spread(one).value, memory_spread(one).low) == (0, None)


def test_no_records() -> None:
    for metric in (over_forgotten, under_forgotten, memory_spread, memory_distance):
        assert metric(Measured({})).value is None
        assert "no forget records" in metric(Measured({})).note
