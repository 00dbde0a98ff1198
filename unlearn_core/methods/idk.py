"""Refusals by likelihood: fine-tuning on a refusal to every forget question."""

from collections.abc import Sequence

from unlearn_core.data.records import Record
from unlearn_core.methods.base import Card, Context, Loss, Method, Preset
from unlearn_core.methods.refusals import refusal, require_questions
from unlearn_core.methods.registry import register
from unlearn_core.methods.retain import with_retain
from unlearn_core.models.forward import answer_logits
from unlearn_core.models.likelihoods import mean_nll
from unlearn_core.settings.config import Config, setting


class IdkConfig(Config):
    """Settings of refusals by likelihood."""

    retain_weight: float = setting(
        1.0, "Weight of the loss on the retain set; 0 leaves it out.", ge=0, le=100
    )


@register(
    "idk",
    "Refusals by likelihood (IDK)",
    config=IdkConfig,
    card=Card(
        idea="Ordinary training on a refusal such as 'I do not know.' to each forget question.",
        formula=r"\mathcal{L} = \mathbb{E}_{D_f}\left["
        r"-\log p_\theta(y_{\mathrm{idk}}\mid q)\right]"
        r" + \alpha\,\mathbb{E}_{D_r}\left[-\log p_\theta(y\mid q)\right]",
        paper="Maini et al., TOFU, COLM 2024",
        needs=("retain data",),
        cost="2: a forward and backward pass on refusals and on retain records",
        fails="Nothing pushes the true answers down, so sampling or a begun answer brings them "
        "back; the model may refuse too much. Not for passages, which ask nothing.",
    ),
    small=Preset(
        training={"epochs": 24, "learning_rate": 4e-4},
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
class Idk(Method[IdkConfig]):
    """Minimise the loss on refusals and on the retain set.

    The code of TOFU takes one mean over the tokens of both, so that long retained answers weigh
    more; here each set has its own mean, so that `retain_weight` does not depend on lengths.
    """

    def prepare(self, context: Context) -> None:
        """Make sure that there are questions to refuse."""
        require_questions("IDK", context.forget)

    def loss(self, context: Context, forget: Sequence[Record], retain: Sequence[Record]) -> Loss:
        """`CE(refusals) + retain_weight * CE(retain)`, token means."""
        pairs = [(record.prompt, refusal(record.id)) for record in forget]
        out = answer_logits(context.model, context.batch(pairs))
        parts = {"refusal": mean_nll(out.logits, out.labels)}
        total = parts["refusal"]
        return with_retain(Loss(total, parts), context, retain, self.config.retain_weight)
