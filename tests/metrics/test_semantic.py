"""Closeness in meaning with an embedding that counts letters."""

from collections.abc import Sequence

import numpy as np
import pytest

from unlearn_core.errors import InvalidInput
from unlearn_core.metrics.semantic import cosine_similarities, semantic_similarity


def letters(texts: Sequence[str]) -> np.ndarray:
    """(N, 2) how often a and b occur."""
    return np.array([[text.count("a"), text.count("b")] for text in texts], dtype=np.float32)


def test_by_hand() -> None:
    values = cosine_similarities(["a", "ab", "b", "x"], ["aaa", "a", "a", "a"], letters)

    assert values == pytest.approx([1, 0.5**0.5, 0, 0])
    assert semantic_similarity(["a", "b"], ["a", "a"], letters) == pytest.approx(0.5)


def test_nothing_to_compare() -> None:
    assert semantic_similarity([], [], letters) is None
    with pytest.raises(InvalidInput, match="1 answers and 0 references"):
        semantic_similarity(["a"], [], letters)
