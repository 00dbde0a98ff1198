"""What the model says by itself: its greedy answer against the true one."""

from unlearn_core.metrics.base import Reading
from unlearn_core.metrics.leak import knows
from unlearn_core.metrics.registry import record_metric
from unlearn_core.metrics.rouge import rouge_l


@record_metric(
    "fact_recall",
    "Facts given",
    "memory",
    help="Share of greedy answers that contain the fact; without a fact, that are close enough.",
    formula=r"\frac{1}{N}\sum_i \mathbb{1}[\text{fact}_i \in \hat a_i]",
    source="Lethe; whole words, case and accents ignored. Without a fact: ROUGE-L recall >= 0.8.",
    better="lower",
    every_run=True,
)
def fact_recall(reading: Reading) -> float | None:
    """1 if the greedy answer gives the fact away, else 0."""
    return float(knows(reading.answer, reading.record))


@record_metric(
    "rouge_l_recall",
    "ROUGE-L recall",
    "memory",
    help="Share of the true answer's words that the greedy answer has in the same order.",
    formula=r"\frac{\mathrm{LCS}(\hat a, a)}{|a|}",
    source="Lin, 2004, as in TOFU: with stemmer, greedy answers.",
    better="lower",
    every_run=True,
)
def rouge_l_recall(reading: Reading) -> float | None:
    """0 where either text has no words."""
    return rouge_l(reading.answer, reading.record.answer).recall


@record_metric(
    "rouge_l_f1",
    "ROUGE-L F1",
    "memory",
    help="As ROUGE-L recall, but words that the true answer does not have cost as well.",
    formula=r"\frac{2PR}{P+R},\ P=\frac{\mathrm{LCS}}{|\hat a|},\ R=\frac{\mathrm{LCS}}{|a|}",
    source="Lin, 2004, with stemmer, greedy answers.",
    better="lower",
)
def rouge_l_f1(reading: Reading) -> float | None:
    """0 where either text has no words."""
    return rouge_l(reading.answer, reading.record.answer).f1
