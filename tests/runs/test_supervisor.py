"""Real worker processes under a supervisor, with a stand-in for the run itself."""

import os
import signal
import sys

import psutil

from tests.runs.conftest import STAND_IN, Create, wait_for
from unlearn_core.runs.store import Store
from unlearn_core.runs.supervisor import Supervisor


def state_is(store: Store, run_id: str, *states: str) -> None:
    wait_for(lambda: store.get(run_id).state in states)


def steps_done(store: Store, run_id: str, at_least: int = 1) -> None:
    wait_for(lambda: store.get(run_id).step >= at_least)


def test_queued_runs_are_done_one_after_the_other(
    store: Store, create: Create, supervisor: Supervisor
) -> None:
    first, second = create(), create(ending="exit")
    state_is(store, first, "done")
    state_is(store, second, "failed")
    assert "exit code 3" in store.get(second).message


def test_a_killed_worker_is_noticed_and_named(
    store: Store, create: Create, supervisor: Supervisor
) -> None:
    run_id = create(steps=10_000)
    steps_done(store, run_id)
    pid = store.get(run_id).pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    state_is(store, run_id, "failed")
    assert f"{pid} was killed (SIGKILL)" in store.get(run_id).message


def test_pause_resume_and_stop(store: Store, create: Create, supervisor: Supervisor) -> None:
    run_id = create(steps=10_000)
    steps_done(store, run_id)
    store.send(run_id, "pause")
    state_is(store, run_id, "paused")
    reached = store.get(run_id).step
    store.resume(run_id)
    steps_done(store, run_id, reached + 1)
    supervisor.stop(run_id)
    state_is(store, run_id, "stopped")
    assert "was killed" not in store.get(run_id).message


def test_a_paused_run_takes_single_steps(
    store: Store, create: Create, supervisor: Supervisor
) -> None:
    run_id = create(steps=3)
    store.send(run_id, "pause")
    for step in (1, 2):
        store.advance(run_id)
        wait_for(lambda step=step: store.get(run_id).step == step)
        state_is(store, run_id, "paused")
    store.resume(run_id)
    state_is(store, run_id, "done")
    assert store.get(run_id).step == 3


def test_a_worker_that_does_not_obey_is_killed_and_the_run_says_so(
    store: Store, create: Create, supervisor: Supervisor
) -> None:
    run_id = create(steps=10_000, deaf=True)
    steps_done(store, run_id)
    pid = store.get(run_id).pid
    assert pid is not None
    supervisor.stop(run_id)
    state_is(store, run_id, "stopped")
    assert "0.5 seconds" in store.get(run_id).message
    wait_for(lambda: not psutil.pid_exists(pid))


def test_a_run_outlives_the_app_and_the_next_app_finds_it(store: Store, create: Create) -> None:
    app = Supervisor(store, worker=STAND_IN, nice=0)
    app.start()
    run_id = create(steps=10_000)
    steps_done(store, run_id)
    app.close()
    reached = store.get(run_id).step
    steps_done(store, run_id, reached + 3)
    next_app = Supervisor(store, worker=STAND_IN, nice=0)
    next_app.tick()
    assert store.get(run_id).state == "running"
    next_app.kill(run_id)
    assert store.get(run_id).state == "stopped"
    next_app.close()


def test_closing_lets_the_waiting_worker_go(store: Store, create: Create) -> None:
    app = Supervisor(store, worker=STAND_IN, nice=0)
    app.tick()
    (child,) = app._children.values()
    app.close()
    assert child.wait(timeout=30) == 0


def test_a_worker_that_cannot_start_is_reported(store: Store, create: Create) -> None:
    app = Supervisor(store, worker=(sys.executable, "-c", "raise SystemExit(7)"))
    app.start()
    wait_for(lambda: "exit code 7" in app.trouble)
    app.close()
    run_id = create()
    assert store.get(run_id).state == "queued"
