"""A worker process whose runs do nothing but what their spec says, without any model."""

import sys
import time
from typing import Any

from unlearn_core.errors import InvalidInput
from unlearn_core.runs.events import Event
from unlearn_core.runs.jobs import Control
from unlearn_core.runs.store import Store
from unlearn_core.runs.worker import main

ENDS = {"stop": "stopped", "pause": "paused", "discard": "discarded", "step": "paused"}


def execute(store: Store, run_id: str, control: Control) -> None:
    """Take `steps` steps of `seconds` each, then end as `ending` says; obey commands."""
    script: dict[str, Any] = store.get(run_id).spec["script"]
    folder = store.folder(run_id)
    store.set_state(run_id, "running")
    first = len(list(folder.glob("step-*")))
    asked = control.command()
    for step in range(first + 1, script["steps"] + 1):
        time.sleep(script.get("seconds", 0.01))
        (folder / f"step-{step:05d}").touch()
        progress = {"step": step, "total": script["steps"], "seconds_left": 1.0, "phase": "train"}
        store.append(run_id, [Event("progress", step, progress)])
        command = asked or (None if script.get("deaf") else control.command())
        if command is not None:
            store.set_state(run_id, ENDS[command], f"{command} after step {step}")
            return
    _end(script.get("ending", "done"), store, run_id)


def _end(ending: str, store: Store, run_id: str) -> None:
    match ending:
        case "done":
            store.set_state(run_id, "done")
        case "memory":
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried too much")
        case "remedy":
            raise InvalidInput("The folder is empty; choose another.")
        case "bug":
            raise ZeroDivisionError("by nothing")
        case "exit":
            sys.exit(3)


if __name__ == "__main__":
    sys.exit(main(work=execute))
