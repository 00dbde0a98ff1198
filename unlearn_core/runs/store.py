"""What happened: every run with its state, its events and its folder, shared by all processes."""

import json
import os
import re
import secrets
import shutil
import sqlite3
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import platformdirs

from unlearn_core.errors import InvalidInput, MissingPrerequisite
from unlearn_core.files import write_json
from unlearn_core.models.name import name_of_run
from unlearn_core.runs.database import Database, unusable
from unlearn_core.runs.events import ACTIVE, FINISHED, Command, Event, RunState
from unlearn_core.runs.info import RunInfo, read_events, run_info, to_json
from unlearn_core.runs.recorded import READ_ONLY, is_recorded
from unlearn_core.runs.recovery import (
    KILLED,
    Process,
    cause_of_death,
    free_memory_share,
    identify,
    is_dead,
    memory_advice,
)
from unlearn_core.runs.transitions import append_events, enter_state, say_state

# Runs that a person started in a terminal and waits for come before those that no one owns.
_QUEUE = (
    "SELECT id, device, owner FROM runs WHERE state = 'queued' "
    # Attacks wait for the model that they attack.
    "AND NOT (kind = 'audit' AND EXISTS (SELECT 1 FROM runs AS attacked WHERE "
    f"'{name_of_run('')}' || attacked.id = json_extract(runs.spec, '$.model.source') "
    "AND attacked.state IN ('queued', 'loading', 'running', 'stopping', 'paused'))) "
    "ORDER BY owner IS NULL, queued, rowid"
)
TEACHER = "teacher"
STEPS = "steps"
"""Where a run keeps its model as it was on the way: a folder for each kept step."""
"""Folder of the model that some methods learn from, kept where the person wants it."""
_ACTIVE = "('loading', 'running', 'stopping')"

Order = Literal["stop", "pause", "discard"]
"""A command that a run may be sent at any time."""


def default_workspace() -> Path:
    """`LETHE_WORKSPACE`, else the person's data folder."""
    named = os.environ.get("LETHE_WORKSPACE")
    return Path(named).expanduser() if named else Path(platformdirs.user_data_dir("lethe"))


