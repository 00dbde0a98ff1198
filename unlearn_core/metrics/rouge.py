"""ROUGE-L with or without stemming: the values of `rouge_score`, some seventy times as fast.

Words are stemmed once, texts are cut into words once, and the longest common subsequence is
found by a bit-parallel library. A test compares all three numbers with `rouge_score`.
"""

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from rapidfuzz.distance import LCSseq

if TYPE_CHECKING:
    from nltk.stem.porter import PorterStemmer

_NOT_A_WORD = re.compile(r"[^a-z0-9]+")


class RougeL(NamedTuple):
    """Overlap of a candidate with a reference, each number from 0 to 1.

    Attributes:
        precision: Longest common subsequence of words, as a share of the candidate's words.
        recall: The same as a share of the reference's words.
        f1: Harmonic mean of both.
    """

    precision: float
    recall: float
    f1: float


def rouge_l(candidate: str, reference: str, stem: bool = True) -> RougeL:
    """ROUGE-L of a candidate against a reference (Lin, 2004).

    All numbers are 0 where one of them has no words, as in `rouge_score`. Words are runs of
    ASCII letters and digits in lower case; everything else separates them.
    """
    ours, theirs = words(candidate, stem), words(reference, stem)
    common = LCSseq.similarity(ours, theirs)
    if not common:
        return RougeL(0.0, 0.0, 0.0)
    precision, recall = common / len(ours), common / len(theirs)
    return RougeL(precision, recall, 2 * precision * recall / (precision + recall))


@lru_cache(maxsize=65_536)
def words(text: str, stem: bool = True) -> tuple[str, ...]:
    """Lower-case words, those of more than three letters stemmed where asked for."""
    return tuple(
        _stem(word) if stem and len(word) > 3 else word
        for word in _NOT_A_WORD.split(text.lower())
        if word
    )


@lru_cache(maxsize=65_536)
def _stem(word: str) -> str:
    return str(_stemmer().stem(word))


@lru_cache(maxsize=1)
def _stemmer() -> "PorterStemmer":
    # nltk takes a second to import, which the page need not wait for.
    from nltk.stem.porter import PorterStemmer

    return PorterStemmer()
