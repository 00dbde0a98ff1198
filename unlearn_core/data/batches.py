"""Rows of token ids as a batch: what is learnt, and how short rows are padded."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

IGNORED = -100
"""Label of a position whose token is not learnt."""


class EncodedPair(NamedTuple):
    """One row of token ids.

    Attributes:
        ids: Prompt, answer and end token; without the end token where the row was cut.
        n_prompt: Position of the first learnt token (1 for a passage: nothing predicts its first).
        truncated: Whether the answer's tail was cut.
    """

    ids: tuple[int, ...]
    n_prompt: int
    truncated: bool


@dataclass(frozen=True)
class Batch:
    """Rows padded on the right to the longest of them.

    Attributes:
        input_ids: (B, T) token ids.
        labels: (B, T) ids to learn, -100 on prompt and padding; not shifted.
        attention_mask: (B, T) 1 on tokens, 0 on padding.
        record_ids: One for each row, or empty.
    """

    input_ids: Tensor
    labels: Tensor
    attention_mask: Tensor
    record_ids: tuple[str, ...] = ()

    def to(self, device: torch.device | str) -> "Batch":
        """The same batch on another device."""
        return Batch(
            self.input_ids.to(device),
            self.labels.to(device),
            self.attention_mask.to(device),
            self.record_ids,
        )


def collate(rows: Sequence[EncodedPair], pad_id: int, record_ids: Sequence[str] = ()) -> Batch:
    """Pad rows on the right to the longest of them."""
    width = max((len(row.ids) for row in rows), default=0)
    input_ids = torch.full((len(rows), width), pad_id, dtype=torch.long)
    labels = torch.full((len(rows), width), IGNORED, dtype=torch.long)
    attention_mask = torch.zeros((len(rows), width), dtype=torch.long)
    for i, row in enumerate(rows):
        ids = torch.tensor(row.ids, dtype=torch.long)
        input_ids[i, : len(ids)] = ids
        labels[i, row.n_prompt : len(ids)] = ids[row.n_prompt :]
        attention_mask[i, : len(ids)] = 1
    return Batch(input_ids, labels, attention_mask, tuple(record_ids))
