"""Model utility of TOFU: one number for all that should be kept."""

from collections.abc import Sequence
from math import exp

import numpy as np

from unlearn_core.metrics.base import Estimate, Measured, Reading, missing
from unlearn_core.metrics.intervals import Numbers, combined_interval
from unlearn_core.metrics.registry import model_metric
from unlearn_core.metrics.rouge import rouge_l
from unlearn_core.metrics.truth_ratio import NO_WRONG, kept_score, log_truth_ratio

SETS = ("retain", "neighbours", "world")


def harmonic_mean(values: Numbers) -> Numbers:
    """Along the last axis; 0 where any value is 0."""
    positive = (values > 0).all(axis=-1)
    inverse = 1 / np.where(values > 0, values, 1.0)
    mean: Numbers = np.where(positive, 1 / inverse.mean(axis=-1), 0.0)
    return mean


def chosen_probability(reading: Reading) -> float:
    """The true answer's probability per token as a share of that of all answers given.

    `p / (p + sum of p_wrong)`; 0 where all are impossible.
    """
    true, wrong = exp(reading.mean_log_prob), sum(map(exp, reading.perturbed))
    return true / (true + wrong) if true + wrong else 0.0


@model_metric(
    "model_utility",
    "Model utility",
    "utility",
    help="Harmonic mean of nine values on what is kept; one that is 0 makes all 0.",
    formula=r"\frac{9}{\sum_{s}\left(\frac1{P_s}+\frac1{\mathrm{RL}_s}+\frac1{T_s}\right)},\ "
    r"T=\max(0, 1-R),\ s\in\{\text{retain, neighbours, world}\}",
    source="TOFU (Maini et al., COLM 2024), get_model_utility: arithmetic truth ratio; "
    "neighbours stand for real authors; probabilities among the given answers for world only.",
    better="higher",
)
def model_utility(measured: Measured) -> Estimate:
    """Harmonic mean of probability, ROUGE-L recall and truth ratio of three sets.

    Sets without records are left out, which the note says.
    """
    present = [name for name in SETS if measured.group(name)]
    if "retain" not in present:
        return missing("not available, because no retained records were measured; add some")
    tables = [_table(measured.group(name), name == "world") for name in present]
    if not all(map(len, tables)):
        empty = present[[len(table) for table in tables].index(0)]
        return missing(f"not available, because the records of {empty} {NO_WRONG}")
    means = np.concatenate([table.mean(axis=0) for table in tables])
    absent = [name for name in SETS if name not in present]
    lost = sum(len(measured.group(name)) for name in present) - sum(map(len, tables))
    notes = (
        f"Over {len(means)} values, because there are no {' and '.join(absent)} records."
        if absent
        else "",
        f"{lost} records are left out, because one of their values is missing." if lost else "",
    )
    low, high = combined_interval(tables, lambda t: harmonic_mean(np.concatenate(t, axis=1)))
    count = sum(map(len, tables))
    return Estimate(float(harmonic_mean(means)), low, high, count, " ".join(filter(None, notes)))


def _table(readings: Sequence[Reading], among_answers: bool) -> Numbers:
    """(N, 3) probability, ROUGE-L recall, truth ratio of the records that have all three."""
    rows = []
    for reading in readings:
        log_ratio = log_truth_ratio(reading, "arithmetic")
        if log_ratio is None:
            continue
        probability = chosen_probability if among_answers else _probability
        recall = rouge_l(reading.answer, reading.record.answer).recall
        rows.append((probability(reading), recall, kept_score(log_ratio)))
    table = np.array(rows, dtype=float).reshape(len(rows), 3)
    sound: Numbers = table[np.isfinite(table).all(axis=1)]
    return sound


def _probability(reading: Reading) -> float:
    return exp(reading.mean_log_prob)
