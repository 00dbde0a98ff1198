"""An audit as HTML made only of escaped text: while it works, and when it has ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, cast

from unlearn_core.attacks.base import Finding, Role
from unlearn_core.audits.outcome import Known, outcome_of
from unlearn_core.audits.result import AuditResult
from unlearn_core.report.view import (
    knowledge_chart,
    metrics_html,
    side_effects_html,
    verdict_html,
)
from unlearn_core.report.words import ROLES, AttackWords, attack_words
from unlearn_core.runs.events import Event
from unlearn_core.runs.info import RunInfo
from unlearn_core.ui.shell.progress import bar
from unlearn_core.ui.texts import common as texts
from unlearn_core.ui.texts import gone as say
from unlearn_core.ui.texts.common import STATES, problem, quoted, seconds

Json = Mapping[str, Any]
PHASE_OF_ATTACK = "attack "
FOUND, LEAKED = say.FOUND, say.LEAKED
NOTHING_YET = Finding(0.0, chance=0.0, p=1.0)
"""An attack that is still to come, among those that are judged together."""
WAITING = f'<span class="gone-soft" aria-label="{say.NOT_YET}">·</span>'


@dataclass(frozen=True)
class Progress:
    """What an audit has told so far.

    Attributes:
        phase: What it does now, such as `attack sampling, unlearned`.
        findings: What was found, by attack and role.
        texts: Payloads of its newest `shot` events, oldest first.
    """

    phase: str
    findings: Mapping[str, Mapping[Role, Finding]]
    texts: Sequence[Json]


def live_html(info: RunInfo, known: Known, progress: Progress) -> str:
    """An audit that goes on: where it is, a line for each attack, and the newest texts."""
    head = (
        f'<div class="lethe-run lethe-state-{info.state}">'
        f'<div class="lethe-run-state"><span class="lethe-dot"></span>'
        f"<strong>{escape(state_words(info, known, progress.phase))}</strong></div>"
        f'<div class="lethe-run-detail">{escape(how_far(info))}</div>{bar(info)}</div>'
    )
    return f'<div class="gone-live">{head}{_so_far(info, known, progress)}</div>'


def ended_html(info: RunInfo, known: Known, progress: Progress, error: Event | None) -> str:
    """An audit that ended without a verdict: why, and what it had found until then."""
    told = [info.message or STATES[info.state]]
    if error is not None:
        told = [str(error.payload.get(part) or "") for part in ("title", "message", "advice")]
    why = " ".join(_sentence(part) for part in told if part.strip())
    so_far = _so_far(info, known, progress) if progress.findings else ""
    return f'<div class="gone-live">{problem(say.NO_VERDICT.format(why=why))}{so_far}</div>'


def report_html(audit: AuditResult, known: Known) -> str:
    """A finished audit: verdict, chart, each attack to be opened, side effects, measures.

    The texts of an attack are many, so they are asked for when it is opened (`attack_html`).
    """
    won = outcome_of(audit.findings, "unlearned", known).succeeded
    attacks = "".join(
        _folded(one, audit.findings[one.name], one.name in won)
        for one in attack_words(audit.findings, known)
    )
    parts = [
        verdict_html(audit),
        _part(say.EVERY_ATTACK, knowledge_chart(audit, known)),
        _part(say.ATTACK_BY_ATTACK, f"<p>{say.OPEN_ONE}</p>{attacks}"),
    ]
    if audit.side_effects:
        parts.append(_part(say.SIDE_EFFECTS, side_effects_html(audit)))
    parts.append(
        f'<details class="gone-measures"><summary>{say.EVERY_MEASURE}</summary>'
        f"{metrics_html(audit)}</details>"
    )
    return f'<div class="gone-report">{"".join(parts)}</div>'


def state_words(info: RunInfo, known: Known, phase: str) -> str:
    """What the audit does now, in words."""
    if info.state == "queued":
        place = info.place or 1
        return texts.WAITING.format(place=place) if place > 1 else texts.STARTING
    if info.state in ("loading", "running") and phase:
        return phase_words(phase, known)
    return STATES[info.state]


def phase_words(phase: str, known: Known) -> str:
    """`attack sampling, unlearned` as `Sampling: attacking the unlearned model`."""
    if not phase.startswith(PHASE_OF_ATTACK):
        return phase[:1].upper() + phase[1:]
    name, _, role = phase.removeprefix(PHASE_OF_ATTACK).partition(", ")
    title = known[name].title if name in known else name
    return say.ATTACKING.format(attack=title, role=role or "unlearned")


def how_far(info: RunInfo) -> str:
    """Parts done and time left, in words; empty before it is known."""
    if not info.total or info.state not in ("loading", "running"):
        return ""
    left = texts.ABOUT_LEFT.format(time=seconds(info.seconds_left)) if info.seconds_left else ""
    return say.PARTS_DONE.format(done=info.step, total=info.total, left=left)


def _part(title: str, html: str) -> str:
    return f'<section class="gone-part"><h3>{escape(title)}</h3>{html}</section>'


def _so_far(info: RunInfo, known: Known, progress: Progress) -> str:
    said = "".join(_text(shot, known) for shot in reversed(progress.texts))
    newest = f'<ol class="gone-texts">{said}</ol>' if said else (
        f'<p class="gone-soft">{say.NO_TEXTS}</p>'
    )  # fmt: skip
    return (
        f'<div class="gone-columns">{_table(info, known, progress.findings)}'
        f'<section class="gone-newest"><h4>{say.NEWEST}</h4>{newest}</section></div>'
    )


def _table(info: RunInfo, known: Known, findings: Mapping[str, Mapping[Role, Finding]]) -> str:
    roles: list[Role] = ["original", "unlearned"]
    roles += ["retrained"] if info.spec.get("retrained") else []
    chosen = info.spec.get("attacks") or list(known)
    judged = {
        name: {**dict.fromkeys(roles, NOTHING_YET), **findings.get(name, {})} for name in chosen
    }
    won = {role: outcome_of(judged, role, known).succeeded for role in roles}
    head = "".join(f'<th scope="col">{ROLES[role]}</th>' for role in roles)
    rows = []
    for one in attack_words(chosen, known):
        found = findings.get(one.name, {})
        cells = (_cell(found.get(role), one, role, one.name in won[role]) for role in roles)
        values = "".join(f"<td>{cell}</td>" for cell in cells)
        rows.append(f'<tr><th scope="row">{escape(one.title)}</th>{values}</tr>')
    return (
        '<div class="gone-table"><table class="lethe-table"><thead><tr>'
        f'<th scope="col">{say.ATTACK}</th>{head}'
        f"</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _cell(finding: Finding | None, attack: AttackWords, role: str, won: bool) -> str:
    if finding is None:
        return WAITING
    note = escape(finding.note)
    if finding.value is None:
        return f'<span class="gone-soft" title="{note}">{say.NOT_TESTED}</span>'
    return f'<strong title="{note}">{attack.amount(finding.value)}</strong> ' + _judgement(
        finding, attack, role, won
    )


def _judgement(finding: Finding, attack: AttackWords, role: str, won: bool) -> str:
    """Whether it is more than guessing; a trace alone is no leak and is not judged.

    It is no news, and so not in colour, that the original model knows.
    """
    if attack.kind == "trace" or finding.p is None or finding.chance is None:
        return ""
    guess = say.GUESSING.format(value=attack.amount(finding.chance))
    if won:
        look = "gone-soft" if role == "original" else "gone-found"
        return f'<span class="{look}" title="{guess}">{FOUND}</span>'
    return f'<span class="gone-soft" title="{guess}">{say.AS_GUESSING}</span>'


def _text(shot: Json, known: Known) -> str:
    name, role = str(shot["attack"]), cast(Role, shot["role"])
    parts = (known[name].title if name in known else name, ROLES[role], shot["detail"])
    where = " · ".join(str(part) for part in parts if part)
    look = "gone-soft" if role == "original" else "gone-found"
    leak = f'<span class="{look}">{LEAKED}</span>' if shot["leaked"] else ""
    said = quoted(str(shot["text"])) or f'<span class="gone-soft">{say.EMPTY_ANSWER}</span>'
    return (
        f'<li><p class="gone-soft">{escape(where)} {leak}</p>'
        f'<p class="gone-asked">{quoted(str(shot["prompt"]))}</p>'
        f'<p class="gone-said">{said}</p></li>'
    )


def _folded(attack: AttackWords, by_role: Mapping[Role, Finding], caught: bool) -> str:
    """One attack with its values, closed; the browser asks for what is inside."""
    values = " ".join(
        f'<span class="gone-value">{name} <strong>{_value(attack, found)}</strong></span>'
        for role, name in ROLES.items()
        if (found := by_role.get(role))
    )
    sign = f'<span class="gone-found">{FOUND}</span>' if caught else ""
    return (
        f'<details class="gone-attack" data-attack="{escape(attack.name)}"><summary>'
        f'<span class="gone-title">{escape(attack.title)} {sign}</span>'
        f'<span class="gone-values">{values}</span></summary>'
        f'<div class="gone-inside" aria-live="polite">{say.FETCHING}</div></details>'
    )


def _value(attack: AttackWords, finding: Finding) -> str:
    return say.NOT_TESTED if finding.value is None else attack.amount(finding.value)


def _sentence(text: str) -> str:
    clean = text.strip()
    return clean if clean[-1] in ".!?" else f"{clean}."
