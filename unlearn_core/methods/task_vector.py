"""Task arithmetic: learn the forget set more, then go the other way from the original."""

from collections.abc import Sequence

import torch
from torch import Tensor

from unlearn_core.config import Config, setting
from unlearn_core.data.records import Record
from unlearn_core.methods.base import Card, Context, Loss, Method, Preset
from unlearn_core.methods.forward import answer_logits
from unlearn_core.methods.losses import mean_nll
from unlearn_core.methods.presets import LARGE_TRAINING
from unlearn_core.methods.registry import register


class TaskVectorConfig(Config):
    """Settings of the task vector."""

    alpha: float = setting(
        5.0, "How far to go the other way, in lengths of what training on the forget set changed.",
        gt=0, le=100,
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
        "half of the answers go before other knowledge does. They get likelier until the "
        "subtraction at the end, so no stop rule can watch it.",
        copies=1,
    ),
    small=Preset(
        training={"epochs": 5, "learning_rate": 1e-4},
        tuning={"mode": "full"},
    ),
    large=Preset(
        training=LARGE_TRAINING,
        tuning={"mode": "lora"},
    ),
)
class TaskVector(Method[TaskVectorConfig]):
    """Plain descent on the forget set; `finish` does the arithmetic."""

    def loss(self, context: Context, forget: Sequence[Record], retain: Sequence[Record]) -> Loss:
        """`CE(forget)`, the token mean over true answers."""
        out = answer_logits(context.model, context.records(forget))
        nll = mean_nll(out.logits, out.labels)
        return Loss(nll, {"forget": nll})

    @torch.no_grad()
    def finish(self, context: Context) -> bool:
        """Turn the change of the weights around and scale it.

        An adapter's change is the product B A, so scaling B alone scales it exactly.
        """
        from unlearn_core.models.tuning import has_adapter

        trained = {n: p for n, p in context.model.named_parameters() if p.requires_grad}
        if has_adapter(context.model):
            for name, parameter in trained.items():
                if ".lora_B." in name:
                    parameter.mul_(-self.config.alpha)
            return True
        with context.original() as model:
            originals = dict(model.named_parameters())
            for name, parameter in trained.items():
                parameter.copy_(negated(originals[name], parameter, self.config.alpha))
        return True


def negated(original: Tensor, tuned: Tensor, alpha: float) -> Tensor:
    """`original - alpha * (tuned - original)`, of any shape.

    Source: Ilharco et al., Editing Models with Task Arithmetic, ICLR 2023.
    """
    return original - alpha * (tuned - original)
