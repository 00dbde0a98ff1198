"""The process that does one run and ends.

`python -m unlearn_core.runs.worker --workspace W --warm` loads the libraries, waits for a run and
takes it. Its standard input is a pipe held by the app: when it closes, a worker without a run
ends, and one with a run goes on.
"""

import argparse
import importlib
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from unlearn_core.errors import LetheError
from unlearn_core.files import write_json
from unlearn_core.runs.eventlog import Fenced
from unlearn_core.runs.events import Command, Event
from unlearn_core.runs.jobs import Execute, execute, import_jobs
from unlearn_core.runs.liveness import HEARTBEAT_SECONDS, LOG_NAME
from unlearn_core.runs.store import Store

POLL_SECONDS = 0.05
HOLD_SECONDS = 60.0
"""How long a worker keeps a run loaded that was paused after a single step."""


class StoreControl:
    """What the person wants, from the store or by a signal."""

    def __init__(self, store: Store, run_id: str) -> None:
        self._store = store
        self._run_id = run_id
        self._signalled = False

    def command(self) -> Command | None:
        """The newest command since the last call."""
        if self._signalled:
            self._signalled = False
            self._store.set_state(self._run_id, "stopping", "Stopping after this step.")
            return "stop"
        return self._store.take_command(self._run_id)

    def again(self) -> bool:
        """Wait for the paused run to be asked on, and claim it for this process.

        So the next single step need not load the model anew. Another run on its way, another
        worker that was quicker, or too long a silence end the wait: any worker can go on from the
        checkpoint.
        """
        until = time.monotonic() + HOLD_SECONDS
        while time.monotonic() < until and not self._signalled:
            if self._store.claim(os.getpid(), self._run_id):
                return True
            asleep = self._store.state(self._run_id) in ("paused", "queued")
            if not asleep or self._store.others_go_on(self._run_id):
                return False
            time.sleep(POLL_SECONDS)
        return False

    @contextmanager
    def listening(self, *signals: signal.Signals) -> Iterator[None]:
        """Take signals as Stop and keep; a second one of a kind has its usual effect."""
        before = {number: signal.getsignal(number) for number in signals}

        def ask(number: int, frame: FrameType | None) -> None:
            self._signalled = True
            signal.signal(number, before[signal.Signals(number)])

        for number in signals:
            signal.signal(number, ask)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


@contextmanager
def heartbeat(store: Store, run_id: str) -> Iterator[None]:
    """Say every two seconds that this process is alive."""
    done, told = threading.Event(), time.monotonic()

    def beat() -> None:
        nonlocal told
        while not done.wait(HEARTBEAT_SECONDS):
            now = time.monotonic()
            try:
                store.beat(run_id, now - told)
                told = now
            except LetheError as error:  # a full disk may have room again soon
                print(error, file=sys.stderr)

    thread = threading.Thread(target=beat, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
        if store.state(run_id) is not None:
            store.add_work(run_id, time.monotonic() - told)


def perform(
    store: Store,
    run_id: str,
    work: Execute,
    signals: Sequence[signal.Signals] = (signal.SIGTERM,),
) -> bool:
    """Do a claimed run in this process and record how it ended.

    Returns:
        Whether it ended without a failure.
    """
    from unlearn_core.runs.environment import describe_environment

    control = StoreControl(store, run_id)
    folder, device = store.folder(run_id), store.get(run_id).device
    try:
        with heartbeat(store, run_id), control.listening(*signals):
            write_json(folder / "environment.json", describe_environment(device))
            work(store, run_id, control)
    except Fenced as error:  # the run is another's: neither its state nor its files are ours
        print(error, file=sys.stderr)
        return False
    except KeyboardInterrupt:
        store.set_state(run_id, "stopped", "Ended at once; nothing of it was kept.")
    except Exception as error:
        _record_failure(store, run_id, error)
        store.sweep(run_id)
        return False
    store.sweep(run_id)
    return True


def _record_failure(store: Store, run_id: str, error: Exception) -> None:
    from unlearn_core.runs.failures import explain

    log = store.folder(run_id) / LOG_NAME
    text = "".join(traceback.format_exception(error))
    with log.open("a", encoding="utf-8") as file:
        file.write(text)
    info = store.get(run_id)
    failure = explain(error, info.spec, str(log))
    store.append(run_id, [Event("error", info.step, failure.payload())])
    store.set_state(run_id, "failed", f"{failure.title}. {failure.message}")


class Wish:
    """Whether the app still wants a worker that has no run, and the claim that ends the question.

    The lock makes claiming and leaving exclude each other: a run is never claimed by a process
    that is about to go.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._claimed = False

    def watch(self) -> None:
        """End this process as soon as standard input closes, unless it has a run."""
        threading.Thread(target=self._wait_for_end, name="app", daemon=True).start()

    def claim(self) -> str | None:
        """Try to take a run."""
        with self._lock:
            claimed = self._store.claim(os.getpid())
            self._claimed = claimed is not None
            return claimed

    def _wait_for_end(self) -> None:
        while os.read(sys.stdin.fileno(), 1024):
            pass
        with self._lock:
            if not self._claimed:
                os._exit(0)


def main(arguments: Sequence[str] | None = None, work: Execute | None = None) -> int:
    """Run the worker process.

    Args:
        arguments: Command line without the program's name; this process's when None.
        work: Does the run; the real thing when None.

    Returns:
        Exit code: 0 also after a run that failed, which the store knows.
    """
    options = _parse(arguments)
    if options.nice and hasattr(os, "nice"):
        os.nice(options.nice)
    store = Store(options.workspace)
    wish = Wish(store)
    if options.warm:
        wish.watch()
    if work is None:
        work = load_execute()
        if options.warm:
            warm_up()
    while (run_id := wish.claim()) is None:
        time.sleep(POLL_SECONDS)
    _log_to(store.folder(run_id) / LOG_NAME)
    perform(store, run_id, work)
    return 0


def load_execute() -> Execute:
    """Import everything that a run needs; takes seconds."""
    # The bundled model's class and the stemmer are imported by their first use.
    importlib.import_module("transformers.models.llama.modeling_llama")
    from unlearn_core.metrics.rouge import words

    words("imported")
    import_jobs()
    return execute


def warm_up() -> None:
    """Do what the first run would wait for: import the methods' files, load a model of any kind."""
    from unlearn_core.methods.registry import methods
    from unlearn_core.models.loading import load
    from unlearn_core.models.spec import ModelSpec

    methods()
    try:
        load(ModelSpec(device="cpu"))
    except LetheError as error:
        print(f"Nothing to warm up with: {error}", flush=True)


def _log_to(path: Path) -> None:
    """Send everything this process prints, also from libraries in C, to the run's log."""
    with path.open("ab") as file:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
            os.dup2(file.fileno(), stream.fileno())


def _parse(arguments: Sequence[str] | None) -> Any:
    parser = argparse.ArgumentParser(prog="python -m unlearn_core.runs.worker")
    parser.add_argument("--workspace", type=Path, required=True)
    parser.add_argument("--warm", action="store_true", help="end when standard input closes")
    parser.add_argument("--nice", type=int, default=0, help="lower the priority by so much")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
