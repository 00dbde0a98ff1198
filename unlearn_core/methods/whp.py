"""Who's Harry Potter, trained: fine-tuning on what a model without the knowledge would say."""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

import torch
from torch import Tensor

from unlearn_core.data.batches import IGNORED
from unlearn_core.data.records import Record
from unlearn_core.methods.base import Card, Context, Loss, Method
from unlearn_core.methods.presets import large, small
from unlearn_core.methods.registry import register
from unlearn_core.methods.retain import RetainConfig, with_retain
from unlearn_core.methods.strengthened import (
    BATCH,
    Strengthened,
    StrengthenedConfig,
    teacher_logits,
)
from unlearn_core.models.forward import answer_logits
from unlearn_core.models.likelihoods import mean_nll


class WHPConfig(StrengthenedConfig, RetainConfig):
    """Settings of Who's Harry Potter."""


def generic_labels(teacher: Tensor, labels: Tensor) -> Tensor:
    """The teacher's most likely token at every answer position, (B, K); `IGNORED` elsewhere."""
    return torch.where(labels == IGNORED, labels, teacher.argmax(dim=-1))


@register(
    "whp",
    "Who's Harry Potter (WHP)",
    config=WHPConfig,
    card=Card(
        idea="Replaces every word of the true answers that more training would make likelier by "
        "the likeliest other one, and trains on the result.",
        formula=r"\mathcal{L} = \mathbb{E}_{D_f}\left[-\log p_\theta(\hat y_t\mid q, y_{<t})"
        r"\right] + \alpha_r\,\mathbb{E}_{D_r}\left[-\log p_\theta(y\mid q)\right],\quad "
        r"\hat y_t = \arg\max\left(z_{o} - \alpha\,\mathrm{ReLU}(z_{+} - z_{o})\right)",
        paper="Eldan and Russinovich, Who's Harry Potter? Approximate Unlearning in LLMs, 2023",
        needs=("true answers", "retain data", "teacher"),
        cost="2: a forward and backward pass on forget and on retain records, after training the "
        "teacher's copy",
        fails="Each label is chosen for the true words before it, so what the model says on its "
        "own can be broken language; a word that no further training makes likelier is kept.",
        copies=1,
    ),
    small=small(2e-4, {"strengthen_learning_rate": 3e-4}),
    large=large({"strengthen_learning_rate": 1e-4}),
)
class WHP(Method[WHPConfig]):
    """Cross-entropy on hard generic labels, given the true words before each.

    The paper also replaces names by generic ones before it asks the original model; that needs a
    list of names for every text and is left out. `alpha` and the retain loss are choices of ours:
    the teacher's strength is that of RKLU, and without retain data the labels alone would spread.
    The labels are a few numbers a record, so the strengthened model is dropped after `prepare`.
    """

    def __init__(self, config: WHPConfig) -> None:
        super().__init__(config)
        self.labels: dict[str, list[int]] = {}

    def prepare(self, context: Context) -> None:
        """Train the strengthened model, and keep the generic label of every answer token."""
        strengthened = Strengthened(context, self.config)
        context.model.eval()
        for start in range(0, len(context.forget), BATCH):
            rows = context.forget[start : start + BATCH]
            batch = context.records(rows)
            with torch.no_grad():
                original = answer_logits(context.model, batch)
            with strengthened.model() as model:
                stronger = answer_logits(model, batch).logits
            teacher = teacher_logits(original.logits, stronger, self.config.alpha)
            labels = generic_labels(teacher, original.labels)
            for record, row in zip(rows, labels, strict=True):
                self.labels[record.id] = row[row != IGNORED].tolist()
        strengthened.release()

    def loss(self, context: Context, forget: Sequence[Record], retain: Sequence[Record]) -> Loss:
        """CE on the generic labels plus the retain term."""
        out = answer_logits(context.model, context.records(forget))
        total = mean_nll(out.logits, self._generic(forget, out.labels))
        parts = {"forget": mean_nll(out.logits.detach(), out.labels), "generic": total}
        return with_retain(Loss(total, parts), context, retain, self.config)

    def state(self) -> dict[str, Any]:
        """The generic labels, which a resumed model can no longer give."""
        return {"labels": self.labels}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Take back the generic labels."""
        self.labels = dict(state["labels"])

    def _generic(self, forget: Sequence[Record], labels: Tensor) -> Tensor:
        """The records' generic labels at the places of their true ones, (B, K)."""
        generic = labels.clone()
        kept = list(chain.from_iterable(self.labels[record.id] for record in forget))
        generic[labels != IGNORED] = torch.tensor(kept, device=labels.device)
        return generic
