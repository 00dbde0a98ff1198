"""AUC between forget and holdout records, and PrivLeak, by hand."""

import pytest

from tests.helpers.readings import of_mean
from unlearn_core.metrics.base import Measured, Reading
from unlearn_core.metrics.membership_scores import loss, text_tokens
from unlearn_core.metrics.privacy import membership_reference, priv_leak, priv_leak_of, told_apart


def by_loss(reading: Reading) -> float:
    return loss(text_tokens(reading))


def readings(*losses: float) -> list[Reading]:
    return [of_mean(-value, name=f"r{i}") for i, value in enumerate(losses)]


# Of 4 pairs the holdout has the higher loss in 3.
OURS = Measured({"forget": readings(1, 3), "holdout": readings(2, 4)})
# In 2 of 4.
THEIRS = Measured({"forget": readings(1, 4), "holdout": readings(2, 3)})


def test_auc_is_high_where_forget_records_look_learnt() -> None:
    result = told_apart(OURS, by_loss)

    assert (result.value, result.count) == (0.75, 2)


def test_without_a_holdout() -> None:
    result = told_apart(Measured({"forget": readings(1)}), by_loss)

    assert result.value is None
    assert "no holdout" in result.note and "give them" in result.note


def test_records_without_a_score_are_left_out_and_counted() -> None:
    broken = Measured({"forget": readings(1, 3, float("nan")), "holdout": readings(2, 4)})

    result = told_apart(broken, by_loss)

    assert result.value == 0.75
    assert result.note == "1 records are left out, because they have no score."


def test_nothing_with_a_score() -> None:
    broken = Measured({"forget": readings(float("nan")), "holdout": readings(2)})

    assert told_apart(broken, by_loss).value is None


def test_reference_takes_the_difference_record_by_record() -> None:
    # Differences 0 and -1 on forget, 0 and 1 on holdout: 3 wins and a tie.
    result = membership_reference(Measured(OURS.groups, THEIRS))

    assert result.value == pytest.approx(3.5 / 4)
    assert "no retrained model" in membership_reference(OURS).note


def test_priv_leak_formula() -> None:
    # MUSE, everything remembered against a retrained model at 0.5.
    assert priv_leak(1.0, 0.5) == -100
    assert priv_leak(0.5, 0.5) == 0
    assert priv_leak(0.3, 0.5) == pytest.approx(40)


def test_priv_leak_against_the_retrained_model() -> None:
    result = priv_leak_of(Measured(OURS.groups, THEIRS))

    # ((1 - 0.75) - (1 - 0.5)) / (1 - 0.5) * 100
    assert result.value == pytest.approx(-50)
    assert result.note == ""
    assert result.low is not None and result.high is not None
    assert -100 <= result.low <= -50 <= result.high


def test_priv_leak_without_a_retrained_model_is_against_one_half() -> None:
    result = priv_leak_of(OURS)

    assert result.value == pytest.approx(-50)
    assert result.note.startswith("Against 0.5")


def test_priv_leak_of_sets_that_differ_by_themselves() -> None:
    apart = Measured({"forget": readings(1, 2), "holdout": readings(3, 4)})

    result = priv_leak_of(Measured(OURS.groups, apart))

    assert result.value is None and "differ by themselves" in result.note
