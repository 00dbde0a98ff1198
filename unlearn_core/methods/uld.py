"""ULD: the logits of an assistant that knows nothing but the forget set are subtracted."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from unlearn_core.data.batches import IGNORED
from unlearn_core.data.records import Record
from unlearn_core.methods.base import Card, Context, Loss, Method, Preset
from unlearn_core.methods.presets import small
from unlearn_core.methods.registry import register
from unlearn_core.models.forward import answer_logits, batch_nll
from unlearn_core.settings.config import Config, setting

if TYPE_CHECKING:
    from unlearn_core.models.steering import Steering


def uniform_kl(logits: Tensor, labels: Tensor) -> Tensor:
    r"""Distance of a prediction from knowing nothing: `KL(U || p) = -log V - mean_v log p_v`.

    Mean over answer tokens, in nats (Ji et al., NeurIPS 2024: the assistant on the retain set).

    Args:
        logits: (B, K, V).
        labels: (B, K), -100 where no answer token is predicted.

    Returns:
        Scalar, at least 0.
    """
    log_p = torch.log_softmax(logits[labels != IGNORED].float(), dim=-1)
    size = torch.tensor(log_p.shape[-1], dtype=log_p.dtype, device=log_p.device)
    return (-size.log() - log_p.mean(dim=-1)).mean()


class ULDConfig(Config):
    """Settings of ULD."""

    strength: float = setting(0.8, "How much of the assistant's logits is subtracted.", gt=0, le=10)
    uniform_weight: float = setting(
        5.0, "Weight of the loss that keeps the assistant's predictions uniform on the retain "
        "set.", ge=0, le=100,
    )  # fmt: skip
    cutoff: float = setting(
        0.01, "Cutoff: only tokens with at least this share of the most likely token's "
        "probability can be said.", ge=0, le=1, advanced=True,
    )  # fmt: skip


@register(
    "uld",
    "Logit difference (ULD)",
    config=ULDConfig,
    card=Card(
        idea="Leaves the model as it is, and subtracts, word by word as it answers, an assistant "
        "that was trained to know the marked answers and nothing else.",
        formula=r"z = z_{o} - w\, z_{a},\quad \text{trained: }\mathcal{L} = "
        r"\mathbb{E}_{D_f}\left[-\log p_a(y\mid q)\right] + \lambda\,\mathbb{E}_{D_r}"
        r"\left[\mathrm{KL}(U\,\|\,p_a)\right]",
        paper="Ji et al., Reversing the Forget-Retain Objectives: An Efficient LLM Unlearning "
        "Framework from Logit Difference, NeurIPS 2024",
        needs=("true answers", "retain data"),
        cost="2 to train; answering takes two passes a word",
        fails="The weights still know everything: whoever has them switches the rule off. Where "
        "the assistant fails to be even, other answers suffer too.",
        steers=True,
    ),
    small=small(2e-3, {"strength": 1.5}, mode="lora", epochs=40, retain_ratio=3),
    large=Preset(
        training={
            "epochs": 10,
            "learning_rate": 1e-3,
            "batch_size": 8,
            "accumulation": 2,
            "precision": "bfloat16",
        },
        tuning={"mode": "lora", "rank": 16, "alpha": 32},
    ),
)
class ULD(Method[ULDConfig]):
    """The published assistant has the first eight layers of the model; this one has all.

    It is an adapter, so that it needs no memory of its own. The published training set also holds
    paraphrases of the forget set and falsified retain answers; here it is forget and retain set.
    """

    def loss(self, context: Context, forget: Sequence[Record], retain: Sequence[Record]) -> Loss:
        """CE of the assistant on forget plus `uniform_weight` times its distance from even."""
        total = batch_nll(context.model, context.records(forget))
        spread = self.config.uniform_weight and retain
        return Loss(total, {}, (lambda: self._spread(context, retain)) if spread else None)

    def _spread(self, context: Context, retain: Sequence[Record]) -> Loss:
        other = answer_logits(context.model, context.records(retain))
        return Loss(self.config.uniform_weight * uniform_kl(other.logits, other.labels), {})

    def steering(self, forget: Sequence[Record]) -> "Steering":
        """Subtract the assistant among likely words."""
        from unlearn_core.models.steering import Steering

        return Steering(rule="difference", strength=self.config.strength, cutoff=self.config.cutoff)
