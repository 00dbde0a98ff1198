"""Simple negative preference optimisation: NPO without a reference, on likelihood a token."""

from collections.abc import Sequence

from unlearn_core.data.batches import IGNORED
from unlearn_core.data.records import Record
from unlearn_core.methods.base import Card, Context, Loss, Method, Preset
from unlearn_core.methods.losses_preference import simnpo_loss
from unlearn_core.methods.presets import LARGE_TRAINING
from unlearn_core.methods.registry import register
from unlearn_core.methods.retain import with_retain
from unlearn_core.models.forward import answer_logits
from unlearn_core.models.likelihoods import mean_nll, sequence_nll
from unlearn_core.settings.config import Config, setting


class SimNPOConfig(Config):
    """Settings of SimNPO; the defaults are those published for the largest TOFU forget set."""

    beta: float = setting(
        4.5, "How soon a forgotten answer is left alone; towards 0 it is gradient ascent.",
        gt=0, le=100,
    )  # fmt: skip
    margin: float = setting(
        0.0, "Loss a token around which an answer starts to count as forgotten.", ge=0, le=100
    )
    forget_weight: float = setting(
        0.125, "Weight of the loss on the forget set (gamma).", gt=0, le=100
    )
    retain_weight: float = setting(
        1.0, "Weight of the loss on the retain set; 0 leaves it out.", ge=0, le=100
    )


@register(
    "simnpo",
    "Simple negative preference optimisation (SimNPO)",
    config=SimNPOConfig,
    card=Card(
        idea="Pushes each true answer down until its words are unlikely in themselves, whatever "
        "the original model thought of them; long and short answers count alike.",
        formula=r"\mathcal{L} = -\gamma\,\frac{2}{\beta}\,\mathbb{E}_{D_f}\left[\log\sigma\left("
        r"-\frac{\beta}{|y|}\log p_\theta(y\mid q) - \beta\delta\right)\right]"
        r" + \alpha\,\mathbb{E}_{D_r}\left[-\log p_\theta(y\mid q)\right]",
        paper="Fan et al., Simplicity Prevails: Rethinking Negative Preference Optimization for "
        "LLM Unlearning, arXiv 2410.07163",
        needs=("true answers", "retain data"),
        cost="2: a forward and backward pass on forget and on retain records",
        fails="Without a reference, answers the model was never sure of are hardly pushed at all, "
        "and the low probability left on the true answers can itself be found by an attacker.",
    ),
    small=Preset(
        method={"beta": 1.0, "forget_weight": 1.0, "retain_weight": 2.0},
        training={"epochs": 24, "learning_rate": 4e-4},
        tuning={"mode": "full"},
    ),
    large=Preset(
        training=LARGE_TRAINING,
        tuning={"mode": "lora"},
    ),
)
class SimNPO(Method[SimNPOConfig]):
    """Push answers down by their likelihood a token."""

    def loss(self, context: Context, forget: Sequence[Record], retain: Sequence[Record]) -> Loss:
        """`forget_weight * simnpo_loss + retain_weight * CE(retain)`."""
        config = self.config
        out = answer_logits(context.model, context.records(forget))
        lengths = (out.labels != IGNORED).sum(dim=1)
        loss = simnpo_loss(
            sequence_nll(out.logits, out.labels), lengths, config.beta, config.margin
        )
        total = config.forget_weight * loss
        parts = {"forget": mean_nll(out.logits.detach(), out.labels), "simnpo": loss}
        return with_retain(Loss(total, parts), context, retain, config.retain_weight)
