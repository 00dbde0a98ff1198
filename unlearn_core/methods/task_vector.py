"""Task arithmetic: learn the forget set more, then go the other way from the original."""

from collections.abc import Sequence
from contextlib import AbstractContextManager

import torch
from torch import Tensor

from unlearn_core.data.records import Record
from unlearn_core.methods.arithmetic import put, temporarily, trained_weights
from unlearn_core.methods.base import Card, Context, Ending, Loss, Method
from unlearn_core.methods.presets import large, small
from unlearn_core.methods.registry import register
from unlearn_core.models.forward import batch_nll
from unlearn_core.models.peft_internals import side_of
from unlearn_core.settings.config import Config, setting


class TaskVectorConfig(Config):
    """Settings of the task vector."""

    alpha: float = setting(
        5.0, "Scaling of the task vector, what training on the forget set changed, before it is "
        "subtracted (alpha).", gt=0, le=100,
    )  # fmt: skip


@register(
    "task-vector",
    "Task vector",
    config=TaskVectorConfig,
    card=Card(
        idea="Trains the model on the forget set, sees which way its weights move, and takes the "
        "original the opposite way.",
        formula=r"\theta = \theta_0 - \alpha\,(\theta_{ft} - \theta_0),\quad "
        r"\theta_{ft} = \arg\min_\theta\,\mathbb{E}_{D_f}\left[-\log p_\theta(y\mid q)\right]",
        paper="Ilharco et al., Editing Models with Task Arithmetic, ICLR 2023",
        needs=("true answers", "reference"),
        cost="1: as gradient ascent, and one subtraction at the end",
        fails="One direction of the weights carries more than the forget set: on the bundled model "
        "half of the answers go before other knowledge does.",
        copies=1,
    ),
    small=small(1e-4, {"alpha": 8.0}, epochs=5),
    large=large(),
)
class TaskVector(Method[TaskVectorConfig]):
    """Plain descent on the forget set; `finish` does the arithmetic."""

    def loss(self, context: Context, forget: Sequence[Record], retain: Sequence[Record]) -> Loss:
        """`CE(forget)`, the token mean over true answers."""
        nll = batch_nll(context.model, context.records(forget))
        return Loss(nll, {"forget": nll})

    def shown(self, context: Context) -> AbstractContextManager[None]:
        """The weights after the arithmetic."""
        return temporarily(context.model, self._turned(context))

    def finish(self, context: Context) -> Ending:
        """Put the weights after the arithmetic in place."""
        put(context.model, self._turned(context))
        return Ending(changed=True)

    @torch.no_grad()
    def _turned(self, context: Context) -> dict[str, Tensor]:
        """Every trained weight with its change turned around and scaled.

        An adapter's change is the product B A, so scaling B alone scales it exactly.
        """
        from unlearn_core.models.trainable import has_adapter

        now, alpha = trained_weights(context.model), self.config.alpha
        if has_adapter(context.model):
            return {n: -alpha * t if side_of(n) == "B" else t for n, t in now.items()}
        with context.original() as model:
            originals = {name: p.data for name, p in model.named_parameters()}
        return {name: negated(originals[name], tensor, alpha) for name, tensor in now.items()}


def negated(original: Tensor, tuned: Tensor, alpha: float) -> Tensor:
    """`original - alpha * (tuned - original)`, of any shape.

    Source: Ilharco et al., Editing Models with Task Arithmetic, ICLR 2023.
    """
    return original - alpha * (tuned - original)
