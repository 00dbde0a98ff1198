"""The two-sample test against scipy, its floor, and what is said when it cannot be made."""

from math import inf, log10

import numpy as np
import pytest
from scipy.stats import ks_2samp

from tests.helpers.readings import make_reading, of_mean
from unlearn_core.metrics.base import Measured, Reading
from unlearn_core.metrics.forget_quality import forget_quality, forget_quality_log10, ks_p


def readings(ratios: np.ndarray) -> list[Reading]:
    """With these log truth ratios."""
    return [of_mean(-3.0, perturbed=(float(ratio) - 3.0,)) for ratio in ratios]


def measured(ours: np.ndarray, theirs: np.ndarray) -> Measured:
    return Measured({"forget": readings(ours)}, Measured({"forget": readings(theirs)}))


def test_equals_scipy_on_ratios_and_on_their_logs() -> None:
    rng = np.random.default_rng(0)
    ours, theirs = rng.normal(0.4, 1, 40), rng.normal(0, 1, 40)

    result = forget_quality(measured(ours, theirs))

    assert result.value == pytest.approx(ks_2samp(np.exp(ours), np.exp(theirs)).pvalue)
    assert result.value == pytest.approx(ks_2samp(np.exp(-ours), np.exp(-theirs)).pvalue)
    assert result.count == 40
    assert forget_quality_log10(measured(ours, theirs)).value == pytest.approx(
        log10(result.value or 0)
    )


@pytest.mark.parametrize(("count", "floor"), [(40, 1.86e-23), (200, 1.94e-119), (400, 1.06e-239)])
def test_floor_of_wholly_separate_samples(count: int, floor: float) -> None:
    assert ks_p([0.0] * count, [1.0] * count) == pytest.approx(floor, rel=0.01)


def test_infinite_ratios_are_ranked_like_others() -> None:
    assert ks_p([inf] * 40, [0.0] * 40) == pytest.approx(1.86e-23, rel=0.01)
    assert ks_p([inf, -inf, 0.0, 1.0], [inf, -inf, 0.0, 1.0]) == 1


def test_p_too_small_for_a_number_keeps_a_finite_logarithm() -> None:
    result = forget_quality_log10(measured(np.zeros(600), np.ones(600)))

    assert result.value == pytest.approx(-307.65, abs=0.01)
    assert "smaller" in result.note


def test_one_record_has_a_value_and_a_warning() -> None:
    result = forget_quality(measured(np.zeros(1), np.ones(1)))

    assert result.value == 1
    assert result.note == "With 1 records a side p cannot fall below 0.05."


def test_without_a_retrained_model() -> None:
    result = forget_quality_log10(Measured({"forget": readings(np.zeros(3))}))

    assert result.value is None and "no retrained model; make one" in result.note


def test_without_wrong_answers() -> None:
    plain = Measured({"forget": [make_reading()]})
    result = forget_quality(Measured(plain.groups, plain))

    assert result.value is None and "no wrong answers; give them" in result.note
