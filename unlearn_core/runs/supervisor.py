"""Keeps a worker ready for the app, notices dead ones, and ends those that do not obey.

A run is never owned by the app: workers have a session of their own, go on when the app ends, and
the next app finds them by the store alone.
"""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

import unlearn_core
from unlearn_core.errors import LetheError
from unlearn_core.runs.events import RunState
from unlearn_core.runs.info import RunInfo
from unlearn_core.runs.liveness import LOG_NAME, Process
from unlearn_core.runs.store import Store

WORKER = (sys.executable, "-m", "unlearn_core.runs.worker")
TICK_SECONDS = 0.5
SAVE_SECONDS = 600.0
"""How long a worker that has taken up Stop may measure and save."""
LONGEST_PAUSE_SECONDS = 60.0
EXIT_SECONDS = 5.0


class Supervisor:
    """Starts and ends workers for a store.

    A worker waits with its libraries loaded, so that a run begins at once. The next one is started
    when the run has ended: until then it would take memory and processor time from the run.

    Attributes:
        trouble: Why workers do not start, in words; empty when all is well.
    """

    def __init__(
        self,
        store: Store,
        *,
        worker: Sequence[str] = WORKER,
        grace: float = 30.0,
        nice: int = 10,
    ) -> None:
        """Supervise.

        Args:
            store: The runs.
            worker: Command line of a worker without its options.
            grace: Seconds in which a worker must take up Stop before it is killed.
            nice: How much lower a worker's priority is than the app's, so the page stays quick.
        """
        self.trouble = ""
        self._store = store
        self._worker = tuple(worker)
        self._grace = grace
        self._nice = nice
        self._children: dict[int, subprocess.Popen[bytes]] = {}
        self._worked: set[int] = set()
        self._exit_codes: dict[int, int] = {}
        self._failures = 0
        self._retry = 0.0
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="supervisor", daemon=True)

    def start(self) -> None:
        """Begin to supervise, in a thread."""
        self._thread.start()

    def close(self) -> None:
        """Let the waiting worker go; runs go on."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join()
        for child in self._children.values():
            assert child.stdin is not None
            child.stdin.close()

    def stop(self, run_id: str) -> None:
        """Ask a run to stop and keep its model; it is killed if it does not take that up."""
        self._store.send(run_id, "stop")

    def kill(self, run_id: str) -> None:
        """End a run's worker at once; nothing since the last checkpoint is kept."""
        self._kill(self._store.get(run_id), "It was ended at once")

    def tick(self) -> None:
        """Look once at everything; the thread does so all the time."""
        self._collect()
        self._store.recover(self._exit_code)
        active = self._store.active()
        self._worked |= {run.pid for run in active if run.pid in self._children}
        for run in active:
            self._enforce(run)
        idle = self._children.keys() - self._worked
        if not idle and (not active or self._store.work_waits()):
            self._start_worker()

    def _loop(self) -> None:
        while not self._closing.is_set():
            try:
                self.tick()
            except LetheError as error:  # a full disk may have room again soon
                self.trouble = str(error)
            self._closing.wait(TICK_SECONDS)

    def _exit_code(self, pid: int) -> int | None:
        """How a worker ended. One that looks dead may take a moment more to end its threads."""
        if pid in self._children:
            try:
                return self._children[pid].wait(timeout=EXIT_SECONDS)
            except subprocess.TimeoutExpired:
                return None
        return self._exit_codes.get(pid)

    def _collect(self) -> None:
        """Take note of workers that have ended."""
        for pid, child in list(self._children.items()):
            code = child.poll()
            if code is None:
                continue
            del self._children[pid]
            self._exit_codes[pid] = code
            worked = pid in self._worked or code == 0
            self._worked.discard(pid)
            self._failures = 0 if worked else self._failures + 1
            self._retry = time.monotonic() + min(LONGEST_PAUSE_SECONDS, 2.0**self._failures - 1)
            self.trouble = (
                f"The worker process cannot start (exit code {code}), so runs stay in the queue. "
                f"See {self._log} for the cause."
                if self._failures > 1
                else ""
            )

    def _enforce(self, run: RunInfo) -> None:
        """Kill a worker that was asked to end and does not."""
        if run.state != "stopping":
            return
        command, seconds = self._store.unanswered(run.id)
        limit = self._grace if command else SAVE_SECONDS
        if seconds > limit:
            self._kill(run, f"It had not ended {limit:g} seconds after it was asked to")

    def _kill(self, run: RunInfo, why: str) -> None:
        process = self._store.worker(run.id)
        if process is not None and process.alive:
            _end(process)
        state: RunState = "discarded" if run.command == "discard" else "stopped"
        self._store.set_state(
            run.id, state, f"{why}; its worker was killed and nothing after the last save is kept."
        )
        self._store.sweep(run.id)

    @property
    def _log(self) -> Path:
        return self._store.workspace / LOG_NAME

    def _start_worker(self) -> None:
        if time.monotonic() < self._retry:
            return
        root = str(Path(unlearn_core.__file__).parents[1])
        paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
        options = ["--workspace", str(self._store.workspace), "--warm", "--nice", str(self._nice)]
        with self._log.open("ab") as log:
            child = subprocess.Popen(
                [*self._worker, *options],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
                start_new_session=True,
            )
        self._children[child.pid] = child


def _end(process: Process) -> None:
    """Kill a process and wait until it is gone."""
    try:
        victim = psutil.Process(process.pid)
        victim.kill()
        victim.wait(timeout=10)
    except psutil.NoSuchProcess:
        return
