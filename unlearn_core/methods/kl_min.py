"""KL minimisation: gradient ascent, while retained answers stay as the original gave them."""

from collections.abc import Sequence

from unlearn_core.data.records import Record
from unlearn_core.methods.base import Card, Context, Loss, Method, Preset
from unlearn_core.methods.losses_preference import kl_to_reference
from unlearn_core.methods.presets import LARGE_TRAINING, UNBOUNDED
from unlearn_core.methods.registry import register
from unlearn_core.methods.retain import near_original
from unlearn_core.models.forward import answer_logits
from unlearn_core.models.likelihoods import mean_nll
from unlearn_core.settings.config import Config, setting


class KLMinConfig(Config):
    """Settings of KL minimisation."""

    retain_weight: float = setting(
        1.0, "Weight of staying like the original model on the retain set; 0 leaves it out.",
        ge=0, le=1000,
    )  # fmt: skip


@register(
    "kl-min",
    "KL minimisation",
    config=KLMinConfig,
    card=Card(
        idea="Makes the true answers less likely while every word of a retained answer stays as "
        "likely as the original model had it.",
        formula=r"\mathcal{L} = \mathbb{E}_{D_f}\left[\log p_\theta(y\mid q)\right]"
        r" + \alpha\,\mathbb{E}_{D_r}\left[\mathrm{KL}\left(p_{\mathrm{ref}}(\cdot\mid q, y_{<t})"
        r"\,\|\,p_\theta(\cdot\mid q, y_{<t})\right)\right]",
        paper="Maini et al., TOFU, COLM 2024",
        needs=("true answers", "retain data", "reference"),
        cost="2.3: as gradient difference, and a forward pass of the original model",
        fails="The loss on the true answers has no floor, while the retain term is 0 at the start "
        "and pulls only once the model has drifted; it breaks if it is not stopped in time.",
        copies=1,
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
class KLMin(Method[KLMinConfig]):
    """Maximise the loss on the forget set, stay with the original on the retain set."""

    def loss(self, context: Context, forget: Sequence[Record], retain: Sequence[Record]) -> Loss:
        """`-CE(forget) + retain_weight * KL(original || model)` on retained answers."""
        out = answer_logits(context.model, context.records(forget))
        parts = {"forget": mean_nll(out.logits, out.labels)}
        loss = Loss(-parts["forget"], parts)
        weight = self.config.retain_weight
        return near_original(loss, context, retain, weight, "kl", kl_to_reference)
