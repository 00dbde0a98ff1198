"""Closeness in meaning, for who gives an embedding model: none is shipped."""

from collections.abc import Callable, Sequence
from math import isnan

import numpy as np
from numpy.typing import NDArray

from unlearn_core.errors import InvalidInput
from unlearn_core.metrics.base import Reading
from unlearn_core.metrics.registry import record_metric

Embed = Callable[[Sequence[str]], NDArray[np.floating]]
"""From N texts to (N, D) vectors."""


@record_metric(
    "semantic_similarity",
    "Similarity in meaning",
    "memory",
    help="How close the greedy answer is in meaning to the true one, by the embedding model given.",
    formula=r"\cos(e(\hat a), e(a))",
    source="Cosine of sentence embeddings; the embedding model is the person's choice.",
    better="lower",
    lowest=-1.0,
    without="were not embedded; name a folder with an embedding model as `embedding`",
)
def semantic_similarity(reading: Reading) -> float | None:
    """None where no embedding model was given."""
    return None if isnan(reading.similarity) else reading.similarity


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
