"""Perplexity by hand."""

from math import exp, inf

import pytest

from tests.helpers.readings import make_reading
from unlearn_core.metrics.perplexity import perplexity

SHORT, LONG = make_reading(log_probs=(-4,)), make_reading(log_probs=(-1, -1, -1))


def test_tokens_count_not_records() -> None:
    result = perplexity([SHORT, LONG])

    assert result.value == pytest.approx(exp(7 / 4))
    assert (result.low, result.high) == pytest.approx((exp(1), exp(4)))


def test_a_certain_model_has_1() -> None:
    assert perplexity([make_reading(log_probs=(0, 0))] * 2).value == 1


def test_one_record_has_no_interval() -> None:
    result = perplexity([SHORT])

    assert (result.value, result.low) == (pytest.approx(exp(4)), None)


def test_impossible_tokens_are_said() -> None:
    result = perplexity([SHORT, make_reading(log_probs=(-inf, -1))])

    assert result.value is None and "1 of 2 records for impossible" in result.note
    assert perplexity([make_reading(log_probs=(-1e6,))]).value is None


def test_no_records() -> None:
    assert perplexity([]).value is None
