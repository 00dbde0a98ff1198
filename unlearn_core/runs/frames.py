"""A run as a film: what the model answered at each measured step, ready for any screen."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from unlearn_core.methods.registry import method
from unlearn_core.runs.events import Event
from unlearn_core.runs.history import History
from unlearn_core.runs.info import RunInfo
from unlearn_core.runs.recorded import is_recorded

MOST_POINTS = 2000
"""Points of one curve sent at most; a screen cannot show more."""
MOST_FRAMES = 240
"""Measured steps told at most; a slider cannot hold more."""
FILM_KINDS = ("scalars", "answers", "probe")
TO_FORGET = ("forget", "paraphrased")

Curves = dict[str, tuple[list[int], list[float | None]]]


def film(history: History, run_id: str) -> dict[str, Any]:
    """Every measured step of a run, JSON-ready.

    Args:
        history: Where the run is kept; `history_of` finds it.
        run_id: The run.

    Returns:
        `run`, `name`, `kind`, `method` (title), `state`, `seed`, `last` (its last step),
        `recorded` (`date`, `lethe`, `torch` of a recording, else null);
        `questions`: the watched ones, with `id`, `prompt`, `true`;
        `probes`: prompts that are answered greedily, with `key`, `group`, `prompt`, `true`;
        `curves`: scalar name to [steps, values];
        `frames`, by step: `step`, `answers` (question id to [text, count, leaks] of its samples,
        the most common first), `probes` (key to `text`, `known`, `leaks`), `scalars` (name to the
        newest value by then). Texts are as the model gave them: escape them.

    Raises:
        InvalidInput: No such run.
    """
    info = history.get(run_id)
    events = history.events(run_id, kinds=FILM_KINDS)
    watched = {e.payload["id"]: e.payload for e in events if e.kind == "answers"}
    probes = {key_of(e.payload): e.payload for e in events if e.kind == "probe"}
    kind: Literal["unlearn", "teach"] = "teach" if info.kind == "teach" else "unlearn"
    return {
        "run": run_id,
        "name": info.name,
        "kind": info.kind,
        "method": method(str(info.spec["method"]), kind).title,
        "state": info.state,
        "seed": info.spec["seed"],
        "last": info.step,
        "recorded": recording_of(history, info) if is_recorded(run_id) else None,
        "questions": [_only(row, ("id", "prompt", "true")) for row in watched.values()],
        "probes": [
            {"key": key, **_only(row, ("group", "prompt", "true"))} for key, row in probes.items()
        ],
        "curves": curves(events),
        "frames": _frames(info, events),
    }


def recording_of(history: History, info: RunInfo) -> dict[str, str]:
    """When and with what a recording was made: `date`, `lethe` and `torch` versions."""
    environment = json.loads((history.folder(info.id) / "environment.json").read_text("utf-8"))
    made = datetime.fromtimestamp(info.ended or info.created, UTC)
    return {
        "date": f"{made.day} {made:%B %Y}",
        "lethe": environment["lethe"],
        "torch": environment["packages"]["torch"],
    }


def _only(row: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: row[name] for name in names}


def key_of(probe: Mapping[str, Any]) -> str:
    """What tells a probe from the others of its run: a record may be asked in two groups."""
    return f"{probe['group']}/{probe['id']}"


def curves(events: Iterable[Event]) -> Curves:
    """Steps and values of every scalar, thinned out; a gap (`None`) stands for NaN."""
    points: Curves = {}
    for event in events:
        if event.kind != "scalars":
            continue
        for name, value in event.payload.items():
            steps, values = points.setdefault(name, ([], []))
            steps.append(event.step)
            values.append(number(value))
    return {name: thin(steps, values) for name, (steps, values) in points.items()}


def thin(
    steps: Sequence[int], values: Sequence[float | None], most: int = MOST_POINTS
) -> tuple[list[int], list[float | None]]:
    """At most `most` points: the first, the last, and the lowest and highest of equal bins.

    Peaks survive, which they would not in a mean. Gaps (`None`) inside a bin are dropped.
    """
    if len(steps) <= most:
        return list(steps), list(values)
    bins = (most - 2) // 2
    width = (len(steps) - 2) / bins
    kept = {0, len(steps) - 1}
    for i in range(bins):
        places = range(1 + int(i * width), 1 + int((i + 1) * width))
        present = [(value, place) for place in places if (value := values[place]) is not None]
        if present:
            kept |= {min(present)[1], max(present)[1]}
    order = sorted(kept)
    return [steps[i] for i in order], [values[i] for i in order]


def spread(steps: Iterable[int], most: int = MOST_FRAMES) -> set[int]:
    """At most `most` of these steps, at even distances; the ends are kept."""
    order = sorted(set(steps))
    if len(order) <= most:
        return set(order)
    stride = (len(order) - 1) / (most - 1)
    return {order[round(i * stride)] for i in range(most)}


def number(value: float | None) -> float | None:
    """A number as it is sent: five digits, and no NaN, which JSON does not know."""
    if value is None or not math.isfinite(value):
        return None
    return float(f"{value:.5g}")


def sampled(payload: Mapping[str, Any]) -> list[list[Any]]:
    """[text, count, whether it leaks] of each different answer of an `answers` event."""
    leaks = frozenset(payload["leaks"])
    return [[text, count, text in leaks] for text, count in payload["answers"]]


def _frames(info: RunInfo, events: Sequence[Event]) -> list[dict[str, Any]]:
    kept = spread(event.step for event in events if event.kind != "scalars")
    newest: dict[str, float | None] = {}
    frames: dict[int, dict[str, Any]] = {}
    for event in events:
        if event.kind == "scalars":
            newest |= {name: number(value) for name, value in event.payload.items()}
        if event.step not in kept:
            continue
        frame = frames.setdefault(event.step, {"step": event.step, "answers": {}, "probes": {}})
        frame["scalars"] = dict(newest)
        if event.kind == "answers":
            frame["answers"][event.payload["id"]] = sampled(event.payload)
        elif event.kind == "probe":
            frame["probes"][key_of(event.payload)] = _said(info, event.payload)
    return [frames[step] for step in sorted(frames)]


def _said(info: RunInfo, payload: Mapping[str, Any]) -> dict[str, Any]:
    forgetting = info.kind == "unlearn" and payload["group"] in TO_FORGET
    return {"text": payload["text"], "known": payload["known"],
            "leaks": forgetting and bool(payload["known"])}  # fmt: skip
