"""All metrics of all models in one table."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from markupsafe import Markup

from unlearn_core.attacks.base import Role
from unlearn_core.audits.result import AuditResult
from unlearn_core.metrics.base import Estimate, MetricInfo
from unlearn_core.pages.templates import render
from unlearn_core.report.words import roles_of

FIRST = ("forget", "model")
DIRECTIONS = {
    "higher": "↑ higher is better",
    "lower": "↓ lower is better",
    "near 0": "→ near 0 is best",
    "near 0.5": "→ near 0.5 is best",
    "": "",
}
NOT_MEASURED = "not available, because it was not measured"

Estimates = Mapping[Role, Estimate]


@dataclass(frozen=True)
class Row:
    """A metric on a group, for each model; `way` says which way is better."""

    name: str
    group: str
    way: str
    by_role: Estimates


@dataclass(frozen=True)
class Family:
    """Metrics of one kind.

    Attributes:
        first: On the forget set and the whole model.
        rest: On other records.
        without: What no model has a value of: groups by metric and reason.
    """

    title: str
    first: list[Row] = field(default_factory=list)
    rest: list[Row] = field(default_factory=list)
    without: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def add(self, name: str, info: MetricInfo | None, group: str, by_role: Estimates) -> None:
        """Take in a metric's values on a group."""
        if any(one.value is not None for one in by_role.values()):
            row = Row(name, group, direction(info, group), by_role)
            (self.first if group in FIRST else self.rest).append(row)
        else:
            for note in dict.fromkeys(one.note or NOT_MEASURED for one in by_role.values()):
                self.without.setdefault((name, note), []).append(group)


def metrics_html(audit: AuditResult, infos: Mapping[str, MetricInfo] | None = None) -> Markup:
    """Metric, group, and the value of each model with its interval, or why there is none.

    Args:
        audit: What was measured.
        infos: The metrics that are known; the registered ones if none are given.
    """
    if infos is None:
        from unlearn_core.metrics.registry import metrics

        infos = metrics()
    families: dict[str, Family] = {}
    order = [*infos, *audit.metrics]
    for name in sorted(audit.metrics, key=order.index):
        info = infos.get(name)
        title = (info.family if info else "other").capitalize()
        family = families.setdefault(title, Family(title))
        for group, by_role in audit.metrics[name].items():
            family.add(name, info, group, by_role)
    return render(
        "report/templates/metrics.html",
        families=list(families.values()),
        glossary=[info for name, info in infos.items() if name in audit.metrics],
        infos=infos,
        not_measured=NOT_MEASURED,
        roles=roles_of(audit),
    )


def direction(info: MetricInfo | None, group: str) -> str:
    """Which way is better, in words; empty where no way is."""
    if info is None or group == "holdout":
        return ""
    return DIRECTIONS[info.better_on(group)]
