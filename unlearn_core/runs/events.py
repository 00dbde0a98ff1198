"""What a run says while it goes: append-only rows that every display reads after a cursor."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

EventKind = Literal[
    "status",
    "progress",
    "scalars",
    "answers",
    "probe",
    "records",
    "candidates",
    "shot",
    "finding",
    "log",
    "error",
    "artifact",
]
EVENT_KINDS: tuple[str, ...] = get_args(EventKind)

RunState = Literal[
    "queued", "loading", "running", "stopping", "paused", "stopped", "done", "failed", "discarded"
]
FINISHED: frozenset[str] = frozenset({"stopped", "done", "failed", "discarded"})
ACTIVE: frozenset[str] = frozenset({"loading", "running", "stopping"})

Command = Literal["stop", "pause", "discard", "step"]
"""`step` is for a paused run: it takes one more step and is paused again."""


@dataclass(frozen=True)
class Event:
    """One row of a run's history.

    Attributes:
        kind: What the payload is; `docs/events.md` lists the payload of each kind.
        step: Optimiser steps done when it was written.
        payload: JSON-ready values.
        time: Unix seconds.
        seq: Position in the run, from 1; 0 until the store has numbered it.
    """

    kind: EventKind
    step: int
    payload: Mapping[str, Any]
    time: float = field(default_factory=time.time)
    seq: int = 0
