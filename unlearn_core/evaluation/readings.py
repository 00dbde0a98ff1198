"""What one model does with many records, each read once; every measure is taken from here.

The true answers of all records go through the model together, sorted by length, and so do their
other wordings and the wrong ones.
"""

import math
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from unlearn_core.data.batches import IGNORED
from unlearn_core.data.encoder import Encoder
from unlearn_core.data.records import Record
from unlearn_core.evaluation.evaluator import Asked, Evaluator, ask
from unlearn_core.metrics.base import Reading
from unlearn_core.metrics.semantic import Embed, cosine_similarities
from unlearn_core.models.forward import answer_logits
from unlearn_core.sampling.onednn import packed

Row = tuple[str, str]
"""A prompt and an answer to it."""
MOST_LOGITS = 2**25
"""Numbers in the logits of one pass: 128 MiB in float32."""
MOST_ROWS = 64
"""Enough to fill a few cores."""
LEAST_VARIANCE = 1e-6
"""As in the published code of Min-K++; a certain model has none."""


@dataclass(frozen=True)
class Likelihood:
    """One answer under a model: see `Reading` for the fields."""

    log_probs: tuple[float, ...]
    right: tuple[bool, ...]
    standardised: tuple[float, ...]
    mean: float


SILENT = Likelihood((), (), (), math.nan)
"""In the place of a likelihood that was not asked for."""


@dataclass(frozen=True)
class Wanted:
    """What is to be read of a record.

    Attributes:
        answer: The greedy answer.
        likelihood: The true answer, token by token.
        others: The likelihood of its other wordings, and of wrong answers.
        samples: How many answers to draw.
    """

    answer: bool = True
    likelihood: bool = True
    others: bool = False
    samples: int = 0


def read_records(
    evaluator: Evaluator, records: Sequence[Record], *, samples: int = 0, seed: int = 0,
    others: bool = True,
) -> tuple[Reading, ...]:  # fmt: skip
    """Everything that metrics need of one model on these records.

    Args:
        evaluator: The model.
        records: With wrong answers and other wordings where there are any.
        samples: Answers to draw for each record at temperature 1.
        seed: Of the samples.
        others: Whether wrong answers and other wordings are read too.
    """
    wanted = Wanted(others=others, samples=samples)
    return read([(ask(record, evaluator.encoder), wanted) for record in records], evaluator, seed)


def read(
    rows: Sequence[tuple[Asked, Wanted]], evaluator: Evaluator, seed: int
) -> tuple[Reading, ...]:
    """What is wanted of each record, all of one kind together."""

    def of_kind(kind: str) -> list[Asked]:
        return [one for one, wanted in rows if getattr(wanted, kind)]

    answers = iter(evaluator.greedy([one.ids for one in of_kind("answer")]))
    drawn = iter(_samples(rows, evaluator, seed))
    true = [(one.record.prompt, one.record.answer) for one in of_kind("likelihood")]
    others = [
        (one.record.prompt, text)
        for one in of_kind("others")
        for text in (*one.record.paraphrases, *one.record.perturbed)
    ]
    known, further = (iter(evaluated(evaluator, part)) for part in (true, others))
    return tuple(
        Reading(
            record=one.expected,
            answer=next(answers) if wanted.answer else "",
            paraphrased=_means(further, one.record.paraphrases if wanted.others else ()),
            perturbed=_means(further, one.record.perturbed if wanted.others else ()),
            whole=one.record.answer if one.record.is_passage else "",
            samples=tuple(next(drawn)) if wanted.samples else (),
            **vars(next(known) if wanted.likelihood else SILENT),
        )
        for one, wanted in rows
    )


def _samples(
    rows: Sequence[tuple[Asked, Wanted]], evaluator: Evaluator, seed: int
) -> list[list[str]]:
    """As many answers to each record that wants some as the first of them wants."""
    asked = [(one.ids, wanted.samples) for one, wanted in rows if wanted.samples]
    return evaluator.samples([ids for ids, _ in asked], asked[0][1], seed) if asked else []


def _means(found: Iterator[Likelihood], texts: Sequence[str]) -> tuple[float, ...]:
    return tuple(next(found).mean for _ in texts)


def evaluated(evaluator: Evaluator, rows: Sequence[Row]) -> list[Likelihood]:
    """The likelihood of each (prompt, answer) under the evaluator's model."""
    return likelihoods(
        evaluator.model, evaluator.encoder, evaluator.device, rows, packing=evaluator.packed
    )


