"""By how much tokens have become less likely, and whether those of the facts stand out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from unlearn_core.data.encoder import Encoder
from unlearn_core.data.records import Record
from unlearn_core.metrics.intervals import percentile_interval

Numbers = NDArray[np.float64]
DRAWS = 500


@dataclass(frozen=True)
class Shifts:
    """What has changed at each token of the unrelated texts, in their order.

    Attributes:
        shift: (N,) probability under the target minus that under the reference.
        of_fact: (N,) whether the token belongs to a marked fact.
        text: (N,) place of its text.
    """

    shift: Numbers
    of_fact: NDArray[np.bool_]
    text: NDArray[np.int64]

    @property
    def auc(self) -> float:
        """How well a loss of probability tells the tokens of facts from others."""
        return auc(-self.shift, self.of_fact)

    def interval(self, seed: int) -> tuple[float, float]:
        """The 95 % interval of the AUC, from texts drawn anew: tokens of a text go together."""
        rng, texts = np.random.default_rng(seed), int(self.text.max()) + 1
        ranks = _dense(-self.shift)
        draws = []
        for _ in range(DRAWS):
            counts = np.bincount(rng.integers(texts, size=texts), minlength=texts)
            weights = counts[self.text].astype(float)
            if 0 < (weights * self.of_fact).sum() < weights.sum():
                draws.append(_auc(ranks, self.of_fact, weights))
        return percentile_interval(draws)


def auc(scores: Numbers, positive: NDArray[np.bool_]) -> float:
    """How often a positive one has the higher score, ties counting half: `U / (m n)`.

    Mann and Whitney, 1947. Both kinds must be there.

    Args:
        scores: (N,).
        positive: (N,).
    """
    return _auc(_dense(scores), positive, np.ones(len(scores)))


def _dense(scores: Numbers) -> NDArray[np.int64]:
    ranks: NDArray[np.int64] = rankdata(scores, method="dense").astype(np.int64) - 1
    return ranks


def _auc(ranks: NDArray[np.int64], positive: NDArray[np.bool_], weights: Numbers) -> float:
    """The AUC where each score counts as often as its weight says."""
    size = int(ranks.max()) + 1
    ours = np.bincount(ranks, weights * positive, minlength=size)
    theirs = np.bincount(ranks, weights * ~positive, minlength=size)
    below = theirs.cumsum() - theirs / 2
    return float((ours @ below) / (ours.sum() * theirs.sum()))


def fact_token_ids(encoder: Encoder, records: Sequence[Record]) -> set[int]:
    """Tokens of the facts, without those that the rest of the marked answers needs as well.

    Of records without a fact, all tokens of their answers but those of their questions.
    """
    inside: set[int] = set()
    outside: set[int] = set()
    for record in records:
        inside |= _word_ids(encoder, record.fact or record.answer)
        rest = record.answer.replace(record.fact, " ") if record.fact else record.prompt
        outside |= _word_ids(encoder, rest)
    return (inside - outside) - set(encoder.eos_ids)


def _word_ids(encoder: Encoder, text: str) -> set[int]:
    """Token ids of a text within a sentence, that is behind a space."""
    words = " ".join(text.split())
    return set(encoder.tokenizer(f" {words}", add_special_tokens=False)["input_ids"])
