"""Simple negative preference optimisation: NPO without a reference, on likelihood a token."""

from collections.abc import Sequence

import torch.nn.functional as F
from torch import Tensor

from unlearn_core.data.batches import IGNORED
from unlearn_core.data.records import Record
from unlearn_core.methods.base import Card, Loss
from unlearn_core.methods.presets import large, small
from unlearn_core.methods.registry import register
from unlearn_core.methods.retain import RETAIN_TERM, TWO_PASSES, RetainConfig
from unlearn_core.methods.token_loss import TokenLoss
from unlearn_core.models.forward import AnswerLogits
from unlearn_core.models.likelihoods import sequence_nll
from unlearn_core.settings.config import setting


class SimNPOConfig(RetainConfig):
    """Settings of SimNPO; the defaults are those published for the largest TOFU forget set."""

    beta: float = setting(
        4.5, "Inverse temperature (beta): higher stops pushing a forgotten answer sooner; "
        "towards 0 it is gradient ascent.", gt=0, le=100,
    )  # fmt: skip
    margin: float = setting(
        0.0, "Margin (delta): loss per token around which an answer starts to count as "
        "forgotten.", ge=0, le=100,
    )  # fmt: skip
    forget_weight: float = setting(
        0.125, "Weight of the loss on the forget set (gamma).", gt=0, le=100
    )


def simnpo_loss(nll: Tensor, lengths: Tensor, beta: float, margin: float) -> Tensor:
    """Negative preference optimisation without a reference, on likelihood a token.

    `-(2 / beta) * mean(log sigmoid(beta * (nll / length - margin)))`. The margin stands inside
    the product with `beta`, as in open-unlearning.

    Args:
        nll: (B,) summed over answer tokens.
        lengths: (B,) number of answer tokens.
        beta: Inverse temperature.
        margin: Loss a token, in nats, around which an answer starts to count as forgotten.

    Source: Fan et al., Simplicity Prevails, arXiv 2410.07163.
    """
    return -(2.0 / beta) * F.logsigmoid(beta * (nll / lengths - margin)).mean()


@register(
    "simnpo",
    "Simple negative preference optimisation (SimNPO)",
    config=SimNPOConfig,
    card=Card(
        idea="Pushes each true answer down until its words are unlikely in themselves, whatever "
        "the original model thought of them; long and short answers count alike.",
        formula=r"\mathcal{L} = -\gamma\,\frac{2}{\beta}\,\mathbb{E}_{D_f}\left[\log\sigma\left("
        r"-\frac{\beta}{|y|}\log p_\theta(y\mid q) - \beta\delta\right)\right]" + RETAIN_TERM,
        paper="Fan et al., Simplicity Prevails: Rethinking Negative Preference Optimization for "
        "LLM Unlearning, arXiv 2410.07163",
        needs=("true answers", "retain data"),
        cost=TWO_PASSES,
        fails="Without a reference, answers the model was never sure of are hardly pushed at all, "
        "and the low probability left on the true answers can itself be found by an attacker.",
    ),
    small=small(4e-4, {"beta": 1.0, "forget_weight": 1.0, "retain_weight": 2.0}),
    large=large(),
)
class SimNPO(TokenLoss[SimNPOConfig]):
    """Push answers down by their likelihood a token."""

    def own(self, forget: Sequence[Record], out: AnswerLogits) -> Loss:
        """`forget_weight * simnpo_loss` on the forget batch."""
        config = self.config
        nll, lengths = sequence_nll(out.logits, out.labels), (out.labels != IGNORED).sum(dim=1)
        loss = simnpo_loss(nll, lengths, config.beta, config.margin)
        return Loss(config.forget_weight * loss, {"simnpo": loss})
