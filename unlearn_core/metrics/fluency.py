"""Whether the greedy answers are still language: repeated, empty, or senseless ones."""

from collections.abc import Sequence
from math import exp, isnan

from unlearn_core.metrics.base import Estimate, Measured, Reading, missing
from unlearn_core.metrics.extraction_likelihood import ngrams
from unlearn_core.metrics.leak import normalised
from unlearn_core.metrics.registry import model_metric, record_metric

REPEATED = 4
DISTINCT = 2


def repetition(text: str, n: int = REPEATED) -> float | None:
    """`1 - distinct / all` runs of n words; None for a text with fewer words."""
    grams = ngrams(normalised(text).split(), n)
    return 1 - len(grams) / sum(grams.values()) if grams else None


def distinct(texts: Sequence[str], n: int = DISTINCT) -> float | None:
    """Distinct runs of n words as a share of all in all texts; None where there are none."""
    runs = [gram for text in texts for gram in ngrams(normalised(text).split(), n).elements()]
    return len(set(runs)) / len(runs) if runs else None


@record_metric(
    "repetition",
    f"Repetition ({REPEATED} words)",
    "fluency",
    help=f"Share of an answer's runs of {REPEATED} words that it has said before; 0 is normal.",
    formula=r"1 - \frac{|\text{distinct 4-grams}|}{|\text{4-grams}|}",
    source="seq-rep-4 of Welleck et al., ICLR 2020, on words of greedy answers.",
    better="lower",
    without=f"have an answer of fewer than {REPEATED} words, too short to repeat itself; "
    "see the share of empty answers",
)
def repetition_of(reading: Reading) -> float | None:
    """See `repetition`."""
    return repetition(reading.answer)


@record_metric(
    "empty_answers",
    "Empty answers",
    "fluency",
    help="Share of greedy answers without a word: the model ends at once.",
    formula=r"\frac{1}{N}\sum_i \mathbb{1}[\hat a_i \text{ has no word}]",
    source="Lethe.",
    better="lower",
)
def empty_answer(reading: Reading) -> float | None:
    """1 for an answer without letters or digits."""
    return float(not normalised(reading.answer))


@record_metric(
    "plausibility",
    "Plausibility under the original (against gibberish)",
    "fluency",
    help="How probable the original finds the greedy answers; near 0 is gibberish, or just new.",
    formula=r"P_{\text{original}}(\hat a|q)^{1/|\hat a|}",
    source="Lethe: the original's likelihood in place of the gibberish classifier of "
    "OpenUnlearning. A refusal or an invented answer is less probable than a learnt one too.",
    better="higher",
    without="have an empty answer, or the original model was not there to judge it; give it",
)
def plausibility(reading: Reading) -> float | None:
    """`exp` of the mean log-probability per token under the original."""
    return None if isnan(reading.plain) else exp(reading.plain)


def _register(group: str) -> None:
    def value(measured: Measured) -> Estimate:
        readings = measured.group(group)
        share = distinct([one.answer for one in readings])
        if share is None:
            return missing(
                f"not available, because no {group} answer has {DISTINCT} words; see the share of "
                "empty answers"
            )
        return Estimate(share, count=len(readings))

    model_metric(
        f"distinct_{group}",
        f"Distinct-{DISTINCT} of {group} answers",
        "fluency",
        help="Variety of the greedy answers to different questions; low: one phrase for all. "
        "It falls with the number of answers, so compare models on the same records.",
        formula=r"\frac{|\text{distinct bigrams of all answers}|}{|\text{bigrams}|}",
        source=f"distinct-{DISTINCT} of Li et al., NAACL 2016, over all answers of the set. No "
        "interval: resampled answers repeat themselves.",
        better="higher",
    )(value)


_register("forget")
_register("retain")
