"""Two models' answers side by side, as HTML made only of escaped text."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import groupby

from unlearn_core.data.records import Record
from unlearn_core.differences import answer_histogram, word_diff
from unlearn_core.metrics.leak import knows
from unlearn_core.ui.texts import GROUPS

MOST_BARS = 10
FORGETTING = ("forget", "paraphrased")
LEAK, KNOWN = "leak", "true"
"""What an answer that gives the true answer is called: bad to forget, good to keep."""
MARKS = {"same": "span", "removed": "del", "added": "ins"}


@dataclass(frozen=True)
class Side:
    """One of the two models.

    Attributes:
        source: What the bench takes.
        label: Which model it is, and after how many steps.
    """

    source: str
    label: str


@dataclass
class Asked:
    """One prompt and what the two sides have said so far.

    Attributes:
        group: Key of `texts.GROUPS`.
        texts: The shown answer of each side, as far as it has come.
        samples: Sampled answers of each side; `None` before they are drawn.
        problems: Why a side gives no answer; empty where it does.
    """

    group: str
    record: Record
    texts: list[str] = field(default_factory=lambda: ["", ""])
    samples: list[list[str] | None] = field(default_factory=lambda: [None, None])
    problems: list[str] = field(default_factory=lambda: ["", ""])
    finished: bool = False


def page(sides: Sequence[Side], sampler: str, rows: Sequence[Asked], note: str = "") -> str:
    """The whole result; `note` says what is still going on."""
    heads = "".join(
        f'<div class="cmp-head"><strong>{escape(side.label)}</strong>'
        f'<span class="cmp-small">{escape(sampler)}</span></div>'
        for side in sides
    )
    cards = "".join(card(sides, row) for row in rows)
    status = f'<p class="cmp-note" role="status">{escape(note)}</p>' if note else ""
    return f'<div class="cmp"><div class="cmp-pair cmp-heads">{heads}</div>{cards}{status}</div>'


def card(sides: Sequence[Side], row: Asked) -> str:
    """One prompt: answers, true answer, word difference, sampled answers."""
    label, help = GROUPS[row.group]
    answers = "".join(_answer(side, row, place) for place, side in enumerate(sides))
    truth = ""
    if row.record.answer:
        truth = (
            f'<p class="cmp-truth"><span class="cmp-small">True answer</span> '
            f"{escape(row.record.answer)}</p>"
        )
    return (
        f'<section class="cmp-card"><h4>{escape(row.record.prompt)} '
        f'<span class="cmp-group" title="{escape(help)}">{escape(label)}</span></h4>{truth}'
        f'<div class="cmp-pair">{answers}</div>{difference(row)}{histograms(sides, row)}</section>'
    )


def difference(row: Asked) -> str:
    """Which words went and which came, once both answers are complete."""
    if not row.finished or not all(row.texts) or any(row.problems):
        return ""
    before, after = row.texts
    if before == after:
        return '<p class="cmp-diff"><span class="cmp-small">Word by word</span> no difference</p>'
    runs = groupby(word_diff(before, after), key=lambda pair: pair[1])
    words = " ".join(
        f"<{MARKS[kind]}>{escape(' '.join(word for word, _ in pairs))}</{MARKS[kind]}>"
        for kind, pairs in runs
    )
    return (
        '<p class="cmp-diff"><span class="cmp-small" title="Struck out: only on the left. '
        f'Underlined: only on the right.">Word by word</span> {words}</p>'
    )


def histograms(sides: Sequence[Side], row: Asked) -> str:
    """How often each answer was sampled, on each side."""
    if all(answers is None for answers in row.samples):
        return ""
    parts = "".join(_histogram(row, place) for place in range(len(sides)))
    return f'<div class="cmp-pair">{parts}</div>'


def leaks(record: Record) -> Callable[[str], bool]:
    """Whether an answer gives the record's true answer away; never for one's own prompts."""
    return (lambda text: knows(text, record)) if record.answer else (lambda text: False)


def _answer(side: Side, row: Asked, place: int) -> str:
    if row.problems[place]:
        body = f'<p class="cmp-problem" role="alert">{escape(row.problems[place])}</p>'
    else:
        text = escape(row.texts[place]) or (
            '<span class="cmp-small">(empty answer)</span>' if row.finished else "…"
        )
        body = f'<p class="cmp-text">{text}</p>{_badge(row, place)}'
    return (
        f'<div class="cmp-side" aria-label="{escape(side.label)}">'
        f'<span class="cmp-small">{escape(side.label)}</span>{body}</div>'
    )


def _badge(row: Asked, place: int) -> str:
    if not row.finished or not row.record.answer or not row.texts[place]:
        return ""
    known = leaks(row.record)(row.texts[place])
    forgetting = row.group in FORGETTING
    tone = "good" if known != forgetting else "bad"
    words = "gives the true answer" if known else "does not give the true answer"
    return f'<span class="cmp-badge cmp-{tone}">{words}</span>'


def _histogram(row: Asked, place: int) -> str:
    answers = row.samples[place]
    if answers is None:
        return '<div class="cmp-side"></div>'
    counted = answer_histogram(answers)
    leaking = leaks(row.record)
    shown = counted[:MOST_BARS]
    sign = (LEAK if row.group in FORGETTING else KNOWN) if row.record.answer else ""
    bars = "".join(
        _bar(text, count / len(answers), count, sign if leaking(text) else "")
        for text, count in shown
    )
    rest = len(counted) - len(shown)
    more = f'<li class="cmp-small">and {rest} rarer answers</li>' if rest else ""
    known = sum(count for text, count in counted if leaking(text))
    given = f"{known * 100 / len(answers):.0f} % give the true answer" if row.record.answer else ""
    summary = f"{len(answers)} samples, {len(counted)} distinct"
    head = " · ".join(part for part in (summary, given) if part)
    return (
        f'<div class="cmp-side"><span class="cmp-small">{escape(head)}</span>'
        f'<ol class="cmp-bars">{bars}{more}</ol></div>'
    )


def _bar(text: str, share: float, count: int, sign: str) -> str:
    tone = {LEAK: " cmp-leak", KNOWN: " cmp-known"}.get(sign, "")
    colour = "bad" if sign == LEAK else "good"
    badge = f'<span class="cmp-badge cmp-{colour}">{sign}</span>' if sign else ""
    return (
        f'<li class="cmp-bar{tone}"><span class="cmp-count">{count}</span>'
        f'<span class="cmp-track"><span class="cmp-fill" style="width:{share:.1%}"></span>'
        f'</span><span class="cmp-said">{escape(text) or "(empty answer)"} {badge}</span></li>'
    )


STYLE = """
.cmp { display: grid; gap: 14px; font-size: 16px; line-height: 1.5; color: var(--lethe-text); }
.cmp p, .cmp h4 { margin: 0; }
.cmp-pair { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 18px; }
.cmp-heads {
  position: sticky; top: 0; z-index: 5; background: var(--lethe-page); padding: 8px 16px;
}
.cmp-head { display: grid; }
.cmp-small { font-size: 13px; color: var(--lethe-soft); }
.cmp-card {
  background: var(--lethe-surface); border: 1px solid var(--lethe-line); border-radius: 8px;
  padding: 14px 16px; display: grid; gap: 10px;
}
.cmp-card h4 { font-size: 17px; overflow-wrap: anywhere; }
.cmp-group {
  font-size: 12px; font-weight: 400; color: var(--lethe-soft); border-radius: 999px;
  border: 1px solid var(--lethe-line); padding: 1px 9px; white-space: nowrap; cursor: help;
}
.cmp-side { min-width: 0; display: grid; gap: 4px; align-content: start; justify-items: start; }
.cmp-text { white-space: pre-wrap; overflow-wrap: anywhere; font-size: 17px; }
.cmp-truth, .cmp-diff { overflow-wrap: anywhere; font-size: 15px; }
.cmp-diff del { background: var(--lethe-removed); padding: 0 2px; border-radius: 3px; }
.cmp-diff ins { background: var(--lethe-added); padding: 0 2px; border-radius: 3px; }
.cmp-badge {
  font-size: 12px; font-weight: 600; padding: 0 8px; border-radius: 999px;
  border: 1px solid currentColor; white-space: nowrap;
}
.cmp-good { color: var(--lethe-good); }
.cmp-bad { color: var(--lethe-forget); }
.cmp-problem { color: var(--lethe-bad); overflow-wrap: anywhere; }
.cmp-bars { list-style: none; margin: 0; padding: 0; display: grid; gap: 4px; width: 100%; }
.cmp-bar {
  display: grid; grid-template-columns: 28px 110px minmax(0, 1fr); gap: 8px; align-items: center;
  font-size: 14px;
}
.cmp-count { text-align: right; font-variant-numeric: tabular-nums; }
.cmp-track { height: 14px; background: var(--lethe-sunken); border-radius: 3px; overflow: hidden; }
.cmp-fill { display: block; height: 100%; background: var(--lethe-retain); }
.cmp-leak .cmp-fill {
  background: repeating-linear-gradient(
    45deg, var(--lethe-forget) 0 5px, var(--lethe-surface) 5px 7px);
}
.cmp-known .cmp-fill { background: var(--lethe-world); }
.cmp-said { overflow-wrap: anywhere; }
.cmp-note { color: var(--lethe-soft); }
@media (max-width: 700px) { .cmp-bar { grid-template-columns: 24px 60px minmax(0, 1fr); } }
"""
