"""Cross-entropy unlearning: the model as it is, but for the true token."""

from collections.abc import Sequence

from unlearn_core.data.records import Record
from unlearn_core.methods.base import Card, Context, Loss, Method, Preset
from unlearn_core.methods.losses_tokens import ce_u_loss
from unlearn_core.methods.presets import LARGE_TRAINING, UNBOUNDED
from unlearn_core.methods.registry import register
from unlearn_core.methods.retain import with_retain
from unlearn_core.models.forward import answer_logits
from unlearn_core.models.likelihoods import mean_nll
from unlearn_core.settings.config import Config, setting


class CEUConfig(Config):
    """Settings of CE-U; the defaults are the published ones, without retain data."""

    skip: int = setting(
        1, "Tokens at the start of each answer that are left as they are.", ge=0, le=100,
        unit="tokens",
    )  # fmt: skip
    retain_weight: float = setting(
        0.0, "Weight of the loss on the retain set; 0 leaves it out.", ge=0, le=100
    )


@register(
    "ce-u",
    "Cross-entropy unlearning (CE-U)",
    config=CEUConfig,
    card=Card(
        idea="Teaches the model its own next-best guess in place of every word of the true answer.",
        formula=r"\mathcal{L} = \mathbb{E}_{D_f}\left[\mathrm{CE}\left(\mathrm{softmax}("
        r"\tilde{z}_t),\, p_\theta\right)\right]"
        r" + \alpha\,\mathbb{E}_{D_r}\left[-\log p_\theta(y\mid q)\right],"
        r"\quad \tilde{z}_t = \mathrm{sg}(z_t)\ \text{with}\ \tilde{z}_{t,y_t} = -\infty",
        paper="Yang, CE-U: Cross Entropy Unlearning, arXiv 2503.01224",
        needs=("true answers", "retain data"),
        cost="1: as gradient ascent; 2 with the loss on the retain set",
        fails="The target moves with the model, and common words of the answers are driven out "
        "as well, so without the retain set the language suffers; the first word stays.",
    ),
    small=Preset(
        method={"retain_weight": 1.0},
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
class CEU(Method[CEUConfig]):
    """Move each true token's probability to the other tokens, in proportion."""

    def loss(self, context: Context, forget: Sequence[Record], retain: Sequence[Record]) -> Loss:
        """`ce_u_loss` on the forget batch plus `retain_weight` times CE on the retain batch."""
        out = answer_logits(context.model, context.records(forget))
        total = ce_u_loss(out.logits, out.labels, self.config.skip)
        parts = {"forget": mean_nll(out.logits.detach(), out.labels), "ce-u": total}
        return with_retain(Loss(total, parts), context, retain, self.config.retain_weight)
