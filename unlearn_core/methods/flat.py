"""FLAT: widen the gap between a refusal and the true answer by an f-divergence."""

from collections.abc import Sequence

from unlearn_core.data.records import Record
from unlearn_core.methods.base import Card, Context, Loss, Method, Preset
from unlearn_core.methods.losses_tokens import Divergence, flat_loss, mean_probability
from unlearn_core.methods.refusals import refusal, require_questions
from unlearn_core.methods.registry import register
from unlearn_core.methods.retain import with_retain
from unlearn_core.models.forward import answer_logits
from unlearn_core.models.likelihoods import mean_nll
from unlearn_core.settings.config import Config, setting


class FlatConfig(Config):
    """Settings of FLAT; as published it uses no retain data."""

    divergence: Divergence = setting(
        "TV", "How the gap is measured: total variation, Kullback-Leibler, Pearson or "
        "Jensen-Shannon.",
    )  # fmt: skip
    retain_weight: float = setting(
        0.0, "Weight of the loss on the retain set; 0 leaves it out.", ge=0, le=100
    )


@register(
    "flat",
    "Loss adjustment with only forget data (FLAT)",
    config=FlatConfig,
    card=Card(
        idea="Makes a refusal likelier and the true answer less likely at once, and only as far "
        "as a bounded measure of their difference goes.",
        formula=r"\mathcal{L} = \mathbb{E}_{D_f}\left[-g^*\left(P(y_e)\right) + "
        r"f^*\left(g^*\left(P(y_f)\right)\right)\right]"
        r" + \alpha\,\mathbb{E}_{D_r}\left[-\log p_\theta(y\mid q)\right],"
        r"\quad P(y) = \frac{1}{|y|}\sum_t p_\theta(y_t\mid q, y_{<t})",
        paper="Wang et al., LLM Unlearning via Loss Adjustment with Only Forget Data, ICLR 2025",
        needs=("true answers", "retain data"),
        cost="2: a pass on true answers and on refusals; 3 with the loss on the retain set",
        fails="Works on probabilities, not their logarithms: answers that are very unlikely or "
        "all but certain give almost no gradient. The model may refuse too much. Not for "
        "passages, which ask nothing.",
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
        training={
            "epochs": 5,
            "learning_rate": 1e-4,
            "batch_size": 8,
            "accumulation": 4,
            "precision": "bfloat16",
        },
        tuning={"mode": "lora"},
    ),
)
class Flat(Method[FlatConfig]):
    """Minimise `flat_loss` between refusals and true answers."""

    def prepare(self, context: Context) -> None:
        """Make sure that there are questions to refuse."""
        require_questions("FLAT", context.forget)

    def loss(self, context: Context, forget: Sequence[Record], retain: Sequence[Record]) -> Loss:
        """`flat_loss` on the forget batch plus `retain_weight` times CE on the retain batch."""
        out = answer_logits(context.model, context.records(forget))
        pairs = [(record.prompt, refusal(record.id)) for record in forget]
        other = answer_logits(context.model, context.batch(pairs))
        total = flat_loss(
            mean_probability(other.logits, other.labels),
            mean_probability(out.logits, out.labels),
            self.config.divergence,
        )
        parts = {
            "forget": mean_nll(out.logits.detach(), out.labels),
            "refusal": mean_nll(other.logits.detach(), other.labels),
            "flat": total,
        }
        return with_retain(Loss(total, parts), context, retain, self.config.retain_weight)
