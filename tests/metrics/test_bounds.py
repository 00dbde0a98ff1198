"""Bounds of Scholten et al. by hand, against scipy, and against distributions that are known."""

from math import exp, log, sqrt

import numpy as np
import pytest
from scipy.stats import binomtest

from unlearn_core.errors import InvalidInput
from unlearn_core.metrics.bounds import (
    deviation_bound,
    dkw_epsilon,
    ed_score,
    leak_bound,
    mean_bound,
    tail_bound,
)

# Two samples with epsilon 1/2 on one side, and 1/4 where both sides share the error.
ALPHA = exp(-1)


def test_epsilon() -> None:
    assert dkw_epsilon(128, 0.01) == pytest.approx(sqrt(log(100) / 256))
    assert dkw_epsilon(2, ALPHA) == pytest.approx(0.5)


@pytest.mark.parametrize(("leaks", "count"), [(0, 128), (3, 128), (127, 128), (128, 128), (0, 1)])
def test_leak_bound_is_the_one_sided_clopper_pearson_bound(leaks: int, count: int) -> None:
    theirs = binomtest(leaks, count, alternative="less").proportion_ci(0.99, method="exact").high

    assert leak_bound(leaks, count) == pytest.approx(theirs, abs=1e-9)


def test_leak_bound_without_leaks_by_hand() -> None:
    # (1 - p)^128 = 0.01.
    assert leak_bound(0, 128) == pytest.approx(1 - 0.01 ** (1 / 128))


def test_tail_bound() -> None:
    scores = [0.0] * 12 + [0.5, 0.5, 0.75, 1.0]
    epsilon = sqrt(log(100) / 32)

    assert tail_bound(scores, 0.5) == pytest.approx(2 / 16 + epsilon)
    assert tail_bound(scores, 1.0) == pytest.approx(epsilon)
    assert tail_bound([1.0, 1.0], 0.5) == 1.0


def test_mean_bound_by_hand() -> None:
    # F_n is 0, 1/2, 1 on [0, .2), [.2, .6), [.6, 1]; less 1/2 that is 0, 0, 1/2.
    assert mean_bound([0.6, 0.2], ALPHA) == pytest.approx(1 - 0.4 * 0.5)


def test_mean_bound_without_any_leak_is_epsilon() -> None:
    assert mean_bound([0.0] * 50) == pytest.approx(dkw_epsilon(50))
    assert mean_bound([1.0] * 50) == pytest.approx(1.0)


def test_deviation_bound_without_any_leak_by_hand() -> None:
    # epsilon (1 - c)^2 + c^2 is least at c = epsilon / (1 + epsilon), where it is just that.
    epsilon = sqrt(log(2 / 0.01) / 400)

    assert deviation_bound([0.0] * 200) == pytest.approx(sqrt(epsilon / (1 + epsilon)), abs=1e-6)


def test_deviation_bound_by_hand() -> None:
    # All samples at 1/2; at worst shares of 1/4 lie at 0 and at 1: variance 1/8.
    count = round(log(2 / 0.01) * 8)
    epsilon = sqrt(log(200) / (2 * count))

    assert deviation_bound([0.5] * count) == pytest.approx(sqrt(2 * epsilon / 4), abs=1e-6)


def test_deviation_is_never_bounded_above_a_half() -> None:
    assert deviation_bound([0.0]) == 0.5
    assert deviation_bound([0.0, 1.0] * 500) == 0.5


def test_bounds_hold_for_a_known_distribution() -> None:
    rng = np.random.default_rng(0)
    rows = rng.beta(2, 5, size=(300, 128))

    held = [mean_bound(row) >= 2 / 7 for row in rows.tolist()]
    spread = [deviation_bound(row) >= sqrt(10 / 49 / 8) for row in rows.tolist()]

    assert sum(held) >= 297 and sum(spread) >= 297
    # They say something: well below what no sample at all would give.
    assert mean_bound(rows[0].tolist()) < 0.45
    assert deviation_bound(rows[0].tolist()) < 0.35


def test_ed_score_by_hand() -> None:
    assert ed_score([0.0, 1.0]) == pytest.approx(0.5 + 2 * 0.5)
    assert ed_score([0.3, 0.3]) == pytest.approx(0.3)


@pytest.mark.parametrize("scores", [[], [1.2], [-0.1], [float("nan")]])
def test_scores_that_bound_nothing_are_refused(scores: list[float]) -> None:
    for bound in (mean_bound, deviation_bound, ed_score):
        with pytest.raises(InvalidInput, match="from 0 to 1"):
            bound(scores)


def test_more_leaks_than_samples_are_refused() -> None:
    with pytest.raises(InvalidInput, match="3 leaks in 2 samples"):
        leak_bound(3, 2)
