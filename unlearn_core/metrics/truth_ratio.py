"""Does the model prefer the true answer to wrong ones of the same form?

All is done on log R, so that probabilities of 0 give a value: R is infinite where only the true
answer is impossible, 0 where all wrong ones are.
"""

from collections.abc import Callable, Sequence
from math import exp, expm1, isfinite, log
from statistics import fmean
from typing import Literal

from unlearn_core.metrics.base import Reading, RecordValue
from unlearn_core.metrics.registry import record_metric

Mean = Literal["arithmetic", "geometric"]
FORGET = ("forget", "paraphrased")
KEPT = ("retain", "neighbours", "world")
NO_WRONG = "have no wrong answers; give them in the field `perturbed`"
FORMULA = {
    "arithmetic": r"R = \frac{\frac1m\sum_j P(\hat a_j|q)^{1/|\hat a_j|}}"
    r"{P(\tilde a|q)^{1/|\tilde a|}}",
    "geometric": r"R = \frac{\exp\left(\frac1m\sum_j \frac{1}{|\hat a_j|}\log P(\hat a_j|q)\right)}"
    r"{P(\tilde a|q)^{1/|\tilde a|}}",
}
USED_BY = {
    "arithmetic": "the paper and TOFU's get_model_utility",
    "geometric": "TOFU's get_forget_quality and OpenUnlearning",
}


def log_truth_ratio(reading: Reading, mean: Mean) -> float | None:
    """Log R of wrong over true answer, each by its probability per token; may be infinite.

    The true answer is its other wordings where the record has any, and as it stands where not.
    None without wrong answers, NaN where both are impossible.
    """
    true = reading.paraphrased or ((reading.mean_log_prob,) if reading.log_probs else ())
    if not reading.perturbed or not true:
        return None
    return _log_mean(reading.perturbed, mean) - _log_mean(true, mean)


def forgotten_score(log_ratio: float) -> float:
    """Min(R, 1/R): 1 where true and wrong answers are equally probable, 0 where one is certain."""
    return exp(-abs(log_ratio))


def kept_score(log_ratio: float) -> float:
    """Max(0, 1 - R): 1 where only the true answer is probable, 0 where the wrong ones are more."""
    return -expm1(min(log_ratio, 0.0))


def _log_mean(log_probs: Sequence[float], mean: Mean) -> float:
    """Log of the mean of probabilities, in a way that does not underflow."""
    top = max(log_probs)
    if mean == "geometric" or not isfinite(top):
        return fmean(log_probs) if mean == "geometric" else top
    return top + log(fmean(exp(one - top) for one in log_probs))


def _of(mean: Mean, score: Callable[[float], float]) -> RecordValue:
    def value(reading: Reading) -> float | None:
        log_ratio = log_truth_ratio(reading, mean)
        return None if log_ratio is None else score(log_ratio)

    return value


def _register(mean: Mean) -> None:
    source = (
        f"TOFU (Maini et al., COLM 2024), {mean} mean over wrong answers, as {USED_BY[mean]}; "
        "reworded true answers where a record has them, else the true answer."
    )
    suffix = "" if mean == "geometric" else f"_{mean}"
    record_metric(
        f"truth_ratio{suffix}",
        f"Truth ratio, forgotten ({mean})",
        "forgetting",
        help="1: wrong answers are as probable as the true one; 0: one of them stands out.",
        formula=FORMULA[mean] + r",\quad \min(R, 1/R)",
        source=source,
        better="higher",
        without=NO_WRONG,
        groups=FORGET,
    )(_of(mean, forgotten_score))
    record_metric(
        f"truth_ratio_kept{suffix}",
        f"Truth ratio, kept ({mean})",
        "utility",
        help="1: only the true answer is probable; 0: wrong ones are at least as probable.",
        formula=FORMULA[mean] + r",\quad \max(0, 1 - R)",
        source=source,
        better="lower",
        without=NO_WRONG,
        groups=KEPT,
    )(_of(mean, kept_score))


_register("geometric")
_register("arithmetic")
