"""Exact memorisation and extraction strength on the reference's examples."""

import pytest

from tests.helpers.readings import make_reading
from unlearn_core.metrics.verbatim import (
    exact_memorisation,
    extraction_strength,
    extraction_strength_of,
    memorisation_accuracy,
    share_right,
)


def right(predicted: list[int], true: list[int]) -> list[bool]:
    return [ours == theirs for ours, theirs in zip(predicted, true, strict=True)]


@pytest.mark.parametrize(
    ("predicted", "strength", "share"),
    [
        ([1, 9, 3, 4], 0.5, 0.75),
        ([1, 2, 3, 4], 1.0, 1.0),
        ([9, 9, 9, 9], 0.25, 0.0),
        ([9, 2, 3, 4], 0.75, 0.75),
        ([1, 2, 3, 9], 0.25, 0.75),
        ([9, 9, 9, 4], 0.25, 0.25),
    ],
)
def test_against_1_2_3_4(predicted: list[int], strength: float, share: float) -> None:
    hits = right(predicted, [1, 2, 3, 4])

    assert extraction_strength(hits) == strength
    assert share_right(hits) == share


def test_metrics_read_the_same_tokens() -> None:
    reading = make_reading(right=(1, 0, 1, 1))

    assert memorisation_accuracy(reading) == exact_memorisation(reading) == 0.75
    assert extraction_strength_of(reading) == 0.5


def test_an_answer_of_one_token() -> None:
    assert extraction_strength([True]) == share_right([True]) == 1
    assert extraction_strength([False]) == share_right([False]) == 0


def test_no_tokens() -> None:
    assert extraction_strength([]) is None
    assert share_right([]) is None
