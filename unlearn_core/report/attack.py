"""One attack: its idea, what it got, its curves, and every text that came back."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from unlearn_core.attacks.base import Finding, Role, Shot
from unlearn_core.audits.outcome import Known
from unlearn_core.audits.result import AuditResult
from unlearn_core.pages.templates import render
from unlearn_core.report.curves import Line, line_chart
from unlearn_core.report.words import ROLES, attack_words, known_attacks, roles_of, succeeded

MOST_DETAILS = 3


@dataclass(frozen=True)
class Answer:
    """A text that came back, how often, and how it was got."""

    text: str
    leaked: bool
    detail: str


@dataclass(frozen=True)
class Question:
    """One prompt, its true answer, and what came back: leaks first, the same text once."""

    prompt: str
    true: str
    answers: Sequence[Answer]


@dataclass(frozen=True)
class Texts:
    """All texts of one model, questions with a leak first, and how many they are."""

    count: str
    questions: Sequence[Question]


def attack_html(audit: AuditResult, name: str, infos: Known | None = None) -> Markup:
    """Everything an audit knows of one attack.

    Args:
        audit: What was found.
        name: One of its attacks.
        infos: The attacks that are known; the registered ones if none are given.
    """
    infos = known_attacks() if infos is None else infos
    by_role = audit.findings[name]
    findings = {role: by_role[role] for role in roles_of(audit) if role in by_role}
    return render(
        "report/templates/attack.html",
        attack=next(one for one in attack_words(audit.findings, infos) if one.name == name),
        curves=list(_curves(findings)),
        findings=findings,
        numbers=list(dict.fromkeys(key for one in findings.values() for key in one.numbers)),
        told={role: _texts(audit, finding.shots) for role, finding in findings.items()},
        won={role: name in succeeded(audit, role, infos) for role in findings},
    )


def _curves(findings: Mapping[Role, Finding]) -> Iterator[Markup]:
    """Curves of one name over each other, one line for each model."""
    drawn = [(role, curve) for role, finding in findings.items() for curve in finding.curves]
    for name in dict.fromkeys(curve.name for _, curve in drawn):
        same = [(role, curve) for role, curve in drawn if curve.name == name]
        lines = [Line(ROLES[r], r, tuple(zip(c.x, c.y, strict=True))) for r, c in same]
        share = all(0 <= y <= 1 for line in lines for _, y in line.points)
        yield line_chart(name, lines, same[0][1].x_label, same[0][1].y_label, share=share)


def _texts(audit: AuditResult, shots: Sequence[Shot]) -> Texts:
    asked: dict[tuple[str, str], list[Shot]] = {}
    for shot in shots:
        asked.setdefault((shot.record, shot.prompt), []).append(shot)
    ordered = sorted(asked.items(), key=lambda one: not any(shot.leaked for shot in one[1]))
    questions = []
    for (record, prompt), got in ordered:
        true = audit.records[record].answer if record in audit.records else ""
        questions.append(Question(prompt, true, list(_answers(got))))
    leaks = sum(shot.leaked for shot in shots)
    told = f", {leaks:,} give the true answer" if leaks else ""
    return Texts(f"{len(shots):,}{told}", questions)


def _answers(shots: Sequence[Shot]) -> Iterator[Answer]:
    counts = Counter((not shot.leaked, shot.text) for shot in shots)
    for (kept, text), count in sorted(counts.items(), key=lambda one: (one[0][0], -one[1])):
        details = [shot.detail for shot in shots if shot.text == text and shot.detail]
        named = list(dict.fromkeys(details))
        more = len(named) - MOST_DETAILS
        # Texts with details of their own already say how often each came.
        parts = [f"{count} times"] if count > max(1, len(named)) else []
        parts += [*named[:MOST_DETAILS], *([f"and {more} more"] if more > 0 else [])]
        yield Answer(text, not kept, "; ".join(parts))
