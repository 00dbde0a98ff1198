"""What protects the kept records beside a method's own loss: their likelihood, or the original."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from torch import Tensor

from unlearn_core.data.records import Record
from unlearn_core.methods.base import Context, Loss
from unlearn_core.models.forward import answer_logits
from unlearn_core.models.likelihoods import mean_nll


def with_retain(loss: Loss, context: Context, retain: Sequence[Record], weight: float) -> Loss:
    """Add `weight` times the token mean CE on the retain batch, as the part `retain`.

    Without retain records, or with weight 0, the loss stays as it is and no pass is made.
    """
    if not weight or not retain:
        return loss

    def kept() -> Loss:
        out = answer_logits(context.model, context.records(retain))
        nll = mean_nll(out.logits, out.labels)
        return Loss(weight * nll, {"retain": nll})

    return replace(loss, rest=kept)


def near_original(
    loss: Loss,
    context: Context,
    retain: Sequence[Record],
    weight: float,
    name: str,
    divergence: Callable[[Tensor, Tensor, Tensor], Tensor],
) -> Loss:
    """Add `weight` times a divergence from the original model on the retain batch.

    Args:
        name: Of the part that is the divergence; the part `retain` is the token mean CE.
        divergence: Of the model's logits, the original's (both (B, K, V)) and the labels (B, K).
    """
    if not weight or not retain:
        return loss

    def kept() -> Loss:
        batch = context.records(retain)
        with context.original() as original:
            reference = answer_logits(original, batch).logits
        out = answer_logits(context.model, batch)
        value = divergence(out.logits, reference, out.labels)
        return Loss(
            weight * value, {name: value, "retain": mean_nll(out.logits.detach(), out.labels)}
        )

    return replace(loss, rest=kept)
