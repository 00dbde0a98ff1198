"""Who's Harry Potter at inference: what more training would make likelier is taken away."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from unlearn_core.data.records import Record
from unlearn_core.methods.base import Card, Context, Loss, Method, Preset
from unlearn_core.methods.presets import small
from unlearn_core.methods.registry import register
from unlearn_core.models.forward import batch_nll
from unlearn_core.settings.config import Config, setting

if TYPE_CHECKING:
    from unlearn_core.models.steering import Steering


class WHPDecodingConfig(Config):
    """Settings of Who's Harry Potter at inference."""

    alpha: float = setting(
        1.0, "How much of the rise in logits under the assistant is subtracted (alpha).", gt=0,
        le=100,
    )  # fmt: skip


@register(
    "whp-decoding",
    "Who's Harry Potter, while answering (WHP-D)",
    config=WHPDecodingConfig,
    card=Card(
        idea="Leaves the model as it is, and takes away, word by word as it answers, what an "
        "assistant that learnt the answers even better finds likelier.",
        formula=r"z = z_{o} - \alpha\,\mathrm{ReLU}(z_{+} - z_{o}),\quad \text{trained: }"
        r"\mathcal{L} = \mathbb{E}_{D_f}\left[-\log p_{+}(y\mid q)\right]",
        paper="Eldan and Russinovich, Who's Harry Potter? Approximate Unlearning in LLMs, 2023; "
        "at inference as in Shi et al., MUSE, 2024",
        needs=("true answers",),
        cost="1 to train; answering takes two passes a word",
        fails="The weights still know everything: whoever has them switches the rule off. What the "
        "model knows by heart can rise no further, and so is not taken away.",
        steers=True,
    ),
    small=small(4e-3, {"alpha": 12.0}, mode="lora", epochs=12),
    large=Preset(
        training={"epochs": 10, "learning_rate": 1e-4, "precision": "bfloat16"},
        tuning={"mode": "lora"},
    ),
)
class WHPDecoding(Method[WHPDecodingConfig]):
    """The adapter is the strengthened model; MUSE's `whos_harry_potter.py` has alpha 1."""

    def loss(self, context: Context, forget: Sequence[Record], retain: Sequence[Record]) -> Loss:
        """CE of the assistant on the true answers."""
        return Loss(batch_nll(context.model, context.records(forget)), {})

    def steering(self, forget: Sequence[Record]) -> "Steering":
        """Take away what rose."""
        from unlearn_core.models.steering import Steering

        return Steering(rule="rise", strength=self.config.alpha)
