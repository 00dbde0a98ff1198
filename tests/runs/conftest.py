"""A store, runs in it, and waits for conditions."""

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from unlearn_core.runs.store import Store
from unlearn_core.runs.supervisor import Supervisor

STAND_IN = (sys.executable, "-m", "tests.runs.stand_in")

Create = Callable[..., str]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "workspace")
    yield opened
    opened.close()


@pytest.fixture
def create(store: Store) -> Create:
    """Make a queued run from a stand-in's script."""

    def make(device: str = "cpu", owner: int | None = None, **script: object) -> str:
        spec = {
            "method": "pmc",
            "training": {"batch_size": 20, "learning_rate": 1e-3},
            "script": {"steps": 3, **script},
        }
        return store.create(spec, kind="unlearn", name="a run", device=device, owner=owner)

    return make


@pytest.fixture
def supervisor(store: Store) -> Iterator[Supervisor]:
    """A supervisor of stand-in workers; leaves none of them behind."""
    made = Supervisor(store, worker=STAND_IN, grace=0.5, nice=0)
    made.start()
    yield made
    made.close()
    for run in store.active():
        made.kill(run.id)


def wait_for(condition: Callable[[], bool], seconds: float = 120.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come true in time"
        time.sleep(0.02)
