"""What protects the kept records beside a method's own loss: their likelihood, or the original.

Every method with such a term shares its settings, so that how well something is kept and how it is
forgotten can be chosen apart.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal, TypeVar

from torch import Tensor

from unlearn_core.data.records import Record
from unlearn_core.methods.base import Context, Loss
from unlearn_core.models.forward import AnswerLogits, answer_logits
from unlearn_core.models.likelihoods import forward_kl, jensen_shannon, mean_nll
from unlearn_core.settings.config import Config, setting

RetainLoss = Literal["nll", "kl", "js"]
DIVERGENCES = {"kl": forward_kl, "js": jensen_shannon}

RETAIN_TERM = r" + \alpha\,\mathbb{E}_{D_r}\left[-\log p_\theta(y\mid q)\right]"
"""The term in a card's formula."""
TWO_PASSES = "2: a forward and backward pass on forget and on retain records"


class RetainConfig(Config):
    """Settings of every method that protects the retain set by a term of its own."""

    retain_weight: float = setting(
        1.0, "Weight of the retain loss: higher protects what is kept and forgets more slowly; 0 "
        "leaves it out.", ge=0, le=1000,
    )  # fmt: skip
    retain_loss: RetainLoss = setting(
        "nll", "nll trains on the true answers of the retain set; kl and js (Kullback-Leibler and "
        "Jensen-Shannon divergence) keep the model near the original there.", advanced=True,
    )  # fmt: skip


RetainT = TypeVar("RetainT", bound=RetainConfig)


def original_copies(values: Mapping[str, Any]) -> int:
    """Frozen copies of the model that the retain term of these settings needs: 1 or 0."""
    return int(values.get("retain_loss") in DIVERGENCES and bool(values.get("retain_weight")))


def retain_term(
    context: Context, retain: Sequence[Record], kind: RetainLoss
) -> tuple[AnswerLogits, Tensor, dict[str, Tensor]]:
    """A pass over retain records: its logits, the unweighted loss, and the parts to show."""
    batch = context.records(retain)
    if kind == "nll":
        out = answer_logits(context.model, batch)
        nll = mean_nll(out.logits, out.labels)
        return out, nll, {"retain": nll}
    with context.original() as original:
        reference = answer_logits(original, batch).logits
    out = answer_logits(context.model, batch)
    value = DIVERGENCES[kind](out.logits, reference, out.labels)
    return out, value, {kind: value, "retain": mean_nll(out.logits.detach(), out.labels)}


def with_retain(
    loss: Loss, context: Context, retain: Sequence[Record], config: RetainConfig
) -> Loss:
    """Add `retain_weight` times the retain loss; its token mean NLL is the part `retain`.

    Without retain records, or with weight 0, the loss stays as it is and no pass is made.
    """
    if not config.retain_weight or not retain:
        return loss

    def kept() -> Loss:
        _, value, parts = retain_term(context, retain, config.retain_loss)
        return Loss(config.retain_weight * value, parts)

    return replace(loss, rest=kept)
