"""A run's state in words and as a bar: the same in the side bar and above the charts."""

from html import escape

from unlearn_core.runs.events import ACTIVE, FINISHED
from unlearn_core.runs.info import RunInfo
from unlearn_core.runs.store import Store
from unlearn_core.ui.texts import common as texts
from unlearn_core.ui.texts.common import ATTACKING, PHASES, STATES, TEACHING, count, seconds


def current(runs: list[RunInfo]) -> RunInfo | None:
    """The run to show: the active one, else the next in the queue, else a paused one."""
    active = next((run for run in runs if run.state in ACTIVE), None)
    queued = min((run for run in runs if run.state == "queued"), key=_place, default=None)
    return active or queued or next((run for run in runs if run.state == "paused"), None)


def phase(store: Store, run: RunInfo) -> str:
    """What the run is doing now, in words."""
    if run.state == "queued":
        if run.place is None:
            return texts.WAITING_FOR_RUN
        ahead = (run.place or 1) - 1
        return texts.WAITING.format(place=run.place or 1) if ahead else texts.STARTING
    if run.state in ("loading", "running"):
        if run.kind == "audit":
            return ATTACKING
        last = store.last(run.id, "progress")
        words = TEACHING if run.kind == "teach" else PHASES
        name = str(last.payload["phase"]) if last else "load"
        return words.get(name, STATES[run.state])
    return STATES[run.state]


def detail(run: RunInfo) -> str:
    """Step and time left while it goes; how long it took, or why it ended, afterwards."""
    if run.state in ("loading", "running") and run.total:
        left = texts.ABOUT_LEFT.format(time=seconds(run.seconds_left)) if run.seconds_left else ""
        return texts.STEP_OF.format(step=run.step, total=run.total, left=left)
    if run.state == "paused":
        return texts.AFTER_STEP.format(step=run.step, total=run.total)
    if run.state in FINISHED and run.took:
        taken = texts.STEPS_IN.format(steps=count(run.step, "step"), time=seconds(run.took))
        return f"{taken}. {run.message}".strip() if run.message else taken
    return run.message


def share(run: RunInfo) -> float:
    """How much of the run is done, from 0 to 1, by its steps."""
    if run.state == "done":
        return 1.0
    return min(1.0, run.step / run.total) if run.total else 0.0


def bar(run: RunInfo) -> str:
    """A progress bar as HTML."""
    percent = round(100 * share(run))
    return (
        f'<div class="lethe-bar" role="progressbar" aria-valuemin="0" aria-valuemax="100" '
        f'aria-valuenow="{percent}" aria-label="{texts.PROGRESS}">'
        f'<div style="width:{percent}%"></div></div>'
    )


def headline(store: Store, run: RunInfo) -> str:
    """Name, state, step, time left and bar as HTML; every text is escaped."""
    return (
        f'<div class="lethe-run lethe-state-{run.state}">'
        f'<div class="lethe-run-name" translate="no">{escape(run.name)}</div>'
        f'<div class="lethe-run-state"><span class="lethe-dot"></span>'
        f"{escape(phase(store, run))}</div>"
        f'<div class="lethe-run-detail">{escape(detail(run))}</div>{bar(run)}</div>'
    )


def _place(run: RunInfo) -> tuple[int, float]:
    return (run.place or 1_000_000, run.created)
