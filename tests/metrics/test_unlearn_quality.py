"""UQ and utility of PMC by hand."""

import pytest

from tests.helpers.readings import make_reading
from unlearn_core.metrics.base import Measured
from unlearn_core.metrics.unlearn_quality import unlearn_quality, utility

ALL, HALF, NONE = make_reading("in Rome"), make_reading("Rome"), make_reading("")


def test_unlearn_quality_by_hand() -> None:
    measured = Measured({"forget": [HALF, NONE], "paraphrased": [ALL, HALF, HALF, NONE]})

    result = unlearn_quality(measured)

    assert result.value == pytest.approx(50 * (2 - 0.25 - 0.5))
    assert result.low is not None and result.high is not None
    assert 25 <= result.low < 62.5 < result.high < 95


def test_utility_by_hand() -> None:
    measured = Measured({"retain": [ALL, ALL], "world": [HALF, ALL], "neighbours": [NONE, HALF]})

    result = utility(measured)

    assert result.value == pytest.approx(100 / 3 * (1 + 0.75 + 0.25))
    assert result.count == 6


def test_a_model_that_says_nothing_has_forgotten_all() -> None:
    assert unlearn_quality(
        Measured({"forget": [NONE], "paraphrased": [NONE]})
    ).value == pytest.approx(100)


def test_missing_groups_are_named_with_what_to_do() -> None:
    assert (
        "no paraphrased records exist; give the same facts"
        in unlearn_quality(Measured({"forget": [ALL]})).note
    )
    assert (
        "no neighbours records exist" in utility(Measured({"retain": [ALL], "world": [ALL]})).note
    )
