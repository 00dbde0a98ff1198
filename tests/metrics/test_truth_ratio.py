"""Truth ratio in both means, by hand and at the edges of probability."""

from math import exp, inf, isnan, log

import pytest

from tests.helpers.readings import make_reading, of_mean
from unlearn_core.metrics.registry import metrics
from unlearn_core.metrics.truth_ratio import forgotten_score, kept_score, log_truth_ratio

# Wrong answers 0.1 and 0.4, true answer 0.5: R = 0.25 / 0.5, or sqrt(0.04) / 0.5.
READING = of_mean(log(0.5), perturbed=(log(0.1), log(0.4)))


def value(name: str, reading: object = READING) -> float | None:
    function = metrics()[name].of_record
    assert function is not None
    return function(reading)  # type: ignore[arg-type]


def test_both_means() -> None:
    assert log_truth_ratio(READING, "arithmetic") == pytest.approx(log(0.5))
    assert log_truth_ratio(READING, "geometric") == pytest.approx(log(0.4))


def test_scores_by_hand() -> None:
    assert value("truth_ratio") == pytest.approx(0.4)
    assert value("truth_ratio_arithmetic") == pytest.approx(0.5)
    assert value("truth_ratio_kept") == pytest.approx(0.6)
    assert value("truth_ratio_kept_arithmetic") == pytest.approx(0.5)


def test_a_ratio_above_1_is_turned_over_or_counts_nothing() -> None:
    assert forgotten_score(log(4)) == pytest.approx(0.25)
    assert kept_score(log(4)) == 0


def test_other_wordings_stand_for_the_true_answer() -> None:
    reading = of_mean(log(0.5), perturbed=(log(0.1),), paraphrased=(log(0.2), log(0.05)))

    assert log_truth_ratio(reading, "arithmetic") == pytest.approx(log(0.1 / 0.125))
    assert log_truth_ratio(reading, "geometric") == pytest.approx(log(0.1 / 0.1))


def test_no_wrong_answers_no_ratio() -> None:
    assert log_truth_ratio(make_reading(), "geometric") is None
    assert value("truth_ratio", make_reading()) is None


@pytest.mark.parametrize("mean", ["arithmetic", "geometric"])
def test_impossible_answers(mean: str) -> None:
    true_gone = of_mean(-inf, perturbed=(-1.0,))
    wrong_gone = of_mean(-1.0, perturbed=(-inf, -inf))
    both_gone = of_mean(-inf, perturbed=(-inf,))

    assert log_truth_ratio(true_gone, mean) == inf  # type: ignore[arg-type]
    assert log_truth_ratio(wrong_gone, mean) == -inf  # type: ignore[arg-type]
    assert isnan(log_truth_ratio(both_gone, mean))  # type: ignore[arg-type]


def test_one_impossible_wrong_answer_counts_as_0_in_the_arithmetic_mean() -> None:
    reading = of_mean(log(0.5), perturbed=(-inf, log(0.5)))

    assert log_truth_ratio(reading, "arithmetic") == pytest.approx(log(0.5))
    assert log_truth_ratio(reading, "geometric") == -inf


def test_scores_of_impossible_answers() -> None:
    assert forgotten_score(inf) == forgotten_score(-inf) == kept_score(inf) == 0
    assert kept_score(-inf) == 1


def test_tiny_probabilities_do_not_underflow() -> None:
    reading = of_mean(-2000.0, perturbed=(-2001.0, -2001.0))

    assert value("truth_ratio_arithmetic", reading) == pytest.approx(exp(-1))
