"""One picture of what is left: every attack on every model, beside the level of guessing."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

from unlearn_core.report.markup import badge, folded, paragraph, role_head, table
from unlearn_core.report.words import (
    ROLE_HELP,
    ROLES,
    AttackWords,
    Json,
    amount,
    attack_words,
    found_facts,
    number,
    result_words,
    roles_of,
    succeeded,
    value_words,
)

if TYPE_CHECKING:
    from unlearn_core.attacks.base import AttackInfo

PARTS = {
    "recovery": (
        "Bringing facts back", "How much of what was marked came back. Lower is better.",
        ("0 %", "25 %", "50 %", "75 %", "100 %"),
    ),
    "detection": (
        "Telling that something was there",
        "From 0 to 1. Nearer to the level of guessing is better.",
        ("0", "0.25", "0.5", "0.75", "1"),
    ),
    "trace": (
        "Where it was",
        "From 0 to 1. A trace is no leak by itself; nearer to the retrained model is better.",
        ("0", "0.25", "0.5", "0.75", "1"),
    ),
}  # fmt: skip
"""By kind of attack: title, how to read it, the axis."""


def knowledge_chart(audit: Json, infos: "Mapping[str, AttackInfo] | None" = None) -> str:
    """A row for each attack with a bar for each model.

    Args:
        audit: As in `audit.json`.
        infos: The attacks that are known; the registered ones if none are given.
    """
    attacks, roles = attack_words(audit, infos), roles_of(audit)
    if not attacks:
        return '<p class="rep rep-soft">No attack was made.</p>'
    won = succeeded(audit, infos=infos)
    parts = "".join(
        _part(audit, kind, [one for one in attacks if one.kind == kind], roles, won)
        for kind in PARTS
    )
    missing = "".join(paragraph(why, "rep-note") for why in audit["missing"].values())
    return (
        f'<figure class="rep rep-chart" aria-label="What every attack got out of each model">'
        f"{_legend(roles)}{parts}{missing}"
        f"{folded('The same as a table', _table(audit, attacks, roles))}</figure>"
    )


def _legend(roles: Sequence[str]) -> str:
    models = "".join(
        f'<li class="rep-{role}"><span class="rep-swatch"></span>{ROLES[role]}</li>'
        for role in roles
    )
    return (
        f'<ul class="rep-legend" title="{escape(ROLE_HELP)}">{models}'
        '<li><span class="rep-key"><span class="rep-whisker"></span></span>95 % interval</li>'
        '<li><span class="rep-key"><span class="rep-chance"></span></span>level of guessing</li>'
        "</ul>"
    )


def _part(
    audit: Json,
    kind: str,
    attacks: Sequence[AttackWords],
    roles: Sequence[str],
    won: frozenset[str],
) -> str:
    if not attacks:
        return ""
    title, help, ticks = PARTS[kind]
    rows = "".join(
        _row(attack, audit["findings"][attack.name], roles, attack.name in won)
        for attack in attacks
    )
    axis = "".join(f"<span>{tick}</span>" for tick in ticks)
    return (
        f'<section class="rep-part"><h4>{title}</h4><p class="rep-soft">{help}</p>{rows}'
        f'<div class="rep-line" aria-hidden="true"><span></span><span class="rep-axis">{axis}'
        "</span><span></span></div></section>"
    )


def _row(attack: AttackWords, findings: Json, roles: Sequence[str], won: bool) -> str:
    present = [role for role in roles if role in findings]
    spoken = "; ".join(f"{ROLES[role]}: {result_words(attack, findings[role])}" for role in present)
    mark = badge("more than guessing", "bad") if won else ""
    return (
        f'<div class="rep-row" role="group" aria-label="{escape(f"{attack.title}. {spoken}")}">'
        f'<div class="rep-name">{escape(attack.title)} {mark}</div>'
        f'<div class="rep-lanes">{_lanes(attack, findings, present)}</div></div>'
    )


def _lanes(attack: AttackWords, findings: Json, roles: Sequence[str]) -> str:
    """A bar for each model; a reason that all of them share is told once."""
    notes = {findings[role]["note"] for role in roles}
    if roles and len(notes) == 1 and all(findings[role]["value"] is None for role in roles):
        return paragraph(notes.pop() or "Not tested.", "rep-note rep-untested")
    return "".join(_lane(attack, findings[role], role) for role in roles)


def _lane(attack: AttackWords, finding: Json, role: str) -> str:
    head = f'<div class="rep-line rep-{role}"><span class="rep-lane-name">{ROLES[role]}</span>'
    if finding["value"] is None:
        why = escape(finding["note"] or "Not tested.")
        return f'{head}<span class="rep-note rep-untested rep-wide">{why}</span></div>'
    hits = found_facts(attack, finding)
    small = f" <small>{hits} of {finding['count']}</small>" if hits is not None else ""
    note = f'<span class="rep-note rep-wide">{escape(finding["note"])}</span>'
    return (
        f'{head}<span class="rep-track" aria-hidden="true">{_bar(finding)}</span>'
        f'<span class="rep-value">{amount(attack, finding["value"])}{small}</span>'
        f"{note if finding['note'] else ''}</div>"
    )


def _bar(finding: Json) -> str:
    parts = [f'<span class="rep-fill" style="width:{_place(finding["value"])}"></span>']
    low, high, chance = finding["low"], finding["high"], finding["chance"]
    if low is not None and high is not None:
        width = _place(_inside(high) - _inside(low))
        parts.append(f'<span class="rep-whisker" style="left:{_place(low)};width:{width}"></span>')
    if chance is not None:
        parts.append(f'<span class="rep-chance" style="left:{_place(chance)}"></span>')
    return "".join(parts)


def _inside(value: float) -> float:
    return min(1.0, max(0.0, value))


def _place(value: float) -> str:
    return f"{_inside(value):.2%}"


def _table(audit: Json, attacks: Sequence[AttackWords], roles: Sequence[str]) -> str:
    heads = ["Attack", "Model", "Value (95 % interval)", "Guessing", "p", "Records"]
    rows = [
        _cells(attack, role, audit["findings"][attack.name][role])
        for attack in attacks
        for role in roles
        if role in audit["findings"][attack.name]
    ]
    return table(heads, rows, "What every attack got out of each model")


def _cells(attack: AttackWords, role: str, finding: Json) -> list[str]:
    value = (
        escape(finding["note"] or "Not tested.")
        if finding["value"] is None
        else value_words(attack, finding)
    )
    chance = "" if finding["chance"] is None else amount(attack, finding["chance"])
    p = "" if finding["p"] is None else number(finding["p"])
    return [escape(attack.title), role_head(role), value, chance, p, str(finding["count"] or "")]
