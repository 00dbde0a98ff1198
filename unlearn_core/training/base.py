"""What every trainer offers, whichever way it trains: the method's loop, or the bundled recipe."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from unlearn_core.errors import LetheError
from unlearn_core.methods.base import Candidates, Ending, RecordReport


class NonFiniteLoss(LetheError):
    """The loss or its gradient is no longer a number; the weights are those of the step before."""


@dataclass(frozen=True)
class StepReport:
    """What one optimiser step did.

    Attributes:
        step: Steps done, this one included.
        total: Steps of the whole run.
        scalars: Chart values by name, such as `loss/total`.
        records: What the method knows of every forget record, at the first step of an epoch.
        candidates: The answers that the method chose from in this step.
    """

    step: int
    total: int
    scalars: Mapping[str, float]
    records: RecordReport | None = None
    candidates: Sequence[Candidates] = ()


class AnyTrainer(Protocol):
    """Trains step by step; stopping, pausing and measuring are the caller's to decide.

    Attributes:
        step: Steps done.
        ended: Why training was over before its last step, in words.
        total: Steps of the whole run.
    """

    step: int
    ended: str | None
    total: int

    @property
    def effective_batch_size(self) -> int:
        """Records behind one optimiser step."""
        ...

    def prepare(self) -> None:
        """Before the first step, while the model is still the original."""
        ...

    def steps(self) -> Iterator[StepReport]:
        """Train from the current step to the end, one optimiser step at a time.

        Raises:
            NonFiniteLoss: The loss is no longer a number.
        """
        ...

    def shown(self) -> AbstractContextManager[None]:
        """Inside, the model is what it would be if training ended now."""
        ...

    def finish(self) -> Ending:
        """When training is over, for a model that is kept."""
        ...

    def save(self, folder: Path) -> None:
        """Write a checkpoint."""
        ...

    def load(self, folder: Path) -> None:
        """Go back to where `save` was called."""
        ...
