"""Weighted gradient ascent: tokens that are unlikely already are pushed less."""

from collections.abc import Sequence

from torch import Tensor

from unlearn_core.data.batches import IGNORED
from unlearn_core.data.records import Record
from unlearn_core.methods.base import Card, Loss
from unlearn_core.methods.presets import UNBOUNDED, large, small
from unlearn_core.methods.registry import register
from unlearn_core.methods.retain import RETAIN_TERM, TWO_PASSES, RetainConfig
from unlearn_core.methods.token_loss import TokenLoss
from unlearn_core.models.forward import AnswerLogits
from unlearn_core.models.likelihoods import token_nll
from unlearn_core.settings.config import setting


class WGAConfig(RetainConfig):
    """Settings of WGA."""

    beta: float = setting(
        1.0, "Exponent of the weights (beta): higher pushes tokens less that are unlikely "
        "already; 0 is plain gradient ascent.", ge=0, le=100,
    )  # fmt: skip


def weighted_ascent_loss(
    logits: Tensor, labels: Tensor, confidence: float, doubt: float = 0.0
) -> Tensor:
    """Gradient ascent in which each token has a weight of its own probability.

    `-mean(p^confidence * (1 - p)^doubt * (-log p))`, the weights without gradient.

    Args:
        logits: (B, K, V).
        labels: (B, K).
        confidence: Higher spares tokens that are unlikely already (WGA's only exponent).
        doubt: Higher spares tokens that the model is certain of (SatImp's second exponent).

    Source: WGA and SatImp, as in open-unlearning.
    """
    nll = token_nll(logits, labels)
    probability = (-nll.detach()).exp()
    weight = probability**confidence * (1.0 - probability) ** doubt
    return -(weight * nll).sum() / (labels != IGNORED).sum()


@register(
    "wga",
    "Weighted gradient ascent (WGA)",
    config=WGAConfig,
    card=Card(
        idea="Gradient ascent that pushes hardest on the words the model is surest of and lets "
        "go of those it no longer expects.",
        formula=r"\mathcal{L} = \mathbb{E}_{D_f}\left[\frac{1}{|y|}\sum_t "
        r"\mathrm{sg}\left(p_t^{\beta}\right)\log p_t\right]" + RETAIN_TERM,
        paper="Wang et al., Rethinking LLM Unlearning Objectives, ICLR 2025",
        needs=("true answers", "retain data"),
        cost=TWO_PASSES,
        fails="Below a beta of about 1 it behaves like gradient ascent and breaks the model; far "
        "above 1 it stops while answers are still likely.",
    ),
    small=small(2e-4, **UNBOUNDED),
    large=large(**UNBOUNDED),
)
class WGA(TokenLoss[WGAConfig]):
    """Ascend on the true answers, each token weighted by its own probability."""

    def own(self, forget: Sequence[Record], out: AnswerLogits) -> Loss:
        """`weighted_ascent_loss` with one exponent."""
        total = weighted_ascent_loss(out.logits, out.labels, self.config.beta)
        return Loss(total, {"wga": total})
