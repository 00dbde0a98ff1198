"""What happened in a run, wherever it is kept: in the workspace's store or in a recording."""

from unlearn_core.runs.info import RunInfo
from unlearn_core.runs.recorded import RecordedRuns, is_recorded
from unlearn_core.runs.store import Store

History = Store | RecordedRuns
"""Both answer `get`, `folder`, `events` and `last` alike."""


def known_runs(store: Store) -> list[RunInfo]:
    """Every run there is: the store's, newest first, then the recorded ones."""
    return [*store.runs(), *RecordedRuns().runs()]


def history_of(store: Store, run_id: str) -> History:
    """Where the history of a run is: the recordings for `recorded:<name>`, else the store."""
    return RecordedRuns() if is_recorded(run_id) else store
