"""A run in this very process, for the command line: wait for its turn, do it, show its events."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from unlearn_core.runs.events import Event
from unlearn_core.runs.info import RunInfo
from unlearn_core.runs.jobs import Execute
from unlearn_core.runs.store import Store
from unlearn_core.runs.worker import POLL_SECONDS, load_execute, perform

FOLLOW_SECONDS = 0.1
RECOVER_SECONDS = 2.0


def run_in_foreground(
    store: Store,
    run_id: str,
    on_event: Callable[[Event], None],
    on_wait: Callable[[RunInfo], None],
    execute: Execute | None = None,
) -> RunInfo:
    """Wait until the run's device is free, do the run here, and return how it ended.

    Create the run with `owner=os.getpid()`, so that no worker of an app takes it; if one has
    taken it all the same, it is followed to its end. Ctrl-C stops the run and keeps the model; a
    second Ctrl-C ends it at once.

    Args:
        store: Where the run is.
        run_id: A queued run.
        on_event: Called with each event, in another thread.
        on_wait: Called when the run waits and whenever its place has changed.
        execute: Does the run; the real thing when None.
    """
    with following(store, run_id, on_event):
        try:
            if _wait_for_turn(store, run_id, on_wait):
                perform(store, run_id, execute or load_execute(), (signal.SIGINT, signal.SIGTERM))
        except KeyboardInterrupt:
            if not store.get(run_id).finished:
                store.send(run_id, "stop")
    return store.get(run_id)


def _wait_for_turn(store: Store, run_id: str, on_wait: Callable[[RunInfo], None]) -> bool:
    """Whether this process has claimed the run; False if it has ended in another way."""
    place, looked = None, 0.0
    while store.claim(os.getpid(), run_id) is None:
        info = store.get(run_id)
        if info.finished or info.state == "paused":
            return False
        if info.place != place:
            place = info.place
            on_wait(info)
        if time.monotonic() - looked > RECOVER_SECONDS:
            store.recover()
            looked = time.monotonic()
        time.sleep(POLL_SECONDS)
    return True


@contextmanager
def following(store: Store, run_id: str, on_event: Callable[[Event], None]) -> Iterator[None]:
    """Hand every event of a run to a function, from a thread; all of them when it ends."""
    done = threading.Event()
    cursor = 0

    def hand_over() -> None:
        nonlocal cursor
        for event in store.events(run_id, after=cursor):
            cursor = event.seq
            on_event(event)

    def follow() -> None:
        while not done.wait(FOLLOW_SECONDS):
            hand_over()

    thread = threading.Thread(target=follow, name="follow", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
        hand_over()
