"""Weighted gradient ascent: tokens that are unlikely already are pushed less."""

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


class WGAConfig(Config):
    """Settings of WGA."""

    beta: float = setting(
        1.0, "How much less a token is pushed that is unlikely already; 0 is plain gradient "
        "ascent.", ge=0, le=100,
    )  # fmt: skip
    retain_weight: float = setting(
        1.0, "Weight of the loss on the retain set; 0 leaves it out.", ge=0, le=100
    )


@register(
    "wga",
    "Weighted gradient ascent (WGA)",
    config=WGAConfig,
    card=Card(
        idea="Gradient ascent that pushes hardest on the words the model is surest of and lets "
        "go of those it no longer expects.",
        formula=r"\mathcal{L} = \mathbb{E}_{D_f}\left[\frac{1}{|y|}\sum_t "
        r"\mathrm{sg}\left(p_t^{\beta}\right)\log p_t\right]"
        r" + \alpha\,\mathbb{E}_{D_r}\left[-\log p_\theta(y\mid q)\right]",
        paper="Wang et al., Rethinking LLM Unlearning Objectives, ICLR 2025",
        needs=("true answers", "retain data"),
        cost="2: a forward and backward pass on forget and on retain records",
        fails="Below a beta of about 1 it behaves like gradient ascent and breaks the model; far "
        "above 1 it stops while answers are still likely.",
    ),
    small=Preset(
        training={
            "epochs": 24,
            "learning_rate": 2e-4,
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
class WGA(Method[WGAConfig]):
    """Ascend on the true answers, each token weighted by its own probability."""

    def loss(self, context: Context, forget: Sequence[Record], retain: Sequence[Record]) -> Loss:
        """`weighted_ascent_loss` on the forget batch plus `retain_weight` times CE(retain)."""
        out = answer_logits(context.model, context.records(forget))
        total = weighted_ascent_loss(out.logits, out.labels, self.config.beta)
        parts = {"forget": mean_nll(out.logits.detach(), out.labels), "wga": total}
        return with_retain(Loss(total, parts), context, retain, self.config.retain_weight)
