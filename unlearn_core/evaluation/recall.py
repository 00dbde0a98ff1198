"""Which tokens of a text a model would say by itself, given the true ones before them."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import nn

from unlearn_core.data.encoder import Encoder
from unlearn_core.data.records import Record
from unlearn_core.models.forward import answer_logits

ROWS = 16
"""Records of one pass."""


@dataclass(frozen=True)
class TokenRecall:
    """One token of a record's answer, teacher-forced.

    Attributes:
        text: The token.
        hit: Whether it is the model's first choice here.
        guess: The model's first choice.
        probability: What the model gives to the true token.
    """

    text: str
    hit: bool
    guess: str
    probability: float


@torch.no_grad()
def token_recall(
    model: nn.Module, encoder: Encoder, records: Sequence[Record]
) -> tuple[tuple[TokenRecall, ...], ...]:
    """Every learnt token of each record, the end token included.

    The share of hits is the memorisation accuracy of `metrics.memorisation`.
    """
    training = model.training
    model.eval()
    device = next(model.parameters()).device
    found: list[tuple[TokenRecall, ...]] = []
    for start in range(0, len(records), ROWS):
        rows = records[start : start + ROWS]
        batch = encoder.batch([(record.prompt, record.answer) for record in rows]).to(device)
        out = answer_logits(model, batch)
        probabilities = out.logits.float().softmax(dim=-1)
        guesses = probabilities.argmax(dim=-1)
        for labels, chances, first in zip(out.labels, probabilities, guesses, strict=True):
            places = (labels >= 0).nonzero().flatten().tolist()
            found.append(
                tuple(
                    TokenRecall(
                        text=_text(encoder, int(labels[place])),
                        hit=bool(labels[place] == first[place]),
                        guess=_text(encoder, int(first[place])),
                        probability=float(chances[place, labels[place]]),
                    )
                    for place in places
                )
            )
    model.train(training)
    return tuple(found)


def accuracy(tokens: Sequence[TokenRecall]) -> float:
    """Share of the tokens that the model says by itself: memorisation accuracy, 0 to 1."""
    return sum(token.hit for token in tokens) / len(tokens)


def _text(encoder: Encoder, token: int) -> str:
    return "■" if token in encoder.eos_ids else str(encoder.tokenizer.decode([token]))
