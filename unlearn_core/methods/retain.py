"""The usual protection of what is kept: its likelihood beside a method's own loss."""

from collections.abc import Sequence
from dataclasses import replace

from unlearn_core.data.records import Record
from unlearn_core.methods.base import Context, Loss
from unlearn_core.methods.forward import answer_logits
from unlearn_core.methods.losses import mean_nll


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
