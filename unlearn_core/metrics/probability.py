"""How probable a model finds the true answer."""

from math import exp

from unlearn_core.metrics.base import Reading
from unlearn_core.metrics.registry import record_metric


@record_metric(
    "probability",
    "Probability of the true answer",
    "memory",
    help="Geometric mean probability of the true answer's tokens; 1 is known by heart.",
    formula=r"P(a|q)^{1/|a|} = \exp\left(\frac{1}{|a|}\sum_t \log p(a_t|q, a_{<t})\right)",
    source="TOFU (Maini et al., COLM 2024); end token counted, not set against wrong answers.",
    better="lower",
    without="have an empty true answer; give one",
)
def probability(reading: Reading) -> float | None:
    """`exp` of the mean log-probability per token; 0 where a token is impossible."""
    return exp(reading.mean_log_prob) if reading.log_probs else None


@record_metric(
    "log_likelihood",
    "Log-likelihood of the true answer",
    "memory",
    help="Mean log-probability of a token of the true answer; nearer 0 is better known.",
    formula=r"\frac{1}{|a|}\sum_t \log p(a_t|q, a_{<t})",
    source="Usual definition; of a passage all tokens but the first; end token counted.",
    better="lower",
    lowest=None,
    highest=0.0,
    unit="nats",
    without="have an empty true answer; give one",
    every_run=True,
)
def log_likelihood(reading: Reading) -> float | None:
    """The mean log-probability per token."""
    return reading.mean_log_prob if reading.log_probs else None
