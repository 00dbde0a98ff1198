"""What the model lost besides: kept groups, the subjects that suffered, the facts that went."""

from markupsafe import Markup

from unlearn_core.audits.result import AuditResult
from unlearn_core.pages.templates import render
from unlearn_core.wording.numbers import plain

FEW = 8
"""Rows that are shown before the rest is folded away."""


def side_effects_html(audit: AuditResult) -> Markup:
    """Recall of kept groups and subjects before and after, and the kept facts that were hurt."""
    effects = audit.side_effects
    subjects = effects.subjects if effects else ()
    lost = sum(one.after < one.before for one in subjects)
    return render(
        "report/templates/side_effects.html",
        change=change_words,
        effects=effects,
        few=FEW,
        lost=lost,
        title=f"{lost} of {len(subjects)} subjects lost facts",
        worst=sorted(subjects, key=lambda one: one.after - one.before),
    )


def change_words(before: float, after: float) -> str:
    """How much a share moved, in points."""
    points = plain(abs(after - before) * 100, 1)
    if points == "0":
        return "no change"
    return f"{points} points {'more' if after > before else 'fewer'}"
