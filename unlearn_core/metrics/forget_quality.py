"""Forget quality: could the unlearned model's truth ratios be those of a retrained one?"""

import sys
from collections.abc import Sequence
from math import isnan, log10

from scipy.stats import ks_2samp

from unlearn_core.metrics.base import Estimate, Measured, Reading, missing
from unlearn_core.metrics.registry import model_metric
from unlearn_core.metrics.truth_ratio import NO_WRONG, log_truth_ratio

SOURCE = (
    "TOFU (Maini et al., COLM 2024): two-sided two-sample Kolmogorov-Smirnov test on the forget "
    "set, geometric truth ratios as in TOFU's get_forget_quality; min(R, 1/R) is not taken."
)
FORMULA = r"p_{KS}\left(\{R_i^{\text{unlearned}}\}, \{R_i^{\text{retrained}}\}\right)"
NO_RETRAINED = (
    "not available, because there is no retrained model; make one with a run of the method "
    "`retrain` on the same data and marks, or name a folder"
)
FEW = 4
"""With fewer records a side not even wholly separate samples give p < 0.05."""


def ks_p(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """p-value of the two-sample test; its floor for n = m = 40 is 1.86e-23."""
    return float(ks_2samp(ours, theirs).pvalue)


@model_metric(
    "forget_quality",
    "Forget quality",
    "forgetting",
    help="p-value: above 0.05, forgotten and never learnt cannot be told apart by truth ratios.",
    formula=FORMULA,
    source=SOURCE,
    better="higher",
)
def forget_quality(measured: Measured) -> Estimate:
    """The p-value itself."""
    if measured.retrained is None:
        return missing(NO_RETRAINED)
    ours = _log_ratios(measured.group("forget"))
    theirs = _log_ratios(measured.retrained.group("forget"))
    if not ours or not theirs:
        return missing(f"not available, because the records {NO_WRONG}")
    fewest = min(len(ours), len(theirs))
    few = f"With {fewest} records a side p cannot fall below 0.05." if fewest < FEW else ""
    lost = len(measured.group("forget")) - len(ours)
    out = f"{lost} records are left out, because they have no truth ratio." if lost else ""
    return Estimate(ks_p(ours, theirs), count=len(ours), note=f"{few} {out}".strip())


@model_metric(
    "forget_quality_log10",
    "Forget quality, log10",
    "forgetting",
    help="Forget quality on a scale that tells small p-values apart; above -1.3 is p > 0.05.",
    formula=r"\log_{10} " + FORMULA,
    source=SOURCE,
    better="higher",
    lowest=None,
    highest=0.0,
)
def forget_quality_log10(measured: Measured) -> Estimate:
    """Of the smallest positive number where p is too small for one."""
    plain = forget_quality(measured)
    if plain.value is None:
        return plain
    smallest = sys.float_info.min
    note = plain.note if plain.value >= smallest else "p is smaller than a number can be here."
    return Estimate(log10(max(plain.value, smallest)), count=plain.count, note=note)


def _log_ratios(readings: Sequence[Reading]) -> list[float]:
    ratios = (log_truth_ratio(reading, "geometric") for reading in readings)
    return [ratio for ratio in ratios if ratio is not None and not isnan(ratio)]
