"""How much a text looks unseen to a model, and how well that parts two groups; pure functions.

Higher means less like something the model has read. The area under the curve (AUC) is the chance
that a never-seen record scores above a marked one: 1 where the marked records look far more like
training data, 0.5 where nothing tells them apart, below 0.5 where the model is surer that it never
saw them than it is of records that it truly never saw. Unlike the metrics of the same names, a
score is always a finite number.
"""

import random
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import mannwhitneyu

from unlearn_core.metrics.membership import MIN_K, auc, auc_interval, lowest_mean

LOWEST = -1e4
"""Nats; below any real token, so that a token that is ruled out still gives a number."""
EXCHANGED = 0.3
"""Share of an answer's words that are exchanged, as much as published code masks."""


def finite(values: Sequence[float]) -> NDArray[np.float64]:
    """The values within `LOWEST` on either side of 0; what is no number counts as the lowest."""
    return np.clip(np.nan_to_num(values, nan=LOWEST), LOWEST, -LOWEST)


def loss(log_probs: Sequence[float]) -> float:
    """LOSS: mean negative log-probability per token, in nats."""
    return -float(finite(log_probs).mean())


def zlib_loss(log_probs: Sequence[float], text: str) -> float:
    """ZLIB: LOSS over the number of bytes that zlib needs for the text."""
    return loss(log_probs) / len(zlib.compress(text.encode()))


def min_k(values: Sequence[float], share: float = MIN_K) -> float:
    """Min-K %: minus the mean of the lowest values, at least one.

    Args:
        values: Log-probabilities of the tokens; standardised ones give Min-K++.
        share: How many of them count.
    """
    found = lowest_mean(finite(values).tolist(), share)
    assert found is not None, "every answer has a token"
    return found


def exchanged(text: str, words: Sequence[str], draw: random.Random) -> str:
    """The text with 30 % of its words, at least one, put for words drawn from the list.

    A rule in the place of the mask-filling model of the published code.
    """
    own = text.split()
    for place in draw.sample(range(len(own)), min(len(own), max(1, round(EXCHANGED * len(own))))):
        own[place] = draw.choice(words)
    return " ".join(own)


@dataclass(frozen=True)
class Separation:
    """How well scores tell marked records from never-seen ones.

    Attributes:
        auc: 0 to 1.
        low, high: 95 % interval.
        p: How often chance alone gives an AUC at least as high (Mann and Whitney, one-sided).
        p_below: The same at least as low.
    """

    auc: float
    low: float
    high: float
    p: float
    p_below: float


def separation(marked: Sequence[float], unseen: Sequence[float]) -> Separation:
    """AUC of "the higher score is the unseen one", equal scores counting half."""
    if len({*marked, *unseen}) == 1:
        return Separation(0.5, *auc_interval(0.5, len(marked), len(unseen)), 1.0, 1.0)
    area = auc(marked, unseen)
    return Separation(
        area,
        *auc_interval(area, len(marked), len(unseen)),
        p=float(mannwhitneyu(unseen, marked, alternative="greater").pvalue),
        p_below=float(mannwhitneyu(unseen, marked, alternative="less").pvalue),
    )


def roc(marked: Sequence[float], unseen: Sequence[float]) -> tuple[list[float], list[float]]:
    """False alarms and hits, as shares, when everything scoring up to a threshold is accused."""
    thresholds = sorted({*marked, *unseen})
    alarms = [0.0, *(sum(s <= t for s in unseen) / len(unseen) for t in thresholds)]
    hits = [0.0, *(sum(s <= t for s in marked) / len(marked) for t in thresholds)]
    return alarms, hits
