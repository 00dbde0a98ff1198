"""The parts of a report that tell of a run: settings, live curves, answers before and after."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from typing import Any

from unlearn_core.metrics.differences import word_diff
from unlearn_core.report.curves import Line, line_chart
from unlearn_core.report.markup import badge, facts, folded, table, text
from unlearn_core.report.words import GROUPS, TAUGHT, Json, number, percent
from unlearn_core.runs.events import Event

# Scalar, words for it and look: the same colours as in the app.
LOSSES = (
    ("loss/total", "Total", "live-total"),
    ("loss/collapse", "Collapse", "live-collapse"),
    ("loss/retain", "Retain", "live-retain"),
    ("loss/forget", "Forget", "live-forget"),
)
RECALLS = (
    ("utility/forget_recall", "Forget", "live-forget"),
    ("utility/paraphrased_recall", "Forget, other words", "live-paraphrased"),
    ("utility/retain_recall", "Retain", "live-retain"),
    ("utility/world_recall", "World", "live-world"),
)
SETTINGS = (
    ("model", "Model"),
    ("data", "Data"),
    ("marks", "Marked to forget"),
    ("method_config", "Method"),
    ("tuning", "Weights to train"),
    ("training", "Training"),
    ("measure", "Measuring"),
)
MEASURES = (
    ("fact_recall", "Facts known", percent),
    ("rouge_l_recall", "ROUGE-L recall of the true answer (0 to 1)", number),
    ("log_likelihood", "Log-likelihood of the true answer (nats)", number),
)
CHANGES = {"same": "span", "removed": "del", "added": "ins"}
FORGETTING = ("forget", "paraphrased")


def live_curves(events: Sequence[Event]) -> str:
    """Losses and recalls over the steps, as far as they were measured."""
    losses = line_chart(
        "Losses", list(_lines(events, LOSSES)), "step",
        "nats per token; lower is better, but for the forget loss",
    )  # fmt: skip
    recalls = line_chart(
        "What the model still knows", list(_lines(events, RECALLS)), "step",
        "share of facts known; forget should fall, the others should stay", share=True,
    )  # fmt: skip
    return f'<div class="rep rep-charts">{recalls}{losses}</div>' if losses or recalls else ""


def _lines(events: Sequence[Event], series: Sequence[tuple[str, str, str]]) -> Iterator[Line]:
    for name, label, look in series:
        values = {
            event.step: float(event.payload[name])
            for event in events
            if event.kind == "scalars" and event.payload.get(name) is not None
        }
        yield Line(label, look, tuple(sorted(values.items())))


def comparisons(events: Sequence[Event], *, taught: bool = False) -> str:
    """The first and the last answer to every probe prompt, beside the true one.

    Args:
        events: The run's.
        taught: The run teaches, so that what others forget should be known.
    """
    told: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for event in events:
        if event.kind == "probe":
            key = (str(event.payload["group"]), str(event.payload["id"]))
            told.setdefault(key, []).append(event.payload)
    cards = [_compared(group, rows[0], rows[-1], taught) for (group, _), rows in told.items()]
    return f'<div class="rep rep-compare">{"".join(cards)}</div>' if cards else ""


def _compared(group: str, first: Mapping[str, Any], last: Mapping[str, Any], taught: bool) -> str:
    bad = group in FORGETTING and not taught
    truth = (
        f'<p class="rep-truth"><span class="rep-soft">True answer</span> {text(first["true"])}</p>'
        if first["true"]
        else ""
    )
    return (
        f'<article class="rep-card"><p class="rep-prompt">{text(first["prompt"])} '
        f"{badge(_group(group, taught), 'plain')}</p>{truth}"
        f'<div class="rep-pair">{_answer("Before", first, bad)}{_answer("After", last, bad)}'
        f"</div>{_difference(first['text'], last['text'])}</article>"
    )


def _answer(when: str, probe: Mapping[str, Any], bad: bool) -> str:
    known = probe.get("known")
    mark = ""
    if known is not None:
        words = "gives the true answer" if known else "does not give the true answer"
        mark = badge(words, "good" if known != bad else "bad")
    return f'<div><small class="rep-soft">{when}</small><p>{text(probe["text"])}</p>{mark}</div>'


def _difference(before: str, after: str) -> str:
    if before == after or not before.strip() or not after.strip():
        return ""
    words = " ".join(
        f"<{CHANGES[kind]}>{escape(part)}</{CHANGES[kind]}>" for part, kind in
        word_diff(before, after)
    )  # fmt: skip
    return f'<p class="rep-diff"><span class="rep-soft">Word by word</span> <bdi>{words}</bdi></p>'


def before_after(result: Json) -> str:
    """What the run itself measured of every group, before and after."""
    before, after = result["before"], result["after"]
    taught = result["spec"]["kind"] == "teach"
    rows = [
        [
            f"{escape(_group(group, taught))}<small class='rep-soft'>{_way(group, taught)}</small>",
            *(_moved(before[group].get(key), one.get(key), shown) for key, _, shown in MEASURES),
            f"{one['records']:,}",
        ]
        for group, one in after.items()
        if isinstance(one, Mapping) and isinstance(before.get(group), Mapping)
    ]
    leaks = "" if taught else _leaks(before, after)
    heads = ["", *(escape(label) for _, label, _ in MEASURES), "Records"]
    return f'<div class="rep">{table(heads, rows, "Before and after")}{leaks}</div>'


def _group(group: str, taught: bool) -> str:
    return (TAUGHT if taught else {}).get(group) or GROUPS.get(group, group)


def _way(group: str, taught: bool) -> str:
    return "lower is better" if group in FORGETTING and not taught else "higher is better"


def _moved(before: float | None, after: float | None, shown: Callable[[float], str]) -> str:
    if before is None or after is None:
        return '<span class="rep-soft">not measured</span>'
    return (
        f'<span class="rep-line-of">{shown(before)} → '
        f'<span class="rep-number">{shown(after)}</span></span>'
    )


def _leaks(before: Json, after: Json) -> str:
    if before.get("leak_share") is None or after.get("leak_share") is None:
        return ""
    return (
        "<p>Sampled answers to forget questions that give the true answer away, lower is better: "
        f"{_moved(before['leak_share'], after['leak_share'], percent)}.</p>"
    )


def settings(spec: Json) -> str:
    """Every setting of the run, folded by part."""
    parts = "".join(
        folded(label, facts(_flat(spec[key]))) for key, label in SETTINGS if spec.get(key)
    )
    return f'<div class="rep rep-settings">{parts}</div>'


def _flat(values: Json) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if isinstance(value, list | tuple):
            yield name, ", ".join(map(str, value))
        elif isinstance(value, Mapping):
            yield name, json.dumps(value, ensure_ascii=False)
        elif value is not None:
            yield name, str(value)
