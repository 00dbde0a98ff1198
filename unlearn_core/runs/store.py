"""The runs of a workspace: made, found, named and deleted, shared by all processes."""

import os
import re
import secrets
import shutil
import time
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import platformdirs

from unlearn_core.errors import InvalidInput, MissingPrerequisite
from unlearn_core.files import write_json
from unlearn_core.models.name import name_of_run
from unlearn_core.runs.database import unusable
from unlearn_core.runs.events import ACTIVE
from unlearn_core.runs.info import RunInfo, run_info, to_json
from unlearn_core.runs.queue import STEPS, Queue, numbered

TEACHER = "teacher"
"""Folder of the model that some methods learn from, kept where the person wants it."""


def default_workspace() -> Path:
    """`LETHE_WORKSPACE`, else the person's data folder."""
    named = os.environ.get("LETHE_WORKSPACE")
    return Path(named).expanduser() if named else Path(platformdirs.user_data_dir("lethe"))


class Store(Queue):
    """Every run with its state, its events and its folder.

    Safe to use from several threads and processes.

    Raises:
        InvalidInput: The folder cannot be made, read or written; also later, by any method.
    """

    def create(
        self, spec: Mapping[str, Any], *, kind: str, name: str, device: str,
        owner: int | None = None,
    ) -> str:  # fmt: skip
        """Put a new run in the queue.

        Args:
            spec: A `RunSpec` as JSON values.
            kind: `unlearn`, `teach` or `audit`; runs of any other kind are done like the first
                two, and stay out of every list that does not ask for it.
            name: Shown to the person.
            device: Resolved device such as `cpu` or `cuda:0`; one run at a time works on it.
            owner: Process that will claim this run itself; no other worker takes it then.
        """
        run_id, now = _new_id(str(spec.get("method", kind))), time.time()
        folder = self.workspace / "runs" / run_id
        values = {
            "id": run_id, "kind": kind, "name": name, "state": "queued",
            "device": numbered(device), "spec": to_json(dict(spec)), "created": now,
        }  # fmt: skip
        try:
            folder.mkdir(parents=True)
            write_json(folder / "spec.json", dict(spec))
            with self._database.write() as connection:
                values |= self._waiting(owner)
                places = ", ".join("?" * len(values))
                connection.execute(
                    f"INSERT INTO runs ({', '.join(values)}) VALUES ({places})",
                    tuple(values.values()),
                )
                self._enter(run_id, "queued")
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
        self._set(run_id, name=name.strip())

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
            state = self._row(run_id)["state"]
            if state in ACTIVE:
                raise InvalidInput(
                    f"Run {run_id} is {state} and cannot be deleted. Stop or discard it first."
                )
            connection.execute("DELETE FROM runs WHERE id = ?", (run_id,))
        shutil.rmtree(folder, ignore_errors=True)


def _new_id(method: str) -> str:
    word = re.sub(r"[^a-z0-9]+", "-", method.lower()).strip("-")[:24] or "run"
    return f"{time.strftime('%Y%m%d-%H%M%S')}-{word}-{secrets.token_hex(2)}"
