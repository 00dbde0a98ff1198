"""What one model does with many records, read in as few passes as fit.

Every metric that needs likelihoods takes them from here: the true answer, its other wordings and
the wrong ones of all records go through the model together, sorted by length.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from unlearn_core.data.batches import IGNORED
from unlearn_core.data.records import Record
from unlearn_core.data.templates import Encoder
from unlearn_core.evaluation.evaluator import Evaluator, ask
from unlearn_core.metrics.base import Reading
from unlearn_core.metrics.semantic import Embed, cosine_similarities
from unlearn_core.models.forward import answer_logits
from unlearn_core.sampling.onednn import packed

MOST_LOGITS = 2**25
"""Numbers in the logits of one pass: 128 MiB in float32."""
MOST_ROWS = 128
LEAST_VARIANCE = 1e-6
"""As in the published code of Min-K++; a certain model has none."""


@dataclass(frozen=True)
class Likelihood:
    """One answer under a model: see `Reading` for the fields."""

    log_probs: tuple[float, ...]
    right: tuple[bool, ...]
    standardised: tuple[float, ...]

    @property
    def mean(self) -> float:
        """Mean log-probability per token."""
        return sum(self.log_probs) / len(self.log_probs) if self.log_probs else math.nan


def read_records(
    evaluator: Evaluator, records: Sequence[Record], *, samples: int = 0, seed: int = 0
) -> tuple[Reading, ...]:
    """Everything that metrics need of one model on these records.

    Args:
        evaluator: The model.
        records: With wrong answers and other wordings where there are any.
        samples: Answers to draw for each record at temperature 1.
        seed: Of the samples.
    """
    if not records:
        return ()
    asked = [ask(record, evaluator.encoder) for record in records]
    prompts = [one.ids for one in asked]
    answers = evaluator.greedy(prompts)
    drawn = evaluator.samples(prompts, samples, seed) if samples else [[]] * len(records)
    rows = [
        (record.prompt, text)
        for record in records
        for text in (record.answer, *record.paraphrases, *record.perturbed)
    ]
    found = iter(likelihoods(evaluator.model, evaluator.encoder, evaluator.device, rows))
    readings = []
    for record, one, answer, sampled in zip(records, asked, answers, drawn, strict=True):
        true = next(found)
        readings.append(
            Reading(
                record=one.expected,
                answer=answer,
                log_probs=true.log_probs,
                right=true.right,
                standardised=true.standardised,
                paraphrased=tuple(next(found).mean for _ in record.paraphrases),
                perturbed=tuple(next(found).mean for _ in record.perturbed),
                whole=record.answer if record.is_passage else "",
                samples=tuple(sampled),
            )
        )
    return tuple(readings)


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
    said = likelihoods(original.model, original.encoder, original.device, rows)
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
    model: nn.Module, encoder: Encoder, device: torch.device, rows: Sequence[tuple[str, str]]
) -> list[Likelihood]:
    """The likelihood of each (prompt, answer), token by token; equal rows are read once."""
    distinct = list(dict.fromkeys(rows))
    order = sorted(distinct, key=lambda row: len(encoder.pair(*row).ids))
    vocabulary = int(model.config.get_text_config(decoder=True).vocab_size)  # type: ignore[union-attr, operator]
    training = model.training
    model.train(False)
    found: dict[tuple[str, str], Likelihood] = {}
    with torch.no_grad(), packed(model):
        for chunk in _chunks(order, encoder, vocabulary):
            found.update(zip(chunk, _read(model, encoder, device, chunk), strict=True))
    model.train(training)
    return [found[row] for row in rows]


def _chunks(
    rows: Sequence[tuple[str, str]], encoder: Encoder, vocabulary: int
) -> Iterator[list[tuple[str, str]]]:
    """Rows of growing length, as many at once as the logits' memory allows."""
    chunk: list[tuple[str, str]] = []
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
    model: nn.Module, encoder: Encoder, device: torch.device, rows: Sequence[tuple[str, str]]
) -> Iterator[Likelihood]:
    out = answer_logits(model, encoder.batch(rows).to(device))
    counted = out.labels != IGNORED
    chosen, standardised, right = _token_values(out.logits[counted], out.labels[counted])
    sizes = counted.sum(dim=1).tolist()
    parts = (torch.split(values, sizes) for values in (chosen, standardised, right))
    for row, log_probs, z, hits in zip(rows, *parts, strict=True):
        # A row that was cut has no end token to leave out.
        last = None if encoder.pair(*row).truncated else -1
        yield Likelihood(tuple(log_probs.tolist()), tuple(hits.tolist()[:last]), tuple(z.tolist()))


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
