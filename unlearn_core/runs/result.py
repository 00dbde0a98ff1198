"""What a finished run measured: its `result.json`."""

from pathlib import Path
from typing import Any, ClassVar

from unlearn_core.evaluation.scores import GroupScore, Scores
from unlearn_core.runs.document import Document


class RunResult(Document):
    """What came out of a run.

    Attributes:
        run: Its id.
        state: How it ended, `done` or `stopped`.
        spec: Its `RunSpec` as JSON values.
        data_hash: Of the records, so that changed data are noticed.
        before, after: What was measured on the original and on the unlearned model.
        seconds: Taken by each phase, and in `total`.
        peak_memory_bytes: Most memory held; None where nobody knows.
        steps: Optimiser steps done.
        stopped_because: Which rule or person ended it early.
    """

    FILE: ClassVar[str] = "result.json"

    run: str = ""
    state: str = "done"
    spec: dict[str, Any] = {}
    data_hash: str = "not recorded"
    before: Scores
    after: Scores
    seconds: dict[str, float]
    peak_memory_bytes: int | None = None
    device: str = "cpu"
    steps: int
    effective_batch_size: int | None = None
    stopped_because: str | None = None

    def both(self, group: str) -> tuple[GroupScore, GroupScore] | None:
        """A group before and after; `None` where it was not measured at both times."""
        before, after = self.before.groups.get(group), self.after.groups.get(group)
        return (before, after) if before and after else None


def read_result(folder: Path) -> RunResult | None:
    """What the run of this folder measured; `None` while there is nothing.

    Raises:
        InvalidInput: A newer Lethe wrote it, or it is damaged.
    """
    return RunResult.read(folder)
