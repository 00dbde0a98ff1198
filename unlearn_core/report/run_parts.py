"""What a report tells of a run itself: settings, live curves, answers before and after."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from unlearn_core.methods.parts import PARTS
from unlearn_core.report.curves import Line, line_chart
from unlearn_core.runs.events import Event
from unlearn_core.wording.numbers import number, percent

# Scalar, words for it and look: the same colours as in the app.
LOSSES = (
    ("loss/total", "Total", "live-total"),
    ("loss/collapse", "Collapse", "live-collapse"),
    ("loss/retain", "Retain", "live-retain"),
    ("loss/forget", "Forget", "live-forget"),
)
OTHER_LOOKS = ("live-other-1", "live-other-2", "live-other-3")
RECALLS = (
    ("utility/forget_recall", "Forget", "live-forget"),
    ("utility/paraphrased_recall", "Forget, other words", "live-paraphrased"),
    ("utility/retain_recall", "Retain", "live-retain"),
    ("utility/world_recall", "World", "live-world"),
)
SETTINGS = {
    "model": "Model",
    "data": "Data",
    "marks": "Marked to forget",
    "method_config": "Method",
    "tuning": "Weights to train",
    "training": "Training",
    "measure": "Measuring",
}
MEASURES = (
    ("Facts known", "fact_recall", percent),
    ("ROUGE-L recall of the true answer (0 to 1)", "rouge_l_recall", number),
    ("Log-likelihood of the true answer (nats)", "log_likelihood", number),
)
CHANGES = {"same": "span", "removed": "del", "added": "ins"}
FORGETTING = ("forget", "paraphrased")

Payload = Mapping[str, Any]


def live_curves(events: Sequence[Event]) -> tuple[Markup, Markup]:
    """Recalls and losses over the steps, as far as they were measured."""
    recalls = line_chart(
        "What the model still knows", list(_lines(events, RECALLS)), "step",
        "share of facts known; forget should fall, the others should stay", share=True,
    )  # fmt: skip
    losses = line_chart(
        "Losses", list(_lines(events, [*LOSSES, *_own_losses(events)])), "step",
        "nats per token; lower is better, but for the forget loss",
    )  # fmt: skip
    return recalls, losses


def _own_losses(events: Sequence[Event]) -> Iterator[tuple[str, str, str]]:
    """Whatever else a method logged as a loss, under its own name where it has no words."""
    logged = {name for event in events if event.kind == "scalars" for name in event.payload}
    others = sorted(logged - {name for name, *_ in LOSSES})
    for place, name in enumerate(one for one in others if one.startswith("loss/")):
        label = PARTS[name].label if name in PARTS else name.removeprefix("loss/")
        yield name, label, OTHER_LOOKS[place % len(OTHER_LOOKS)]


def _lines(events: Sequence[Event], series: Sequence[tuple[str, str, str]]) -> Iterator[Line]:
    for name, label, look in series:
        values = {
            event.step: float(event.payload[name])
            for event in events
            if event.kind == "scalars" and event.payload.get(name) is not None
        }
        yield Line(label, look, tuple(sorted(values.items())))


def probes(events: Sequence[Event]) -> list[tuple[Payload, Payload]]:
    """The first and the last answer to every probe prompt."""
    told: dict[tuple[str, str], list[Payload]] = {}
    for event in events:
        if event.kind == "probe":
            key = (str(event.payload["group"]), str(event.payload["id"]))
            told.setdefault(key, []).append(event.payload)
    return [(rows[0], rows[-1]) for rows in told.values()]


def settings(spec: Mapping[str, Any]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Every setting of a run, by part."""
    return [
        (label, [(name, _shown(value)) for name, value in spec[key].items()])
        for key, label in SETTINGS.items()
        if spec.get(key)
    ]


def _shown(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    if isinstance(value, Mapping):
        return json.dumps(value, ensure_ascii=False)
    return "" if value is None else str(value)
