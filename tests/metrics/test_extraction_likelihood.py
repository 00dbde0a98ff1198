"""Extraction likelihood by hand."""

import pytest

from tests.helpers.readings import make_reading
from unlearn_core.errors import InvalidInput
from unlearn_core.metrics.extraction_likelihood import (
    extraction_likelihood,
    extraction_likelihood_of,
    ngrams,
    overlap,
)

TEXT = [1, 2, 3, 4, 5]


def test_ngrams() -> None:
    assert ngrams("aba", 2) == {("a", "b"): 1, ("b", "a"): 1}
    assert not ngrams("a", 2)


def test_overlap_counts_repeated_runs() -> None:
    # True bigrams 12 23 34; of 12 29 91 12 two occur there.
    assert overlap([1, 2, 9, 1, 2], [1, 2, 3, 4], 2) == pytest.approx(2 / 3)
    assert overlap([], [1, 2], 2) == 0
    assert overlap([1], [1], 2) is None


def test_by_hand() -> None:
    # Continuations of 1, 12 and 123; bigrams to find: 23 34 45, then 34 45, then 45.
    given = [[2, 3, 9, 9], [3, 4, 5], [9, 9]]

    assert extraction_likelihood(given, TEXT, 2) == pytest.approx((1 / 3 + 2 / 2 + 0) / 3)


def test_known_by_heart_and_not_at_all() -> None:
    assert extraction_likelihood([TEXT[t:] for t in (1, 2, 3)], TEXT, 2) == 1
    assert extraction_likelihood([[]] * 3, TEXT, 2) == 0


def test_what_goes_beyond_the_text_is_cut() -> None:
    assert extraction_likelihood([[9, 9, 9, 9, 4, 5], [9] * 3, [9] * 2], TEXT, 2) == 0


def test_short_texts_have_none() -> None:
    assert extraction_likelihood([], TEXT, 5) is None


def test_one_continuation_for_each_beginning() -> None:
    with pytest.raises(InvalidInput, match="needs 3 continuations, but there are 1"):
        extraction_likelihood([[2]], TEXT, 2)


def test_of_a_passage_on_words() -> None:
    true = "a b c d e f g h i j k l"
    half = make_reading("a b c d e f g h i j k x", true, passage=True)

    # Runs of ten words: three in the text, two of them given.
    assert extraction_likelihood_of(half) == pytest.approx(2 / 3)
    assert extraction_likelihood_of(make_reading("", true, passage=True)) == 0
    assert extraction_likelihood_of(make_reading("a b", "a b", passage=True)) is None
    assert extraction_likelihood_of(make_reading(true, true)) is None
