"""Entropy-optimised unlearning: NPO that also narrows what is sampled on forget questions."""

from collections.abc import Sequence

import torch

from unlearn_core.data.records import Record
from unlearn_core.methods.base import Card, Context, Loss, Preset
from unlearn_core.methods.losses_preference import mean_entropy
from unlearn_core.methods.npo import NPO, NPOConfig
from unlearn_core.methods.presets import LARGE_TRAINING
from unlearn_core.methods.registry import register
from unlearn_core.models.forward import answer_logits
from unlearn_core.models.likelihoods import mean_nll, npo_loss, sequence_nll
from unlearn_core.settings.config import setting


class EntropyConfig(NPOConfig):
    """Settings of entropy-optimised unlearning; the defaults are those of its code."""

    beta: float = setting(
        0.05, "How soon a forgotten answer is left alone; towards 0 it is gradient ascent.",
        gt=0, le=10,
    )  # fmt: skip
    forget_entropy_weight: float = setting(
        1.0, "Weight of the entropy on forget answers; above 0 makes the model surer there, so "
        "that samples vary less.", ge=-10, le=10,
    )  # fmt: skip
    retain_entropy_weight: float = setting(
        -0.25, "Weight of the entropy on retain answers; below 0 keeps the model from becoming "
        "surer there as well.", ge=-10, le=10,
    )  # fmt: skip


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
    small=Preset(
        method={"beta": 0.1, "retain_weight": 5.0},
        training={"epochs": 24, "learning_rate": 2e-4},
        tuning={"mode": "full"},
    ),
    large=Preset(
        training=LARGE_TRAINING,
        tuning={"mode": "lora"},
    ),
)
class Entropy(NPO):
    """NPO, the entropy of forget answers and, with its own weight, that of retain answers.

    The paper's temperature scaling at inference time is not part of training and left out.
    """

    config: EntropyConfig

    def loss(self, context: Context, forget: Sequence[Record], retain: Sequence[Record]) -> Loss:
        """NPO with its retain term, plus the weighted entropies over answer tokens."""
        config = self.config
        out = answer_logits(context.model, context.records(forget))
        nll = sequence_nll(out.logits, out.labels)
        reference = torch.tensor(
            [self.reference_nll[record.id] for record in forget], device=nll.device
        )
        parts = {
            "forget": mean_nll(out.logits.detach(), out.labels),
            "npo": npo_loss(nll, reference, config.beta),
            "forget_entropy": mean_entropy(out.logits, out.labels),
        }
        total = parts["npo"] + config.forget_entropy_weight * parts["forget_entropy"]
        return Loss(total, parts, (lambda: self._kept(context, retain)) if retain else None)

    def _kept(self, context: Context, retain: Sequence[Record]) -> Loss:
        kept = answer_logits(context.model, context.records(retain))
        nll, entropy = mean_nll(kept.logits, kept.labels), mean_entropy(kept.logits, kept.labels)
        total = self.config.retain_weight * nll + self.config.retain_entropy_weight * entropy
        return Loss(total, {"retain": nll, "retain_entropy": entropy})
