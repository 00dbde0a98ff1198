"""SatImp: gradient ascent weighted by how likely and how unsettled a token is.

Published settings disagree on the two weights: the class and the documentation of open-unlearning
give the forget loss 1 and the retain loss 0.1, its configuration file gives them 0.1 and 1. The
defaults here are the former, the ratio of the paper.
"""

from collections.abc import Sequence

from unlearn_core.data.records import Record
from unlearn_core.methods.base import Card, Loss
from unlearn_core.methods.presets import UNBOUNDED, large, small
from unlearn_core.methods.registry import register
from unlearn_core.methods.retain import RETAIN_TERM, TWO_PASSES, RetainConfig
from unlearn_core.methods.token_loss import TokenLoss
from unlearn_core.methods.wga import weighted_ascent_loss
from unlearn_core.models.forward import AnswerLogits
from unlearn_core.settings.config import setting, with_default


class SatImpConfig(RetainConfig):
    """Settings of SatImp."""

    saturation: float = setting(
        5.0, "Saturation exponent (beta 1): higher pushes tokens less that are unlikely "
        "already.", ge=0, le=100,
    )  # fmt: skip
    importance: float = setting(
        1.0, "Importance exponent (beta 2): higher pushes tokens less that the model is certain "
        "of.", ge=0, le=100,
    )  # fmt: skip
    forget_weight: float = setting(
        1.0, "Weight of the loss on the forget set (gamma).", gt=0, le=100
    )
    retain_weight: float = with_default(RetainConfig, "retain_weight", 0.1)


@register(
    "satimp",
    "Saturation and importance weighting (SatImp)",
    config=SatImpConfig,
    card=Card(
        idea="Gradient ascent that leaves alone both the words the model no longer expects and "
        "those that any speaker would say.",
        formula=r"\mathcal{L} = \gamma\,\mathbb{E}_{D_f}\left[\frac{1}{|y|}\sum_t "
        r"\mathrm{sg}\left(p_t^{\beta_1}(1-p_t)^{\beta_2}\right)\log p_t\right]" + RETAIN_TERM,
        paper="Yang et al., Exploring Criteria of Loss Reweighting to Enhance LLM Unlearning, "
        "ICML 2025",
        needs=("true answers", "retain data"),
        cost=TWO_PASSES,
        fails="Words the model is all but certain of have hardly any weight, so answers known by "
        "heart are forgotten slowly, and so are words of middling probability.",
    ),
    small=small(6e-4, **UNBOUNDED),
    large=large(**UNBOUNDED),
)
class SatImp(TokenLoss[SatImpConfig]):
    """Ascend on the true answers, weighted by probability and doubt."""

    def own(self, forget: Sequence[Record], out: AnswerLogits) -> Loss:
        """`forget_weight * weighted_ascent_loss` with both exponents."""
        config = self.config
        loss = weighted_ascent_loss(out.logits, out.labels, config.saturation, config.importance)
        return Loss(config.forget_weight * loss, {"satimp": loss})
