"""What methods share that prefer other answers over the true ones (DPO)."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

import torch
import torch.nn.functional as F
from torch import Tensor

from unlearn_core.data.records import Record
from unlearn_core.methods.base import Context, Loss, Method
from unlearn_core.methods.retain import RetainConfig, with_retain
from unlearn_core.models.forward import answer_log_likelihoods, answer_logits
from unlearn_core.models.likelihoods import mean_nll, sequence_nll
from unlearn_core.settings.config import setting

ROWS = 32
"""Answers in one forward pass of `prepare`."""


class PreferenceConfig(RetainConfig):
    """Settings of every such method."""

    beta: float = setting(
        0.1, "Inverse temperature of the preference loss (beta): higher stops sooner once the "
        "other answer is preferred.", gt=0, le=10,
    )  # fmt: skip


PreferenceT = TypeVar("PreferenceT", bound=PreferenceConfig)


def dpo_loss(
    preferred_nll: Tensor,
    preferred_reference: Tensor,
    rejected_nll: Tensor,
    rejected_reference: Tensor,
    beta: float,
) -> Tensor:
    """Direct preference optimisation with the factor `2 / beta` of the unlearning literature.

    `-(2 / beta) * mean(log sigmoid(beta * (r_w - r_l)))` with the log-ratios
    `r = reference_nll - nll` of the preferred (w) and the rejected (l) answer; `(2 / beta) ln 2`
    while the model still is its reference.

    Args:
        preferred_nll: (B,) of the answers to prefer, summed over tokens, under the trained model.
        preferred_reference: (B,) the same under the original model.
        rejected_nll: (B,) of the true answers, under the trained model.
        rejected_reference: (B,) the same under the original model.
        beta: Inverse temperature; higher lets go sooner of a pair that is in order.

    Source: Rafailov et al., Direct Preference Optimization, NeurIPS 2023, eq. 7; the factor as in
    open-unlearning.
    """
    preferred = preferred_reference - preferred_nll
    rejected = rejected_reference - rejected_nll
    return -(2.0 / beta) * F.logsigmoid(beta * (preferred - rejected)).mean()


def original_likelihoods(
    context: Context, pairs: Sequence[tuple[str, str]]
) -> Iterator[tuple[Tensor, Tensor]]:
    """Summed log-likelihoods and lengths, `ROWS` answers at a time; before the first step."""
    context.model.train(False)
    for start in range(0, len(pairs), ROWS):
        yield answer_log_likelihoods(context.model, context.batch(pairs[start : start + ROWS]))


def original_nll(context: Context, pairs: Sequence[tuple[str, str]]) -> list[float]:
    """Summed NLL of every answer; called while the model still is the original one."""
    found = original_likelihoods(context, pairs)
    return [-value for likelihood, _ in found for value in likelihood.tolist()]


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
        """`dpo_loss` on the forget batch plus the retain term."""
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
        return with_retain(Loss(total, parts), context, retain, self.config)

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
