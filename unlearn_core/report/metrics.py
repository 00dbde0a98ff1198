"""All metrics of all models in one table."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

from unlearn_core.report.markup import folded, role_head, table
from unlearn_core.report.words import GROUPS, Json, number, roles_of

if TYPE_CHECKING:
    from unlearn_core.metrics.base import MetricInfo

FIRST = ("forget", "model")
DIRECTIONS = {
    "higher": "↑ higher is better",
    "lower": "↓ lower is better",
    "near 0": "→ near 0 is best",
    "near 0.5": "→ near 0.5 is best",
    "": "",
}


def metrics_html(audit: Json, infos: "Mapping[str, MetricInfo] | None" = None) -> str:
    """Metric, group, and the value of each model with its interval, or why there is none.

    Args:
        audit: As in `audit.json`.
        infos: The metrics that are known; the registered ones if none are given.
    """
    if infos is None:
        from unlearn_core.metrics.registry import metrics

        infos = metrics()
    measured, roles = audit["metrics"], roles_of(audit)
    if not measured:
        return '<p class="rep rep-soft">Nothing was measured.</p>'
    families: dict[str, list[str]] = {}
    order = [*infos, *measured]
    for name in sorted(measured, key=order.index):
        families.setdefault(infos[name].family if name in infos else "other", []).append(name)
    parts = "".join(
        _family(family, {name: measured[name] for name in names}, infos, roles)
        for family, names in families.items()
    )
    glossary = _glossary([infos[name] for name in infos if name in measured])
    return f'<div class="rep rep-metrics">{parts}{glossary}</div>'


def _family(
    family: str, measured: Json, infos: "Mapping[str, MetricInfo]", roles: Sequence[str]
) -> str:
    """Metrics of one kind: the forget set and the whole model first, the rest on demand."""
    first: list[list[str]] = []
    rest: list[list[str]] = []
    for name, groups in measured.items():
        for group, by_role in groups.items():
            if any(one["value"] is not None for one in by_role.values()):
                row = _row(name, infos.get(name), group, by_role, roles)
                (first if group in FIRST else rest).append(row)
    heads = ["Metric", "On", *(role_head(role) for role in roles)]
    title = family.capitalize()
    shown = table(heads, first, f"{title}, metrics of each model") if first else ""
    more = table(heads, rest, f"{title}, metrics on other records") if rest else ""
    return (
        f"<section><h4>{escape(title)}</h4>{shown}"
        f"{folded('On other records', more, count=f'({len(rest)})') if rest else ''}"
        f"{_without_value(measured, infos)}</section>"
    )


def _without_value(measured: Json, infos: "Mapping[str, MetricInfo]") -> str:
    """What no model has a value of: each reason once, with the groups it holds for."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for name, groups in measured.items():
        for group, by_role in groups.items():
            if by_role and all(one["value"] is None for one in by_role.values()):
                for note in dict.fromkeys(one["note"] for one in by_role.values()):
                    reasons.setdefault((name, _reason(note)), []).append(group)
    rows = [
        [_title(name, infos.get(name)), escape(", ".join(GROUPS.get(g, g) for g in groups)),
         escape(note)]
        for (name, note), groups in reasons.items()
    ]  # fmt: skip
    body = table(["Metric", "On", "Why"], rows, "Metrics that are not available")
    return folded("Not available", body, count=f"({len(rows)})") if rows else ""


def direction(info: "MetricInfo | None", group: str) -> str:
    """Which way is better, in words; empty where no way is."""
    if info is None or group == "holdout":
        return ""
    return DIRECTIONS[info.better_on(group)]


def _row(
    name: str, info: "MetricInfo | None", group: str, by_role: Json, roles: Sequence[str]
) -> list[str]:
    way = direction(info, group)
    arrow = f'<small class="rep-soft">{way}</small>' if way else ""
    unit = info.unit if info else ""
    cells = [_estimate(by_role.get(role), unit) for role in roles]
    return [f"{_title(name, info)}{arrow}", escape(GROUPS.get(group, group)), *cells]


def _title(name: str, info: "MetricInfo | None") -> str:
    if info is None:
        return escape(name)
    return f'<span class="rep-term" title="{escape(info.help)}">{escape(info.title)}</span>'


def _estimate(estimate: Json | None, unit: str) -> str:
    if estimate is None:
        return '<span class="rep-soft">not available, because it was not measured</span>'
    if estimate["value"] is None:
        return f'<span class="rep-soft">{escape(_reason(estimate["note"]))}</span>'
    behind = f" {escape(unit)}" if unit else ""
    parts = [f'<span class="rep-number">{number(estimate["value"])}{behind}</span>']
    if estimate["low"] is not None and estimate["high"] is not None:
        between = f"{number(estimate['low'])} to {number(estimate['high'])}"
        parts.append(f'<small class="rep-soft">{between}</small>')
    if estimate["note"]:
        parts.append(f'<small class="rep-soft">{escape(estimate["note"])}</small>')
    return "".join(parts)


def _reason(note: str) -> str:
    return note or "not available, because it was not measured"


def _glossary(infos: "Sequence[MetricInfo]") -> str:
    rows = "".join(
        f"<div><dt>{escape(info.title)}</dt><dd>{escape(info.help)}"
        f'<br><code>{escape(info.formula)}</code><br><span class="rep-soft" translate="no">'
        f"{escape(info.source)}</span></dd></div>"
        for info in infos
    )
    return folded("What each metric is", f'<dl class="rep-facts">{rows}</dl>') if rows else ""
