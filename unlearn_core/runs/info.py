"""Runs and events as the store keeps them: rows of SQLite and JSON text."""

import json
import math
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from unlearn_core.runs.events import ACTIVE, FINISHED, Command, Event, RunState


@dataclass(frozen=True)
class RunInfo:
    """A run as lists and headers show it.

    Attributes:
        id: Short, sortable by time, safe as a folder name.
        created, started, ended, heartbeat: Unix seconds.
        pid: Its worker, while one has it.
        spec: A `RunSpec` as JSON values.
        message: What the state means, in words.
        place: Place in the queue of its device, from 1.
        step, total, seconds_left: From the newest progress event.
        command: What was asked of it and not yet taken up.
        worked: Seconds that processes have worked on it, by their own clocks.
    """

    id: str
    kind: str
    name: str
    state: RunState
    device: str
    created: float
    started: float | None
    ended: float | None
    pid: int | None
    heartbeat: float | None
    spec: dict[str, Any]
    message: str
    place: int | None
    step: int
    total: int
    seconds_left: float | None
    command: Command | None
    worked: float = 0.0

    @property
    def took(self) -> float | None:
        """Seconds that it took; of a run of 0.1.0 by the clock of the day; None before it began."""
        if self.worked or not (self.started and self.ended):
            return self.worked or None
        return self.ended - self.started

    @property
    def source(self) -> str:
        """Name of the model that it works on: the one a run began with, or an audit attacks."""
        return str(self.spec["model"]["source"])

    @property
    def active(self) -> bool:
        """Whether a worker has it."""
        return self.state in ACTIVE

    @property
    def finished(self) -> bool:
        """Whether it has come to an end."""
        return self.state in FINISHED


def run_info(row: sqlite3.Row, places: Mapping[str, int]) -> RunInfo:
    """A run from its row and the places in the queues."""
    same = ("id", "kind", "name", "state", "device", "created", "started", "ended", "pid")
    also = ("heartbeat", "message", "step", "total", "seconds_left", "command", "worked")
    return RunInfo(
        **{key: row[key] for key in (*same, *also)},
        spec=json.loads(row["spec"]),
        place=places.get(row["id"]),
    )


def read_events(rows: Sequence[sqlite3.Row]) -> list[Event]:
    """Events from their rows."""
    # One parse of all payloads is several times faster than one each.
    payloads = json.loads("[" + ",".join(row["payload"] for row in rows) + "]")
    return [
        Event(row["kind"], row["step"], payload, row["time"], row["seq"])
        for row, payload in zip(rows, payloads, strict=True)
    ]


def to_json(value: Any) -> str:
    """Compact JSON text; numbers that JSON cannot hold become null."""
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    except ValueError:
        return json.dumps(finite(value), ensure_ascii=False)


def finite(value: Any) -> Any:
    """JSON values without infinity and NaN, for which JSON, and so the browser, has no number."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    return value
