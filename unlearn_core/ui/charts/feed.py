"""What a chart has not seen yet of a run, read from the store alone."""

from collections.abc import Sequence
from statistics import fmean
from typing import Any

from unlearn_core.errors import LetheError
from unlearn_core.methods.registry import method
from unlearn_core.runs.events import Event
from unlearn_core.runs.frames import curves as curves_of
from unlearn_core.runs.frames import number, sampled, spread
from unlearn_core.runs.history import History, history_of
from unlearn_core.runs.info import RunInfo
from unlearn_core.runs.recorded import is_recorded
from unlearn_core.runs.store import Store
from unlearn_core.ui.texts.film import RECORDED_BADGE

MOST_RECORDS = 64
"""Forget records whose values are sent one by one; of the others only the summary is."""
CHART_KINDS = ("status", "scalars", "answers", "probe", "records", "log", "error", "artifact")


def poll(store: Store, run_id: str, cursor: int) -> dict[str, Any]:
    """The run's state, and its rows after the cursor.

    Args:
        store: Where the run is kept.
        run_id: The run; one that is gone gives `{"run", "gone": why}`.
        cursor: Last sequence number seen; 0 for the whole history, thinned out.

    Returns:
        `run`, `cursor`, `status`, `scalars` (name to [steps, values]), `answers`, `probes`,
        `records` (values of forget records), `marks` (checkpoints, stops, ends) and `notes`
        (warnings and errors), all JSON-ready.
    """
    history = history_of(store, run_id)
    try:
        info = history.get(run_id)
    except LetheError as error:
        return {"run": run_id, "gone": str(error)}
    events = history.events(run_id, after=cursor, kinds=CHART_KINDS)
    return {
        "run": run_id,
        "cursor": events[-1].seq if events else cursor,
        "status": _status(history, info),
        "scalars": curves_of(events),
        "answers": [_answers(e) for e in _measurements(events, "answers")],
        "probes": [_probe(e) for e in _measurements(events, "probe")],
        "records": [_records(e) for e in _measurements(events, "records")],
        "marks": [mark for e in events if (mark := _mark(e)) is not None],
        "notes": [note for e in events if (note := _note(e)) is not None],
    }


def curves(store: Store, run_ids: Sequence[str]) -> list[dict[str, Any]]:
    """Each run's name, state and curves, for drawing several runs on one axis."""
    found = []
    for run_id in run_ids:
        history = history_of(store, run_id)
        try:
            info = history.get(run_id)
        except LetheError:
            continue  # deleted in another tab: the others are still worth drawing
        events = history.events(run_id, kinds=("scalars",))
        found.append({"run": run_id, "name": name_of(info), "state": info.state,
                      "scalars": curves_of(events)})  # fmt: skip
    return found


def name_of(info: RunInfo) -> str:
    """A run's name, which says of a recorded run that it is one."""
    return f"{RECORDED_BADGE} · {info.name}" if is_recorded(info.id) else info.name


def _measurements(events: Sequence[Event], kind: str) -> list[Event]:
    """The events of a kind, of evenly spread steps when there are too many; ends are kept."""
    found = [event for event in events if event.kind == kind]
    kept = spread(event.step for event in found)
    return [event for event in found if event.step in kept]


def _status(history: History, info: RunInfo) -> dict[str, Any]:
    progress = history.last(info.id, "progress")
    return {
        "state": info.state,
        "name": name_of(info),
        "kind": info.kind,
        "message": info.message,
        "place": info.place,
        "step": info.step,
        "total": info.total,
        "secondsLeft": info.seconds_left,
        "phase": str(progress.payload.get("phase", "")) if progress else "",
        "forgetLogged": _forget_is_logged(info),
    }


def _forget_is_logged(info: RunInfo) -> bool:
    """Whether the forget loss is only looked at: the method never trains on true answers."""
    if info.kind != "unlearn":
        return False
    return "true answers" not in method(str(info.spec.get("method", "pmc"))).card.needs


def _answers(event: Event) -> dict[str, Any]:
    payload = event.payload
    return {
        "step": event.step,
        "id": payload["id"],
        "prompt": payload["prompt"],
        "true": payload["true"],
        "n": payload["n"],
        "answers": sampled(payload),
    }


def _probe(event: Event) -> dict[str, Any]:
    names = ("id", "group", "prompt", "true", "text", "known")
    return {"step": event.step, **{name: event.payload[name] for name in names}}


def _records(event: Event) -> dict[str, Any]:
    """A summary of all records, and [id, value, selected] of the first of them."""
    values, selected = event.payload["values"], frozenset(event.payload["selected"])
    first = list(values.items())[:MOST_RECORDS]
    return {
        "step": event.step,
        "name": event.payload["name"],
        "records": len(values),
        "selected": len(selected),
        "mean": fmean(values.values()),
        "lowest": min(values.values()),
        "highest": max(values.values()),
        "values": [[name, number(value), name in selected] for name, value in first],
    }


def _mark(event: Event) -> dict[str, Any] | None:
    if event.kind == "artifact" and event.payload["kind"] == "checkpoint":
        return {"step": event.step, "label": "checkpoint"}
    if event.kind == "status" and event.payload["state"] in ("stopped", "paused", "failed"):
        return {"step": event.step, "label": event.payload["state"]}
    return None


def _note(event: Event) -> dict[str, Any] | None:
    payload = event.payload
    if event.kind == "error":
        text = " ".join(part for part in (payload["message"], payload.get("advice", "")) if part)
        return {"level": "error", "title": payload["title"], "text": text}
    if event.kind == "log":
        return {"level": payload["level"], "title": "", "text": payload["message"]}
    return None
