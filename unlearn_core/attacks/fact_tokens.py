"""Which tokens of a true answer say its fact.

The rest of an answer repeats the question. How well a model copies a name says nothing about what
it knows, but differs from person to person: over whole answers, the bundled retrained twin, which
never saw the marked people, tells them from other unseen people with an AUC of 0.11.
"""

from collections.abc import Sequence
from statistics import fmean
from typing import NamedTuple

from unlearn_core.data.alternatives import before_fact
from unlearn_core.data.encoder import Encoder
from unlearn_core.data.records import Record
from unlearn_core.evaluation.readings import Likelihood


class FactRow(NamedTuple):
    """Prompt and answer as tokens.

    Attributes:
        ids: All of them.
        n_prompt: Position of the first token of the answer.
        start, end: The fact is `ids[start:end]`, with an article before it; never empty.
    """

    ids: tuple[int, ...]
    n_prompt: int
    start: int
    end: int


def fact_row(record: Record, encoder: Encoder) -> FactRow:
    """A record with its true answer; without a fact in it, the whole answer counts as one."""
    pair = encoder.pair(record.prompt, record.answer)
    place = record.answer.find(record.fact) if record.fact else -1
    if place < 0:
        end = len(pair.ids) if pair.truncated else len(pair.ids) - 1
        return FactRow(pair.ids, pair.n_prompt, pair.n_prompt, max(end, pair.n_prompt + 1))
    frame = encoder.pair(record.prompt, before_fact(record)).ids
    said = encoder.pair(record.prompt, record.answer[: place + len(record.fact)]).ids
    # A row that was cut may have lost its fact; its last token is then taken for it.
    start = max(pair.n_prompt, min(_shared(pair.ids, frame), len(pair.ids) - 1))
    return FactRow(pair.ids, pair.n_prompt, start, max(_shared(pair.ids, said), start + 1))


def of_text(answer: Likelihood) -> Likelihood:
    """The likelihood of an answer without its end token; where that is all, of the end token."""
    return _part(answer, slice(max(1, len(answer.right))))


def of_fact(answer: Likelihood, row: FactRow) -> Likelihood:
    """The likelihood of the fact alone."""
    return _part(answer, slice(row.start - row.n_prompt, row.end - row.n_prompt))


def _part(answer: Likelihood, part: slice) -> Likelihood:
    log_probs = answer.log_probs[part]
    return Likelihood(log_probs, answer.right[part], answer.standardised[part], fmean(log_probs))


def _shared(left: Sequence[int], right: Sequence[int]) -> int:
    """How many tokens both begin with."""
    for place, (one, other) in enumerate(zip(left, right, strict=False)):
        if one != other:
            return place
    return min(len(left), len(right))
