"""Who's Harry Potter, trained: fine-tuning on what a model without the knowledge would say."""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

import torch
from torch import Tensor

from unlearn_core.data.batches import IGNORED
from unlearn_core.data.records import Record
from unlearn_core.methods.base import Card, Context, Loss, Method, Preset
from unlearn_core.methods.losses_teacher import generic_labels, teacher_logits
from unlearn_core.methods.presets import LARGE_TRAINING
from unlearn_core.methods.registry import register
from unlearn_core.methods.retain import with_retain
from unlearn_core.methods.strengthened import BATCH, Strengthened, StrengthenedConfig
from unlearn_core.models.forward import answer_logits
from unlearn_core.models.likelihoods import mean_nll
from unlearn_core.settings.config import setting


class WHPConfig(StrengthenedConfig):
    """Settings of Who's Harry Potter."""

    retain_weight: float = setting(
        1.0, "Weight of the loss on the retain set; 0 leaves it out.", ge=0, le=100
    )


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
    small=Preset(
        method={"strengthen_learning_rate": 3e-4},
        training={"epochs": 24, "learning_rate": 2e-4},
        tuning={"mode": "full"},
    ),
    large=Preset(
        method={"strengthen_learning_rate": 1e-4},
        training=LARGE_TRAINING,
        tuning={"mode": "lora"},
    ),
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
        """CE on the generic labels plus `retain_weight` times CE on the retain batch."""
        out = answer_logits(context.model, context.records(forget))
        total = mean_nll(out.logits, self._generic(forget, out.labels))
        parts = {"forget": mean_nll(out.logits.detach(), out.labels), "generic": total}
        return with_retain(Loss(total, parts), context, retain, self.config.retain_weight)

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
