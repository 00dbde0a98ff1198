"""Gradient difference: gradient ascent on what is forgotten, descent on what is kept."""

from collections.abc import Sequence

from unlearn_core.data.records import Record
from unlearn_core.methods.base import Card, Context, Loss, Method
from unlearn_core.methods.presets import UNBOUNDED, large, small
from unlearn_core.methods.registry import register
from unlearn_core.methods.retain import RETAIN_TERM, TWO_PASSES, RetainConfig, with_retain
from unlearn_core.models.forward import batch_nll


class GradDiffConfig(RetainConfig):
    """Settings of gradient difference."""


@register(
    "grad-diff",
    "Gradient difference (GradDiff)",
    config=GradDiffConfig,
    card=Card(
        idea="Makes the true answers less likely while rehearsing what is to be kept.",
        formula=r"\mathcal{L} = \mathbb{E}_{D_f}\left[\log p_\theta(y\mid q)\right]" + RETAIN_TERM,
        paper="Liu, Liu and Stone, Continual Learning and Private Unlearning, CoLLAs 2022; Maini "
        "et al., TOFU, COLM 2024",
        needs=("true answers", "retain data"),
        cost=TWO_PASSES,
        fails="The loss on the true answers has no floor: sooner or later it outgrows the retain "
        "loss, and the model breaks if it is not stopped in time.",
    ),
    small=small(2e-4, {"retain_weight": 2.0}, **UNBOUNDED),
    large=large(**UNBOUNDED),
)
class GradDiff(Method[RetainConfig]):
    """Maximise the loss on the forget set, protect the retain set."""

    def loss(self, context: Context, forget: Sequence[Record], retain: Sequence[Record]) -> Loss:
        """`-CE(forget)`, the token mean, plus the retain term."""
        nll = batch_nll(context.model, context.records(forget))
        return with_retain(Loss(-nll, {"forget": nll}), context, retain, self.config)
