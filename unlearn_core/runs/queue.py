"""Which runs wait, which process has one, and what it was asked to do."""

import json
import os
import shutil
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from unlearn_core.errors import InvalidInput
from unlearn_core.files import PARTIAL
from unlearn_core.models.name import name_of_run
from unlearn_core.runs.eventlog import EventLog
from unlearn_core.runs.events import ACTIVE, FINISHED, Command, Event, RunState
from unlearn_core.runs.info import RunInfo, run_info
from unlearn_core.runs.liveness import (
    LOST_SECONDS,
    Process,
    cause_of_death,
    free_memory_share,
    identify,
    memory_advice,
    memory_kills,
    ran_out_of_memory,
)

STEPS = "steps"
"""Where a run keeps its model as it was on the way: a folder for each kept step."""
_ACTIVE = "('loading', 'running', 'stopping')"
# Runs that a person started in a terminal and waits for come before those that no one owns.
_WAITING = (
    "SELECT id, device, owner FROM runs WHERE state = 'queued' "
    # Attacks wait for the model that they attack.
    "AND NOT EXISTS (SELECT 1 FROM runs AS maker WHERE "
    f"'{name_of_run('')}' || maker.id = json_extract(runs.spec, '$.model.source') "
    "AND maker.state IN ('queued', 'loading', 'running', 'stopping', 'paused')) "
    "ORDER BY owner IS NULL, turn, rowid"
)

Order = Literal["stop", "pause", "discard"]
"""A command that a run may be sent at any time."""
_ASKED: dict[Order, str] = {
    "stop": "Stopping after this step; the model is kept.",
    "pause": "Pausing after this step.",
    "discard": "Ending after this step; nothing is kept.",
}
_AT_ONCE: dict[Order, tuple[RunState, str]] = {
    "pause": ("paused", "Paused while it waited."),
    "discard": ("discarded", "Discarded while it waited."),
    "stop": ("stopped", "Stopped before it began."),
}
"""What becomes of a run that no worker has."""


