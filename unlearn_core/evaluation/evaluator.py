"""Which metrics, on which model, on which records."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean
from typing import Any

import torch
from torch import nn

from unlearn_core.data.records import Record
from unlearn_core.data.templates import Encoder
from unlearn_core.metrics.leak import knows
from unlearn_core.metrics.rouge import rouge_l
from unlearn_core.models.forward import answer_log_likelihoods
from unlearn_core.sampling.sampler import Sampler
from unlearn_core.settings.specs import MeasureSpec, SamplingSpec

LIKELIHOOD_ROWS = 64
"""Rows of one teacher-forced pass: enough to fill two cores, small enough for a large model."""


@dataclass(frozen=True)
class GroupScore:
    """How well a model knows a group of records.

    Attributes:
        records: How many were measured.
        fact_recall: Share whose greedy answer gives the fact away, 0 to 1.
        rouge_l_recall: Mean ROUGE-L recall (stemmed) of greedy against true answers, 0 to 1.
        log_likelihood: Mean over records of the mean log-probability of a true answer's token,
            in nats.
    """

    records: int
    fact_recall: float
    rouge_l_recall: float
    log_likelihood: float


@dataclass(frozen=True)
class Asked:
    """A record as it is put to the model.

    Attributes:
        ids: Prompt tokens. Of a passage, its first half.
        expected: The record, whose answer is what should follow. Of a passage, its second half.
    """

    ids: list[int]
    expected: Record


def ask(record: Record, encoder: Encoder) -> Asked:
    """Put a record to the model: a question as it is, a passage by its first half."""
    if not record.is_passage:
        return Asked(encoder.prompt(record.prompt), record)
    ids = encoder.text(record.answer)[: encoder.max_length]
    half = max(1, len(ids) // 2)
    rest = encoder.decode(ids[half:])
    fact = record.fact if record.fact in rest else ""
    return Asked(ids[:half], record.model_copy(update={"answer": rest, "fact": fact}))


@dataclass(frozen=True)
class Evaluator:
    """A model with all that is needed to question it. Never changes weights or shared state."""

    model: nn.Module
    encoder: Encoder
    sampler: Sampler
    device: torch.device
    max_new_tokens: int
    temperature: float = 1.0

    def greedy(self, prompts: Sequence[list[int]]) -> list[str]:
        """The model's most likely answer to each prompt, given as token ids."""
        rows = self.sampler.greedy(prompts, self.max_new_tokens)
        return [self.encoder.decode(row) for row in rows]

    def samples(self, prompts: Sequence[list[int]], n: int, seed: int) -> list[list[str]]:
        """`n` answers to each prompt from the full distribution (no top-k, no top-p)."""
        spec = SamplingSpec(
            temperature=self.temperature, top_k=0, top_p=1.0, max_new_tokens=self.max_new_tokens
        )
        rows = self.sampler.sample(prompts, n, spec, torch.Generator().manual_seed(seed))
        return [[self.encoder.decode(row) for row in answers] for answers in rows]

    def log_likelihoods(self, records: Sequence[Record]) -> list[float]:
        """Mean log-probability per token of each true answer, in nats."""
        order = sorted(range(len(records)), key=lambda i: len(records[i].answer))
        values = [0.0] * len(records)
        training = self.model.training
        self.model.eval()
        for start in range(0, len(order), LIKELIHOOD_ROWS):
            rows = order[start : start + LIKELIHOOD_ROWS]
            pairs = [(records[i].prompt, records[i].answer) for i in rows]
            batch = self.encoder.batch(pairs).to(self.device)
            total, count = answer_log_likelihoods(self.model, batch)
            for i, value in zip(rows, (total / count).tolist(), strict=True):
                values[i] = value
        self.model.train(training)
        return values

    def score(self, records: Sequence[Record]) -> GroupScore | None:
        """Recall and likelihood of a group; `None` for a group without records."""
        if not records:
            return None
        asked = [ask(record, self.encoder) for record in records]
        answers = self.greedy([one.ids for one in asked])
        return GroupScore(
            records=len(records),
            fact_recall=fmean(map(knows, answers, [one.expected for one in asked])),
            rouge_l_recall=fmean(
                rouge_l(answer, one.expected.answer).recall
                for answer, one in zip(answers, asked, strict=True)
            ),
            log_likelihood=fmean(self.log_likelihoods(records)),
        )

    def leak_share(self, records: Sequence[Record], n: int, seed: int) -> float | None:
        """Share of `n` sampled answers to each record that give its true answer away."""
        if not records or not n:
            return None
        asked = [ask(record, self.encoder) for record in records]
        answers = self.samples([one.ids for one in asked], n, seed)
        return fmean(
            knows(answer, one.expected)
            for rows, one in zip(answers, asked, strict=True)
            for answer in rows
        )


def evaluate(
    evaluator: Evaluator, groups: Mapping[str, Sequence[Record]], spec: MeasureSpec, seed: int
) -> dict[str, Any]:
    """The whole measurement made before and after a run.

    Args:
        evaluator: The model to question.
        groups: Records by group name; `forget` is also sampled for leaks.
        spec: How many records and samples.
        seed: Picks the records of groups larger than `spec.final_records`, and the samples.

    Returns:
        `GroupScore` fields by group, for groups that have records, and `leak_share`.
    """
    scores = {
        name: evaluator.score(subset(records, spec.final_records, seed))
        for name, records in groups.items()
    }
    forget = subset(groups["forget"], spec.final_records, seed)
    return {
        **{name: asdict(score) for name, score in scores.items() if score is not None},
        "leak_share": evaluator.leak_share(forget, spec.leak_samples, seed),
    }


def subset(records: Sequence[Record], most: int, seed: int) -> list[Record]:
    """At most so many of the records, chosen by the seed, in their own order."""
    if len(records) <= most:
        return list(records)
    return [records[i] for i in sorted(random.Random(seed).sample(range(len(records)), most))]
