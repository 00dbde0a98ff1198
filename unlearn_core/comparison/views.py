"""What a model expects: of each token of a text, of the next one, of true and wrong answers."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from statistics import fmean
from typing import cast

import torch
from torch import Tensor
from torch.special import entr
from transformers import PreTrainedTokenizerBase

from unlearn_core.comparison.answering import HALF_A_CHARACTER, encoded
from unlearn_core.comparison.located_models import ModelRef
from unlearn_core.comparison.model_cache import ModelCache
from unlearn_core.data.encoder import Encoder
from unlearn_core.data.records import Record
from unlearn_core.errors import InvalidInput
from unlearn_core.metrics.likelihood import mean_log_probs
from unlearn_core.models.side_by_side import SharedModel
from unlearn_core.models.steering import steer
from unlearn_core.sampling.cache import Answering, forward_arguments
from unlearn_core.sampling.tree import BROKEN

MOST_VIEWED = 512
"""Tokens of a text that are looked at: more than anyone reads, and their logits fit in memory."""


@dataclass(frozen=True)
class TokenView:
    """A text, token by token, as one model sees it.

    Attributes:
        tokens: They add up to the text. One that is only part of a character is empty, and the
            last of its parts has the character.
        log_probs: Of each token after those before it, in nats: 0 is certain.
        ranks: 1 where the model itself would have said this token first.
        entropies: How open the model was at each place, in nats: 0 is certain.
    """

    tokens: tuple[str, ...]
    log_probs: tuple[float, ...]
    ranks: tuple[int, ...]
    entropies: tuple[float, ...]


@dataclass(frozen=True)
class NextToken:
    """A token that could come next, and its probability at temperature 1."""

    text: str
    probability: float


@dataclass(frozen=True)
class TrueRank:
    """Where the true answer stands among the wrong ones of a record.

    Attributes:
        place: 1 where it is likelier than every wrong answer, by mean log-probability of a token
            (end token included, as in the truth ratio).
        answers: How many answers were ranked, the true one included.
        log_prob: Mean log-probability of the true answer's tokens in nats, higher is likelier.
        token_rank: Mean rank of its tokens; 1 where the model would say it by itself.
    """

    place: int
    answers: int
    log_prob: float
    token_rank: float


@dataclass(frozen=True)
class Reader:
    """A model that reads texts; nobody else computes with it meanwhile."""

    model: Answering
    encoder: Encoder

    def view(self, prompt: str, text: str) -> TokenView:
        """See `TokenView`.

        Raises:
            InvalidInput: The text is empty or too long.
        """
        head, ids = encoded(self.encoder, lambda encoder: encoder.answered(prompt, text))
        if not ids or len(ids) > MOST_VIEWED:
            raise InvalidInput(
                f"The text has {len(ids):,} tokens for this model; 1 to {MOST_VIEWED} can be "
                "looked at."
            )
        logits = self._logits(torch.tensor([[*head, *ids]]), len(ids) + 1)[0, :-1].float()
        said = torch.tensor(ids, device=logits.device)[:, None]
        logs = logits.log_softmax(-1)
        return TokenView(
            tokens=pieces(self.encoder.tokenizer, ids),
            log_probs=tuple(logs.gather(1, said)[:, 0].tolist()),
            ranks=tuple(((logits > logits.gather(1, said)).sum(-1) + 1).tolist()),
            entropies=tuple(entr(logs.exp()).sum(-1).tolist()),
        )

    def next_tokens(self, prompt: str, prefix: str, k: int) -> tuple[NextToken, ...]:
        """The likeliest tokens after a prompt and the beginning of an answer, likeliest first."""
        head, ids = encoded(self.encoder, lambda encoder: encoder.answered(prompt, prefix))
        logits = self._logits(torch.tensor([[*head, *ids]]), 1)[0, -1].float()
        found = logits.softmax(-1).topk(min(k, len(logits)))
        decode = self.encoder.tokenizer.decode
        return tuple(
            NextToken(str(decode([token])), probability)
            for token, probability in zip(
                found.indices.tolist(), found.values.tolist(), strict=True
            )
        )

    def true_rank(self, record: Record) -> TrueRank:
        """See `TrueRank`.

        Raises:
            InvalidInput: The record has no wrong answers.
        """
        if not record.perturbed:
            raise InvalidInput(
                "This question has no wrong answers to rank the true one among; give them in the "
                "field `perturbed`."
            )
        pairs = [(record.prompt, answer) for answer in (record.answer, *record.perturbed)]
        batch = encoded(self.encoder, lambda encoder: encoder.batch(pairs))
        logits = self._logits(batch.input_ids, batch.input_ids.shape[1], batch.attention_mask)
        true, *wrong = mean_log_probs(logits, batch.labels.to(logits.device)).tolist()
        return TrueRank(
            place=1 + sum(one > true for one in wrong),
            answers=len(pairs),
            log_prob=true,
            token_rank=fmean(self.view(record.prompt, record.answer).ranks),
        )

    @torch.no_grad()
    def _logits(self, ids: Tensor, last: int, mask: Tensor | None = None) -> Tensor:
        """(B, last, V) of the last tokens of each row."""
        device = self.model.device
        given = {
            "input_ids": ids.to(device),
            "attention_mask": (torch.ones_like(ids) if mask is None else mask).to(device),
            "use_cache": False,
            "logits_to_keep": last,
            "owners": torch.zeros(len(ids), dtype=torch.long, device=device),
        }
        known = forward_arguments(self.model)
        inputs = {name: value for name, value in given.items() if name in known}
        logits = cast(Tensor, self.model(**inputs).logits[:, -last:])
        if logits.isnan().any():
            raise InvalidInput(BROKEN)
        return logits


@contextmanager
def reading(cache: ModelCache, ref: ModelRef, template: str) -> Iterator[Reader]:
    """A model to read with.

    Raises:
        LetheError: It cannot be loaded.
    """
    with cache.holding(ref) as base:
        encoder = base.encoder(ref, template)
        if ref.steering and ref.adapter:
            with base.holding(ref.adapter) as inner, base.active(ref.adapter):
                yield Reader(steer(inner, ref.steering), encoder)
        else:
            model: SharedModel = base.shared([base.weights(ref.adapter)])
            with base.computing():
                yield Reader(model, encoder)


@contextmanager
def computing(
    cache: ModelCache, ref: ModelRef, template: str
) -> Iterator[tuple[Answering, Encoder]]:
    """A model as a module, for whoever looks at it otherwise than by its answers.

    Raises:
        LetheError: It cannot be loaded.
    """
    with cache.holding(ref) as base, ExitStack() as stack:
        encoder = base.encoder(ref, template)
        if ref.adapter:
            model: Answering = stack.enter_context(base.holding(ref.adapter))
            stack.enter_context(base.active(ref.adapter))
        else:
            stack.enter_context(base.computing())
            model = base.original
            if base.model is not None:
                stack.enter_context(base.model.disable_adapter())
        yield model, encoder


def pieces(tokenizer: PreTrainedTokenizerBase, ids: Sequence[int]) -> tuple[str, ...]:
    """The text of each token, as in `TokenView`."""
    found, shown = [], ""
    for end in range(1, len(ids) + 1):
        text = str(tokenizer.decode(list(ids[:end]), clean_up_tokenization_spaces=False))
        whole = end == len(ids) or not text.endswith(HALF_A_CHARACTER)
        found.append(text[len(shown) :] if whole else "")
        shown = text if whole else shown
    return tuple(found)
