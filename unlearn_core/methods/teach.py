"""Teaching: ordinary fine-tuning, so that any model can be given something to forget."""

from collections.abc import Sequence

from unlearn_core.data.records import Record
from unlearn_core.methods.base import Card, Context, Loss, Method, Preset
from unlearn_core.methods.registry import register
from unlearn_core.methods.retain import with_retain
from unlearn_core.models.forward import answer_logits
from unlearn_core.models.likelihoods import mean_nll
from unlearn_core.settings.config import Config, setting


class TeachConfig(Config):
    """Settings of teaching."""

    retain_weight: float = setting(
        1.0, "Weight of rehearsing the other records, so that they are not lost; 0 turns it off.",
        ge=0, le=100,
    )  # fmt: skip


@register(
    "teach",
    "Teach",
    kind="teach",
    config=TeachConfig,
    card=Card(
        idea="Shows the model the chosen records until it knows them.",
        formula=r"\mathcal{L} = \mathbb{E}_{D_t}\left[-\log p_\theta(y\mid q)\right]"
        r" + \alpha\,\mathbb{E}_{D_r}\left[-\log p_\theta(y\mid q)\right]",
        paper="Ordinary supervised fine-tuning",
        needs=("true answers",),
        cost="1 without rehearsal, 2 with it",
        fails="Without other records to rehearse, a small model forgets what it knew before.",
    ),
    small=Preset(
        training={"epochs": 60, "learning_rate": 5e-4, "target_recall": 1.0},
        tuning={"mode": "full"},
    ),
    large=Preset(
        training={
            "epochs": 5,
            "learning_rate": 1e-4,
            "batch_size": 8,
            "accumulation": 4,
            "precision": "bfloat16",
            "target_recall": 1.0,
        },
        tuning={"mode": "lora"},
    ),
)
class Teach(Method[TeachConfig]):
    """Minimise the loss on the chosen records, rehearsing the others where there are any."""

    def loss(self, context: Context, forget: Sequence[Record], retain: Sequence[Record]) -> Loss:
        """`CE(taught) + retain_weight * CE(rehearsed)`, token means."""
        out = answer_logits(context.model, context.records(forget))
        parts = {"taught": mean_nll(out.logits, out.labels)}
        total = parts["taught"]
        return with_retain(Loss(total, parts), context, retain, self.config.retain_weight)
