"""A run as one HTML file: what was done, what came of it, and what the attacks found."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from unlearn_core.audits.attack_settings import in_words
from unlearn_core.audits.result import AuditResult
from unlearn_core.metrics.differences import word_diff
from unlearn_core.report import view
from unlearn_core.report.frame import html_page
from unlearn_core.report.run_parts import (
    CHANGES,
    FORGETTING,
    MEASURES,
    live_curves,
    probes,
    settings,
)
from unlearn_core.report.words import attack_words, known_attacks, method_title
from unlearn_core.runs.events import Event
from unlearn_core.runs.result import RunResult
from unlearn_core.wording.groups import group_title
from unlearn_core.wording.numbers import percent, seconds

NOT_ATTACKED = (
    "This model was not attacked, so nothing here shows that the facts are gone: a model that no "
    "longer gives them when asked plainly may still hold them. To attack it, open the run in the "
    "app and choose \u201cIs it really gone?\u201d, or run this, then make the report again."
)
ALWAYS = (
    "An attack that found nothing shows only that this attack found nothing; a stronger one may.",
    "All numbers hold for these records, this seed and this model.",
)


def report_page(
    result: RunResult | None,
    events: Sequence[Event],
    audits: Sequence[AuditResult],
    command: str,
    environment: Mapping[str, Any] | None = None,
) -> str:
    """One self-contained HTML file.

    Args:
        result: What the run measured; None where it has not finished.
        events: Its events, all of them.
        audits: Its audits, newest first; may be empty.
        command: The command line that repeats the run.
        environment: Its `environment.json`, for versions and device.
    """
    spec = result.spec if result else {}
    newest = audits[0] if audits else None
    taught = spec.get("kind") == "teach"
    return html_page(
        "report/templates/run.html",
        attacks=attack_words(newest.findings, known_attacks()) if newest else [],
        audit=newest,
        caveats=list(dict.fromkeys(_caveats(result, events, newest))),
        changes=CHANGES,
        command=command,
        curves=[chart for chart in live_curves(events) if chart],
        forgetting=FORGETTING,
        group=lambda name: group_title(name, taught=taught),
        lead=" · ".join(_lead(result, events, newest)),
        made=[*_made_run(result), *_made_where(environment), *_made_audit(newest)],
        measures=MEASURES,
        not_attacked=NOT_ATTACKED,
        older=audits[1:],
        parts=view,
        percent=percent,
        probes=probes(events),
        result=result,
        settings=settings(spec),
        taught=taught,
        title=_title(spec, newest),
        word_diff=word_diff,
    )


def _title(spec: Mapping[str, Any], audit: AuditResult | None) -> str:
    if spec.get("name"):
        return str(spec["name"])
    about = spec or (audit.spec if audit else {})
    method = spec.get("method") or (audit.method if audit else "")
    if not method:
        named = audit and (audit.spec["name"] or f"Audit of {audit.spec['model']['source']}")
        return str(named or "Run without a result")
    subjects = ", ".join(about.get("marks", {}).get("subjects", ()))
    return " · ".join(part for part in (method_title(str(method)), subjects) if part)


def _lead(
    result: RunResult | None, events: Sequence[Event], audit: AuditResult | None
) -> Iterator[str]:
    if result:
        yield f"Run {result.run}"
    elif _without_run(audit):
        yield "A model as it is, without a run"
    else:
        yield "This run has left no result"
    times = [event.time for event in events]
    if times:
        yield f"{_moment(min(times))} to {_moment(max(times))}"
    if result:
        yield f"{result.steps:,} steps in {seconds(result.seconds['total'])}"


def _without_run(audit: AuditResult | None) -> bool:
    return audit is not None and not audit.run


def _moment(time: float) -> str:
    return f"{datetime.fromtimestamp(time, UTC):%Y-%m-%d %H:%M} UTC"


def _caveats(
    result: RunResult | None, events: Sequence[Event], audit: AuditResult | None
) -> Iterator[str]:
    for event in events:
        if event.kind == "log" and event.payload.get("level") == "warning":
            yield str(event.payload["message"])
    for event in events:
        if event.kind == "error":
            told = event.payload
            yield f"{told['title']}: {told['message']} {told['advice']}".strip()
    if result is None and not _without_run(audit):
        yield "The run has no result: it has not finished, or it failed."
    if result and result.stopped_because:
        yield result.stopped_because
    if audit:
        yield from audit.missing.values()
        yield from (line.text for line in audit.verdict.lines if line.kind == "caveat")
    yield from ALWAYS


def _made_run(result: RunResult | None) -> Iterator[tuple[str, str]]:
    if result:
        yield "Method", method_title(str(result.spec["method"]))
        yield "Model", str(result.spec["model"]["source"])
        yield "Seed", str(result.spec["seed"])
        yield "Device", result.device
        yield "Data hash", result.data_hash


def _made_where(environment: Mapping[str, Any] | None) -> Iterator[tuple[str, str]]:
    if environment:
        yield "Device name", str(environment.get("device_name", ""))
        yield "Platform", str(environment.get("platform", ""))
        commit = environment.get("commit") or "unknown"
        yield "Lethe", f"{environment['lethe']}, commit {commit}"
        versions = {"python": environment["python"], **environment["packages"]}
        yield "Versions", _versions(versions)


def _made_audit(audit: AuditResult | None) -> Iterator[tuple[str, str]]:
    if audit:
        yield "Audit", f"{audit.audit}, effort {audit.effort}, seed {audit.seed}"
        yield "Audit's settings", in_words(audit.spec.get("attack_configs", {}))
        yield "Audit's device", audit.device
        yield "Audit's data hash", audit.data_hash
        yield "Audit's versions", _versions(audit.versions)
        yield "Audit's models", ", ".join(f"{one.role} {one.source}" for one in audit.models)


def _versions(versions: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {version}" for name, version in versions.items() if version)
