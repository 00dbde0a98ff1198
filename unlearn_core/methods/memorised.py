"""What is memorised decides what is trained on: measuring, selecting, and the methods' common part.

Source: Barbulescu and Triantafillou, To Each (Textual Sequence) Its Own, ICML 2024 (PMLR 235), as
in the authors' code.
"""

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any, TypeVar

import torch
from torch import Tensor

from unlearn_core.data.batches import IGNORED
from unlearn_core.data.records import Record
from unlearn_core.methods.base import Context, Loss, Method, RecordReport, Report
from unlearn_core.metrics.memorisation import memorisation_accuracy
from unlearn_core.models.forward import answer_logits
from unlearn_core.models.likelihoods import mean_nll, token_nll
from unlearn_core.settings.config import Config, setting

ROWS = 8
"""Rows of one pass: every position of a passage has logits over the whole vocabulary."""

PAPER = "Barbulescu and Triantafillou, To Each (Textual Sequence) Its Own, ICML 2024"
COST = "1.3: a pass over the forget set before each epoch"


class MemorisedConfig(Config):
    """Settings of every such method."""

    target: float = setting(
        0.0, "Ends the run once the forget set's mean memorisation accuracy is below this; 0 "
        "never ends early.", ge=0, le=1,
    )  # fmt: skip


MemorisedT = TypeVar("MemorisedT", bound=MemorisedConfig)


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


def selected_nll(logits: Tensor, labels: Tensor, selected: Tensor) -> Tensor:
    """Mean negative log-likelihood over answer tokens of the selected rows; 0 without any.

    With no row selected the result still can be differentiated, and its gradient is zero.

    Args:
        logits: (B, K, V).
        labels: (B, K), `IGNORED` on prompt and padding.
        selected: (B,) bool.

    Source: Barbulescu and Triantafillou, To Each (Textual Sequence) Its Own, ICML 2024, as in the
    authors' code.
    """
    kept = labels.masked_fill(~selected[:, None], IGNORED)
    return token_nll(logits, kept).sum() / (kept != IGNORED).sum().clamp(min=1)


class Selective(Method[MemorisedT]):
    """Gradient ascent on the records that are memorised well, chosen anew before each epoch.

    The published code measures once an epoch, when one step is the whole forget set; here an epoch
    may have several steps, each of which trains on the selected among its records.

    Attributes:
        threshold: Memorisation accuracy from which a record is trained on.
        values: The last measurement, by record id.
        selected: Ids of the records that are trained on in this epoch.
    """

    threshold = 0.0

    def __init__(self, config: MemorisedT) -> None:
        super().__init__(config)
        self.values: dict[str, float] = {}
        self.selected: frozenset[str] = frozenset()

    @property
    def mean(self) -> float:
        """Mean memorisation accuracy of the forget set when it was last measured."""
        return fmean(self.values.values())

    def refresh(self, context: Context, epoch: int) -> str | None:
        """Measure the forget set and select what to train on; done below the target."""
        with self.shown(context):
            self.values = memorised(context, context.forget)
        self.selected = select(self.values, self.threshold)
        target = self.config.target
        if self.mean >= target:
            return None
        return (
            f"Mean memorisation accuracy fell below {target:g} (it is {self.mean:.3g}): "
            "the forget set counts as forgotten."
        )

    def report(self) -> Report:
        """Memorisation accuracy of every forget record, and which ones are trained on."""
        known = RecordReport("memorisation accuracy", dict(self.values), self.selected)
        return Report(records=known)

    def loss(self, context: Context, forget: Sequence[Record], retain: Sequence[Record]) -> Loss:
        """`-CE` of the selected records among the batch, or nothing where none is selected."""
        total, nll = self.nll(context, forget)
        return Loss(-total, {"forget": nll})

    def nll(self, context: Context, forget: Sequence[Record]) -> tuple[Tensor, Tensor]:
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
