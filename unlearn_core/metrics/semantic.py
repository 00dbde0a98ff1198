"""Closeness in meaning, for who has an embedding model. Not registered: none is shipped."""

from collections.abc import Callable, Sequence
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from unlearn_core.errors import InvalidInput

Embed = Callable[[Sequence[str]], NDArray[np.floating]]
"""From N texts to (N, D) vectors; such as `SentenceTransformer(...).encode`."""


def cosine_similarities(
    answers: Sequence[str], references: Sequence[str], embed: Embed
) -> list[float]:
    """Cosine between each answer and its reference, -1 to 1; 0 where a vector is all zeros.

    Raises:
        InvalidInput: Not one reference for each answer.
    """
    if len(answers) != len(references):
        raise InvalidInput(
            f"There are {len(answers)} answers and {len(references)} references; give one each."
        )
    if not answers:
        return []
    ours, theirs = (np.asarray(embed(texts), dtype=float) for texts in (answers, references))
    lengths = np.linalg.norm(ours, axis=1) * np.linalg.norm(theirs, axis=1)
    products = (ours * theirs).sum(axis=1)
    return [float(value) for value in products / np.where(lengths > 0, lengths, 1.0)]


def semantic_similarity(
    answers: Sequence[str], references: Sequence[str], embed: Embed
) -> float | None:
    """Mean cosine; None without answers."""
    values = cosine_similarities(answers, references, embed)
    return fmean(values) if values else None
