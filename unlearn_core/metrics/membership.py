"""Membership inference: scores by which records that were learnt look different from others.

Every score is higher the less a text looks learnt, and None where it cannot be taken.

Source: OpenUnlearning (code), src/evals/metrics/mia.
"""

import zlib
from collections.abc import Sequence
from math import isnan
from statistics import fmean

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import norm

from unlearn_core.metrics.base import Reading

MIN_K = 0.4
"""Share of the least likely tokens, as in MUSE and OpenUnlearning."""


def loss(reading: Reading) -> float | None:
    """LOSS: mean negative log-probability per token of the true answer."""
    return -reading.mean_log_prob if reading.log_probs else None


def zlib_loss(reading: Reading) -> float | None:
    """ZLIB: the same over the compressed length in bytes of the text it was measured on."""
    size = len(zlib.compress((reading.whole or reading.record.answer).encode()))
    return -reading.mean_log_prob / size if reading.log_probs else None


def min_k(reading: Reading) -> float | None:
    """Min-K 40 %: minus the mean of the least log-probabilities."""
    return lowest_mean(reading.log_probs)


def min_k_plus(reading: Reading) -> float | None:
    """Min-K++ 40 %: the same of log-probabilities standardised at each place."""
    return lowest_mean(reading.standardised)


def lowest_mean(values: Sequence[float], share: float = MIN_K) -> float | None:
    """Minus the mean of the lowest `int(share * n)` values, of at least one."""
    lowest = sorted(values)[: max(1, int(share * len(values)))]
    return -fmean(lowest) if lowest else None


def reference_loss(reading: Reading, reference: Reading) -> float | None:
    """Reference: the loss less that of a model that never saw the record."""
    ours, theirs = loss(reading), loss(reference)
    return None if ours is None or theirs is None else ours - theirs


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


def usable(scores: Sequence[float | None]) -> list[float]:
    """Those that are numbers."""
    return [score for score in scores if score is not None and not isnan(score)]
