"""What happened in a run, wherever it is kept: in the workspace's store or in a recording."""

from collections.abc import Collection
from pathlib import Path
from typing import Protocol

from unlearn_core.runs.events import Event
from unlearn_core.runs.info import RunInfo
from unlearn_core.runs.recorded import RecordedRuns, is_recorded
from unlearn_core.runs.store import Store


class History(Protocol):
    """The questions that can be asked about a run; `Store` and `RecordedRuns` answer them."""

    def get(self, run_id: str) -> RunInfo:
        """One run; `InvalidInput` where there is none."""
        ...

    def folder(self, run_id: str) -> Path:
        """The run's folder, with its spec, environment and result."""
        ...

    def events(
        self, run_id: str, after: int = 0, kinds: Collection[str] = (), limit: int | None = None
    ) -> list[Event]:
        """Events with a sequence number above `after`, in order."""
        ...

    def last(self, run_id: str, kind: str) -> Event | None:
        """The newest event of a kind."""
        ...


def known_runs(store: Store) -> list[RunInfo]:
    """Every run there is: the store's, newest first, then the recorded ones."""
    return [*store.runs(), *RecordedRuns().runs()]


def history_of(store: Store, run_id: str) -> History:
    """Where the history of a run is: the recordings for `recorded:<name>`, else the store."""
    return RecordedRuns() if is_recorded(run_id) else store
