"""A run's events and its changes of state, written in the caller's transaction."""

import sqlite3
import time
from collections.abc import Sequence

from unlearn_core.runs.events import FINISHED, Event, RunState
from unlearn_core.runs.info import to_json


def append_events(connection: sqlite3.Connection, run_id: str, events: Sequence[Event]) -> int:
    """Add events in order; the newest progress is also kept with the run.

    Returns:
        The sequence number of the last one.
    """
    newest = "SELECT coalesce(max(seq), 0) FROM events WHERE run_id = ?"
    seq = int(connection.execute(newest, (run_id,)).fetchone()[0])
    connection.executemany(
        "INSERT INTO events (run_id, seq, time, step, kind, payload) VALUES (?, ?, ?, ?, ?, ?)",
        [
            (run_id, seq + i, event.time, event.step, event.kind, to_json(event.payload))
            for i, event in enumerate(events, 1)
        ],
    )
    progress = next((e.payload for e in reversed(events) if e.kind == "progress"), None)
    if progress is not None:
        connection.execute(
            "UPDATE runs SET step = ?, total = ?, seconds_left = ? WHERE id = ?",
            (progress["step"], progress["total"], progress["seconds_left"], run_id),
        )
    return seq + len(events)


def enter_state(connection: sqlite3.Connection, run_id: str, state: RunState, message: str) -> None:
    """Change the state and say so."""
    now = time.time()
    connection.execute(
        "UPDATE runs SET state = ?, message = ? WHERE id = ?", (state, message, run_id)
    )
    if state == "loading":
        connection.execute(
            "UPDATE runs SET started = coalesce(started, ?) WHERE id = ?", (now, run_id)
        )
    if state == "paused" or state in FINISHED:
        connection.execute(
            "UPDATE runs SET pid = NULL, command = NULL, commanded = NULL, owner = NULL, "
            "seconds_left = NULL WHERE id = ?",
            (run_id,),
        )
    if state in FINISHED:
        connection.execute("UPDATE runs SET ended = ? WHERE id = ?", (now, run_id))
    say_state(connection, run_id, state, message)


def say_state(connection: sqlite3.Connection, run_id: str, state: RunState, message: str) -> None:
    """Write the `status` event of a state."""
    step = connection.execute("SELECT step FROM runs WHERE id = ?", (run_id,)).fetchone()[0]
    payload = {"state": state, "message": message}
    append_events(connection, run_id, [Event("status", step, payload)])
