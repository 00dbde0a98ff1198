"""Collapse measures, by hand."""

import pytest

from unlearn_core.data.records import Record
from unlearn_core.errors import InvalidInput
from unlearn_core.metrics.collapse import (
    answer_counts,
    distinct_count,
    entropy_bits,
    leak_share,
    similarity,
    top_share,
)

SPREAD = ["a", "b", "a", "c"]


def test_counts_come_most_common_first() -> None:
    assert answer_counts(["b", "a", "c", "a"]) == [("a", 2), ("b", 1), ("c", 1)]


def test_distinct_count() -> None:
    assert distinct_count(SPREAD) == 3


def test_entropy_of_a_half_and_two_quarters_is_one_and_a_half_bits() -> None:
    assert entropy_bits(SPREAD) == pytest.approx(1.5)


def test_entropy_of_eight_different_answers_is_three_bits() -> None:
    assert entropy_bits(list("abcdefgh")) == pytest.approx(3.0)


def test_full_collapse() -> None:
    assert (distinct_count(["a"] * 5), entropy_bits(["a"] * 5), top_share(["a"] * 5)) == (1, 0, 1)


def test_top_share() -> None:
    assert top_share(SPREAD) == 0.5


def test_similarity_is_mean_recall() -> None:
    # Recalls 1, 1, 1/2 and 0 of the reference's two words.
    assert similarity(["red sea", "the red sea", "red", "no"], "red sea") == pytest.approx(0.625)


def test_leak_share_counts_answers_not_texts() -> None:
    record = Record(id="r", prompt="?", answer="In Rome.", fact="Rome")

    assert leak_share(["rome", "rome", "rome", "Oslo"], record) == 0.75


def test_no_answers_are_refused() -> None:
    with pytest.raises(InvalidInput, match="0 answers"):
        entropy_bits([])
