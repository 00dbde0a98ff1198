"""How far the answers to one question have contracted onto few.

Every function takes the sampled answers of one question; two answers are the same if their texts
are. All raise `InvalidInput` where there are no answers.
"""

from collections import Counter
from collections.abc import Sequence
from math import log2

from unlearn_core.data.records import Record
from unlearn_core.errors import InvalidInput
from unlearn_core.metrics.leak import knows
from unlearn_core.metrics.rouge import rouge_l


def answer_counts(answers: Sequence[str]) -> list[tuple[str, int]]:
    """Each distinct answer with its count, the most common first, ties in order of arrival."""
    if not answers:
        raise InvalidInput(
            "There are 0 answers, but collapse is measured on at least 1; sample some first."
        )
    return Counter(answers).most_common()


def distinct_count(answers: Sequence[str]) -> int:
    """Number of distinct answers."""
    return len(answer_counts(answers))


def entropy_bits(answers: Sequence[str]) -> float:
    """Entropy of the answers' shares, H = -sum p log2 p, in bits; 0 when all are the same.

    It is the plain estimate from counts, at most log2 of the number of answers.
    """
    shares = [count / len(answers) for _, count in answer_counts(answers)]
    return sum(share * log2(1 / share) for share in shares)


def top_share(answers: Sequence[str]) -> float:
    """Share of the most common answer; 1 when all are the same."""
    return answer_counts(answers)[0][1] / len(answers)


def similarity(answers: Sequence[str], reference: str) -> float:
    """Mean ROUGE-L recall of the answers against a reference answer; 0 to 1."""
    counts = answer_counts(answers)
    return sum(n * rouge_l(text, reference).recall for text, n in counts) / len(answers)


def leak_share(answers: Sequence[str], record: Record) -> float:
    """Share of the answers that give the record's true answer away; 0 to 1."""
    return sum(n for text, n in answer_counts(answers) if knows(text, record)) / len(answers)
