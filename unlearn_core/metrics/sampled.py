"""What repeated asking brings out: leaks and their bounds, from answers sampled at temperature 1.

Each is taken question by question, then averaged over the forget set.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from statistics import fmean

from unlearn_core.metrics.base import Family, Reading
from unlearn_core.metrics.bounds import deviation_bound, ed_score, leak_bound, mean_bound
from unlearn_core.metrics.collapse import distinct_count, entropy_bits, leak_share, top_share
from unlearn_core.metrics.leak import knows
from unlearn_core.metrics.registry import record_metric
from unlearn_core.metrics.rouge import rouge_l

NOT_SAMPLED = "have no sampled answers; ask for some"
SCHOLTEN = (
    "Scholten et al., A Probabilistic Perspective on Unlearning, ICLR 2025 ({}), confidence 99 % "
    "for each question, samples at temperature 1 from the whole distribution"
)
PMC = "Sampling leakage of PMC (arXiv 2507.04219)"
WORST_ED = (1 + 5**0.5) / 2
"""Of a score that is 1 with probability (1 + 1/sqrt 5) / 2, else 0."""


def leaks(reading: Reading) -> int:
    """How many of the samples give the true answer away."""
    return sum(knows(text, reading.record) for text in reading.samples)


def pooled_leak(readings: Sequence[Reading]) -> float | None:
    """Share of all samples of all records that leak; None without samples.

    Equal to the mean of `sampled_leak` where every record has as many samples.
    """
    count = sum(len(reading.samples) for reading in readings)
    return sum(map(leaks, readings)) / count if count else None


def recalls(reading: Reading) -> tuple[float, ...]:
    """ROUGE-L recall of each sample against the true answer."""
    return _recalls(reading.samples, reading.record.answer)


@lru_cache(maxsize=4096)
def _recalls(samples: tuple[str, ...], answer: str) -> tuple[float, ...]:
    return tuple(rouge_l(text, answer).recall for text in samples)


def _register(
    name: str, title: str, help: str, formula: str, source: str,
    of: Callable[[Reading], float], highest: float | None = 1.0, unit: str = "",
    family: Family = "memory", better_low: bool = True,
) -> None:  # fmt: skip
    def value(reading: Reading) -> float | None:
        return of(reading) if reading.samples else None

    record_metric(
        name, title, family, help=help, formula=formula, source=source,
        better="lower" if better_low else "higher", highest=highest, unit=unit,
        without=NOT_SAMPLED, groups=("forget",),
    )(value)  # fmt: skip


def _on_recalls(of: Callable[[Sequence[float]], float]) -> Callable[[Reading], float]:
    return lambda reading: of(recalls(reading))


_register(
    "sampled_leak", "Leak, expected",
    "Share of sampled answers that give the fact away.",
    r"\frac1n\sum_j \mathbb{1}[\text{leak}(\hat a_j)]",
    "Lethe, whole words of the fact; answers at temperature 1.",
    lambda reading: leak_share(reading.samples, reading.record),
)  # fmt: skip
_register(
    "sampled_leak_worst", "Leak, worst case",
    "Share of questions where at least one sampled answer gives the fact away.",
    r"\max_j \mathbb{1}[\text{leak}(\hat a_j)]",
    "Lethe, whole words of the fact; grows with the number of samples.",
    lambda reading: float(leaks(reading) > 0),
)  # fmt: skip
_register(
    "sampled_leak_bound", "Leak, bound at 99 %",
    "The chance of a leak is below this with 99 % confidence; few samples give a high bound.",
    r"\mathrm{Beta}^{-1}(0.99;\ S+1,\ n-S)",
    SCHOLTEN.format("M1, Clopper-Pearson"),
    lambda reading: leak_bound(leaks(reading), len(reading.samples)),
)  # fmt: skip
_register(
    "sampled_rouge", "ROUGE-L of samples, expected",
    "Mean share of the true answer's words in sampled answers.",
    r"\frac1n\sum_j X_j,\ X_j=\mathrm{RL}(\hat a_j, a)",
    f"{PMC}: mean over samples, ROUGE-L recall with stemmer.",
    _on_recalls(fmean),
)  # fmt: skip
_register(
    "sampled_rouge_worst", "ROUGE-L of samples, worst case",
    "Share of the true answer's words in the closest sampled answer.",
    r"\max_j X_j,\ X_j=\mathrm{RL}(\hat a_j, a)",
    f"{PMC}: the largest over samples, ROUGE-L recall; grows with their number.",
    _on_recalls(max),
)  # fmt: skip
_register(
    "sampled_rouge_bound", "ROUGE-L of samples, bound of the mean at 99 %",
    "The expected overlap with the true answer is below this with 99 % confidence.",
    r"1-\int_0^1 \max(0, F_n(x)-\varepsilon)\,dx,\ \varepsilon=\sqrt{\ln(1/0.01)/(2n)}",
    SCHOLTEN.format("M3, DKW") + "; ROUGE-L recall, exact integral.",
    _on_recalls(mean_bound),
)  # fmt: skip
_register(
    "sampled_rouge_deviation_bound", "ROUGE-L of samples, bound of the spread at 99 %",
    "The standard deviation of that overlap is below this with 99 % confidence.",
    r"\sigma^2 \le \min_c (1-c)^2 + 2\int_0^c (c-x)(F_n+\varepsilon)\,dx "
    r"- 2\int_c^1 (x-c)(F_n-\varepsilon)\,dx",
    SCHOLTEN.format("M4, DKW on both sides") + "; ROUGE-L recall, exact integral, best centre.",
    _on_recalls(deviation_bound), highest=0.5,
)  # fmt: skip
_register(
    "ed_score", "ED score",
    "Mean plus two standard deviations of the overlap of sampled answers with the true one.",
    r"\bar X + 2\,\mathrm{std}(X)",
    SCHOLTEN.format("ED score") + "; of the samples themselves, ROUGE-L recall.",
    _on_recalls(ed_score), highest=WORST_ED,
)  # fmt: skip
_register(
    "distinct_answers", "Distinct answers",
    "How many different texts the samples of a question are; 1 is full collapse.",
    r"|\{\hat a_1, \dots, \hat a_n\}|",
    "Lethe; grows with the number of samples. Collapse alone is not forgetting: see the leaks.",
    lambda reading: float(distinct_count(reading.samples)), highest=None, family="collapse",
)  # fmt: skip
_register(
    "answer_entropy", "Entropy of answers",
    "How evenly the samples of a question spread over different texts; 0 is full collapse.",
    r"-\sum_a p_a \log_2 p_a",
    "Lethe: plain estimate from counts, at most log2 of the number of samples.",
    lambda reading: entropy_bits(reading.samples), highest=None, unit="bits", family="collapse",
)  # fmt: skip
_register(
    "top_answer", "Share of the top answer",
    "Share of a question's samples that are its most common text; 1 is full collapse.",
    r"\max_a p_a",
    "Lethe; texts are compared as they are.",
    lambda reading: top_share(reading.samples), family="collapse", better_low=False,
)  # fmt: skip
