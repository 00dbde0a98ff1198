"""Unlearn quality and utility as the code of Partial Model Collapse counts them, 0 to 100."""

from collections.abc import Sequence

import numpy as np

from unlearn_core.metrics.base import Estimate, Measured, Reading, missing
from unlearn_core.metrics.intervals import Numbers, combined_interval
from unlearn_core.metrics.registry import model_metric
from unlearn_core.metrics.rouge import rouge_l

NEEDED = {
    "forget": "mark what to forget",
    "paraphrased": "give the same facts asked for in other words (same subject and fact)",
    "retain": "leave some records unmarked",
    "world": "give records of general knowledge",
    "neighbours": "give further records of the kind that is forgotten",
}


@model_metric(
    "unlearn_quality",
    "Unlearn quality (UQ)",
    "forgetting",
    help="100: no word of the true answers is left, however asked; 0: all of them are.",
    formula=r"50\,(2 - \mathrm{RL}(\text{forget}) - \mathrm{RL}(\text{forget, other phrasings}))",
    source="PMC (arXiv 2507.04219), scale of its code; the paper's is 2 - sum. Greedy ROUGE-L "
    "recall with stemmer.",
    better="higher",
    highest=100.0,
)
def unlearn_quality(measured: Measured) -> Estimate:
    """Needs the forget set and its other phrasings."""
    return _mean_recall(measured, ("forget", "paraphrased"), turned=True)


@model_metric(
    "utility",
    "Utility (PMC)",
    "utility",
    help="100: everything kept is answered in the words of the true answers.",
    formula=r"\frac{100}{3}\,(\mathrm{RL}(\text{retain}) + \mathrm{RL}(\text{world}) + "
    r"\mathrm{RL}(\text{neighbours}))",
    source="PMC (arXiv 2507.04219), scale of its code; the paper's is the sum. Neighbours stand "
    "for its real authors.",
    better="higher",
    highest=100.0,
)
def utility(measured: Measured) -> Estimate:
    """Needs retained records, general knowledge and neighbours."""
    return _mean_recall(measured, ("retain", "world", "neighbours"), turned=False)


def _mean_recall(measured: Measured, groups: Sequence[str], turned: bool) -> Estimate:
    """100 times the mean of the groups' recalls, or 100 less that."""
    for group in groups:
        if not measured.group(group):
            what = group.replace("_", " ")
            return missing(f"not available, because no {what} records exist; {NEEDED[group]}")
    recalls = [_recalls(measured.group(group)) for group in groups]

    def scaled(means: Sequence[Numbers]) -> Numbers:
        mean: Numbers = 100 * np.mean(means, axis=0)
        return 100 - mean if turned else mean

    value = float(scaled([values.mean(keepdims=True) for values in recalls])[0])
    low, high = combined_interval(recalls, scaled)
    return Estimate(value, low, high, sum(map(len, recalls)))


def _recalls(readings: Sequence[Reading]) -> Numbers:
    return np.array([rouge_l(one.answer, one.record.answer).recall for one in readings])
