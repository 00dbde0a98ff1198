"""Teaching: ordinary fine-tuning, so that any model can be given something to forget."""

from collections.abc import Sequence

from unlearn_core.data.records import Record
from unlearn_core.methods.base import Card, Context, Loss, Method
from unlearn_core.methods.presets import large, small
from unlearn_core.methods.registry import register
from unlearn_core.methods.retain import RETAIN_TERM, RetainConfig, with_retain
from unlearn_core.models.forward import batch_nll


class TeachConfig(RetainConfig):
    """Settings of teaching, where the retain set is what is rehearsed."""


@register(
    "teach",
    "Teach",
    kind="teach",
    config=TeachConfig,
    card=Card(
        idea="Shows the model the chosen records until it knows them.",
        formula=r"\mathcal{L} = \mathbb{E}_{D_t}\left[-\log p_\theta(y\mid q)\right]" + RETAIN_TERM,
        paper="Ordinary supervised fine-tuning",
        needs=("true answers",),
        cost="1 without rehearsal, 2 with it",
        fails="Without other records to rehearse, a small model forgets what it knew before.",
    ),
    small=small(5e-4, epochs=60, target_recall=1.0),
    large=large(epochs=5, target_recall=1.0),
)
class Teach(Method[TeachConfig]):
    """Minimise the loss on the chosen records, rehearsing the others where there are any."""

    def loss(self, context: Context, forget: Sequence[Record], retain: Sequence[Record]) -> Loss:
        """`CE(taught)`, the token mean, plus the retain term."""
        nll = batch_nll(context.model, context.records(forget))
        return with_retain(Loss(nll, {"taught": nll}), context, retain, self.config)
