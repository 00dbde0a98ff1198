"""Fine-tuning on the retain set alone, in the hope that the rest fades."""

from collections.abc import Sequence

from unlearn_core.data.records import Record
from unlearn_core.methods.base import Card, Context, Loss, Method, Preset
from unlearn_core.methods.presets import LARGE_TRAINING
from unlearn_core.methods.registry import register
from unlearn_core.models.forward import answer_logits
from unlearn_core.models.likelihoods import mean_nll
from unlearn_core.settings.config import Config


class RetainFinetuneConfig(Config):
    """Fine-tuning on the retain set has no settings of its own."""


@register(
    "retain-finetune",
    "Fine-tuning on the retain set",
    config=RetainFinetuneConfig,
    card=Card(
        idea="Goes on training on what is to be kept and never shows the rest again.",
        formula=r"\mathcal{L} = \mathbb{E}_{D_r}\left[-\log p_\theta(y\mid q)\right]",
        paper="Ordinary fine-tuning; the weakest yardstick for every other method",
        needs=("retain data",),
        cost="1: one forward and backward pass on retain records",
        fails="Nothing pushes against what is to be forgotten, so a model that knows the retain "
        "set well has nothing to learn and forgets next to nothing.",
    ),
    small=Preset(
        training={"epochs": 24, "learning_rate": 3e-4},
        tuning={"mode": "full"},
    ),
    large=Preset(
        training=LARGE_TRAINING,
        tuning={"mode": "lora"},
    ),
)
class RetainFinetune(Method[RetainFinetuneConfig]):
    """Minimise the loss on the retain set; forget records only count the steps."""

    def loss(self, context: Context, forget: Sequence[Record], retain: Sequence[Record]) -> Loss:
        """`CE(retain)`, the token mean."""
        kept = answer_logits(context.model, context.records(retain))
        nll = mean_nll(kept.logits, kept.labels)
        return Loss(nll, {"retain": nll})
