"""A model that can be questioned, and how a record is put to it."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import nn

from unlearn_core.data.encoder import Encoder
from unlearn_core.data.records import Record
from unlearn_core.sampling.sampler import Sampler
from unlearn_core.settings.sampling import SamplingSpec


@dataclass(frozen=True)
class Asked:
    """A record as it is put to the model.

    Attributes:
        ids: Prompt tokens. Of a passage, its first half.
        expected: The record, whose answer is what should follow. Of a passage, its second half.
        record: The record as it is given.
    """

    ids: list[int]
    expected: Record
    record: Record


def ask(record: Record, encoder: Encoder) -> Asked:
    """Put a record to the model: a question as it is, a passage by its first half."""
    if not record.is_passage:
        return Asked(encoder.prompt(record.prompt), record, record)
    ids = encoder.text(record.answer)[: encoder.max_length]
    half = max(1, len(ids) // 2)
    rest = encoder.decode(ids[half:])
    fact = record.fact if record.fact in rest else ""
    expected = record.model_copy(update={"answer": rest, "fact": fact})
    return Asked(ids[:half], expected, record)


@dataclass(frozen=True)
class Evaluator:
    """A model with all that is needed to question it. Never changes weights or shared state.

    Attributes:
        packed: Compute likelihoods by oneDNN (`sampling.onednn`): quicker on some processors, other
            in the last digits. A run does without, so that its numbers are those of earlier runs.
    """

    model: nn.Module
    encoder: Encoder
    sampler: Sampler
    device: torch.device
    max_new_tokens: int
    temperature: float = 1.0
    packed: bool = False

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


def subset(records: Sequence[Record], most: int, seed: int) -> list[Record]:
    """At most so many of the records, chosen by the seed, in their own order."""
    if len(records) <= most:
        return list(records)
    return [records[i] for i in sorted(random.Random(seed).sample(range(len(records)), most))]
