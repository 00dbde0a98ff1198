"""One picture of what is left: every attack on every model, beside the level of guessing."""

from collections.abc import Sequence

from markupsafe import Markup

from unlearn_core.attacks.base import Finding
from unlearn_core.audits.outcome import Known
from unlearn_core.audits.result import AuditResult
from unlearn_core.pages.templates import render
from unlearn_core.report.words import ROLE_HELP, attack_words, known_attacks, roles_of, succeeded

_FROM_0_TO_1 = ("0", "0.25", "0.5", "0.75", "1")
PARTS = {
    "recovery": (
        "Bringing facts back", "How much of what was marked came back. Lower is better.",
        ("0 %", "25 %", "50 %", "75 %", "100 %"),
    ),
    "detection": (
        "Telling that something was there",
        "From 0 to 1. Nearer to the level of guessing is better.",
        _FROM_0_TO_1,
    ),
    "trace": (
        "Where it was",
        "From 0 to 1. A trace is no leak by itself; nearer to the retrained model is better.",
        _FROM_0_TO_1,
    ),
}  # fmt: skip
"""By kind of attack: title, how to read it, the axis."""


def knowledge_chart(audit: AuditResult, infos: Known | None = None) -> Markup:
    """A row for each attack with a bar for each model.

    Args:
        audit: What was found.
        infos: The attacks that are known; the registered ones if none are given.
    """
    infos = known_attacks() if infos is None else infos
    return render(
        "report/templates/knowledge.html",
        attacks=attack_words(audit.findings, infos),
        audit=audit,
        parts=PARTS,
        role_help=ROLE_HELP,
        roles=roles_of(audit),
        untested={name: _untested(list(by.values())) for name, by in audit.findings.items()},
        won=succeeded(audit, "unlearned", infos),
    )


def _untested(findings: Sequence[Finding]) -> str:
    """The reason that all models share for having no value, told once; empty for none."""
    reasons = {one.note or "Not tested." if one.value is None else "" for one in findings}
    return reasons.pop() if len(reasons) == 1 else ""