def with_plainness(
    readings: Sequence[Reading], original: Evaluator, records: Sequence[Record]
) -> tuple[Reading, ...]:
    """Add how likely the original model finds each greedy answer.

    Args:
        readings: Of any model, one for each record.
        original: The model before unlearning, which speaks well.
        records: As they were asked; of passages the answer stands alone.
    """
    rows = [
        (record.prompt, reading.answer) for record, reading in zip(records, readings, strict=True)
    ]
    said = evaluated(original, rows)
    return tuple(
        replace(reading, plain=one.mean if reading.answer else math.nan)
        for reading, one in zip(readings, said, strict=True)
    )


def with_similarity(readings: Sequence[Reading], embed: Embed) -> tuple[Reading, ...]:
    """Add how close in meaning each greedy answer is to the true one."""
    answers, true = [one.answer for one in readings], [one.record.answer for one in readings]
    values = cosine_similarities(answers, true, embed)
    return tuple(
        replace(one, similarity=value) for one, value in zip(readings, values, strict=True)
    )


def likelihoods(
    model: nn.Module,
    encoder: Encoder,
    device: torch.device,
    rows: Sequence[Row],
    *,
    packing: bool = True,
) -> list[Likelihood]:
    """The likelihood of each (prompt, answer), token by token; equal rows are read once."""
    order = sorted(dict.fromkeys(rows), key=lambda row: len(row[1]))
    vocabulary = int(model.config.get_text_config(decoder=True).vocab_size)  # type: ignore[union-attr, operator]
    training = model.training
    model.train(False)
    found: dict[Row, Likelihood] = {}
    with torch.no_grad(), packed(model) if packing else nullcontext():
        for chunk in _chunks(order, encoder, vocabulary):
            found.update(zip(chunk, _read(model, encoder, device, chunk), strict=True))
    model.train(training)
    return [found[row] for row in rows]


def _chunks(rows: Sequence[Row], encoder: Encoder, vocabulary: int) -> Iterator[list[Row]]:
    """Rows of growing length, as many at once as the logits' memory allows."""
    chunk: list[Row] = []
    widest = 0
    for row in rows:
        pair = encoder.pair(*row)
        widest = max(widest, len(pair.ids) - pair.n_prompt)
        full = (len(chunk) + 1) * widest * vocabulary > MOST_LOGITS or len(chunk) == MOST_ROWS
        if chunk and full:
            yield chunk
            chunk, widest = [], len(pair.ids) - pair.n_prompt
        chunk.append(row)
    if chunk:
        yield chunk


def _read(
    model: nn.Module, encoder: Encoder, device: torch.device, rows: Sequence[Row]
) -> Iterator[Likelihood]:
    out = answer_logits(model, encoder.batch(rows).to(device))
    counted = out.labels != IGNORED
    chosen, standardised, right = _token_values(out.logits[counted], out.labels[counted])
    placed = chosen.new_zeros(counted.shape).masked_scatter(counted, chosen)
    sizes = counted.sum(dim=1)
    means = (placed.sum(dim=1) / sizes).tolist()
    parts = (torch.split(values, sizes.tolist()) for values in (chosen, right, standardised))
    for row, mean, log_probs, hits, z in zip(rows, means, *parts, strict=True):
        # A row that was cut has no end token to leave out.
        last = None if encoder.pair(*row).truncated else -1
        yield Likelihood(
            tuple(log_probs.tolist()), tuple(hits.tolist()[:last]), tuple(z.tolist()), mean
        )


def _token_values(logits: Tensor, labels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """(N,) log-probability, standardised log-probability and whether it is the first choice."""
    log_probs = logits.float().log_softmax(dim=-1)
    probs = log_probs.exp()
    # 0 * log 0 is 0: a token that is ruled out adds nothing.
    terms = torch.where(probs > 0, log_probs, 0.0)
    mean = (probs * terms).sum(dim=-1)
    variance = (probs * terms.square()).sum(dim=-1) - mean.square()
    chosen = log_probs.gather(-1, labels[:, None]).squeeze(-1)
    z = (chosen - mean) / variance.clamp(min=LEAST_VARIANCE).sqrt()
    return chosen, z, logits.argmax(dim=-1) == labels
