"""FLAT: widen the gap between a refusal and the true answer by an f-divergence."""

import math
from collections.abc import Sequence
from typing import Literal

import torch.nn.functional as F
from torch import Tensor

from unlearn_core.data.batches import IGNORED
from unlearn_core.data.records import Record
from unlearn_core.methods.base import Card, Context, Loss, Method
from unlearn_core.methods.presets import large, small
from unlearn_core.methods.refusals import refusal, require_questions
from unlearn_core.methods.registry import register
from unlearn_core.methods.retain import RetainConfig, with_retain
from unlearn_core.models.forward import answer_logits
from unlearn_core.models.likelihoods import mean_nll, token_nll
from unlearn_core.settings.config import setting, with_default

Divergence = Literal["TV", "KL", "Pearson", "JS"]


class FlatConfig(RetainConfig):
    """Settings of FLAT; as published it uses no retain data."""

    divergence: Divergence = setting(
        "TV", "f-divergence that measures the gap: total variation, Kullback-Leibler, Pearson or "
        "Jensen-Shannon.",
    )  # fmt: skip
    retain_weight: float = with_default(RetainConfig, "retain_weight", 0.0)


def mean_probability(logits: Tensor, labels: Tensor) -> Tensor:
    """Mean probability of an answer's tokens, (B,)."""
    counted = labels != IGNORED
    probability = (-token_nll(logits, labels)).exp() * counted
    return probability.sum(dim=1) / counted.sum(dim=1)


def flat_loss(template: Tensor, forget: Tensor, divergence: Divergence) -> Tensor:
    """Minus the variational f-divergence between template answers and true answers.

    `mean(-g(template) + f*(g(forget)))` with the optimal `g` of each divergence. The published
    code takes the mean probability over every position, masked ones counting 0, so that its
    value depends on the prompt's length; `mean_probability` is over answer tokens.

    Args:
        template: (B,) mean token probability of the template answers.
        forget: (B,) mean token probability of the true answers.
        divergence: Total variation, Kullback-Leibler, Pearson or Jensen-Shannon.

    Source: FLAT and its published code.
    """
    match divergence:
        case "TV":
            rows = 0.5 * (forget.tanh() - template.tanh())
        case "KL":
            rows = (forget - 1.0).exp() - template
        case "Pearson":
            rows = forget.square() / 4.0 + forget - template
        case "JS":
            rows = F.softplus(-template) + F.softplus(forget) - 2.0 * math.log(2.0)
    return rows.mean()


@register(
    "flat",
    "Loss adjustment with only forget data (FLAT)",
    config=FlatConfig,
    card=Card(
        idea="Makes a refusal likelier and the true answer less likely at once, and only as far "
        "as a bounded measure of their difference goes.",
        formula=r"\mathcal{L} = \mathbb{E}_{D_f}\left[-g^*\left(P(y_e)\right) + "
        r"f^*\left(g^*\left(P(y_f)\right)\right)\right]"
        r" + \alpha\,\mathbb{E}_{D_r}\left[-\log p_\theta(y\mid q)\right],"
        r"\quad P(y) = \frac{1}{|y|}\sum_t p_\theta(y_t\mid q, y_{<t})",
        paper="Wang et al., LLM Unlearning via Loss Adjustment with Only Forget Data, ICLR 2025",
        needs=("true answers", "retain data"),
        cost="2: a pass on true answers and on refusals; 3 with the loss on the retain set",
        fails="Works on probabilities, not their logarithms: answers that are very unlikely or "
        "all but certain give almost no gradient. The model may refuse too much. Not for "
        "passages, which ask nothing.",
    ),
    small=small(4e-4, {"retain_weight": 1.0}),
    large=large(epochs=5),
)
class Flat(Method[FlatConfig]):
    """Minimise `flat_loss` between refusals and true answers."""

    def prepare(self, context: Context) -> None:
        """Make sure that there are questions to refuse."""
        require_questions("FLAT", context.forget)

    def loss(self, context: Context, forget: Sequence[Record], retain: Sequence[Record]) -> Loss:
        """`flat_loss` on the forget batch plus the retain term."""
        out = answer_logits(context.model, context.records(forget))
        pairs = [(record.prompt, refusal(record.id)) for record in forget]
        other = answer_logits(context.model, context.batch(pairs))
        total = flat_loss(
            mean_probability(other.logits, other.labels),
            mean_probability(out.logits, out.labels),
            self.config.divergence,
        )
        parts = {
            "forget": mean_nll(out.logits.detach(), out.labels),
            "refusal": mean_nll(other.logits.detach(), other.labels),
            "flat": total,
        }
        return with_retain(Loss(total, parts), context, retain, self.config)
