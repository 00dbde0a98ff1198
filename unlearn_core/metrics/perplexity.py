"""Perplexity: how surprised the model is by text that it should still master."""

from collections.abc import Sequence
from math import exp

import numpy as np

from unlearn_core.metrics.base import Estimate, Measured, Reading, missing
from unlearn_core.metrics.intervals import percentile_interval, resamples
from unlearn_core.metrics.registry import model_metric

LARGEST = 700.0
"""Nats per token beyond which `exp` has no number."""


def perplexity(readings: Sequence[Reading]) -> Estimate:
    """`exp(sum of nll / number of tokens)` over all tokens of all true answers.

    The interval is from a bootstrap over records.
    """
    known = [reading for reading in readings if reading.log_probs]
    if not known:
        return missing("not available, because there are no such records; give some")
    losses = np.array([-sum(reading.log_probs) for reading in known])
    tokens = np.array([len(reading.log_probs) for reading in known], dtype=float)
    endless = int((~np.isfinite(losses)).sum())
    if endless or losses.sum() / tokens.sum() > LARGEST:
        return missing(
            f"not available, because perplexity is infinite: the model holds a token of {endless} "
            f"of {len(known)} records for impossible; compare the probability instead"
        )
    value = exp(losses.sum() / tokens.sum())
    if len(known) < 2:
        return Estimate(value, count=1)
    weights = resamples(len(known))
    means = np.minimum(weights @ losses / (weights @ tokens), LARGEST)
    low, high = percentile_interval(np.exp(means))
    return Estimate(value, low, high, len(known))


def _register(group: str, what: str) -> None:
    def value(measured: Measured) -> Estimate:
        return perplexity(measured.group(group))

    model_metric(
        f"perplexity_{group}",
        f"Perplexity on {what}",
        "fluency",
        help="Among how many equally likely tokens the model seems to choose; 1 is certain.",
        formula=r"\exp\left(-\frac{\sum_i \log P(a_i|q_i)}{\sum_i |a_i|}\right)",
        source="Usual definition, over answer tokens with the end token, not words.",
        better="lower",
        lowest=1.0,
        highest=None,
    )(value)


_register("retain", "what is kept")
_register("world", "general knowledge")
_register("holdout", "text no model ever saw")
