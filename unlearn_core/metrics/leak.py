"""Whether an answer gives the true answer away."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from rapidfuzz.distance import LCSseq

from unlearn_core.data.records import Record
from unlearn_core.errors import InvalidInput
from unlearn_core.metrics.rouge import rouge_l, words

KNOWN_RECALL = 0.8
"""Without a fact to look for, an answer counts as known from this ROUGE-L recall on.

High enough that the shared frame of question and answer ("The author was born in ...") does not
count by itself, low enough that one word put differently in five still does.
"""

_PUNCTUATION = re.compile(r"[\W_]+")
_WRITTEN_WITHOUT_SPACES = re.compile(r"([\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff])")


def knows(answer: str, record: Record) -> bool:
    """Whether the answer contains the record's fact, or is close to its true answer.

    The fact must stand between word boundaries: "1987" is in "born in 1987." but not in "19870".
    Case, accents, punctuation and spacing do not matter. A record without a fact is known if the
    ROUGE-L recall against its true answer is at least `KNOWN_RECALL`.
    """
    fact = normalised(record.fact)
    if fact:
        return f" {fact} " in f" {normalised(answer)} "
    return answer_recall(answer, record.answer) >= KNOWN_RECALL


def answer_recall(answer: str, true: str) -> float:
    """ROUGE-L recall, 0 to 1; of a true answer in another script that of its words as they are.

    ROUGE has words of ASCII letters only.
    """
    if words(true):
        return rouge_l(answer, true).recall
    wanted = normalised(true).split()
    return LCSseq.similarity(normalised(answer).split(), wanted) / len(wanted) if wanted else 0.0


def fact_recall(answers: Sequence[str], records: Sequence[Record]) -> float:
    """Share of the records whose answer, at the same place, is known; 0 to 1.

    Raises:
        InvalidInput: If there are no records, or not one answer for each.
    """
    if not records or len(answers) != len(records):
        raise InvalidInput(
            f"Recall needs one answer for each record and at least one record, but there are "
            f"{len(answers)} answers for {len(records)} records."
        )
    return sum(map(knows, answers, records)) / len(records)


@lru_cache(maxsize=65_536)
def normalised(text: str) -> str:
    """Lower case without accents, words parted by one space, other signs dropped."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(sign for sign in folded if not unicodedata.combining(sign))
    # Chinese and Japanese part no words, so each character counts as one.
    spaced = _WRITTEN_WITHOUT_SPACES.sub(r" \1 ", plain)
    return _PUNCTUATION.sub(" ", spaced).strip()
