"""What methods share that prefer other answers over the true ones (DPO)."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import torch

from unlearn_core.data.records import Record
from unlearn_core.methods.base import Context, Loss, Method
from unlearn_core.methods.losses_preference import dpo_loss
from unlearn_core.methods.retain import with_retain
from unlearn_core.models.forward import answer_log_likelihoods, answer_logits
from unlearn_core.models.likelihoods import mean_nll, sequence_nll
from unlearn_core.settings.config import Config, setting

ROWS = 32
"""Answers in one forward pass of `prepare`."""


class PreferenceConfig(Config):
    """Settings of every such method."""

    beta: float = setting(
        0.1, "How soon a pair of answers is left alone once the other one is preferred.",
        gt=0, le=10,
    )  # fmt: skip
    retain_weight: float = setting(
        1.0, "Weight of the loss on the retain set; 0 leaves it out.", ge=0, le=100
    )


PreferenceT = TypeVar("PreferenceT", bound=PreferenceConfig)


def original_nll(context: Context, pairs: Sequence[tuple[str, str]]) -> list[float]:
    """Summed NLL of every answer; called while the model still is the original one."""
    context.model.train(False)
    values: list[float] = []
    for start in range(0, len(pairs), ROWS):
        batch = context.batch(pairs[start : start + ROWS])
        values += (-answer_log_likelihoods(context.model, batch)[0]).tolist()
    return values


class PreferenceMethod(Method[PreferenceT]):
    """Make other answers likelier than the true ones, relative to the original model.

    The original model is needed only through one number an answer, computed once in `prepare`.

    Attributes:
        true_nll: By record id, summed NLL of the true answer under the original model.
        preferred: By record id, each answer to prefer with its summed NLL under the original
            model. They take turns by epoch.
    """

    def __init__(self, config: PreferenceT) -> None:
        super().__init__(config)
        self.epoch = 0
        self.true_nll: dict[str, float] = {}
        self.preferred: dict[str, list[tuple[str, float]]] = {}

    @abstractmethod
    def answers(self, context: Context) -> list[list[str]]:
        """The answers to prefer, at least one for each forget record, in their order."""

    def prepare(self, context: Context) -> None:
        """Fix the answers to prefer, and compute the original model's NLL of all answers."""
        chosen = self.answers(context)
        for record, answers in zip(context.forget, chosen, strict=True):
            pairs = [(record.prompt, answer) for answer in (record.answer, *answers)]
            true, *others = original_nll(context, pairs)
            self.true_nll[record.id] = true
            self.preferred[record.id] = list(zip(answers, others, strict=True))

    def refresh(self, context: Context, epoch: int) -> None:
        """Remember the epoch, which decides whose turn it is."""
        self.epoch = epoch

    def loss(self, context: Context, forget: Sequence[Record], retain: Sequence[Record]) -> Loss:
        """`dpo_loss` on the forget batch plus `retain_weight` times CE on the retain batch."""
        turn = [self._turn(record) for record in forget]
        pairs = [(r.prompt, answer) for r, (answer, _) in zip(forget, turn, strict=True)]
        pairs += [(record.prompt, record.answer) for record in forget]
        out = answer_logits(context.model, context.batch(pairs))
        nll = sequence_nll(out.logits, out.labels)
        size = len(forget)
        other = torch.tensor([reference for _, reference in turn], device=nll.device)
        true = torch.tensor([self.true_nll[record.id] for record in forget], device=nll.device)
        total = dpo_loss(nll[:size], other, nll[size:], true, self.config.beta)
        parts = {"forget": mean_nll(out.logits[size:].detach(), out.labels[size:]), "dpo": total}
        return with_retain(Loss(total, parts), context, retain, self.config.retain_weight)

    def state(self) -> dict[str, Any]:
        """The answers and the reference likelihoods, which a resumed model can no longer give."""
        return {"epoch": self.epoch, "true_nll": self.true_nll, "preferred": self.preferred}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Take back the answers and the reference likelihoods."""
        self.epoch = int(state["epoch"])
        self.true_nll = dict(state["true_nll"])
        self.preferred = {
            key: [(answer, nll) for answer, nll in rows] for key, rows in state["preferred"].items()
        }

    def _turn(self, record: Record) -> tuple[str, float]:
        rows = self.preferred[record.id]
        return rows[self.epoch % len(rows)]