class Queue(EventLog):
    """The runs that wait, one at a time for each device, and those that a process has."""

    def __init__(self, workspace: Path) -> None:
        super().__init__(workspace)
        self._heard: dict[str, tuple[object, float]] = {}
        """What was last heard of a run, and when by this process's own clock."""

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
        with self._database.write():
            for row in self._next():
                if row["owner"] not in (None, pid) or run_id not in (None, row["id"]):
                    continue
                if device is not None and numbered(device) != row["device"]:
                    continue
                number = self._row(row["id"])["claim"] + 1
                self._set(row["id"], pid=pid, born=process.born, host=process.host,
                          boot=process.boot, claim=number, heartbeat=time.time(),
                          memory_kills=memory_kills())  # fmt: skip
                self._claims[row["id"]] = number
                self._enter(row["id"], "loading")
                return str(row["id"])
        return None

    def active(self) -> list[RunInfo]:
        """The runs that a worker has."""
        rows = self._database.rows(f"SELECT * FROM runs WHERE state IN {_ACTIVE} ORDER BY started")
        return [run_info(row, {}) for row in rows]

    def others_go_on(self, run_id: str) -> bool:
        """Whether any other run is with a worker or waits for one."""
        others = f"SELECT 1 FROM runs WHERE id != ? AND state IN ('queued', {_ACTIVE[1:]} LIMIT 1"
        return self._database.row(others, (run_id,)) is not None

    def work_waits(self) -> bool:
        """Whether a worker could claim a run now."""
        with self._database.write():
            return any(row["owner"] is None for row in self._next())

    def beat(self, run_id: str, worked: float = 0.0) -> None:
        """Say that the run's worker is alive.

        Args:
            run_id: The run.
            worked: Seconds that it has worked on the run since its last sign of life.
        """
        with self._database.write():
            beats = self._held(run_id)["beats"] + 1
            self._set(run_id, heartbeat=time.time(), beats=beats, free_memory=free_memory_share())
            self.add_work(run_id, worked)

    def add_work(self, run_id: str, seconds: float) -> None:
        """Note for how long a process has worked on a run, by the process's own clock."""
        with self._database.write() as connection:
            sql = "UPDATE runs SET worked = worked + ? WHERE id = ?"
            connection.execute(sql, (seconds, run_id))

    def send(self, run_id: str, command: Order) -> None:
        """Ask a run to stop (and keep its model), pause or discard; `advance` asks for a step.

        A run without a worker obeys at once, but for Stop on a run with a checkpoint: it goes
        back to the queue, and a worker saves what it has learnt.

        Raises:
            InvalidInput: It has come to an end.
        """
        with self._database.write():
            row = self._row(run_id)
            state = str(row["state"])
            if state in FINISHED:
                raise InvalidInput(
                    f"Run {run_id} is {state} and cannot be asked to {command}. Repeat it as a new "
                    "run instead."
                )
            self._set(run_id, command=command, commanded=time.time(), asked=row["asked"] + 1)
            if state in ACTIVE:
                if command != "pause":
                    self._enter(run_id, "stopping", _ASKED[command])
            elif command == "stop" and row["started"] is not None:
                self._enter(run_id, "queued", _ASKED["stop"])
            else:
                self._enter(run_id, *_AT_ONCE[command])
        if command == "discard" and state not in ACTIVE:
            self.forget_weights(run_id)

    def take_command(self, run_id: str) -> Command | None:
        """The newest command, once."""
        if self.state(run_id) is None or self._held(run_id)["command"] is None:
            return None
        with self._database.write():
            command: Command | None = self._held(run_id)["command"]
            self._set(run_id, command=None)
        return command

    def unanswered(self, run_id: str) -> tuple[Command | None, float]:
        """The command no one took up yet, and seconds since this process saw the last one sent."""
        row = self._row(run_id)
        return row["command"], self._since(f"{run_id} asked", row["asked"])

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
        if self._row(run_id)["kind"] == "audit":
            raise InvalidInput(f"Run {run_id} is an audit and has no single steps. Resume it.")
        self._requeue(run_id, owner, "step")

    def worker(self, run_id: str) -> Process | None:
        """The process that has the run."""
        row = self._row(run_id)
        return None if row["pid"] is None else _worker(row)

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
            if self._is_dead(row) and self._bury(row, exit_code(process.pid)):
                self.sweep(row["id"])
                ended.append(str(row["id"]))
        me = identify(os.getpid())
        owned = "SELECT * FROM runs WHERE state = 'queued' AND owner IS NOT NULL"
        for row in self._database.rows(owned):
            owner = Process(row["owner"], row["owner_born"], me.host, row["owner_boot"])
            if not owner.alive:
                self.set_state(row["id"], "stopped", "The command that waited for it has ended.")
                ended.append(str(row["id"]))
        return ended

    def folder(self, run_id: str) -> Path:
        """The run's folder; only ids in the store have one."""
        return self.workspace / "runs" / str(self._row(run_id)["id"])

    def sweep(self, run_id: str) -> None:
        """Remove what was being written when a run's worker ended."""
        for path in (self.workspace / "runs" / run_id).rglob(f"*{PARTIAL}"):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)

    def forget_weights(self, run_id: str) -> None:
        """Remove what a discarded run has kept on its way."""
        for part in ("checkpoints", STEPS):
            shutil.rmtree(self.folder(run_id) / part, ignore_errors=True)

    def _requeue(self, run_id: str, owner: int | None, command: Command | None) -> None:
        with self._database.write():
            state = self._row(run_id)["state"]
            if state != "paused":
                raise InvalidInput(
                    f"Run {run_id} is {state}; only a paused run can be asked to go on. Pause it "
                    "first, or wait until it is paused."
                )
            self._set(run_id, **self._waiting(owner), command=command, commanded=time.time())
            self._enter(run_id, "queued")

    def _waiting(self, owner: int | None) -> dict[str, Any]:
        """Columns of a run that goes to the end of the queue."""
        last = self._database.rows("SELECT coalesce(max(turn), 0) FROM runs")[0][0]
        process = identify(owner) if owner else None
        return {
            "queued": time.time(), "turn": last + 1, "owner": owner,
            "owner_born": process.born if process else None,
            "owner_boot": process.boot if process else "",
        }  # fmt: skip

    def _is_dead(self, row: sqlite3.Row) -> bool:
        """Whether a run's worker is gone.

        A silent process of this machine is not: the machine may have slept, and Stop can end it.
        One of another machine is, once nothing was heard of it for long enough.
        """
        process = _worker(row)
        if process.here:
            return not process.alive
        return self._since(f"{row['id']} beats", (row["claim"], row["beats"])) > LOST_SECONDS

    def _since(self, name: str, heard: object) -> float:
        """Seconds since this process first heard this of a thing; by no clock but its own."""
        known, when = self._heard.get(name, (None, 0.0))
        if known != heard:
            when = time.monotonic()
            self._heard[name] = (heard, when)
        return time.monotonic() - when

    def _bury(self, row: sqlite3.Row, exit_code: int | None) -> bool:
        """End the run of a dead worker; whether no other process was quicker."""
        kills = row["memory_kills"]
        cause = cause_of_death(_worker(row), row["free_memory"], kills, exit_code)
        known = ran_out_of_memory(kills, exit_code)
        advice = memory_advice(json.loads(row["spec"])) if known else ""
        payload = {"title": "The worker died", "message": cause, "advice": advice}
        with self._database.write():
            now = self._row(row["id"])
            if now["state"] not in ACTIVE or now["claim"] != row["claim"]:
                return False
            self.append(row["id"], [Event("error", row["step"], payload)])
            self._enter(row["id"], "failed", cause)
        return True

    def _places(self) -> dict[str, int]:
        """Place in the queue of its device, by run."""
        places: dict[str, int] = {}
        ahead: dict[str, int] = {}
        for row in self._database.rows(_WAITING):
            ahead[row["device"]] = ahead.get(row["device"], 0) + 1
            places[row["id"]] = ahead[row["device"]]
        return places

    def _next(self) -> list[sqlite3.Row]:
        """The first queued run of each free device."""
        busy = self._database.rows(f"SELECT device FROM runs WHERE state IN {_ACTIVE}")
        taken = {row["device"] for row in busy}
        first: dict[str, sqlite3.Row] = {}
        for row in self._database.rows(_WAITING):
            if row["device"] not in taken:
                first.setdefault(row["device"], row)
        return list(first.values())


def numbered(device: str) -> str:
    """The device of a queue: plain `cuda` is the first GPU."""
    return "cuda:0" if device == "cuda" else device


def _worker(row: sqlite3.Row) -> Process:
    return Process(row["pid"], row["born"], row["host"], row["boot"])
