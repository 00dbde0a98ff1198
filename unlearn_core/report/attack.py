"""One attack: its idea, what it got, its curves, and every text that came back."""

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

from unlearn_core.report.curves import Line, line_chart
from unlearn_core.report.markup import badge, facts, folded, paragraph, role_head, table, text
from unlearn_core.report.words import (
    ROLES,
    AttackWords,
    Json,
    amount,
    attack_words,
    found_facts,
    interval_words,
    number,
    p_words,
    result_words,
    roles_of,
    succeeded,
)

if TYPE_CHECKING:
    from unlearn_core.attacks.base import AttackInfo

KINDS = {
    "recovery": "brings facts back",
    "detection": "tells that something was there",
    "trace": "shows where it was; no leak by itself",
}
MOST_DETAILS = 3


def attack_html(audit: Json, name: str, infos: "Mapping[str, AttackInfo] | None" = None) -> str:
    """Everything an audit knows of one attack.

    Args:
        audit: As in `audit.json`.
        name: One of its attacks.
        infos: The attacks that are known; the registered ones if none are given.
    """
    attack = next(one for one in attack_words(audit, infos) if one.name == name)
    findings = audit["findings"][name]
    roles = [role for role in roles_of(audit) if role in findings]
    results = "".join(
        _result(attack, findings[role], role, name in succeeded(audit, role, infos))
        for role in roles
    )
    texts = "".join(_texts(audit, findings[role], role) for role in roles)
    return (
        f'<section class="rep rep-attack" aria-label="{escape(attack.title)}">'
        f"<h3>{escape(attack.title)}</h3>{paragraph(attack.idea, 'rep-idea')}{_scale(attack)}"
        f'<ul class="rep-results">{results}</ul>{_curves(findings, roles)}{texts}'
        f"{_numbers(attack, findings, roles)}{_about(attack)}</section>"
    )


def _scale(attack: AttackWords) -> str:
    return paragraph(f"How to read it: {attack.scale}." if attack.scale else "", "rep-soft")


def _result(attack: AttackWords, finding: Json, role: str, won: bool) -> str:
    if finding["value"] is None:
        why = escape(finding["note"] or "Not tested.")
        return f'<li>{role_head(role)}<span class="rep-untested">{why}</span></li>'
    words = result_words(attack, finding)
    tone = "bad" if role == "unlearned" else "plain"
    mark = badge("more than guessing", tone) if won else ""
    small = " ".join(part for part in (_interval(attack, finding), p_words(finding["p"]),
                                       finding["note"]) if part)  # fmt: skip
    return (
        f"<li>{role_head(role)}<span>{escape(words[0].upper() + words[1:])}. {mark}"
        f'<small class="rep-soft">{escape(small)}</small></span></li>'
    )


def _interval(attack: AttackWords, finding: Json) -> str:
    between = interval_words(attack, finding)
    share = "" if found_facts(attack, finding) is None else f"{amount(attack, finding['value'])}, "
    return f"{share}95 % interval {between}." if between else ""


def _curves(findings: Json, roles: Sequence[str]) -> str:
    """Curves of one name over each other, one line for each model."""
    drawn = [(role, curve) for role in roles for curve in findings[role]["curves"]]
    charts = []
    for name in dict.fromkeys(curve["name"] for _, curve in drawn):
        same = [(role, curve) for role, curve in drawn if curve["name"] == name]
        lines = [Line(ROLES[role], role, _points(curve)) for role, curve in same]
        share = all(0 <= y <= 1 for line in lines for _, y in line.points)
        first = same[0][1]
        charts.append(line_chart(name, lines, first["x_label"], first["y_label"], share=share))
    return f'<div class="rep-charts">{"".join(charts)}</div>' if any(charts) else ""


def _points(curve: Json) -> tuple[tuple[float, float], ...]:
    pairs = zip(curve["x"], curve["y"], strict=True)
    return tuple((float(x), float(y)) for x, y in pairs if x is not None and y is not None)


def _texts(audit: Json, finding: Json, role: str) -> str:
    shots = finding["shots"]
    if not shots:
        return ""
    by_record: dict[tuple[str, str], list[Json]] = {}
    for shot in shots:
        by_record.setdefault((shot["record"], shot["prompt"]), []).append(shot)
    leaking = {key for key, rows in by_record.items() if any(shot["leaked"] for shot in rows)}
    ordered = sorted(by_record, key=lambda key: key not in leaking)
    items = "".join(_asked(audit, key, by_record[key]) for key in ordered)
    leaks = sum(bool(shot["leaked"]) for shot in shots)
    count = f"{len(shots):,}, {leaks:,} give the true answer" if leaks else f"{len(shots):,}"
    summary = f"Every text of the {ROLES[role].lower()} model"
    return folded(summary, f'<ol class="rep-shots">{items}</ol>', count=f"({count})")


def _asked(audit: Json, key: tuple[str, str], shots: Sequence[Json]) -> str:
    """One prompt, its true answer, and what came back: leaks first, the same text once."""
    record = audit["records"].get(key[0])
    truth = (
        f'<p><span class="rep-soft">True answer</span> {text(record["answer"])}</p>'
        if record
        else ""
    )
    counts = Counter((not shot["leaked"], shot["text"]) for shot in shots)
    said = "".join(
        _said(words, kept, count, [s["detail"] for s in shots if s["text"] == words])
        for (kept, words), count in sorted(counts.items(), key=lambda one: (one[0][0], -one[1]))
    )
    return f'<li><p class="rep-prompt">{text(key[1])}</p>{truth}<ul>{said}</ul></li>'


def _said(words: str, kept: bool, count: int, details: Sequence[str]) -> str:
    named = list(dict.fromkeys(detail for detail in details if detail))
    shown = "; ".join(named[:MOST_DETAILS])
    if len(named) > MOST_DETAILS:
        shown += f"; and {len(named) - MOST_DETAILS} more"
    # Texts with details of their own already say how often each came.
    times = f"{count} times" if count > max(1, len(named)) else ""
    small = "; ".join(part for part in (times, shown) if part)
    mark = "" if kept else badge("leak", "bad")
    look = "" if kept else ' class="rep-leak"'
    return f'<li{look}>{mark} {text(words)} <small class="rep-soft">{escape(small)}</small></li>'


def _numbers(attack: AttackWords, findings: Json, roles: Sequence[str]) -> str:
    names = dict.fromkeys(name for role in roles for name in findings[role]["numbers"])
    if not names:
        return ""
    rows = [
        [escape(name), *(_number(findings[role]["numbers"].get(name)) for role in roles)]
        for name in names
    ]
    heads = ["", *(role_head(role) for role in roles)]
    return folded("Further numbers", table(heads, rows, f"Further numbers of {attack.title}"))


def _number(value: float | None) -> str:
    return "" if value is None else number(value)


def _about(attack: AttackWords) -> str:
    weights = "the model's weights" if attack.needs_weights else "only the model's answers"
    rows = [
        ("Measure", attack.measure),
        ("Kind", KINDS[attack.kind]),
        ("The attacker needs", weights if attack.idea else ""),
        ("Cost", attack.cost),
        ("Source", attack.paper),
    ]
    return folded("About this attack", facts(rows)) if attack.idea else ""
