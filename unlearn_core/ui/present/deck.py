"""A run as slides: one plain function from what is known of it to JSON that a browser draws."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from unlearn_core.audits.result import AuditResult, Quote
from unlearn_core.errors import InvalidInput
from unlearn_core.methods.registry import method
from unlearn_core.report.verdict import LEVELS
from unlearn_core.runs.events import Event
from unlearn_core.runs.result import RunResult, read_result
from unlearn_core.runs.store import Store
from unlearn_core.ui.present.frames import watched
from unlearn_core.ui.runs.rows import marks_words
from unlearn_core.ui.texts import present as words
from unlearn_core.ui.texts.common import GROUPS, seconds, size
from unlearn_core.ui.unlearn.story import probes

Json = dict[str, Any]

ASKED_GROUPS = ("forget", "paraphrased", "own")
KEPT_GROUPS = ("neighbour", "retain", "world")
TOLD_LINES = ("leak", "gone", "cost")
MOST_LINES = 3
MOST_NAMES = 6


@dataclass(frozen=True)
class Told:
    """What is known of a run, wherever it is kept.

    Attributes:
        run: Its id.
        name: As a person finds it.
        state: Such as `done`.
        spec: Its `RunSpec` as JSON values.
        events: Its `probe` and `answers` events in order.
        result: What it measured; None while it goes on.
        audit: What attacks found; None where nobody attacked.
    """

    run: str
    name: str
    state: str
    spec: Mapping[str, Any]
    events: Sequence[Event]
    result: RunResult | None = None
    audit: AuditResult | None = None


def told_by(store: Store, run_id: str) -> Told:
    """A run of a store with its newest audit.

    Raises:
        InvalidInput: No such run.
    """
    from unlearn_core.ui.shell.libraries import newest_audit

    info = store.get(run_id)
    events = store.events(run_id, kinds=("probe", "answers"))
    result = read_result(store.folder(run_id))
    return Told(
        run_id, info.name, info.state, info.spec, events, result, newest_audit(store, run_id)
    )


def make_deck(told: Told) -> Json:
    """The slides of a run; one that lacks something has fewer of them.

    Returns:
        `run`, `name`, `slides` (each with `kind`, `head`, `notes` and its own values),
        `questions` (before and after), `watched` (answers over the steps) and `kept` (sets of
        kept questions). All texts are plain: whoever draws them escapes them.

    Raises:
        InvalidInput: The run teaches, or has nothing to show yet.
    """
    if told.spec["kind"] != "unlearn":
        raise InvalidInput(words.TEACHES.format(run=told.run))
    asked = [event for event in told.events if event.kind == "probe"]
    changed = len({event.step for event in asked}) > 1
    pairs = probes(asked)
    questions = [_question(*pair) for pair in pairs if pair[0]["group"] in ASKED_GROUPS]
    films = watched([event for event in told.events if event.kind == "answers"])
    kept = _kept([_question(*pair) for pair in pairs if pair[0]["group"] in KEPT_GROUPS])
    if not (asked or films or told.result):
        raise InvalidInput(words.EMPTY.format(run=told.run, state=told.state))
    there = {
        "title": True,
        "before": bool(questions),
        "after": bool(questions) and changed,
        "collapse": bool(films),
        "kept": bool(kept) and changed,
        "verdict": True,
        "cost": told.result is not None,
    }
    values = {"title": _title, "verdict": _verdict, "cost": _cost}
    slides = [
        {
            "kind": kind,
            "head": words.HEADS[kind],
            "notes": list(words.NOTES[kind]),
            **(values[kind](told) if kind in values else {}),
        }
        for kind, wanted in there.items()
        if wanted
    ]
    return {
        "run": told.run,
        "name": told.name,
        "slides": slides,
        "questions": questions,
        "watched": films,
        "kept": kept,
    }


def _question(first: Mapping[str, Any], last: Mapping[str, Any]) -> Json:
    return {
        "id": first["id"],
        "group": first["group"],
        "title": GROUPS[first["group"]][0],
        "prompt": first["prompt"] or words.PASSAGE,
        "true": first["true"],
        "before": first["text"] or words.NOTHING,
        "after": last["text"] or words.NOTHING,
        "gaveBefore": first["known"],
        "givesNow": last["known"],
    }


def _kept(questions: Sequence[Json]) -> list[list[Json]]:
    """Sets of one question of each group; a group with fewer gives its last one again."""
    groups = [[q for q in questions if q["group"] == group] for group in KEPT_GROUPS]
    groups = [group for group in groups if group]
    longest = max(map(len, groups), default=0)
    return [[group[min(i, len(group) - 1)] for group in groups] for i in range(longest)]


def _title(told: Told) -> Json:
    info = method(str(told.spec["method"]))
    marks = told.spec.get("marks", {})
    names = list(marks.get("subjects") or ())
    if not names or marks.get("ids") or marks.get("search") or marks.get("random"):
        names = [marks_words(marks)]
    elif len(names) > MOST_NAMES:
        names = [*names[:MOST_NAMES], f"+ {len(names) - MOST_NAMES}"]
    return {
        "names": names,
        "end": words.TITLE_END,
        "small": told.name,
        "notes": [*words.NOTES["title"], words.METHOD_NOTE.format(method=info.title)],
    }


def _verdict(told: Told) -> Json:
    if told.audit is None:
        word, sign, tone = words.NOT_TESTED, "?", "plain"
        headline, lines = words.NOT_TESTED_HEADLINE, [words.NOT_TESTED_NEXT]
        return {"word": word, "sign": sign, "tone": tone, "headline": headline, "lines": lines,
                "quote": None}  # fmt: skip
    verdict = told.audit.verdict
    word, sign, tone = LEVELS[verdict.level]
    lines = [line.text for kind in TOLD_LINES for line in verdict.lines if line.kind == kind]
    return {"word": word, "sign": sign, "tone": tone, "headline": verdict.headline,
            "lines": lines[:MOST_LINES], "quote": _quote(verdict.quote)}  # fmt: skip


def _quote(quote: Quote | None) -> Json | None:
    if not quote:
        return None
    attack = ", ".join(part for part in (quote.attack, quote.detail) if part)
    return {"prompt": quote.prompt, "text": quote.text, "true": quote.true, "attack": attack}


def _cost(told: Told) -> Json:
    assert told.result is not None
    result = told.result
    tiles = [_tile("time", seconds(result.seconds["total"]), "")]
    for group in ("retain", "neighbours", "world"):
        if both := result.both(group):
            before, after = (_percent(score.fact_recall) for score in both)
            tiles.append(_tile(group, after, words.WAS.format(before=before)))
    small = [words.SMALL_COST.format(steps=result.steps, device=result.device)]
    if result.peak_memory_bytes:
        small.append(words.MEMORY.format(memory=size(result.peak_memory_bytes)))
    return {"tiles": tiles, "small": ", ".join(small) + "."}


def _tile(name: str, value: str, was: str) -> Json:
    label, help = words.COSTS[name]
    return {"value": value, "label": label, "was": was, "help": help}


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"
