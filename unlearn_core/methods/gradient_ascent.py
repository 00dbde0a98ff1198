"""Gradient ascent: make the true answers less likely, and nothing else."""

from collections.abc import Sequence

from unlearn_core.data.records import Record
from unlearn_core.methods.base import Card, Context, Loss, Method
from unlearn_core.methods.presets import UNBOUNDED, large, small
from unlearn_core.methods.registry import register
from unlearn_core.models.forward import batch_nll
from unlearn_core.settings.config import Config


class GradientAscentConfig(Config):
    """Gradient ascent has no settings of its own."""


@register(
    "gradient-ascent",
    "Gradient ascent",
    config=GradientAscentConfig,
    card=Card(
        idea="Training run backwards: every step makes the true answers a little less likely.",
        formula=r"\mathcal{L} = \mathbb{E}_{(q,y)\in D_f}\left[\log p_\theta(y\mid q)\right]",
        paper="Jang et al., Knowledge Unlearning for Mitigating Privacy Risks in Language Models, "
        "ACL 2023",
        needs=("true answers",),
        cost="1: the yardstick of the others",
        fails="The loss has no floor, so the whole model breaks if it is not stopped in time.",
    ),
    small=small(1e-4, **UNBOUNDED),
    large=large(**UNBOUNDED),
)
class GradientAscent(Method[GradientAscentConfig]):
    """Maximise the loss on the forget set."""

    def loss(self, context: Context, forget: Sequence[Record], retain: Sequence[Record]) -> Loss:
        """`-CE(forget)`, the token mean over true answers."""
        nll = batch_nll(context.model, context.records(forget))
        return Loss(-nll, {"forget": nll})
