"""Cross-entropy unlearning: the model as it is, but for the true token."""

import math
from collections.abc import Sequence

from torch import Tensor

from unlearn_core.data.batches import IGNORED
from unlearn_core.data.records import Record
from unlearn_core.methods.base import Card, Loss
from unlearn_core.methods.presets import UNBOUNDED, large, small
from unlearn_core.methods.registry import register
from unlearn_core.methods.retain import RetainConfig
from unlearn_core.methods.token_loss import TokenLoss
from unlearn_core.models.forward import AnswerLogits
from unlearn_core.models.likelihoods import soft_cross_entropy
from unlearn_core.settings.config import setting, with_default


class CEUConfig(RetainConfig):
    """Settings of CE-U; the defaults are the published ones, without retain data."""

    skip: int = setting(
        1, "Tokens at the start of each answer that are left as they are.", ge=0, le=100,
        unit="tokens",
    )  # fmt: skip
    retain_weight: float = with_default(RetainConfig, "retain_weight", 0.0)


def ce_u_loss(logits: Tensor, labels: Tensor, skip: int = 0) -> Tensor:
    """Cross-entropy to the model's own distribution without the true token.

    `CE(softmax(z'), p)`, where `z'` are the model's logits, without gradient, with that of the
    true token set to minus infinity.

    Args:
        logits: (B, K, V).
        labels: (B, K).
        skip: Answer tokens left out at the start of each row; 0 where nothing is left.

    Source: CE-U (cross-entropy unlearning), as in open-unlearning.
    """
    counted = labels != IGNORED
    counted &= counted.cumsum(dim=1) > skip
    true = labels[counted].unsqueeze(1)
    kept = logits[counted].float()
    others = kept.detach().scatter(1, true, -math.inf)
    return soft_cross_entropy(kept, others.softmax(dim=-1))


@register(
    "ce-u",
    "Cross-entropy unlearning (CE-U)",
    config=CEUConfig,
    card=Card(
        idea="Teaches the model its own next-best guess in place of every word of the true answer.",
        formula=r"\mathcal{L} = \mathbb{E}_{D_f}\left[\mathrm{CE}\left(\mathrm{softmax}("
        r"\tilde{z}_t),\, p_\theta\right)\right]"
        r" + \alpha\,\mathbb{E}_{D_r}\left[-\log p_\theta(y\mid q)\right],"
        r"\quad \tilde{z}_t = \mathrm{sg}(z_t)\ \text{with}\ \tilde{z}_{t,y_t} = -\infty",
        paper="Yang, CE-U: Cross Entropy Unlearning, arXiv 2503.01224",
        needs=("true answers", "retain data"),
        cost="1: as gradient ascent; 2 with the loss on the retain set",
        fails="The target moves with the model, and common words of the answers are driven out "
        "as well, so without the retain set the language suffers; the first word stays.",
    ),
    small=small(2e-4, {"retain_weight": 1.0}, **UNBOUNDED),
    large=large(**UNBOUNDED),
)
class CEU(TokenLoss[CEUConfig]):
    """Move each true token's probability to the other tokens, in proportion."""

    def own(self, forget: Sequence[Record], out: AnswerLogits) -> Loss:
        """`ce_u_loss` on the forget batch."""
        total = ce_u_loss(out.logits, out.labels, self.config.skip)
        return Loss(total, {"ce-u": total})
