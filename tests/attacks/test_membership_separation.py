"""Scores of membership by hand, the AUC's interval, and words that are exchanged."""

import random
import zlib
from math import inf, nan

import numpy as np
import pytest
from scipy.stats import norm

from unlearn_core.attacks.membership_separation import (
    LOWEST,
    MOST_NAMINGS,
    auc,
    auc_interval,
    exchanged,
    finite,
    roc,
    separation,
)
from unlearn_core.metrics.membership_scores import loss, min_k, zlib_loss


def test_scores_by_hand() -> None:
    assert loss([-1.0, -3.0]) == 2
    assert zlib_loss([-1.0, -3.0], "Rome") == 2 / len(zlib.compress(b"Rome"))
    # 40 % of five tokens are two: (5 + 4) / 2.
    assert min_k([-1, -5, -2, -4, -3]) == 4.5
    assert min_k([-0.5]) == 0.5


def test_impossible_tokens_give_finite_scores() -> None:
    assert loss(finite([-inf, 0.0])) == -LOWEST / 2
    assert min_k(finite([-inf])) == -LOWEST
    assert min_k(finite([nan, -1.0])) == -LOWEST


def test_separation_by_hand() -> None:
    # Of the four pairs the unseen one is higher in three.
    found = separation([1.0, 3.0], [2.0, 4.0], "abcd")
    assert found.auc == 0.75
    # Exact: of the 6 ways to label the scores, 2 give an AUC of at least 0.75.
    assert found.p == pytest.approx(2 / 6)
    # And 5 at most 0.75.
    assert found.p_below == pytest.approx(5 / 6)
    assert found.least_p == pytest.approx(1 / 6)
    assert 0 < found.low < 0.75 < found.high < 1


def test_equal_scores_tell_nothing() -> None:
    found = separation([1.0, 1.0], [1.0], "abc")
    assert (found.auc, found.p, found.p_below) == (0.5, 1.0, 1.0)


def test_records_of_one_subject_are_named_together() -> None:
    marked, unseen = [1.0, 1.1, 1.2, 1.3], [2.0, 2.1, 2.2, 2.3]
    alone = separation(marked, unseen, "abcdefgh")
    assert alone.p == pytest.approx(1 / 70)
    # Two people on one side, one on the other: 1 of 3 ways to name two of them is the true one.
    together = separation(marked, unseen, "aabbcccc")
    assert together.auc == alone.auc == 1
    assert together.p == together.least_p == pytest.approx(1 / 3)


def test_many_subjects_are_named_at_random_with_the_true_naming_among_them() -> None:
    subjects = [str(i) for i in range(30)]
    found = separation([0.0] * 15, [1.0] * 15, subjects)
    assert found.p == found.least_p == 1 / MOST_NAMINGS
    again = separation([0.0] * 15, [1.0] * 15, subjects, seed=1)
    assert again == found


def test_the_interval_is_where_its_own_deviation_reaches() -> None:
    low, high = auc_interval(0.8, 40, 80)
    for end in (low, high):
        one, other = end / (2 - end), 2 * end**2 / (1 + end)
        variance = end * (1 - end) + 79 * (one - end**2) + 39 * (other - end**2)
        assert abs(0.8 - end) == pytest.approx(norm.ppf(0.975) * (variance / 3200) ** 0.5, abs=1e-3)
    assert auc_interval(1.0, 40, 80)[0] < 0.99
    assert auc_interval(1.0, 1, 80)[0] < 0.5


def test_the_interval_covers() -> None:
    rng = np.random.default_rng(0)
    truth = norm.cdf(1 / np.sqrt(2))
    covered = []
    for _ in range(300):
        marked, unseen = (rng.normal(mean, 1, 30).tolist() for mean in (0, 1))
        found = separation(marked, unseen, ["a"] * 30 + ["b"] * 30)
        covered.append(found.low <= truth <= found.high)
    assert 0.91 <= np.mean(covered) <= 0.99


def test_the_area_under_the_roc_is_the_auc() -> None:
    marked, unseen = [1.0, 3.0, 3.0], [2.0, 3.0, 4.0]
    alarms, hits = roc(marked, unseen)
    assert (alarms[0], hits[0], alarms[-1], hits[-1]) == (0, 0, 1, 1)
    assert np.trapezoid(hits, alarms) == pytest.approx(auc(marked, unseen))


def test_words_are_exchanged_by_the_seed() -> None:
    text = "a b c d e f g h i j"
    changed = exchanged(text, ["X"], random.Random(1))
    assert changed.split().count("X") == 3
    assert changed == exchanged(text, ["X"], random.Random(1))
    assert exchanged("one", ["X"], random.Random(1)) == "X"
    assert exchanged("", ["X"], random.Random(1)) == ""
