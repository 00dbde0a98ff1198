"""Gradient difference: gradient ascent on what is forgotten, descent on what is kept."""

from collections.abc import Sequence

from unlearn_core.data.records import Record
from unlearn_core.methods.base import Card, Context, Loss, Method, Preset
from unlearn_core.methods.presets import LARGE_TRAINING, UNBOUNDED
from unlearn_core.methods.registry import register
from unlearn_core.methods.retain import with_retain
from unlearn_core.models.forward import answer_logits
from unlearn_core.models.likelihoods import mean_nll
from unlearn_core.settings.config import Config, setting


class GradDiffConfig(Config):
    """Settings of gradient difference."""

    retain_weight: float = setting(
        1.0, "Weight of the loss on the retain set; 0 leaves gradient ascent alone.", ge=0, le=100
    )


@register(
    "grad-diff",
    "Gradient difference (GradDiff)",
    config=GradDiffConfig,
    card=Card(
        idea="Makes the true answers less likely while rehearsing what is to be kept.",
        formula=r"\mathcal{L} = \mathbb{E}_{D_f}\left[\log p_\theta(y\mid q)\right]"
        r" + \alpha\,\mathbb{E}_{D_r}\left[-\log p_\theta(y\mid q)\right]",
        paper="Liu, Liu and Stone, Continual Learning and Private Unlearning, CoLLAs 2022; Maini "
        "et al., TOFU, COLM 2024",
        needs=("true answers", "retain data"),
        cost="2: a forward and backward pass on forget and on retain records",
        fails="The loss on the true answers has no floor: sooner or later it outgrows the retain "
        "loss, and the model breaks if it is not stopped in time.",
    ),
    small=Preset(
        method={"retain_weight": 2.0},
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
class GradDiff(Method[GradDiffConfig]):
    """Maximise the loss on the forget set, minimise that on the retain set."""

    def loss(self, context: Context, forget: Sequence[Record], retain: Sequence[Record]) -> Loss:
        """`-CE(forget) + retain_weight * CE(retain)`, token means."""
        out = answer_logits(context.model, context.records(forget))
        parts = {"forget": mean_nll(out.logits, out.labels)}
        total = -parts["forget"]
        return with_retain(Loss(total, parts), context, retain, self.config.retain_weight)
