"""What the model lost besides: kept groups, the subjects that suffered, the facts that went."""

from collections.abc import Sequence
from html import escape

from unlearn_core.report.markup import folded, table, text
from unlearn_core.report.words import GROUPS, Json, percent, plain

FEW = 8
"""Rows that are shown before the rest is folded away."""


def side_effects_html(audit: Json) -> str:
    """Recall of kept groups and subjects before and after, and the kept facts that were hurt."""
    effects = audit["side_effects"]
    if not effects or not effects["groups"]:
        return '<p class="rep rep-soft">Side effects were not measured.</p>'
    groups = "".join(
        _change(GROUPS.get(name, name), one) for name, one in effects["groups"].items()
    )
    return (
        '<section class="rep rep-side" aria-label="Side effects"><p class="rep-soft">Kept facts '
        "still known, before and after. Higher is better; no change is the goal.</p>"
        f'<ul class="rep-changes">{groups}</ul>{_subjects(effects["subjects"])}'
        f"{_hurt(effects['hurt'])}</section>"
    )


def change_words(before: float, after: float) -> str:
    """How much a share moved, in points."""
    points = plain(abs(after - before) * 100, 1)
    if points == "0":
        return "no change"
    return f"{points} points {'more' if after > before else 'fewer'}"


def _change(name: str, one: Json) -> str:
    before, after = one["before"], one["after"]
    tone = "bad" if after < before else "plain"
    return (
        f'<li><span class="rep-change-name">{escape(name)} <small class="rep-soft">'
        f'{one["records"]:,} facts</small></span><span class="rep-change">{percent(before)} → '
        f'<strong>{percent(after)}</strong> <span class="rep-{tone}">'
        f"{change_words(before, after)}</span></span>"
        f'<span class="rep-track" aria-hidden="true"><span class="rep-kept" '
        f'style="width:{after:.2%}"></span><span class="rep-before" style="left:{before:.2%}">'
        "</span></span></li>"
    )


def _subjects(subjects: Sequence[Json]) -> str:
    worst = sorted(subjects, key=lambda one: one["after"] - one["before"])
    lost = [one for one in worst if one["after"] < one["before"]]
    if not subjects:
        return ""
    if not lost:
        return f"<p>No subject lost a fact ({len(subjects)} subjects).</p>"
    rows = [
        [text(one["subject"]), percent(one["before"]), percent(one["after"]),
         change_words(one["before"], one["after"]), f"{one['records']:,}"]
        for one in worst
    ]  # fmt: skip
    heads = ["Subject", "Before", "After", "Change", "Facts"]
    title = f"{len(lost)} of {len(subjects)} subjects lost facts"
    shown = table(heads, rows[:FEW], title)
    rest = folded(f"{len(rows) - FEW} more subjects", table(heads, rows[FEW:], title))
    return f"<h4>{title}</h4>{shown}{rest if len(rows) > FEW else ''}"


def _hurt(hurt: Sequence[Json]) -> str:
    if not hurt:
        return "<p>No kept fact was lost.</p>"
    cards = [
        f'<li><p class="rep-prompt">{text(one["prompt"])}</p><p><span class="rep-soft">True answer'
        f'</span> {text(one["true"])}</p><div class="rep-pair"><div><small class="rep-soft">Before'
        f'</small>{text(one["before"])}</div><div><small class="rep-soft">After</small>'
        f"{text(one['after'])}</div></div></li>"
        for one in hurt
    ]
    shown = f'<ul class="rep-shots">{"".join(cards[:FEW])}</ul>'
    rest = folded(f"{len(cards) - FEW} more", f'<ul class="rep-shots">{"".join(cards[FEW:])}</ul>')
    return f"<h4>Kept facts that were hurt most</h4>{shown}{rest if len(cards) > FEW else ''}"
