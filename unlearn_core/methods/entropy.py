"""Entropy-optimised unlearning: NPO that also narrows what is sampled on forget questions."""

from collections.abc import Sequence
from dataclasses import replace

import torch.nn.functional as F
from torch import Tensor

from unlearn_core.data.batches import IGNORED
from unlearn_core.data.records import Record
from unlearn_core.methods.base import Card, Context, Loss
from unlearn_core.methods.npo import NPO, NPOConfig
from unlearn_core.methods.presets import large, small
from unlearn_core.methods.registry import register
from unlearn_core.methods.retain import retain_term
from unlearn_core.models.forward import AnswerLogits
from unlearn_core.settings.config import setting, with_default


class EntropyConfig(NPOConfig):
    """Settings of entropy-optimised unlearning; the defaults are those of its code."""

    beta: float = with_default(NPOConfig, "beta", 0.05)
    forget_entropy_weight: float = setting(
        1.0, "Weight of the entropy on forget answers: above 0 makes the model more confident "
        "there, so that samples vary less.", ge=-10, le=10,
    )  # fmt: skip
    retain_entropy_weight: float = setting(
        -0.25, "Weight of the entropy on retain answers: below 0 keeps the model from becoming "
        "more confident there as well.", ge=-10, le=10,
    )  # fmt: skip


def mean_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """Entropy of the next-token distribution in nats, averaged over answer tokens.

    The published code averages over every position, prompt and padding included; here only
    answer tokens count, as in every other loss.

    Args:
        logits: (B, K, V).
        labels: (B, K), used only to tell answer tokens.

    Source: Scholten, Günnemann and Schwinn, ICLR 2025 (entropy-optimised unlearning).
    """
    log_probs = F.log_softmax(logits[labels != IGNORED].float(), dim=-1)
    return -(log_probs.exp() * log_probs).sum(dim=-1).mean()


@register(
    "entropy",
    "Entropy-optimised unlearning (NPO with entropy terms)",
    config=EntropyConfig,
    card=Card(
        idea="Pushes the true answers down and makes the model so sure of whatever it says "
        "instead that asking often brings nothing new to light.",
        formula=r"\mathcal{L} = \mathcal{L}_{\mathrm{NPO}}"
        r" + \alpha\,\mathbb{E}_{D_r}\left[-\log p_\theta(y\mid q)\right]"
        r" + \lambda_f\,\mathbb{E}_{D_f}\left[H(p_\theta(\cdot\mid q, y_{<t}))\right]"
        r" + \lambda_r\,\mathbb{E}_{D_r}\left[H(p_\theta(\cdot\mid q, y_{<t}))\right]",
        paper="Scholten, Günnemann and Schwinn, A Probabilistic Perspective on Unlearning and "
        "Alignment for Large Language Models, ICLR 2025",
        needs=("true answers", "retain data", "reference"),
        cost="2: as NPO",
        fails="Being sure of a true answer also lowers the entropy: with a high weight on forget "
        "answers the term works against forgetting at first. It trains on the true answers.",
    ),
    small=small(2e-4, {"beta": 0.1, "retain_weight": 5.0}),
    large=large(),
)
class Entropy(NPO):
    """NPO, the entropy of forget answers and, with its own weight, that of retain answers.

    The paper's temperature scaling at inference time is not part of training and left out.
    """

    config: EntropyConfig

    def own(self, forget: Sequence[Record], out: AnswerLogits) -> Loss:
        """NPO plus the weighted entropy over answer tokens."""
        npo, entropy = super().own(forget, out), mean_entropy(out.logits, out.labels)
        total = npo.total + self.config.forget_entropy_weight * entropy
        return Loss(total, {**npo.parts, "forget_entropy": entropy})

    def loss(self, context: Context, forget: Sequence[Record], retain: Sequence[Record]) -> Loss:
        """The retain term has the weighted entropy over retain answers beside it."""
        loss = super().loss(context, forget, retain)
        return replace(loss, rest=(lambda: self._kept(context, retain)) if retain else None)

    def _kept(self, context: Context, retain: Sequence[Record]) -> Loss:
        config = self.config
        out, value, parts = retain_term(context, retain, config.retain_loss)
        entropy = mean_entropy(out.logits, out.labels)
        total = config.retain_weight * value + config.retain_entropy_weight * entropy
        return Loss(total, {**parts, "retain_entropy": entropy})
