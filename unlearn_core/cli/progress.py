"""A run's progress on standard error."""

from collections.abc import Callable
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from unlearn_core.runs.events import Event
from unlearn_core.runs.foreground import run_in_foreground
from unlearn_core.runs.info import RunInfo
from unlearn_core.runs.store import Store
from unlearn_core.wording.numbers import seconds

PHASES = {
    "load": "Loading",
    "measure_before": "Measuring before",
    "train": "Training",
    "measure_after": "Measuring after",
    "save": "Saving",
}


def follow(store: Store, run_id: str, *, shown: bool) -> RunInfo:
    """Do a queued run in this process and show how far it is, unless told not to."""
    if not shown:
        return run_in_foreground(store, run_id, lambda event: None, lambda info: None)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[left]}"),
        console=Console(stderr=True),
        transient=True,
    ) as bar:
        task = bar.add_task("Waiting", total=None, left="")

        def wait(info: RunInfo) -> None:
            bar.update(task, description=f"Waiting, place {info.place}")

        return run_in_foreground(store, run_id, _shower(bar, task), wait)


def _shower(bar: Progress, task: TaskID) -> Callable[[Event], None]:
    def show(event: Event) -> None:
        payload: dict[str, Any] = dict(event.payload)
        match event.kind:
            case "progress":
                left = seconds(payload["seconds_left"])
                bar.update(
                    task,
                    description=PHASES.get(payload["phase"], payload["phase"].capitalize()),
                    completed=payload["step"],
                    total=payload["total"] or None,
                    left=f"{left} left" if left else "",
                )
            case "log":
                bar.console.print(escape(payload["message"]), highlight=False)

    return show
