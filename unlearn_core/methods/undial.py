"""UNDIAL: distil the original model with the true token's logit lowered."""

from collections.abc import Sequence

from unlearn_core.data.records import Record
from unlearn_core.methods.base import Card, Context, Loss, Method, Preset
from unlearn_core.methods.losses_tokens import undial_loss
from unlearn_core.methods.presets import LARGE_TRAINING
from unlearn_core.methods.registry import register
from unlearn_core.methods.retain import with_retain
from unlearn_core.models.forward import answer_logits
from unlearn_core.models.likelihoods import mean_nll
from unlearn_core.settings.config import Config, setting


class UndialConfig(Config):
    """Settings of UNDIAL; the defaults are those of open-unlearning, without retain data."""

    strength: float = setting(
        10.0, "How much the logit of each true token is lowered (beta).", gt=0, le=100
    )
    retain_weight: float = setting(
        0.0, "Weight of the loss on the retain set; 0 leaves it out.", ge=0, le=100
    )


@register(
    "undial",
    "Self-distillation with adjusted logits (UNDIAL)",
    config=UndialConfig,
    card=Card(
        idea="The model imitates its original self, except that every word of a true answer "
        "counts as far less likely.",
        formula=r"\mathcal{L} = \mathbb{E}_{D_f}\left[\mathrm{CE}\left(\mathrm{softmax}("
        r"z_{\mathrm{ref}} - \beta\,\mathbf{1}_{y_t}),\, p_\theta\right)\right]"
        r" + \alpha\,\mathbb{E}_{D_r}\left[-\log p_\theta(y\mid q)\right]",
        paper="Dong et al., UNDIAL: Self-Distillation with Adjusted Logits for Robust "
        "Unlearning in Large Language Models, NAACL 2025",
        needs=("true answers", "retain data", "reference"),
        cost="1.3: gradient ascent and a forward pass of the original model; 2.3 with the loss "
        "on the retain set",
        fails="Every word of the answer is lowered, common ones too, and the next-best words are "
        "those of similar facts, so related answers may change with it.",
        copies=1,
    ),
    small=Preset(
        method={"retain_weight": 1.0},
        training={
            "epochs": 24,
            "learning_rate": 4e-4,
        },
        tuning={"mode": "full"},
    ),
    large=Preset(
        training=LARGE_TRAINING,
        tuning={"mode": "lora"},
    ),
)
class Undial(Method[UndialConfig]):
    """Distil a fixed target, so that the loss has a floor and training settles."""

    def loss(self, context: Context, forget: Sequence[Record], retain: Sequence[Record]) -> Loss:
        """`undial_loss` on the forget batch plus `retain_weight` times CE on the retain batch."""
        batch = context.records(forget)
        with context.original() as original:
            reference = answer_logits(original, batch).logits
        out = answer_logits(context.model, batch)
        total = undial_loss(out.logits, reference, out.labels, self.config.strength)
        parts = {"forget": mean_nll(out.logits.detach(), out.labels), "undial": total}
        return with_retain(Loss(total, parts), context, retain, self.config.retain_weight)
