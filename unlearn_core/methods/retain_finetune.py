"""Fine-tuning on the retain set alone, in the hope that the rest fades."""

from collections.abc import Sequence

from unlearn_core.data.records import Record
from unlearn_core.methods.base import Card, Context, Loss, Method
from unlearn_core.methods.presets import large, small
from unlearn_core.methods.registry import register
from unlearn_core.models.forward import batch_nll
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
    small=small(3e-4),
    large=large(),
)
class RetainFinetune(Method[RetainFinetuneConfig]):
    """Minimise the loss on the retain set; forget records only count the steps."""

    def loss(self, context: Context, forget: Sequence[Record], retain: Sequence[Record]) -> Loss:
        """`CE(retain)`, the token mean."""
        nll = batch_nll(context.model, context.records(retain))
        return Loss(nll, {"retain": nll})
