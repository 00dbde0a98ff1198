"""SatImp: gradient ascent weighted by how likely and how unsettled a token is.

Published settings disagree on the two weights: the class and the documentation of open-unlearning
give the forget loss 1 and the retain loss 0.1, its configuration file gives them 0.1 and 1. The
defaults here are the former, the ratio of the paper.
"""

from collections.abc import Sequence

from unlearn_core.data.records import Record
from unlearn_core.methods.base import Card, Context, Loss, Method, Preset
from unlearn_core.methods.losses_tokens import weighted_ascent_loss
from unlearn_core.methods.presets import LARGE_TRAINING, UNBOUNDED
from unlearn_core.methods.registry import register
from unlearn_core.methods.retain import with_retain
from unlearn_core.models.forward import answer_logits
from unlearn_core.models.likelihoods import mean_nll
from unlearn_core.settings.config import Config, setting


class SatImpConfig(Config):
    """Settings of SatImp."""

    saturation: float = setting(
        5.0, "How much less a token is pushed that is unlikely already (beta 1).", ge=0, le=100
    )
    importance: float = setting(
        1.0, "How much less a token is pushed that the model is certain of (beta 2).",
        ge=0, le=100,
    )  # fmt: skip
    forget_weight: float = setting(
        1.0, "Weight of the loss on the forget set (gamma).", gt=0, le=100
    )
    retain_weight: float = setting(
        0.1, "Weight of the loss on the retain set; 0 leaves it out.", ge=0, le=100
    )


@register(
    "satimp",
    "Saturation and importance weighting (SatImp)",
    config=SatImpConfig,
    card=Card(
        idea="Gradient ascent that leaves alone both the words the model no longer expects and "
        "those that any speaker would say.",
        formula=r"\mathcal{L} = \gamma\,\mathbb{E}_{D_f}\left[\frac{1}{|y|}\sum_t "
        r"\mathrm{sg}\left(p_t^{\beta_1}(1-p_t)^{\beta_2}\right)\log p_t\right]"
        r" + \alpha\,\mathbb{E}_{D_r}\left[-\log p_\theta(y\mid q)\right]",
        paper="Yang et al., Exploring Criteria of Loss Reweighting to Enhance LLM Unlearning, "
        "ICML 2025",
        needs=("true answers", "retain data"),
        cost="2: a forward and backward pass on forget and on retain records",
        fails="Words the model is all but certain of have hardly any weight, so answers known by "
        "heart are forgotten slowly, and so are words of middling probability.",
    ),
    small=Preset(
        training={
            "epochs": 24,
            "learning_rate": 6e-4,
            "stop_forget_recall": 0.0,
            "stop_retain_recall": 0.5,
        },
        tuning={"mode": "full"},
    ),
    large=Preset(
        training={**LARGE_TRAINING, **UNBOUNDED},
        tuning={"mode": "lora"},
    ),
)
class SatImp(Method[SatImpConfig]):
    """Ascend on the true answers, weighted by probability and doubt."""

    def loss(self, context: Context, forget: Sequence[Record], retain: Sequence[Record]) -> Loss:
        """`forget_weight * weighted_ascent_loss + retain_weight * CE(retain)`."""
        config = self.config
        out = answer_logits(context.model, context.records(forget))
        loss = weighted_ascent_loss(out.logits, out.labels, config.saturation, config.importance)
        total = config.forget_weight * loss
        parts = {"forget": mean_nll(out.logits.detach(), out.labels), "satimp": loss}
        return with_retain(Loss(total, parts), context, retain, self.config.retain_weight)
