"""What a run did, in words a first visitor understands: the same questions before and after."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from unlearn_core.evaluation.scores import GroupScore
from unlearn_core.metrics.differences import word_diff
from unlearn_core.runs.events import Event
from unlearn_core.runs.result import RunResult
from unlearn_core.ui.texts import common as texts
from unlearn_core.ui.texts import unlearn as say
from unlearn_core.ui.texts.common import GROUPS, TAUGHT, quoted

ORDER = ("forget", "paraphrased", "neighbour", "retain", "world", "own")


def probes(events: Sequence[Event]) -> list[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Each probe's first and last payload, in the groups' order."""
    first: dict[str, Mapping[str, Any]] = {}
    last: dict[str, Mapping[str, Any]] = {}
    for event in events:
        key = f"{event.payload['group']}/{event.payload['id']}"
        first.setdefault(key, event.payload)
        last[key] = event.payload
    pairs = [(first[key], last[key]) for key in first]
    return sorted(pairs, key=lambda pair: ORDER.index(pair[0]["group"]))


def story_html(events: Sequence[Event], result: RunResult | None) -> str:
    """The verdict in one sentence, and the probes before and after; every text is escaped."""
    pairs = probes(events)
    if not pairs or events[0].step == events[-1].step:
        return verdict(result)  # asked only once: there is no before and after
    titles = {**GROUPS, **TAUGHT} if _is_teaching(result) else GROUPS
    rows = []
    group = ""
    for before, after in pairs:
        if before["group"] != group:
            group = before["group"]
            title, help = titles[group]
            rows.append(
                f'<tr class="lethe-group lethe-{group}"><th colspan="3" scope="colgroup">'
                f"{escape(title)} <small>{escape(help)}</small></th></tr>"
            )
        rows.append(_row(before, after))
    columns = "".join(
        f'<th scope="col">{name}</th>' for name in (texts.QUESTION, say.BEFORE, say.NOW)
    )
    return (
        f'<div class="lethe-story">{verdict(result)}<table class="lethe-table lethe-pairs"><thead>'
        f"<tr>{columns}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def verdict(result: RunResult | None) -> str:
    """What the numbers of a finished run say, as HTML; empty without them."""
    if result is None:
        return ""
    forget, kept = result.both("forget"), result.both("retain")
    if forget is None:
        return ""
    what = say.TAUGHT_FACTS if _is_teaching(result) else say.FACTS_TO_FORGET
    words = say.GAVE.format(what=what, counts=_then_and_now(forget))
    if kept is not None:
        words = say.GAVE_BOTH.format(
            what=what, counts=_then_and_now(forget), kept=_then_and_now(kept)
        )
    return f'<p class="lethe-verdict">{escape(words)}</p>'


def _is_teaching(result: RunResult | None) -> bool:
    return result is not None and result.spec["kind"] == "teach"


def _then_and_now(both: tuple[GroupScore, GroupScore]) -> str:
    before, now = (_percent(score.fact_recall) for score in both)
    return say.BEFORE_AND_NOW.format(before=before, now=now)


def _percent(value: float) -> str:
    return f"{100 * value:.3g} %"


def _row(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    parts = word_diff(before["text"], after["text"])
    old = " ".join(_marked(text, kind) for text, kind in parts if kind != "added")
    new = " ".join(_marked(text, kind) for text, kind in parts if kind != "removed")
    question = quoted(before["prompt"]) or say.PASSAGE
    return f"<tr><td>{question}</td>{_said(old)}{_said(new)}</tr>"


def _said(html: str) -> str:
    return f'<td translate="no">{html}</td>' if html else f"<td><i>{say.NOTHING}</i></td>"


def _marked(text: str, kind: str) -> str:
    safe = escape(text)
    return safe if kind == "same" else f'<span class="lethe-{kind}">{safe}</span>'
