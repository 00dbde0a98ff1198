"""How sure a mean over records is: 95 % intervals, exact for shares, from a bootstrap else.

Values that are all the same tell a bootstrap nothing of their spread: its interval would have no
width, as if the mean were certain. Values from 0 to 1 then have the interval of a bound that holds
whatever their spread is, and others none.
"""

import math
from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import beta

CONFIDENCE = 0.95
DRAWS = 2000
"""Resamples of a bootstrap: the ends of an interval then move by about a hundredth of its width."""

Interval = tuple[float, float] | tuple[None, None]
Numbers = NDArray[np.float64]


def interval(values: ArrayLike, seed: int = 0) -> Interval:
    """The 95 % interval of the mean of values from 0 to 1.

    Exact where all of them are 0 or 1, by Hoeffding's bound where all are the same between, from a
    bootstrap else; none for a single value between.
    """
    numbers = np.asarray(values, dtype=float)
    if len(numbers) and set(np.unique(numbers)) <= {0.0, 1.0}:
        return exact_interval(int(numbers.sum()), len(numbers))
    if len(numbers) > 1 and _without_spread(numbers):
        return bounded_interval(float(numbers[0]), len(numbers))
    return mean_interval(numbers, seed)


def bounded_interval(mean: float, count: int) -> tuple[float, float]:
    r"""A 95 % interval of the mean of any values from 0 to 1 (Hoeffding, 1963).

    `\bar x \pm \sqrt{\ln(2 / 0.05) / (2n)}`, cut at 0 and 1; wide, since it supposes nothing.
    """
    half = math.sqrt(math.log(2 / (1 - CONFIDENCE)) / (2 * count))
    return max(0.0, mean - half), min(1.0, mean + half)


def exact_interval(hits: int, count: int) -> tuple[float, float]:
    """The 95 % interval of a share (Clopper and Pearson, 1934): each side errs with 2.5 %."""
    edge = (1 - CONFIDENCE) / 2
    low = float(beta.ppf(edge, hits, count - hits + 1)) if hits else 0.0
    high = float(beta.ppf(1 - edge, hits + 1, count - hits)) if hits < count else 1.0
    return low, high


def mean_interval(values: ArrayLike, seed: int = 0) -> Interval:
    """The 95 % percentile interval of a mean, from resampled records (Efron, 1979).

    None for fewer than two values, or where all are the same: nothing is known of their spread.
    """
    numbers = np.asarray(values, dtype=float)
    if len(numbers) < 2 or _without_spread(numbers):
        return None, None
    return percentile_interval(resampled_means(numbers, seed))


def resampled_means(values: Numbers, seed: int = 0) -> Numbers:
    """(DRAWS,) or (DRAWS, K) means of (N,) or (N, K) values, rows drawn with replacement.

    Independent sets that enter one number take different seeds.
    """
    means: Numbers = resamples(len(values), seed) @ values / len(values)
    return means


def combined_interval(
    sets: Sequence[Numbers], of: Callable[[Sequence[Numbers]], Numbers]
) -> Interval:
    """The 95 % interval of a number made from the means of several independent sets.

    Args:
        sets: (N,) or (N, K) values of each; None is known if one has fewer than two rows, or if
            the rows of each are all the same.
        of: From the (DRAWS,) or (DRAWS, K) resampled means of each set to (DRAWS,) numbers.
    """
    if min(map(len, sets)) < 2 or all(map(_without_spread, sets)):
        return None, None
    draws = [resampled_means(values, seed) for seed, values in enumerate(sets)]
    return percentile_interval(of(draws))


@lru_cache(maxsize=8)
def resamples(count: int, seed: int = 0) -> Numbers:
    """(DRAWS, count) how often each of the records is drawn; each row sums to `count`."""
    rng = np.random.default_rng([seed, count])
    places = rng.integers(count, size=(DRAWS, count)) + count * np.arange(DRAWS)[:, None]
    drawn = np.bincount(places.ravel(), minlength=DRAWS * count)
    return drawn.reshape(DRAWS, count).astype(float)


def percentile_interval(draws: Sequence[float] | Numbers) -> tuple[float, float]:
    """The middle 95 % of resampled statistics."""
    edge = (1 - CONFIDENCE) / 2
    low, high = np.quantile(draws, [edge, 1 - edge])
    return float(low), float(high)


def _without_spread(values: Numbers) -> bool:
    """Whether all rows are the same, but for rounding."""
    return bool(np.ptp(values, axis=0).max(initial=0.0) <= 1e-12)
