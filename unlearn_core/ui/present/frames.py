"""The collapsing answers of watched questions, as few rows whose shares change over the steps."""

from collections.abc import Mapping, Sequence
from typing import Any

from unlearn_core.runs.events import Event
from unlearn_core.ui.texts import present as words

Json = dict[str, Any]
MOST_ANSWERS = 5
"""Answers with a row of their own; a room cannot read more."""
MOST_FRAMES = 120


def watched(events: Sequence[Event]) -> list[Json]:
    """Each watched question that was asked at two steps or more.

    Args:
        events: `answers` events in order.

    Returns:
        `id`, `prompt`, `true`, `n`, `steps`, `distinct` (different answers at each step) and
        `rows`: `text`, `kind` (`leak`, `answer` or `rest`) and `shares` from 0 to 1 at each
        step. The rows of a question stay the same over all steps.
    """
    by_question: dict[str, dict[int, Mapping[str, Any]]] = {}
    for event in events:
        by_question.setdefault(event.payload["id"], {})[event.step] = event.payload
    return [_film(_thinned(asked)) for asked in by_question.values() if len(asked) > 1]


def _thinned(asked: Mapping[int, Mapping[str, Any]]) -> dict[int, Mapping[str, Any]]:
    """Steps at even distances where there are too many; both ends are kept."""
    steps = sorted(asked)
    if len(steps) > MOST_FRAMES:
        stride = (len(steps) - 1) / (MOST_FRAMES - 1)
        steps = [steps[round(i * stride)] for i in range(MOST_FRAMES)]
    return {step: asked[step] for step in steps}


def _film(asked: Mapping[int, Mapping[str, Any]]) -> Json:
    frames = list(asked.values())
    leaks = {text for frame in frames for text in frame["leaks"]}
    shares = [{text: n / frame["n"] for text, n in frame["answers"]} for frame in frames]
    plain = _worth_a_row(shares, leaks)
    rows = [_row(words.LEAKING, "leak", [_sum(one, leaks) for one in shares])]
    rows += [
        _row(text or words.NOTHING, "answer", [one.get(text, 0.0) for one in shares])
        for text in plain
    ]
    shown = leaks.union(plain)
    rest = [_sum(one, one.keys() - shown) for one in shares]
    if any(rest):
        rows.append(_row(words.REST, "rest", rest))
    first = frames[0]
    return {
        "id": first["id"],
        "prompt": first["prompt"] or words.PASSAGE,
        "true": first["true"],
        "n": first["n"],
        "steps": list(asked),
        "distinct": [len(one) for one in shares],
        "rows": rows,
    }


def _worth_a_row(shares: Sequence[Mapping[str, float]], leaks: set[str]) -> list[str]:
    """The likeliest answer of the end first, then those with the largest share at any step."""
    top: dict[str, float] = {}
    for one in shares:
        for text, share in one.items():
            if text not in leaks:
                top[text] = max(share, top.get(text, 0.0))
    last = {text: share for text, share in shares[-1].items() if text not in leaks}
    ranked = sorted(top, key=lambda text: (-last.get(text, 0.0), -top[text]))
    ended = [text for text in ranked if text in last][:3]
    others = sorted((text for text in top if text not in ended), key=lambda text: -top[text])
    return [*ended, *others][:MOST_ANSWERS]


def _row(text: str, kind: str, shares: Sequence[float]) -> Json:
    return {"text": text, "kind": kind, "shares": [round(share, 4) for share in shares]}


def _sum(shares: Mapping[str, float], texts: Any) -> float:
    return sum(shares.get(text, 0.0) for text in texts)
