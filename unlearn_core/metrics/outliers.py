"""Forgotten too much or too little: records at the two tails of memorisation accuracy.

The cut-offs are those of the paper's published script, made for passages of 200 tokens. Short
answers of a set form have a higher accuracy even for a model that never saw them.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from unlearn_core.metrics.base import Estimate, Measured, missing
from unlearn_core.metrics.intervals import (
    Numbers,
    exact_interval,
    percentile_interval,
    resamples,
)
from unlearn_core.metrics.registry import model_metric
from unlearn_core.metrics.verbatim import share_right

OVER = 0.15
UNDER = 0.60
THRESHOLD = 0.33
"""Mean memorisation accuracy at which the committed settings stop."""
SOURCE = (
    "Code of To Each (Textual Sequence) Its Own (ICML 2024), scripts/data_analysis, cut-offs "
    f"{OVER} and {UNDER}, threshold {THRESHOLD}; forget set, end token not counted."
)


@model_metric(
    "over_forgotten",
    "Over-forgotten records",
    "forgetting",
    help=f"Forget records with MA of at most {OVER}: so unlikely that they stand out.",
    formula=rf"\#\{{x \in D_f : \mathrm{{MA}}(x) \le {OVER}\}}",
    source=SOURCE,
    better="lower",
    highest=None,
    unit="records",
)
def over_forgotten(measured: Measured) -> Estimate:
    """A count, with the exact interval of its share times the records."""
    return _counted(measured, lambda values: values <= OVER)


@model_metric(
    "under_forgotten",
    "Under-forgotten records",
    "forgetting",
    help=f"Forget records with MA of at least {UNDER}: extractable if long; short answers reach it "
    "unlearnt, so compare with the retrained model.",
    formula=rf"\#\{{x \in D_f : \mathrm{{MA}}(x) \ge {UNDER}\}}",
    source=SOURCE,
    better="lower",
    highest=None,
    unit="records",
)
def under_forgotten(measured: Measured) -> Estimate:
    """A count, with the exact interval of its share times the records."""
    return _counted(measured, lambda values: values >= UNDER)


@model_metric(
    "memory_spread",
    "Spread of memorisation",
    "forgetting",
    help="Standard deviation of memorisation accuracy over forget records; small is even.",
    formula=r"\mathrm{std}_{x \in D_f}\,\mathrm{MA}(x)",
    source=SOURCE,
    better="lower",
    highest=0.5,
)
def memory_spread(measured: Measured) -> Estimate:
    """Divided by the number of records, not by one less."""
    return _statistic(measured, lambda means, squares: np.sqrt((squares - means**2).clip(min=0)))


@model_metric(
    "memory_distance",
    "Distance to the threshold of forgetting",
    "forgetting",
    help=f"How far mean MA is from {THRESHOLD}, that of long texts never seen; for other texts, "
    "compare with the retrained model.",
    formula=rf"\left|\overline{{\mathrm{{MA}}}} - {THRESHOLD}\right|",
    source=SOURCE,
    better="near 0",
)
def memory_distance(measured: Measured) -> Estimate:
    """Of the mean over forget records."""
    return _statistic(measured, lambda means, squares: abs(means - THRESHOLD))


def _counted(measured: Measured, chosen: Callable[[Numbers], NDArray[np.bool_]]) -> Estimate:
    values = _accuracies(measured)
    if not len(values):
        return missing("not available, because there are no forget records; mark some")
    hits, count = int(chosen(values).sum()), len(values)
    low, high = exact_interval(hits, count)
    return Estimate(float(hits), low * count, high * count, count)


def _statistic(measured: Measured, of: Callable[[Numbers, Numbers], Numbers]) -> Estimate:
    """A function of the mean and the mean square, with its bootstrap interval."""
    values = _accuracies(measured)
    if not len(values):
        return missing("not available, because there are no forget records; mark some")
    value = float(of(values.mean(keepdims=True), (values**2).mean(keepdims=True))[0])
    if len(values) < 2:
        return Estimate(value, count=1)
    weights = resamples(len(values)) / len(values)
    low, high = percentile_interval(of(weights @ values, weights @ values**2))
    return Estimate(value, low, high, len(values))


def _accuracies(measured: Measured) -> Numbers:
    shares = (share_right(reading.right) for reading in measured.group("forget"))
    return np.array([share for share in shares if share is not None])
