"""Recorded runs: real runs of the bundled model that ship with the app, to be looked at only.

A recording is a folder: `run.json` (its row in the store), `spec.json`, `environment.json`,
`result.json`, `events.jsonl` and, where it was attacked, `audit.json`. It has no model. Its id is
`recorded:` and the folder's name.
"""

import json
from collections.abc import Collection
from dataclasses import asdict, replace
from functools import lru_cache
from pathlib import Path

from unlearn_core.errors import InvalidInput
from unlearn_core.files import write_json
from unlearn_core.models.name import ModelName
from unlearn_core.runs.events import Event
from unlearn_core.runs.info import RunInfo, to_json
from unlearn_core.runs.result import read_result

RECORDED_FOLDER = Path(__file__).resolve().parents[2] / "assets" / "recorded"
READ_ONLY = (
    "is recorded: it can be looked at, but not changed, and it has no model. Repeat it to get a "
    "run of your own."
)
KEPT_KINDS = ("status", "scalars", "answers", "probe", "records", "log", "error")
"""What is told of a recording; progress and artifacts are of no use any more."""
COPIED = ("spec.json", "environment.json")


def is_recorded(run_id: str) -> bool:
    """Whether an id names a recorded run."""
    return ModelName.parse(run_id).kind == "recorded"


class RecordedRuns:
    """The recordings of a folder; answers the questions that a store answers, and no commands."""

    def __init__(self, folder: Path = RECORDED_FOLDER) -> None:
        self.place = folder

    def runs(self) -> list[RunInfo]:
        """All recordings, in the order in which they were made."""
        return sorted(map(self.get, self._folders()), key=lambda run: run.created)

    def get(self, run_id: str) -> RunInfo:
        """One recording.

        Raises:
            InvalidInput: There is none of this name.
        """
        folder = self.folder(run_id)
        row = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        spec = json.loads((folder / "spec.json").read_text(encoding="utf-8"))
        return RunInfo(**{**row, "id": run_id, "spec": spec})

    def folder(self, run_id: str) -> Path:
        """The recording's folder.

        Raises:
            InvalidInput: There is none of this name.
        """
        known = self._folders()
        if run_id not in known:
            there = ", ".join(sorted(known)) or "none"
            raise InvalidInput(f"There is no recorded run {run_id!r}. Those there are: {there}.")
        return known[run_id]

    def _folders(self) -> dict[str, Path]:
        return {recorded_id(path.parent): path.parent for path in self.place.glob("*/run.json")}

    def events(
        self, run_id: str, after: int = 0, kinds: Collection[str] = (), limit: int | None = None
    ) -> list[Event]:
        """Events with a sequence number above `after`, in order; as `Store.events`."""
        path = self.folder(run_id) / "events.jsonl"
        wanted = [
            event
            for event in _read_events(path, path.stat().st_mtime_ns)
            if event.seq > after and (not kinds or event.kind in kinds)
        ]
        return wanted[:limit]

    def last(self, run_id: str, kind: str) -> Event | None:
        """The newest event of a kind."""
        return next(iter(self.events(run_id, kinds=(kind,))[::-1]), None)


def recorded_id(folder: Path) -> str:
    """The id of the recording in a folder."""
    return str(ModelName("recorded", folder.name))


@lru_cache(maxsize=8)
def _read_events(path: Path, changed: int) -> tuple[Event, ...]:
    """The events of a file as it was at this change; read once, since a page asks many times."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(Event(**json.loads(line)) for line in lines)


def write_recording(info: RunInfo, events: list[Event], run_folder: Path, target: Path) -> None:
    """Write a finished run as a recording; what was there before is replaced.

    Args:
        info: The run, as its store has it.
        events: All its events.
        run_folder: The run's folder, for settings, environment and result.
        target: Folder of the recording.
    """
    target.mkdir(parents=True, exist_ok=True)
    bare = replace(info, pid=None, heartbeat=None, seconds_left=None, command=None)
    row = {name: value for name, value in asdict(bare).items() if name not in ("id", "spec")}
    write_json(target / "run.json", row)
    result = read_result(run_folder)
    if result is not None:
        result.model_copy(update={"run": recorded_id(target)}).write(target)
    for name in COPIED:
        (target / name).write_text((run_folder / name).read_text("utf-8"), encoding="utf-8")
    kept = [event for event in events if event.kind in KEPT_KINDS]
    lines = (to_json(asdict(event)) for event in kept)
    (target / "events.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
