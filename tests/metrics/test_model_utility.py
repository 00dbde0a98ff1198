"""Model utility by hand, against scipy's harmonic mean, and with parts missing."""

from math import inf, log

import numpy as np
import pytest
from scipy.stats import hmean

from tests.helpers.readings import make_reading, of_mean
from unlearn_core.metrics.base import Measured
from unlearn_core.metrics.model_utility import chosen_probability, harmonic_mean, model_utility

# Probability 0.8, ROUGE-L recall 1, R = 0.2 / 0.8, so truth ratio score 0.75.
GOOD = of_mean(log(0.8), perturbed=(log(0.2),))
# Probability 0.4, recall 1/2, R = (0.1 + 0.3) / 2 / 0.4, so 0.5.
WEAK = of_mean(log(0.4), answer="Rome", perturbed=(log(0.1), log(0.3)))


def test_harmonic_mean() -> None:
    values = np.array([[0.2, 0.5, 1.0], [0.9, 0.8, 0.1]])

    assert harmonic_mean(values) == pytest.approx(hmean(values, axis=1))
    assert harmonic_mean(np.array([0.5, 0.0, 1.0])) == 0


def test_probability_among_the_given_answers() -> None:
    assert chosen_probability(GOOD) == pytest.approx(0.8)
    assert chosen_probability(WEAK) == pytest.approx(0.5)
    assert chosen_probability(of_mean(-inf, perturbed=(-inf,))) == 0


def test_nine_values_by_hand() -> None:
    groups = {"retain": [GOOD, WEAK], "neighbours": [WEAK, WEAK], "world": [WEAK, WEAK]}
    nine = [0.6, 0.75, 0.625, 0.4, 0.5, 0.5, 0.5, 0.5, 0.5]

    result = model_utility(Measured(groups))

    assert result.value == pytest.approx(hmean(nine))
    assert result.low is not None and result.high is not None
    assert result.low < (result.value or 0) < result.high
    assert (result.count, result.note) == (6, "")


def test_sets_that_are_missing_are_left_out_and_named() -> None:
    result = model_utility(Measured({"retain": [GOOD]}))

    assert result.value == pytest.approx(hmean([0.8, 1.0, 0.75]))
    assert (result.low, result.high) == (None, None)
    assert result.note == "Over 3 values, because there are no neighbours and world records."


def test_one_value_of_0_makes_all_0() -> None:
    silent = of_mean(log(0.8), answer="", perturbed=(log(0.2),))

    assert model_utility(Measured({"retain": [silent, silent]})).value == 0


def test_without_retained_records_or_wrong_answers() -> None:
    assert "no retained records" in model_utility(Measured({"world": [GOOD]})).note
    without = model_utility(Measured({"retain": [GOOD], "world": [make_reading()]}))
    assert without.value is None and "the records of world have no wrong answers" in without.note
