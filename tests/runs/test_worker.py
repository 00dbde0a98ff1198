"""Doing a run: what ends up in the store, however it ends."""

import errno
import os
import signal
import threading
from importlib.metadata import version
from pathlib import Path

import psutil
import pytest
import torch

from tests.runs.conftest import Create, wait_for
from tests.runs.stand_in import execute
from unlearn_core.errors import InvalidInput
from unlearn_core.runs import worker
from unlearn_core.runs.environment import describe_environment, git_commit
from unlearn_core.runs.events import Event
from unlearn_core.runs.failures import explain
from unlearn_core.runs.foreground import run_in_foreground
from unlearn_core.runs.info import RunInfo
from unlearn_core.runs.store import Store
from unlearn_core.runs.worker import StoreControl, heartbeat, perform
from unlearn_core.training.base import NonFiniteLoss

SPEC = {"training": {"batch_size": 8, "learning_rate": 1e-3}}


def claimed(store: Store, run_id: str) -> str:
    assert store.claim(os.getpid()) == run_id
    return run_id


def test_a_run_is_done_with_its_environment_kept(store: Store, create: Create) -> None:
    run_id = claimed(store, create())
    assert perform(store, run_id, execute)
    assert store.get(run_id).state == "done"
    assert (store.folder(run_id) / "environment.json").is_file()


@pytest.mark.parametrize(
    ("ending", "title", "words"),
    [
        ("memory", "Out of memory", "batch_size to 10"),
        ("remedy", "The run cannot go on", "choose another"),
        ("bug", "Internal error", "worker.log"),
    ],
)
def test_a_failure_is_explained_and_its_traceback_kept(
    store: Store, create: Create, ending: str, title: str, words: str
) -> None:
    run_id = claimed(store, create(ending=ending))
    assert not perform(store, run_id, execute)
    error = store.last(run_id, "error")
    assert error is not None and error.payload["title"] == title
    assert words in " ".join(error.payload.values())
    assert store.get(run_id).state == "failed"
    assert "Traceback" in (store.folder(run_id) / "worker.log").read_text()


@pytest.mark.parametrize(
    ("error", "title"),
    [
        (torch.OutOfMemoryError("CUDA out of memory"), "Out of memory"),
        (MemoryError(), "Out of memory"),
        (RuntimeError("MPS backend out of memory"), "Out of memory"),
        (RuntimeError("shapes differ"), "Internal error"),
        (NonFiniteLoss("The loss is nan at step 3."), "The loss is no longer a number"),
        (InvalidInput("No such file."), "The run cannot go on"),
        (OSError(errno.ENOSPC, "No space left on device"), "The disk is full"),
    ],
)
def test_errors_are_told_apart(error: Exception, title: str) -> None:
    assert explain(error, SPEC, "log").title == title


def test_a_loss_that_is_no_number_advises_a_lower_rate() -> None:
    assert "0.0001 (it is 0.001)" in explain(NonFiniteLoss("nan"), SPEC, "log").advice


def test_a_signal_asks_to_stop_and_keep(store: Store, create: Create) -> None:
    run_id = claimed(store, create(steps=10_000))
    timer = threading.Timer(0.1, lambda: os.kill(os.getpid(), signal.SIGTERM))
    timer.start()
    assert perform(store, run_id, execute)
    assert store.get(run_id).state == "stopped"
    states = [e.payload["state"] for e in store.events(run_id, kinds=("status",))]
    assert states[-2:] == ["stopping", "stopped"]
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_a_command_is_taken_from_the_store(store: Store, create: Create) -> None:
    run_id = claimed(store, create())
    control = StoreControl(store, run_id)
    assert control.command() is None
    store.send(run_id, "pause")
    assert [control.command(), control.command()] == ["pause", None]


def test_a_worker_holds_a_stepped_run_until_it_is_asked_on(store: Store, create: Create) -> None:
    run_id = claimed(store, create())
    store.set_state(run_id, "paused")
    control = StoreControl(store, run_id)
    threading.Timer(0.1, lambda: store.advance(run_id)).start()
    assert control.again()
    assert store.get(run_id).pid == os.getpid()
    assert control.command() == "step"


@pytest.mark.parametrize("wish", ["discard", "delete", "other"])
def test_a_worker_lets_go_when_it_is_not_needed(store: Store, create: Create, wish: str) -> None:
    run_id = claimed(store, create())
    store.set_state(run_id, "paused")
    wishes = {
        "discard": lambda: store.send(run_id, "discard"),
        "delete": lambda: store.delete(run_id),
        "other": create,
    }
    wishes[wish]()
    assert not StoreControl(store, run_id).again()
    store.sweep(run_id)


def test_a_worker_holds_a_run_only_for_a_while(
    store: Store, create: Create, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = claimed(store, create())
    store.set_state(run_id, "paused")
    monkeypatch.setattr(worker, "HOLD_SECONDS", 0.1)
    assert not StoreControl(store, run_id).again()


def test_a_worker_beats(store: Store, create: Create, monkeypatch: pytest.MonkeyPatch) -> None:
    run_id = claimed(store, create())
    monkeypatch.setattr(worker, "HEARTBEAT_SECONDS", 0.01)
    first = store.get(run_id).heartbeat
    assert first is not None
    with heartbeat(store, run_id):
        wait_for(lambda: (store.get(run_id).heartbeat or 0) > first)


def test_the_environment_names_versions_and_device() -> None:
    environment = describe_environment("cpu")
    assert environment["packages"]["torch"] == version("torch")
    assert environment["threads"] == torch.get_num_threads()
    assert environment["memory_bytes"] == psutil.virtual_memory().total


def test_a_folder_outside_a_checkout_has_no_commit(tmp_path: Path) -> None:
    assert git_commit(tmp_path) is None


def follow(store: Store, run_id: str) -> tuple[RunInfo, list[Event], list[RunInfo]]:
    events: list[Event] = []
    waits: list[RunInfo] = []
    info = run_in_foreground(store, run_id, events.append, waits.append, execute)
    return info, events, waits


def test_in_the_foreground_every_event_is_handed_over(store: Store, create: Create) -> None:
    run_id = create(owner=os.getpid())
    info, events, _ = follow(store, run_id)
    assert info.state == "done"
    assert events == store.events(run_id)


def test_in_the_foreground_a_run_waits_for_its_device(store: Store, create: Create) -> None:
    other = claimed(store, create())
    run_id = create(owner=os.getpid())
    threading.Timer(0.3, lambda: store.set_state(other, "done")).start()
    info, _, waits = follow(store, run_id)
    assert [wait.place for wait in waits] == [1]
    assert info.state == "done"
    ended, started = store.get(other).ended, info.started
    assert ended is not None and started is not None and ended <= started


def test_interrupting_stops_a_run_in_the_foreground(store: Store, create: Create) -> None:
    run_id = create(owner=os.getpid(), steps=10_000)
    threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
    assert follow(store, run_id)[0].state == "stopped"
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_interrupting_twice_ends_it_at_once(store: Store, create: Create) -> None:
    run_id = create(owner=os.getpid(), steps=10_000, deaf=True)
    for delay in (0.3, 0.6):
        threading.Timer(delay, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
    info = follow(store, run_id)[0]
    assert (info.state, info.message) == ("stopped", "Ended at once; nothing of it was kept.")


def test_interrupting_the_wait_takes_the_run_out_of_the_queue(store: Store, create: Create) -> None:
    claimed(store, create())
    run_id = create(owner=os.getpid())
    threading.Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
    assert follow(store, run_id)[0].message == "Stopped before it began."
