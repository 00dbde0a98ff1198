"""PDU: flatten the forget answers' logits under a limit on the retain loss."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from unlearn_core.data.batches import IGNORED
from unlearn_core.data.records import Record
from unlearn_core.errors import MissingPrerequisite
from unlearn_core.methods.base import Card, Context, Loss, Method
from unlearn_core.methods.preference import original_likelihoods
from unlearn_core.methods.presets import large, small
from unlearn_core.methods.registry import register
from unlearn_core.methods.retain import TWO_PASSES
from unlearn_core.models.forward import answer_logits, batch_nll
from unlearn_core.models.likelihoods import mean_nll
from unlearn_core.settings.config import Config, setting

MEASURED = 256
"""Retain records that the limit is derived from; more would hardly move their mean."""


class PDUConfig(Config):
    """Settings of PDU; the defaults are those of the published TOFU runs."""

    limit: float = setting(
        0.0, "Upper bound on the retain loss (epsilon); 0 takes the loss before training plus "
        "the margin.", ge=0, le=100,
    )  # fmt: skip
    margin: float = setting(
        0.1, "How far the retain loss may rise above its value before training, where no limit "
        "is set.", gt=0, le=100,
    )  # fmt: skip
    start: float = setting(
        100.0, "Initial weight of the retain loss (the dual variable mu).", ge=0, le=10_000
    )
    dual_rate: float = setting(
        5.0, "Dual step size (eta): how fast that weight follows the distance from the limit.",
        ge=0, le=1000,
    )  # fmt: skip
    warmup: int = setting(
        5, "Warm-up: epochs during which the weight stays as it is.", ge=0, le=1000,
        unit="epochs",
    )  # fmt: skip


def flat_logits_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Squared distance of the highest logit from the mean one: 0 when all tokens are as likely.

    `mean((max_v z_v - mean_v z_v)^2)`. The code of open-unlearning masks by labels that are not
    shifted, one position late; here the logits that predict answer tokens count.

    Args:
        logits: (B, K, V).
        labels: (B, K), used only to tell answer tokens.

    Source: PDU, as in open-unlearning.
    """
    kept = logits[labels != IGNORED].float()
    return (kept.amax(dim=-1) - kept.mean(dim=-1)).square().mean()


@register(
    "pdu",
    "Primal-dual unlearning (PDU)",
    config=PDUConfig,
    card=Card(
        idea="Makes the model undecided between all words of a forget answer, and lets a weight "
        "rise by itself whenever the retain set suffers more than allowed.",
        formula=r"\mathcal{L} = \mathbb{E}_{D_f}\left[\left(\max_v z_v - \bar{z}\right)^2\right]"
        r" + \mu\left(\mathbb{E}_{D_r}\left[-\log p_\theta(y\mid q)\right] - \varepsilon\right),"
        r"\quad \mu \leftarrow \max\left(0,\, \mu + \eta\,(\mathcal{L}_r - \varepsilon)\right)",
        paper="Entesari et al., Constrained Entropic Unlearning: A Primal-Dual Framework for "
        "Large Language Models, NeurIPS 2025",
        needs=("true answers", "retain data"),
        cost=TWO_PASSES,
        fails="A limit below what the model can reach lets the weight grow without end, and "
        "nothing is forgotten; forgotten questions are answered with noise.",
    ),
    small=small(2e-4),
    large=large(),
)
class PDU(Method[PDUConfig]):
    """Constrained optimisation: a primal step on the weights, a dual step on `mu`.

    The dual step belongs to an optimiser step, whatever its number of micro-batches: their retain
    losses are collected, and the next step begins with the dual step.

    Attributes:
        mu: Weight of the retain loss.
        limit: Highest allowed retain loss.
        pending: Retain losses of the step that is under way or was just taken.
    """

    def __init__(self, config: PDUConfig) -> None:
        super().__init__(config)
        self.mu = config.start
        self.limit = config.limit
        self.pending: list[float] = []
        self.epoch = 0

    def prepare(self, context: Context) -> None:
        """Derive the limit from the original model's retain loss where none is set.

        Raises:
            MissingPrerequisite: There is no retain record to put a limit on.
        """
        if not context.retain:
            raise MissingPrerequisite(
                "PDU limits the loss on the retain set, but there are no retain records. Keep "
                "some records unmarked, or choose a method without retain data."
            )
        if not self.limit:
            self.limit = _mean_loss(context, context.retain[:MEASURED]) + self.config.margin

    def refresh(self, context: Context, epoch: int) -> None:
        """Remember the epoch, which decides whether the weight may change."""
        self.epoch = epoch

    def draw(self, context: Context, forget: Sequence[Record]) -> None:
        """Take the dual step of the optimiser step before."""
        if self.pending and self.epoch >= self.config.warmup:
            excess = sum(self.pending) / len(self.pending) - self.limit
            self.mu = max(0.0, self.mu + self.config.dual_rate * excess)
        self.pending = []

    def loss(self, context: Context, forget: Sequence[Record], retain: Sequence[Record]) -> Loss:
        """`flat_logits_loss` on the forget batch plus `mu` times the retain loss over its limit."""
        out = answer_logits(context.model, context.records(forget))
        flat = flat_logits_loss(out.logits, out.labels)
        parts = {
            "forget": mean_nll(out.logits.detach(), out.labels),
            "pdu": flat,
            "pdu/weight": torch.tensor(self.mu),
        }
        return Loss(flat, parts, lambda: self._kept(context, retain))

    def _kept(self, context: Context, retain: Sequence[Record]) -> Loss:
        nll = batch_nll(context.model, context.records(retain))
        self.pending.append(nll.item())
        return Loss(self.mu * (nll - self.limit), {"retain": nll})

    def state(self) -> dict[str, Any]:
        """The dual variable with all that decides its next step."""
        return {
            "mu": self.mu,
            "limit": self.limit,
            "pending": self.pending,
            "epoch": self.epoch,
        }

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Take back the dual variable."""
        self.mu = float(state["mu"])
        self.limit = float(state["limit"])
        self.pending = list(state["pending"])
        self.epoch = int(state["epoch"])


def _mean_loss(context: Context, records: Sequence[Record]) -> float:
    """Mean loss over all answer tokens of the records."""
    total, tokens = 0.0, 0
    pairs = [(record.prompt, record.answer) for record in records]
    for likelihood, lengths in original_likelihoods(context, pairs):
        total -= float(likelihood.sum())
        tokens += int(lengths.sum())
    return total / tokens
