"""Dead workers, recognised and explained."""

import os
import platform
import subprocess
import sys
import time

import pytest

from tests.runs.conftest import Create
from unlearn_core.runs import recovery
from unlearn_core.runs.recovery import Process, cause_of_death, identify, is_dead, memory_advice
from unlearn_core.runs.store import Store

GONE = Process(4242, 0.0, platform.node())


def test_this_process_is_alive() -> None:
    assert identify(os.getpid()).alive


def test_a_process_id_given_to_another_process_is_not_the_worker() -> None:
    me = identify(os.getpid())
    assert not Process(me.pid, me.born - 100, me.host).alive


def test_an_ended_child_is_dead_even_before_it_is_reaped() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    process = identify(child.pid)
    assert process.alive
    child.kill()
    deadline = time.monotonic() + 10
    while process.alive:
        assert time.monotonic() < deadline
    child.communicate()


def test_silence_alone_does_not_kill_a_living_process_of_this_machine() -> None:
    assert not is_dead(identify(os.getpid()), heartbeat=time.time() - 3600)


def test_a_worker_elsewhere_is_dead_when_its_heartbeat_is_lost() -> None:
    elsewhere = Process(os.getpid(), 0.0, "another-machine")
    assert not is_dead(elsewhere, time.time() - 20)
    assert is_dead(elsewhere, time.time() - 31)
    assert "no sign of life" in cause_of_death(elsewhere, 0.0, None, None)


@pytest.mark.parametrize(
    ("code", "free", "words"),
    [
        (-9, 0.02, "was killed (SIGKILL). Most likely the machine ran out of memory: 2% of it"),
        (-9, 0.6, "was killed (SIGKILL). If nobody ended it"),
        (None, 0.6, "died without a word"),
        (-11, 0.6, "was ended by SIGSEGV; worker.log"),
        (3, 0.01, "ended with exit code 3; worker.log"),
    ],
)
def test_the_cause_is_put_into_words(code: int | None, free: float, words: str) -> None:
    assert words in cause_of_death(GONE, time.time(), free, code)


def test_a_restart_of_the_computer_is_recognised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recovery.psutil, "boot_time", lambda: time.time())
    assert "restarted" in cause_of_death(GONE, time.time() - 60, 0.01, None)


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
    assert "batch_size to 10 (it is 20)" in error.payload["advice"]
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
