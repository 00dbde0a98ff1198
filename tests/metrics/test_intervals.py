"""Intervals against scipy, and what they say of few records."""

import numpy as np
import pytest
from scipy.stats import binomtest, bootstrap

from unlearn_core.metrics.intervals import (
    DRAWS,
    bounded_interval,
    combined_interval,
    exact_interval,
    interval,
    mean_interval,
    resampled_means,
    resamples,
)

VALUES = np.array([0.1, 0.4, 0.35, 0.8, 0.9, 0.2, 0.55, 0.65, 0.3, 0.7])


@pytest.mark.parametrize(("hits", "count"), [(0, 1), (1, 1), (0, 40), (40, 40), (7, 40), (1, 3)])
def test_exact_interval_equals_scipy(hits: int, count: int) -> None:
    theirs = binomtest(hits, count).proportion_ci(0.95, method="exact")

    assert exact_interval(hits, count) == pytest.approx((theirs.low, theirs.high), abs=1e-9)


def test_exact_interval_of_nothing_found_by_hand() -> None:
    # (1 - p)^40 = 0.025 at the upper end.
    assert exact_interval(0, 40) == pytest.approx((0, 1 - 0.025 ** (1 / 40)))


def test_mean_interval_is_near_that_of_scipy() -> None:
    theirs = bootstrap(
        (VALUES,), np.mean, method="percentile", n_resamples=20_000, rng=np.random.default_rng(1)
    ).confidence_interval

    assert mean_interval(VALUES) == pytest.approx((theirs.low, theirs.high), abs=0.015)


def test_the_seed_decides() -> None:
    assert mean_interval(VALUES, 3) == mean_interval(VALUES, 3)
    assert mean_interval(VALUES, 3) != mean_interval(VALUES, 4)


def test_resamples_draw_every_row_equally_often() -> None:
    drawn = resamples(10)

    assert drawn.shape == (DRAWS, 10)
    assert (drawn.sum(axis=1) == 10).all()
    # 20,000 draws, each row 2,000 times with a deviation of 42.
    assert drawn.sum(axis=0) == pytest.approx(np.full(10, 2000.0), abs=200)


def test_means_of_several_columns_are_resampled_together() -> None:
    both = resampled_means(np.stack([VALUES, 1 - VALUES], axis=1))

    assert both.shape == (DRAWS, 2)
    assert both.sum(axis=1) == pytest.approx(np.ones(DRAWS))


def test_shares_get_the_exact_interval_and_others_the_bootstrap() -> None:
    assert interval([1, 0, 0, 1, 0]) == exact_interval(2, 5)
    assert interval([0.5, 0, 0, 1, 0]) == mean_interval([0.5, 0, 0, 1, 0])


def test_one_record() -> None:
    assert interval([1.0]) == pytest.approx((0.025, 1.0))
    assert interval([0.7]) == (None, None)
    assert mean_interval([]) == (None, None)


def test_equal_values_between_have_the_interval_of_hoeffding_by_hand() -> None:
    # ln(40) = 3.688879; sqrt(3.688879 / 80) = 0.214735.
    assert interval([0.25] * 40) == pytest.approx((0.035265, 0.464735), abs=1e-6)
    assert bounded_interval(0.25, 40) == interval([0.25] * 40)
    # sqrt(3.688879 / 800) = 0.067905.
    assert interval([0.95] * 400) == pytest.approx((0.882095, 1.0), abs=1e-6)
    assert interval([0.25, 0.25]) == pytest.approx((0, 1))  # half a width of 0.96
    assert interval([0.1 + 0.2, 0.3]) != pytest.approx((0.3, 0.3), abs=0.1)


def test_hoeffdings_interval_holds_the_mean_of_coins_often_enough() -> None:
    shares = np.random.default_rng(0).binomial(40, 0.25, size=2000) / 40
    held = [low <= 0.25 <= high for low, high in (bounded_interval(s, 40) for s in shares)]
    assert np.mean(held) >= 0.95


def test_equal_values_without_ends_have_no_interval() -> None:
    assert mean_interval([0.7, 0.7, 0.7]) == (None, None)
    same = np.full((3, 2), [0.2, 0.4])
    assert combined_interval([same, same[:2]], lambda m: m[0][:, 0] + m[1][:, 0]) == (None, None)
    # One set with spread is enough.
    assert combined_interval([VALUES, same[:, 0]], lambda m: m[0] + m[1])[0] is not None


def test_independent_sets_are_drawn_independently() -> None:
    low, high = combined_interval([VALUES, VALUES], lambda means: means[0] - means[1])

    assert low is not None and high is not None
    assert low < -0.1 and high > 0.1


def test_a_set_of_one_row_leaves_the_interval_unknown() -> None:
    assert combined_interval([VALUES, VALUES[:1]], lambda m: m[0] + m[1]) == (None, None)
