"""What happened: the events and states of a workspace's runs, shared by all processes."""

import sqlite3
import time
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from unlearn_core.errors import InvalidInput, LetheError
from unlearn_core.runs.database import Database
from unlearn_core.runs.events import ACTIVE, FINISHED, Event, RunState
from unlearn_core.runs.info import read_events, to_json
from unlearn_core.runs.recorded import READ_ONLY, is_recorded


class Fenced(LetheError):
    """A process wrote to a run that was given to another one, or has ended without it."""


class EventLog:
    """The history of every run of a workspace.

    Raises:
        InvalidInput: The folder cannot be made, read or written; also later, by any method.
    """

    def __init__(self, workspace: Path) -> None:
        self.workspace = Path(workspace).expanduser().absolute()
        self._database = Database(self.workspace)
        self._claims: dict[str, int] = {}
        """Numbers of the claims by which runs were taken through this store."""

    def close(self) -> None:
        """Close the store; runs go on."""
        self._database.close()

    def append(self, run_id: str, events: Sequence[Event]) -> int:
        """Add events in order; the newest progress is also kept with the run.

        Returns:
            The sequence number of the run's last event.
        """
        with self._database.write() as connection:
            self._held(run_id)
            newest = "SELECT coalesce(max(seq), 0) FROM events WHERE run_id = ?"
            seq = int(connection.execute(newest, (run_id,)).fetchone()[0])
            connection.executemany(
                "INSERT INTO events (run_id, seq, time, step, kind, payload) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (run_id, place, event.time, event.step, event.kind, to_json(event.payload))
                    for place, event in enumerate(events, seq + 1)
                ],
            )
            told = [event.payload for event in events if event.kind == "progress"]
            if told:
                shown = ("step", "total", "seconds_left")
                self._set(run_id, **{name: told[-1][name] for name in shown})
        return seq + len(events)

    def events(
        self, run_id: str, after: int = 0, kinds: Collection[str] = (), limit: int | None = None
    ) -> list[Event]:
        """Events with a sequence number above `after`, in order.

        Args:
            run_id: The run.
            after: Cursor: the last sequence number already seen.
            kinds: Only these kinds; all when empty.
            limit: At most so many, the oldest ones.
        """
        some = f"AND kind IN ({', '.join('?' * len(kinds))}) " if kinds else ""
        rows = self._database.rows(
            "SELECT kind, step, payload, time, seq FROM events "
            f"WHERE run_id = ? AND seq > ? {some}ORDER BY seq LIMIT ?",
            (run_id, after, *kinds, -1 if limit is None else limit),
        )
        return read_events(rows)

    def last(self, run_id: str, kind: str) -> Event | None:
        """The newest event of a kind."""
        rows = self._database.rows(
            "SELECT kind, step, payload, time, seq FROM events "
            "WHERE run_id = ? AND kind = ? ORDER BY seq DESC LIMIT 1",
            (run_id, kind),
        )
        return next(iter(read_events(rows)), None)

    def state(self, run_id: str) -> RunState | None:
        """A run's state; None for one that was deleted."""
        row = self._database.row("SELECT state FROM runs WHERE id = ?", (run_id,))
        return None if row is None else row["state"]

    def set_state(self, run_id: str, state: RunState, message: str = "") -> None:
        """Change a run's state and write the `status` event that says so.

        A run that has ended stays ended, and one that is stopping does not look running again.
        """
        with self._database.write():
            now = str(self._held(run_id)["state"])
            if now in FINISHED or (now == "stopping" and state in ("loading", "running")):
                return
            self._enter(run_id, state, message)

    def require_claim(self, run_id: str) -> None:
        """Make sure that a run is still in the hands of who took it through this store.

        Raises:
            Fenced: It was given to another process, or was ended by one.
        """
        self._held(run_id)

    def _held(self, run_id: str) -> sqlite3.Row:
        """A run's row, unless it was taken through this store and is another's by now."""
        row = self._row(run_id)
        mine = self._claims.get(run_id)
        if mine is not None and (row["claim"] != mine or row["state"] not in ACTIVE):
            raise Fenced(
                f"Run {run_id} is {row['state']} and no longer this process's: it was given up, or "
                "another process has it. Nothing more of this process is kept."
            )
        return row

    def _enter(self, run_id: str, state: RunState, message: str = "") -> None:
        """Change the state, whatever it was, and say so."""
        values: dict[str, Any] = {"state": state, "message": message}
        if state not in ACTIVE:
            self._claims.pop(run_id, None)
        if state == "paused" or state in FINISHED:
            values |= dict.fromkeys(("pid", "command", "commanded", "owner", "seconds_left"))
        if state in FINISHED:
            values["ended"] = time.time()
        with self._database.write():
            row = self._row(run_id)
            if state == "loading":
                values["started"] = row["started"] or time.time()
            self._set(run_id, **values)
            self.append(
                run_id, [Event("status", row["step"], {"state": state, "message": message})]
            )

    def _set(self, run_id: str, **values: Any) -> None:
        """Change columns of a run."""
        columns = ", ".join(f"{name} = ?" for name in values)
        with self._database.write() as connection:
            connection.execute(
                f"UPDATE runs SET {columns} WHERE id = ?", (*values.values(), run_id)
            )

    def _row(self, run_id: str) -> sqlite3.Row:
        if is_recorded(run_id):
            raise InvalidInput(f"Run {run_id} {READ_ONLY}")
        row = self._database.row("SELECT * FROM runs WHERE id = ?", (run_id,))
        if row is None:
            raise InvalidInput(
                f"There is no run {run_id!r} in {self.workspace}. `python -m unlearn_core runs` "
                "lists those there are."
            )
        return row
