"""The numbers of audits and races as CSV, for other programs. What has no value is empty."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from unlearn_core.audits.result import AuditResult
from unlearn_core.runs.race import MEASURES, outcome
from unlearn_core.runs.result import RunResult

AUDIT = ("value", "low", "high", "chance", "p", "count", "note")
METRIC = ("value", "low", "high", "count", "note")


def audit_csv(audit: AuditResult) -> str:
    """A row for each attack and model: value, 95 % interval, level of guessing, p, records."""
    rows = [
        [attack, role, *(getattr(finding, name) for name in AUDIT)]
        for attack, by_role in audit.findings.items()
        for role, finding in by_role.items()
    ]
    return _csv(("attack", "role", *AUDIT), rows)


def metrics_csv(audit: AuditResult) -> str:
    """A row for each metric, group and model: value, 95 % interval, records."""
    rows = [
        [metric, group, role, *(getattr(estimate, name) for name in METRIC)]
        for metric, groups in audit.metrics.items()
        for group, by_role in groups.items()
        for role, estimate in by_role.items()
    ]
    return _csv(("metric", "group", "role", *METRIC), rows)


def race_csv(results: Sequence[RunResult]) -> str:
    """A row for each run with the measures of a race as stored: shares 0 to 1, seconds, bytes."""
    outcomes = [outcome(result.run, result) for result in results]
    keys = [measure.key for measure in MEASURES]
    rows = [[one.run, one.method, one.seed, *(one.values.get(key) for key in keys)]
            for one in outcomes]  # fmt: skip
    return _csv(("run", "method", "seed", *keys), rows)


def _csv(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(heads)
    writer.writerows(rows)
    return out.getvalue()
