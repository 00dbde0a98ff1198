"""Verbatim and knowledge memorisation of the MUSE benchmark."""

from unlearn_core.metrics.base import Reading
from unlearn_core.metrics.registry import record_metric
from unlearn_core.metrics.rouge import rouge_l

SOURCE = (
    "MUSE (Shi et al., ICLR 2025): ROUGE-L F1 without stemmer; OpenUnlearning stems. Here {}, and "
    "the answer's length is the setting of the measurement."
)


@record_metric(
    "verbatim_memorisation",
    "Verbatim memorisation (MUSE VerbMem)",
    "memory",
    help="How closely the model continues a passage word for word.",
    formula=r"\mathrm{ROUGE\text{-}L}_{F1}(f(x_{\le T/2}), x_{>T/2})",
    source=SOURCE.format("a passage is begun with its first half"),
    better="lower",
    without="are questions, not passages; see KnowMem",
)
def verbatim_memorisation(reading: Reading) -> float | None:
    """Of a passage."""
    return _overlap(reading) if reading.record.is_passage else None


@record_metric(
    "knowledge_memorisation",
    "Knowledge memorisation (MUSE KnowMem)",
    "memory",
    help="How closely the model answers a question in the words of the true answer.",
    formula=r"\mathrm{ROUGE\text{-}L}_{F1}(f(q), a)",
    source=SOURCE.format("the question is asked alone, not after examples (few-shot) as in MUSE"),
    better="lower",
    without="are passages, not questions; see VerbMem",
)
def knowledge_memorisation(reading: Reading) -> float | None:
    """Of a question."""
    return None if reading.record.is_passage else _overlap(reading)


def _overlap(reading: Reading) -> float:
    return rouge_l(reading.answer, reading.record.answer, stem=False).f1