class Store:
    """The runs of a workspace. Safe to use from several threads and processes.

    Raises:
        InvalidInput: The folder cannot be made, read or written; also later, by any method.
    """

    def __init__(self, workspace: Path) -> None:
        self.workspace = Path(workspace).expanduser().absolute()
        self._database = Database(self.workspace)

    def close(self) -> None:
        """Close the store; runs go on."""
        self._database.close()

    def create(
        self,
        spec: Mapping[str, Any],
        *,
        kind: str,
        name: str,
        device: str,
        owner: int | None = None,
    ) -> str:
        """Put a new run in the queue.

        Args:
            spec: A `RunSpec` as JSON values.
            kind: `unlearn`, `teach` or `audit`; runs of any other kind are done like the first
                two, and stay out of every list that does not ask for it.
            name: Shown to the person.
            device: Resolved device such as `cpu` or `cuda:0`; one run at a time works on it.
            owner: Process that will claim this run itself; no other worker takes it then.
        """
        run_id = _new_id(str(spec.get("method", kind)))
        folder = self.workspace / "runs" / run_id
        born = identify(owner).born if owner else None
        try:
            folder.mkdir(parents=True)
            write_json(folder / "spec.json", dict(spec))
            now = time.time()
            with self._database.write() as connection:
                connection.execute(
                    "INSERT INTO runs (id, kind, name, state, device, spec, created, queued, "
                    "owner, owner_born) VALUES (?, ?, ?, 'queued', ?, ?, ?, ?, ?, ?)",
                    (
                        run_id,
                        kind,
                        name,
                        _index(device),
                        to_json(dict(spec)),
                        now,
                        now,
                        owner,
                        born,
                    ),
                )
                say_state(connection, run_id, "queued", "")
        except OSError as error:
            shutil.rmtree(folder, ignore_errors=True)
            raise unusable(self.workspace, error.strerror or str(error)) from error
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return run_id

    def get(self, run_id: str) -> RunInfo:
        """One run.

        Raises:
            InvalidInput: No such run.
        """
        return run_info(self._row(run_id), self._places())

    def runs(self, kinds: Collection[str] = ("unlearn", "teach")) -> list[RunInfo]:
        """All runs of these kinds, newest first."""
        rows = self._database.rows(
            f"SELECT * FROM runs WHERE kind IN ({', '.join('?' * len(kinds))}) "
            "ORDER BY created DESC, rowid DESC",
            tuple(kinds),
        )
        places = self._places()
        return [run_info(row, places) for row in rows]

    def active(self) -> list[RunInfo]:
        """The runs that a worker has."""
        rows = self._database.rows(f"SELECT * FROM runs WHERE state IN {_ACTIVE} ORDER BY started")
        return [run_info(row, {}) for row in rows]

    def folder(self, run_id: str) -> Path:
        """The run's folder; only ids in the store have one."""
        return self.workspace / "runs" / str(self._row(run_id)["id"])

    def model_folder(self, run_id: str, part: str = "") -> Path:
        """The folder of the model that a run made.

        Args:
            run_id: The run.
            part: `teacher` for the teacher that the run kept, and `steps/40` for its model as it
                was after step 40.

        Raises:
            MissingPrerequisite: It has made none.
        """
        folder = self.folder(run_id) / (part or "model")
        kept = {TEACHER, *(f"{STEPS}/{step}" for step in self.kept_steps(run_id))}
        if part not in ("", *kept) or not folder.is_dir():
            state = self.get(run_id).state
            raise MissingPrerequisite(
                f"Run {run_id} ({state}) has left no {part or 'model'}. Choose a run that is done "
                "or stopped."
            )
        return folder

    def audits_of(self, run_id: str) -> list[RunInfo]:
        """The audits of a run's model, the newest first."""
        return [audit for audit in self.runs(("audit",)) if audit.source == name_of_run(run_id)]

    def has_model(self, run: RunInfo) -> bool:
        """Whether a run has ended and left a model."""
        return run.finished and (self.folder(run.id) / "model").is_dir()

    def kept_steps(self, run_id: str) -> list[int]:
        """Steps after which the run kept its model, beside the one it ended with."""
        folders = (self.folder(run_id) / STEPS).glob("*")
        return sorted(int(folder.name) for folder in folders if folder.name.isdecimal())

    def rename(self, run_id: str, name: str) -> None:
        """Give a run another name."""
        self._row(run_id)
        with self._database.write() as connection:
            connection.execute("UPDATE runs SET name = ? WHERE id = ?", (name.strip(), run_id))

    def delete(self, run_id: str) -> None:
        """Remove a run, its events and its folder, and the audits of its model.

        Raises:
            InvalidInput: A worker has it.
        """
        folder = self.folder(run_id)
        audits = self.audits_of(run_id)
        if any(audit.active for audit in audits):
            raise InvalidInput(
                f"Run {run_id} is under attack and cannot be deleted. Stop the attacks first."
            )
        if not self.get(run_id).active:
            for audit in audits:
                self.delete(audit.id)
        with self._database.write() as connection:
            gone = connection.execute(
                f"DELETE FROM runs WHERE id = ? AND state NOT IN {_ACTIVE}", (run_id,)
            )
        if not gone.rowcount:
            raise InvalidInput(
                f"Run {run_id} is {self.get(run_id).state} and cannot be deleted. Stop or discard "
                "it first."
            )
        shutil.rmtree(folder, ignore_errors=True)

    def append(self, run_id: str, events: Sequence[Event]) -> int:
        """Add events in order.

        Returns:
            The sequence number of the run's last event.
        """
        with self._database.write() as connection:
            return append_events(connection, run_id, events)

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

    def claim(self, pid: int, run_id: str | None = None, device: str | None = None) -> str | None:
        """Take the next queued run whose device is free; of several callers exactly one gets it.

        Args:
            pid: The process that will do it.
            run_id: Only this run.
            device: Only a run on this device.

        Returns:
            The run, now `loading`, or None if there is nothing to do yet.
        """
        if not self._database.rows("SELECT 1 FROM runs WHERE state = 'queued' LIMIT 1"):
            return None
        process = identify(pid)
        with self._database.write() as connection:
            for row in self._next(connection):
                if row["owner"] not in (None, pid) or run_id not in (None, row["id"]):
                    continue
                if device is not None and _index(device) != row["device"]:
                    continue
                connection.execute(
                    "UPDATE runs SET pid = ?, born = ?, host = ?, heartbeat = ? WHERE id = ?",
                    (pid, process.born, process.host, time.time(), row["id"]),
                )
                enter_state(connection, row["id"], "loading", "")
                return str(row["id"])
        return None

    def state(self, run_id: str) -> RunState | None:
        """A run's state; None for one that was deleted."""
        row = self._database.row("SELECT state FROM runs WHERE id = ?", (run_id,))
        return None if row is None else row["state"]

    def others_go_on(self, run_id: str) -> bool:
        """Whether any other run is with a worker or waits for one."""
        others = f"SELECT 1 FROM runs WHERE id != ? AND state IN ('queued', {_ACTIVE[1:]} LIMIT 1"
        return self._database.row(others, (run_id,)) is not None

    def work_waits(self) -> bool:
        """Whether a worker could claim a run now."""
        with self._database.write() as connection:
            return any(row["owner"] is None for row in self._next(connection))

    def set_state(self, run_id: str, state: RunState, message: str = "") -> None:
        """Change a run's state and write the `status` event that says so.

        A run that has ended stays ended, and one that is stopping does not look running again.
        """
        with self._database.write() as connection:
            now = str(self._row(run_id)["state"])
            if now in FINISHED or (now == "stopping" and state in ("loading", "running")):
                return
            enter_state(connection, run_id, state, message)

    def beat(self, run_id: str) -> None:
        """Say that the run's worker is alive."""
        with self._database.write() as connection:
            connection.execute(
                "UPDATE runs SET heartbeat = ?, free_memory = ? WHERE id = ?",
                (time.time(), free_memory_share(), run_id),
            )

    def send(self, run_id: str, command: Order) -> None:
        """Ask a run to stop (and keep its model), pause or discard; `advance` asks for a step.

        A run without a worker obeys at once, but for Stop on a run with a checkpoint: it goes
        back to the queue, and a worker saves what it has learnt.

        Raises:
            InvalidInput: It has come to an end.
        """
        with self._database.write() as connection:
            row = self._row(run_id)
            state, begun = str(row["state"]), row["started"] is not None
            if state in FINISHED:
                raise InvalidInput(
                    f"Run {run_id} is {state} and cannot be asked to {command}. Repeat it as a new "
                    "run instead."
                )
            connection.execute(
                "UPDATE runs SET command = ?, commanded = ? WHERE id = ?",
                (command, time.time(), run_id),
            )
            if state in ACTIVE:
                if command != "pause":
                    enter_state(connection, run_id, "stopping", _ASKED[command])
            elif command == "pause":
                enter_state(connection, run_id, "paused", "Paused while it waited.")
            elif command == "discard":
                enter_state(connection, run_id, "discarded", "Discarded while it waited.")
            elif not begun:
                enter_state(connection, run_id, "stopped", "Stopped before it began.")
            else:
                enter_state(connection, run_id, "queued", _ASKED["stop"])
        if command == "discard" and state not in ACTIVE:
            self.forget_weights(run_id)

    def forget_weights(self, run_id: str) -> None:
        """Remove what a discarded run has kept on its way."""
        for part in ("checkpoints", STEPS):
            shutil.rmtree(self.folder(run_id) / part, ignore_errors=True)

    def take_command(self, run_id: str) -> Command | None:
        """The newest command, once."""
        row = self._database.row("SELECT command FROM runs WHERE id = ?", (run_id,))
        if row is None or row["command"] is None:
            return None
        with self._database.write() as connection:
            command: Command | None = self._row(run_id)["command"]
            connection.execute("UPDATE runs SET command = NULL WHERE id = ?", (run_id,))
        return command

    def resume(self, run_id: str, owner: int | None = None) -> None:
        """Put a paused run back in the queue.

        Raises:
            InvalidInput: It is not paused.
        """
        self._requeue(run_id, owner, None)

    def advance(self, run_id: str, owner: int | None = None) -> None:
        """Put a paused run back in the queue for one step, after which it is paused again.

        Raises:
            InvalidInput: It is not paused, or an audit, which has no steps.
        """
        if self.get(run_id).kind == "audit":
            raise InvalidInput(f"Run {run_id} is an audit and has no single steps. Resume it.")
        self._requeue(run_id, owner, "step")

    def recover(self, exit_code: Callable[[int], int | None] = lambda pid: None) -> list[str]:
        """End the runs whose worker has died, with the likely cause in words.

        Args:
            exit_code: Tells how a process ended that the caller watched; None where it did not.

        Returns:
            The runs that were ended.
        """
        ended = []
        for row in self._database.rows(f"SELECT * FROM runs WHERE state IN {_ACTIVE}"):
            process = _worker(row)
            if not is_dead(process, row["heartbeat"]):
                continue
            code = exit_code(process.pid)
            cause = cause_of_death(process, row["heartbeat"], row["free_memory"], code)
            advice = memory_advice(json.loads(row["spec"])) if code in (None, KILLED) else ""
            if self._bury(row, cause, advice):
                self.sweep(row["id"])
                ended.append(str(row["id"]))
        for row in self._database.rows(
            "SELECT * FROM runs WHERE state = 'queued' AND owner IS NOT NULL"
        ):
            if not Process(row["owner"], row["owner_born"], _here()).alive:
                self.set_state(row["id"], "stopped", "The command that waited for it has ended.")
                ended.append(str(row["id"]))
        return ended

    def sweep(self, run_id: str) -> None:
        """Remove what was being written when a run's worker ended."""
        for path in (self.workspace / "runs" / run_id).rglob("*.partial"):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)

    def worker(self, run_id: str) -> Process | None:
        """The process that has the run."""
        row = self._row(run_id)
        return None if row["pid"] is None else _worker(row)

    def unanswered(self, run_id: str) -> tuple[Command | None, float]:
        """The command no one took up yet, if any, and seconds since the last one was sent."""
        row = self._row(run_id)
        return row["command"], time.time() - (row["commanded"] or time.time())

    def _requeue(self, run_id: str, owner: int | None, command: Command | None) -> None:
        born = identify(owner).born if owner else None
        with self._database.write() as connection:
            state = self._row(run_id)["state"]
            if state != "paused":
                raise InvalidInput(
                    f"Run {run_id} is {state}; only a paused run can be asked to go on. Pause it "
                    "first, or wait until it is paused."
                )
            connection.execute(
                "UPDATE runs SET queued = ?, owner = ?, owner_born = ?, command = ?, "
                "commanded = ? WHERE id = ?",
                (time.time(), owner, born, command, time.time(), run_id),
            )
            enter_state(connection, run_id, "queued", "")

    def _bury(self, row: sqlite3.Row, cause: str, advice: str) -> bool:
        payload = {"title": "The worker died", "message": cause, "advice": advice}
        error = Event("error", row["step"], payload)
        with self._database.write() as connection:
            now = self._row(row["id"])
            if now["state"] not in ACTIVE or now["pid"] != row["pid"]:
                return False  # another process was quicker
            append_events(connection, row["id"], [error])
            enter_state(connection, row["id"], "failed", cause)
        return True

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

    def _places(self) -> dict[str, int]:
        """Place in the queue of its device, by run."""
        places: dict[str, int] = {}
        ahead: dict[str, int] = {}
        for row in self._database.rows(_QUEUE):
            ahead[row["device"]] = ahead.get(row["device"], 0) + 1
            places[row["id"]] = ahead[row["device"]]
        return places

    def _next(self, connection: sqlite3.Connection) -> list[sqlite3.Row]:
        """The first queued run of each free device."""
        busy = connection.execute(f"SELECT device FROM runs WHERE state IN {_ACTIVE}")
        taken = {str(row["device"]) for row in busy}
        first = []
        for row in connection.execute(_QUEUE):
            if row["device"] not in taken:
                first.append(row)
            taken.add(str(row["device"]))
        return first


_ASKED: dict[Order, str] = {
    "stop": "Stopping after this step; the model is kept.",
    "pause": "Pausing after this step.",
    "discard": "Ending after this step; nothing is kept.",
}


def _new_id(method: str) -> str:
    word = re.sub(r"[^a-z0-9]+", "-", method.lower()).strip("-")[:24] or "run"
    return f"{time.strftime('%Y%m%d-%H%M%S')}-{word}-{secrets.token_hex(2)}"


def _index(device: str) -> str:
    return "cuda:0" if device == "cuda" else device


def _here() -> str:
    return identify(os.getpid()).host


def _worker(row: sqlite3.Row) -> Process:
    return Process(row["pid"], row["born"], row["host"])
