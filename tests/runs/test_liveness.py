"""Dead workers, recognised and explained."""

import os
import platform
import subprocess
import sys
import time
from dataclasses import replace

import psutil
import pytest

from tests.runs.conftest import Create
from unlearn_core.runs import liveness as recovery
from unlearn_core.runs.eventlog import Fenced
from unlearn_core.runs.events import Event
from unlearn_core.runs.liveness import (
    Process,
    boot_id,
    cause_of_death,
    identify,
    memory_advice,
)
from unlearn_core.runs.store import Store
from unlearn_core.runs.worker import perform

GONE = Process(4242, 0.0, platform.node(), boot_id())


def test_this_process_is_alive() -> None:
    assert identify(os.getpid()).alive


def test_a_process_id_given_to_another_process_is_not_the_worker() -> None:
    me = identify(os.getpid())
    assert not replace(me, born=me.born - 100).alive


def test_an_ended_child_is_dead_even_before_it_is_reaped() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    process = identify(child.pid)
    assert process.alive
    child.kill()
    deadline = time.monotonic() + 60
    while process.alive:
        assert time.monotonic() < deadline
    child.communicate()


def stepped(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """The clock of the day is set; psutil's times of birth and boot follow it, as on Linux."""
    now, born, boot = time.time, psutil.Process.create_time, psutil.boot_time
    monkeypatch.setattr(time, "time", lambda: now() + seconds)
    monkeypatch.setattr(psutil.Process, "create_time", lambda process: born(process) + seconds)
    monkeypatch.setattr(psutil, "boot_time", lambda: boot() + seconds)


@pytest.mark.parametrize("seconds", [41.0, -3600.0, 3600.0])
def test_a_clock_that_steps_kills_no_worker(
    store: Store, create: Create, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    run_id = create()
    assert store.claim(os.getpid()) == run_id
    store.beat(run_id)
    stepped(monkeypatch, seconds)
    assert store.recover() == []
    assert store.get(run_id).state == "loading"
    store.send(run_id, "stop")
    stepped(monkeypatch, seconds)
    assert store.unanswered(run_id)[1] < 30


def test_silence_alone_does_not_kill_a_living_process_of_this_machine(
    store: Store, create: Create, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = create()
    store.claim(os.getpid())
    begun = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: begun + 3600)
    assert store.recover() == []
    assert store.get(run_id).state == "loading"


def test_a_worker_elsewhere_is_dead_when_nothing_was_heard_of_it(
    store: Store, create: Create, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id, elsewhere = create(), Store(store.workspace)
    monkeypatch.setattr(platform, "node", lambda: "another-machine")
    elsewhere.claim(os.getpid())
    monkeypatch.undo()
    clock = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    assert store.recover() == []  # whoever looks for the first time cannot know
    clock[0] += 20
    assert store.recover() == []
    elsewhere.beat(run_id)
    clock[0] += 20
    assert store.recover() == []
    clock[0] += 31
    assert store.recover() == [run_id]
    assert "no sign of life" in store.get(run_id).message
    elsewhere.close()


@pytest.mark.parametrize(
    ("code", "killed", "words"),
    [
        (-9, True, "was killed while the system ended processes because memory had run out"),
        (-9, False, "was killed (SIGKILL). 60% of the memory was free"),
        (None, False, "ended without a word. 60%"),
        (-11, True, "was ended by SIGSEGV"),
        (3, True, "ended with exit code 3"),
    ],
)
def test_a_cause_is_named_only_where_it_is_known(
    code: int | None, killed: bool, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recovery, "memory_kills", lambda: 5)
    said = cause_of_death(GONE, 0.6, 4 if killed else 5, code)
    assert words in said
    assert ("memory had run out" in said) == ("memory had run out" in words)


def test_a_restart_of_the_computer_is_recognised() -> None:
    assert "restarted" in cause_of_death(replace(GONE, boot="an earlier one"), 0.01, None, None)


def test_a_worker_that_was_given_up_cannot_write(store: Store, create: Create) -> None:
    run_id, other = create(), Store(store.workspace)
    assert store.claim(os.getpid()) == run_id
    other.set_state(run_id, "failed", "given up")
    events = len(other.events(run_id))
    for write in (
        lambda: store.append(run_id, [Event("log", 1, {"message": "still here", "level": "info"})]),
        lambda: store.set_state(run_id, "done"),
        lambda: store.beat(run_id),
        lambda: store.take_command(run_id),
        lambda: store.require_claim(run_id),
    ):
        with pytest.raises(Fenced, match="given up"):
            write()
    assert other.get(run_id).state == "failed"
    assert len(other.events(run_id)) == events
    other.close()


def test_a_run_that_was_given_to_another_has_one_writer(store: Store, create: Create) -> None:
    run_id, other = create(), Store(store.workspace)
    assert store.claim(os.getpid()) == run_id
    other.set_state(run_id, "paused")
    other.resume(run_id)
    assert other.claim(os.getpid()) == run_id
    with pytest.raises(Fenced):
        store.beat(run_id)
    other.beat(run_id)
    other.close()


def test_a_fenced_worker_ends_without_touching_the_run(store: Store, create: Create) -> None:
    run_id, other = create(), Store(store.workspace)
    store.claim(os.getpid())

    def work(store: Store, run_id: str, control: object) -> None:
        other.set_state(run_id, "failed", "given up")
        (store.folder(run_id) / "model.other.partial").mkdir()
        store.append(run_id, [Event("log", 1, {"message": "x", "level": "info"})])

    assert not perform(store, run_id, work)
    assert other.get(run_id).message == "given up"
    assert other.last(run_id, "error") is None
    assert (store.folder(run_id) / "model.other.partial").is_dir()
    other.close()


def test_work_is_counted_by_the_workers_own_clock(
    store: Store, create: Create, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = create()
    store.claim(os.getpid())
    store.beat(run_id, 2.5)
    stepped(monkeypatch, 3600)
    store.add_work(run_id, 1.5)
    store.set_state(run_id, "done")
    assert store.get(run_id).took == 4.0


def test_a_run_of_a_dead_worker_fails_once_and_leaves_nothing_half_written(
    store: Store, create: Create
) -> None:
    worker = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    run_id, healthy = create(), create(device="cuda:1")
    assert store.claim(worker.pid) == run_id
    assert store.claim(os.getpid()) == healthy
    store.beat(run_id)
    (store.folder(run_id) / "model.partial").mkdir()
    worker.kill()
    worker.communicate()
    assert store.recover({worker.pid: -9}.get) == [run_id]
    assert store.recover() == []
    error = store.last(run_id, "error")
    assert error is not None and "SIGKILL" in error.payload["message"]
    assert error.payload["advice"] == ""  # nobody said that memory ran out
    assert store.get(run_id).state == "failed"
    assert store.get(run_id).message == error.payload["message"]
    assert store.get(healthy).state == "loading"
    assert not (store.folder(run_id) / "model.partial").exists()


@pytest.mark.parametrize(
    ("spec", "advice"),
    [
        ({"training": {"batch_size": 7, "accumulation": 3}}, "batch_size to 3 (it is 7); acc.* 6 "),
        ({"training": {"batch_size": 1}, "tuning": {"mode": "full"}}, "Choose LoRA"),
        ({"tuning": {"mode": "lora"}, "model": {"dtype": "float32"}}, "bfloat16"),
        ({"training": {"max_length": 512}, "model": {"dtype": "bfloat16"}}, "max_length to 256"),
        ({}, "smaller model"),
    ],
)
def test_one_change_is_advised_when_memory_runs_out(spec: dict, advice: str) -> None:  # type: ignore[type-arg]
    for part in advice.split(".*"):
        assert part in memory_advice(spec)
