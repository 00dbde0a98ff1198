"""Closeness in meaning with an embedding that counts letters."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from tests.helpers.readings import make_reading
from unlearn_core.errors import InvalidInput
from unlearn_core.evaluation.readings import with_similarity
from unlearn_core.metrics.semantic import cosine_similarities, semantic_similarity


def letters(texts: Sequence[str]) -> np.ndarray:
    """(N, 2) how often a and b occur."""
    return np.array([[text.count("a"), text.count("b")] for text in texts], dtype=np.float32)


def test_by_hand() -> None:
    values = cosine_similarities(["a", "ab", "b", "x"], ["aaa", "a", "a", "a"], letters)
    assert values == pytest.approx([1, 0.5**0.5, 0, 0])


def test_nothing_to_compare() -> None:
    assert cosine_similarities([], [], letters) == []
    with pytest.raises(InvalidInput, match="1 answers and 0 references"):
        cosine_similarities(["a"], [], letters)


def test_the_metric_is_that_of_the_reading_and_missing_without_a_model() -> None:
    plain = make_reading()
    assert semantic_similarity(plain) is None
    said = replace(plain, answer="ab", record=plain.record.model_copy(update={"answer": "a"}))
    embedded = with_similarity([said], letters)[0]
    assert semantic_similarity(embedded) == pytest.approx(0.5**0.5)
