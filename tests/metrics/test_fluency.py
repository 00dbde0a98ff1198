"""Repetition, variety, empty answers and plausibility, by hand."""

from math import exp, inf

import pytest

from tests.helpers.readings import make_reading
from unlearn_core.metrics.base import Measured
from unlearn_core.metrics.fluency import distinct, empty_answer, plausibility, repetition
from unlearn_core.metrics.registry import metrics


def test_repetition() -> None:
    # Five runs of four words, four of them again the first.
    assert repetition("no no no no no no no no") == pytest.approx(1 - 1 / 5)
    assert repetition("She was born in Rome.") == 0
    assert repetition("a b c d A, B, C, D") == pytest.approx(1 - 4 / 5)


@pytest.mark.parametrize("text", ["", "...", "She was born"])
def test_answers_too_short_to_repeat(text: str) -> None:
    assert repetition(text) is None


def test_distinct_counts_over_all_answers() -> None:
    # Bigrams "in rome", "in rome", "in oslo".
    assert distinct(["in Rome", "in Rome.", "in Oslo"]) == pytest.approx(2 / 3)
    assert distinct(["a b c"]) == 1
    assert distinct(["", "word"]) is None


def test_distinct_of_the_model() -> None:
    function = metrics()["distinct_forget"].of_model
    assert function is not None
    readings = [make_reading("in Rome"), make_reading("in Rome")]

    assert function(Measured({"forget": readings})).value == 0.5
    silent = function(Measured({"forget": [make_reading("")]}))
    assert silent.value is None and "no forget answer has 2 words" in silent.note


def test_empty_answers() -> None:
    assert empty_answer(make_reading("")) == empty_answer(make_reading(" . ")) == 1
    assert empty_answer(make_reading("Rome")) == 0


def test_plausibility() -> None:
    assert plausibility(make_reading(plain=-2.0)) == pytest.approx(exp(-2))
    assert plausibility(make_reading(plain=-inf)) == 0
    assert plausibility(make_reading()) is None
