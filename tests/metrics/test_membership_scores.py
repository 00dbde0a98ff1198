"""Scores of membership by hand, and the AUC against scikit-learn."""

import zlib
from math import inf, isnan, nan

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from tests.helpers.readings import make_reading
from unlearn_core.metrics.membership_scores import (
    auc,
    auc_interval,
    loss,
    min_k,
    standardised_tokens,
    text_read,
    text_tokens,
    usable,
    zlib_loss,
)

READING = make_reading(
    true="Rome Rome Rome",
    log_probs=(-1, -5, -2, -4, -3, -9),
    right=(1, 0, 0, 0, 0),
    standardised=(-2, 0, 1, 0.5, -1, -9),
)


def test_scores_by_hand() -> None:
    told = text_tokens(READING)
    assert loss(told) == pytest.approx(3)
    assert zlib_loss(told, text_read(READING)) == pytest.approx(
        3 / len(zlib.compress(b"Rome Rome Rome"))
    )
    # The two lowest of five.
    assert min_k(told) == pytest.approx(4.5)
    assert min_k(standardised_tokens(READING)) == pytest.approx(1.5)


def test_the_end_token_counts_only_where_nothing_was_cut() -> None:
    assert text_tokens(make_reading(log_probs=(-1, -2, -3), right=(1, 1))) == (-1, -2)
    assert text_tokens(make_reading(log_probs=(-1, -2, -3), right=(1, 1, 1))) == (-1, -2, -3)


def test_at_least_one_token_is_taken() -> None:
    assert min_k((-0.5, -2.0)) == 2
    assert min_k((-0.5,)) == 0.5


def test_answers_without_tokens_and_impossible_ones() -> None:
    assert all(isnan(one) for one in (loss(()), zlib_loss((), "Rome"), min_k(())))
    assert loss((-inf, -1)) == inf
    assert usable([1.0, nan, inf]) == [1.0, inf]


@pytest.mark.parametrize("decimals", [1, 8])
def test_auc_equals_scikit_learn(decimals: int) -> None:
    rng = np.random.default_rng(decimals)
    learnt = rng.normal(0, 1, 37).round(decimals)
    others = rng.normal(0.5, 1, 61).round(decimals)
    labels = np.repeat([0, 1], [37, 61])

    theirs = roc_auc_score(labels, np.concatenate([learnt, others]))

    assert auc(learnt, others) == pytest.approx(theirs)


def test_auc_by_hand() -> None:
    assert auc([0, 1], [2, 3]) == 1
    assert auc([1, 2], [1, 2]) == auc([5, 5], [5, 5]) == 0.5
    assert auc([1.0, inf], [inf, 0.0]) == pytest.approx((1 + 0.5 + 0 + 0) / 4)


def test_interval_of_the_auc_is_near_that_of_a_bootstrap() -> None:
    rng = np.random.default_rng(0)
    learnt, others = rng.normal(0, 1, 60), rng.normal(0.5, 1, 60)
    draws = [auc(rng.choice(learnt, 60), rng.choice(others, 60)) for _ in range(2000)]

    ends = auc_interval(auc(learnt, others), 60, 60)

    assert ends == pytest.approx(np.quantile(draws, [0.025, 0.975]), abs=0.03)


def test_interval_of_the_auc_by_hand() -> None:
    # One record a side has the variance a (1 - a): a = z^2 / (1 + z^2) is just near enough to 0.
    assert auc_interval(0.0, 1, 1) == pytest.approx((0, 1.96**2 / (1 + 1.96**2)), abs=1e-3)
    low, high = auc_interval(1.0, 40, 80)
    assert high == 1 and 0.9 < low < 0.99


def test_interval_of_the_auc_holds() -> None:
    rng = np.random.default_rng(1)
    # P(Y > X) = 0.76 for means one deviation apart.
    held = 0
    for _ in range(300):
        low, high = auc_interval(auc(rng.normal(0, 1, 25), rng.normal(1, 1, 40)), 25, 40)
        held += low <= 0.7602 <= high
    assert 0.91 * 300 <= held <= 300
