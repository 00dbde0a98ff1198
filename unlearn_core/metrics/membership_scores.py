"""Membership inference: scores by which records that were learnt look different from others.

Every score is higher the less a text looks learnt, and NaN where there is no token to take it from.
The tokens of the text itself count, as in the definitions of Min-K % (Shi et al., ICLR 2024) and
Min-K++ (Zhang et al., ICLR 2025): not the end token, which says nothing of what was learnt. Metrics
take all tokens of the answer, attacks those of its fact (`attacks.fact_tokens` says why).

Source: OpenUnlearning (code), src/evals/metrics/mia.
"""

import zlib
from collections.abc import Sequence
from math import isnan, nan
from statistics import fmean

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import norm

from unlearn_core.metrics.base import Reading

MIN_K = 0.4
"""Share of the least likely tokens, as in MUSE and OpenUnlearning."""


def text_tokens(reading: Reading) -> tuple[float, ...]:
    """Log-probabilities of the tokens that count: see the top of this file."""
    return reading.log_probs[: len(reading.right)]


def standardised_tokens(reading: Reading) -> tuple[float, ...]:
    """The same, standardised at each place."""
    return reading.standardised[: len(reading.right)]


def text_read(reading: Reading) -> str:
    """The text these tokens are of: the true answer, or all of a passage."""
    return reading.whole or reading.record.answer


def loss(log_probs: Sequence[float]) -> float:
    """LOSS: mean negative log-probability per token, in nats."""
    return -fmean(log_probs) if log_probs else nan


def zlib_loss(log_probs: Sequence[float], text: str) -> float:
    """ZLIB: LOSS over the number of bytes that zlib needs for the text."""
    return loss(log_probs) / len(zlib.compress(text.encode()))


def min_k(values: Sequence[float], share: float = MIN_K) -> float:
    """Min-K %: minus the mean of the lowest `int(share * n)` values, of at least one.

    Args:
        values: Log-probabilities of the tokens; standardised ones give Min-K++.
        share: How many of them count.
    """
    return loss(sorted(values)[: max(1, int(share * len(values)))])


def auc(learnt: ArrayLike, others: ArrayLike) -> float:
    """How often a record from `others` scores above one from `learnt`; ties count half.

    The area under the ROC curve with label 1 for `others`: 1 where the learnt ones are told apart
    for sure, 0.5 where nothing is. NaN in the scores is not allowed, infinite ones are.
    """
    rows, columns = np.asarray(learnt, dtype=float)[:, None], np.asarray(others, dtype=float)
    return float(((columns > rows) + 0.5 * (columns == rows)).mean())


def auc_interval(value: float, learnt: int, others: int) -> tuple[float, float]:
    """The 95 % interval of an AUC: every true one from which it is not surprisingly far.

    `|A - a| <= 1.96 s(a)` with the variance of Hanley and McNeil (1982), `s^2 = [a(1 - a) +
    (m - 1)(a/(2 - a) - a^2) + (n - 1)(2a^2/(1 + a) - a^2)] / (nm)`. Unlike a bootstrap it has a
    width at 0 and 1, and for a single record.

    Args:
        value: The AUC `A` that was seen.
        learnt: Their number n.
        others: Their number m.
    """
    a = np.linspace(0, 1, 20_001)
    pairs = a * (1 - a)
    two_others, two_learnt = a / (2 - a) - a**2, 2 * a**2 / (1 + a) - a**2
    variance = (pairs + (others - 1) * two_others + (learnt - 1) * two_learnt) / (learnt * others)
    near = a[np.abs(value - a) <= norm.ppf(0.975) * np.sqrt(variance.clip(min=0)) + 1e-12]
    # The AUC itself may lie between two points of the grid.
    return min(value, float(near.min(initial=1))), max(value, float(near.max(initial=0)))


def usable(scores: Sequence[float]) -> list[float]:
    """Those that are numbers."""
    return [score for score in scores if not isnan(score)]
