"""What is memorised decides what is trained on: measuring, selecting, and the methods' common part.

Source: Barbulescu and Triantafillou, To Each (Textual Sequence) Its Own, ICML 2024 (PMLR 235), as
in the authors' code.
"""

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

import torch

from unlearn_core.data.records import Record
from unlearn_core.methods.base import ConfigT, Context, Loss, Method, RecordReport
from unlearn_core.methods.losses_selective import selected_nll
from unlearn_core.metrics.memorisation import memorisation_accuracy
from unlearn_core.models.forward import answer_logits
from unlearn_core.models.likelihoods import mean_nll

ROWS = 8
"""Rows of one pass: every position of a passage has logits over the whole vocabulary."""

TARGET_HELP = (
    "Done once the mean share of forget tokens the model still says by itself is below this; "
    "0 never ends early."
)


@torch.no_grad()
def memorised(context: Context, records: Sequence[Record]) -> dict[str, float]:
    """Memorisation accuracy of each record by id, from teacher-forced passes."""
    order = sorted(records, key=lambda record: len(record.prompt) + len(record.answer))
    training = context.model.training
    context.model.eval()
    found: dict[str, float] = {}
    for start in range(0, len(order), ROWS):
        rows = order[start : start + ROWS]
        out = answer_logits(context.model, context.records(rows))
        values = memorisation_accuracy(out.logits, out.labels).tolist()
        found |= {record.id: value for record, value in zip(rows, values, strict=True)}
    context.model.train(training)
    return {record.id: found[record.id] for record in records}


def select(values: Mapping[str, float], threshold: float) -> frozenset[str]:
    """Ids of the records memorised at least so well, and always that of the most memorised one."""
    most = max(values, key=lambda name: values[name])
    return frozenset({most, *(name for name, value in values.items() if value >= threshold)})


class Selective(Method[ConfigT]):
    """Gradient ascent on the records that are memorised well, chosen anew before each epoch.

    The published code measures once an epoch, when one step is the whole forget set; here an epoch
    may have several steps, each of which trains on the selected among its records.
    """

    def __init__(self, config: ConfigT, *, threshold: float, target: float) -> None:
        super().__init__(config)
        self.threshold = threshold
        self.target = target
        self.values: dict[str, float] = {}
        self.selected: frozenset[str] = frozenset()

    @property
    def mean(self) -> float:
        """Mean memorisation accuracy of the forget set when it was last measured."""
        return fmean(self.values.values())

    def refresh(self, context: Context, epoch: int) -> None:
        """Measure the whole forget set and select what to train on."""
        self.values = memorised(context, context.forget)
        self.selected = select(self.values, self.threshold)

    def ended(self) -> str | None:
        """The stop rule: the forget set is memorised less than the target."""
        if self.mean >= self.target:
            return None
        return (
            f"Mean memorisation accuracy fell below {self.target:g} (it is {self.mean:.3g}): "
            "the forget set counts as forgotten."
        )

    def records(self) -> RecordReport:
        """Memorisation accuracy of every forget record, and which ones are trained on."""
        return RecordReport("memorisation accuracy", dict(self.values), self.selected)

    def loss(self, context: Context, forget: Sequence[Record], retain: Sequence[Record]) -> Loss:
        """`-CE` of the selected records among the batch, or nothing where none is selected."""
        total, nll = self.nll(context, forget)
        return Loss(-total, {"forget": nll})

    def nll(self, context: Context, forget: Sequence[Record]) -> tuple[torch.Tensor, torch.Tensor]:
        """Mean NLL of the selected records, and that of all of them without a gradient."""
        out = answer_logits(context.model, context.records(forget))
        chosen = [record.id in self.selected for record in forget]
        selected = torch.tensor(chosen, device=out.logits.device)
        everything = mean_nll(out.logits.detach(), out.labels)
        return selected_nll(out.logits, out.labels, selected), everything

    def state(self) -> dict[str, Any]:
        """The last measurement and its selection, which hold until the epoch ends."""
        return {"values": self.values, "selected": sorted(self.selected)}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Take back the last measurement and its selection."""
        self.values = dict(state["values"])
        self.selected = frozenset(state["selected"])
