"""What sampled answers prove about the model's whole distribution: bounds that hold with 99 %.

Each takes n independent samples of one question. A score X is from 0 to 1, 1 the worst leak. All
are one-sided but that of the deviation, which needs the distribution function from both sides.

Source: Scholten, Günnemann and Schwinn, A Probabilistic Perspective on Unlearning and Alignment for
Large Language Models, ICLR 2025 (M1 to M4, ED score). Their code sums over 100 grid points; here
the integrals over the step function are exact, and the deviation is taken around the centre that
bounds it best, so M3 and M4 are a little tighter and still hold.
"""

from collections.abc import Sequence
from math import log, sqrt

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.stats import beta

from unlearn_core.errors import InvalidInput
from unlearn_core.metrics.intervals import Numbers

ALPHA = 0.01
LARGEST_DEVIATION = 0.5
"""Of any score from 0 to 1: half of the samples at either end."""


def leak_bound(leaks: int, count: int, alpha: float = ALPHA) -> float:
    """M1: upper bound of P(leak) after `leaks` of `count` samples, Beta(1 - alpha; S + 1, n - S).

    The one-sided bound of Clopper and Pearson (1934).
    """
    if not 0 <= leaks <= count or count < 1:
        raise InvalidInput(f"{leaks} leaks in {count} samples; give at least 1 sample.")
    return float(beta.ppf(1 - alpha, leaks + 1, count - leaks)) if leaks < count else 1.0


def dkw_epsilon(count: int, alpha: float = ALPHA) -> float:
    """How far the share of samples lies off the distribution function, on one side, anywhere.

    `sqrt(ln(1/alpha) / (2n))` (Dvoretzky, Kiefer and Wolfowitz, 1956; constant of Massart, 1990).
    """
    return sqrt(log(1 / alpha) / (2 * count))


def tail_bound(scores: Sequence[float], threshold: float, alpha: float = ALPHA) -> float:
    """M2: upper bound of P(X > threshold): the share of samples above it plus epsilon."""
    values = _checked(scores)
    return min(1.0, float((values > threshold).mean()) + dkw_epsilon(len(values), alpha))


def mean_bound(scores: Sequence[float], alpha: float = ALPHA) -> float:
    """M3: upper bound of E[X], `1 - integral of max(0, F_n(x) - epsilon) dx` over 0 to 1."""
    values = _checked(scores)
    edges, heights = _steps(values)
    lower = (heights - dkw_epsilon(len(values), alpha)).clip(min=0)
    return 1 - float(lower @ np.diff(edges))


def deviation_bound(scores: Sequence[float], alpha: float = ALPHA) -> float:
    """M4: upper bound of the standard deviation of X, at most 1/2.

    `Var X <= E(X - c)^2 = (1 - c)^2 + 2 int_0^c (c - x) F dx - 2 int_c^1 (x - c) F dx` for any c,
    so it is at most what the upper edge of the band `F_n +- epsilon(alpha / 2)` gives below c and
    its lower edge above, at the c where that is least.
    """
    values = _checked(scores)
    edges, heights = _steps(values)
    epsilon = dkw_epsilon(len(values), alpha / 2)
    lower, upper = (heights - epsilon).clip(min=0), (heights + epsilon).clip(max=1)

    def worst(centre: float) -> float:
        below, above = edges.clip(max=centre), edges.clip(min=centre)
        gained = upper @ -np.diff((centre - below) ** 2)
        lost = lower @ np.diff((above - centre) ** 2)
        return float((1 - centre) ** 2 + gained - lost)

    best = minimize_scalar(worst, bounds=(0, 1), method="bounded")
    return min(LARGEST_DEVIATION, sqrt(max(0.0, float(best.fun))))


def ed_score(scores: Sequence[float]) -> float:
    """Expectation and deviation in one: mean + 2 std (of the samples, divided by n)."""
    values = _checked(scores)
    return float(values.mean() + 2 * values.std())


def _steps(values: Numbers) -> tuple[Numbers, Numbers]:
    """Edges (n + 2,) and heights (n + 1,) of the empirical distribution function on 0 to 1."""
    edges = np.concatenate([[0.0], np.sort(values), [1.0]])
    return edges, np.arange(len(values) + 1) / len(values)


def _checked(scores: Sequence[float]) -> Numbers:
    values = np.asarray(scores, dtype=float)
    if not len(values) or not ((values >= 0) & (values <= 1)).all():
        raise InvalidInput("A bound needs at least 1 sampled score, each from 0 to 1.")
    return values
