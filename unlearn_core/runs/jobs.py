"""What does a job, by its kind.

A room that does a kind of job has a file `job.py` that registers it: the queue and the worker know
no kind by name.
"""

import importlib
import pkgutil
from collections.abc import Callable
from importlib.util import find_spec
from typing import Protocol

import unlearn_core as package
from unlearn_core.runs.events import Command
from unlearn_core.runs.store import Store


class Control(Protocol):
    """How a job learns that the person wants something."""

    def command(self) -> Command | None:
        """The newest command since the last call."""

    def again(self) -> bool:
        """Whether a run, paused after a single step, was asked on and claimed anew."""


Execute = Callable[[Store, str, Control], None]
"""Does a claimed job of a store, by its id, from load to result."""

_REGISTERED: dict[str, Execute] = {}


def does(*kinds: str) -> Callable[[Execute], Execute]:
    """Decorator of the function that does jobs of these kinds."""

    def add(execute: Execute) -> Execute:
        _REGISTERED.update(dict.fromkeys(kinds, execute))
        return execute

    return add


def import_jobs() -> None:
    """Import all that does jobs, which takes seconds."""
    for room in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        if room.ispkg and find_spec(f"{room.name}.job"):
            importlib.import_module(f"{room.name}.job")


def execute(store: Store, run_id: str, control: Control) -> None:
    """Do a claimed job; one of a kind that nobody registered is a run under another name."""
    import_jobs()
    kind = store.get(run_id).kind
    _REGISTERED.get(kind, _REGISTERED["unlearn"])(store, run_id, control)
