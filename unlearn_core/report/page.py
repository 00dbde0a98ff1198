"""A run as one HTML file: what was done, what came of it, and what the attacks found."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from typing import Any

from unlearn_core.report.frame import html_page, section
from unlearn_core.report.markup import facts, folded
from unlearn_core.report.race_page import race_page
from unlearn_core.report.run_parts import before_after, comparisons, live_curves, settings
from unlearn_core.report.view import (
    attack_html,
    knowledge_chart,
    metrics_html,
    side_effects_html,
    verdict_html,
)
from unlearn_core.report.words import Json, attack_words, method_title, seconds
from unlearn_core.runs.events import Event

__all__ = ["race_page", "report_page"]

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
    result: Json | None,
    events: Sequence[Event],
    audits: Sequence[Json],
    command: str,
    environment: Json | None = None,
) -> str:
    """One self-contained HTML file.

    Args:
        result: The run's `result.json`; None where it has not finished.
        events: Its events, all of them.
        audits: Its audits, newest first; may be empty.
        command: The command line that repeats the run.
        environment: Its `environment.json`, for versions and device.
    """
    spec: Json = result["spec"] if result else {}
    newest = audits[0] if audits else None
    taught = spec.get("kind") == "teach"
    return html_page(
        _title(spec, newest),
        _lead(result, events, newest),
        "".join(
            [
                section("Verdict", _verdict(result, newest, taught)),
                section("What is left", knowledge_chart(newest) if newest else ""),
                section("The same questions, before and after", comparisons(events, taught=taught)),
                section("Before and after", before_after(result) if result else ""),
                section("Side effects", side_effects_html(newest) if newest else ""),
                section("Keep in mind", _caveats(result, events, newest)),
                section("While it ran", live_curves(events)),
                section("Metrics", metrics_html(newest) if newest else ""),
                section("Every attack", _attacks(newest) if newest else ""),
                *(_older(audit) for audit in audits[1:]),
                section("How it was made", _made(result, newest, environment)),
                section("Settings", settings(spec) if spec else ""),
                section("Repeat it", f"<pre><code>{escape(command)}</code></pre>"),
            ]
        ),
    )


def _verdict(result: Json | None, audit: Json | None, taught: bool) -> str:
    if audit is not None:
        return verdict_html(audit)
    return "" if taught else _not_attacked(result)


def _attacks(audit: Json) -> str:
    parts = "".join(attack_html(audit, one.name) for one in attack_words(audit, None))
    return f'<div class="rep-attacks">{parts}</div>' if parts else ""


def _older(audit: Json) -> str:
    body = verdict_html(audit) + knowledge_chart(audit)
    name = f"{audit['effort']}, seed {audit['seed']}"
    return section("An older audit", folded(audit["verdict"]["headline"], body, count=name))


def _title(spec: Json, audit: Json | None) -> str:
    if spec.get("name"):
        return str(spec["name"])
    source = spec or (audit or {})
    if not source.get("method"):
        return _audited(audit) if audit else "Run without a result"
    marks = spec.get("marks") or (audit or {}).get("spec", {}).get("marks", {})
    subjects = ", ".join(marks.get("subjects", ()))
    return " · ".join(part for part in (method_title(str(source["method"])), subjects) if part)


def _audited(audit: Json) -> str:
    """The title of an audit of a model that no run made."""
    return str(audit["spec"]["name"] or f"Audit of {audit['spec']['model']['source']}")


def _lead(result: Json | None, events: Sequence[Event], audit: Json | None) -> str:
    if result:
        parts = [f"Run {result['run']}"]
    else:
        alone = _without_run(audit)
        parts = ["A model as it is, without a run" if alone else "This run has left no result"]
    times = [event.time for event in events]
    if times:
        parts.append(f"{_moment(min(times))} to {_moment(max(times))}")
    if result:
        parts.append(f"{result['steps']:,} steps in {seconds(result['seconds']['total'])}")
    return " · ".join(parts)


def _without_run(audit: Json | None) -> bool:
    return audit is not None and not audit["run"]


def _moment(time: float) -> str:
    return f"{datetime.fromtimestamp(time, UTC):%Y-%m-%d %H:%M} UTC"


def _not_attacked(result: Json | None) -> str:
    run = str(result["run"]) if result else "RUN"
    return (
        f'<div class="rep"><p>{NOT_ATTACKED}</p><pre><code>python -m unlearn_core attack '
        f"{escape(run)}</code></pre></div>"
    )


def _caveats(result: Json | None, events: Sequence[Event], audit: Json | None) -> str:
    said = [str(event.payload["message"]) for event in events if event.kind == "log"
            and event.payload.get("level") == "warning"]  # fmt: skip
    said += [
        f"{event.payload['title']}: {event.payload['message']} {event.payload['advice']}".strip()
        for event in events
        if event.kind == "error"
    ]
    if result is None and not _without_run(audit):
        said.append("The run has no result: it has not finished, or it failed.")
    if result and result.get("stopped_because"):
        said.append(str(result["stopped_because"]))
    if audit:
        said += [str(why) for why in audit["missing"].values()]
        said += [line["text"] for line in audit["verdict"]["lines"] if line["kind"] == "caveat"]
    items = "".join(f"<li>{escape(one)}</li>" for one in dict.fromkeys((*said, *ALWAYS)))
    return f'<ul class="page-list">{items}</ul>'


def _made(result: Json | None, audit: Json | None, environment: Json | None) -> str:
    """Device, versions and the data's hash, of the run and of its audit."""
    rows: list[tuple[str, str]] = []
    if result:
        rows += [
            ("Method", method_title(str(result["spec"]["method"]))),
            ("Model", str(result["spec"]["model"]["source"])),
            ("Seed", str(result["spec"]["seed"])),
            ("Device", str(result.get("device", ""))),
            ("Data hash", str(result.get("data_hash", ""))),
        ]
    if environment:
        rows += [
            ("Device name", str(environment.get("device_name", ""))),
            ("Platform", str(environment.get("platform", ""))),
            ("Lethe", f"{environment['lethe']}, commit {environment.get('commit') or 'unknown'}"),
            ("Versions", _versions({"python": environment["python"], **environment["packages"]})),
        ]
    if audit:
        rows += [
            ("Audit", f"{audit['audit']}, effort {audit['effort']}, seed {audit['seed']}"),
            ("Audit's device", str(audit["device"])),
            ("Audit's data hash", str(audit["data_hash"])),
            ("Audit's versions", _versions(audit["versions"])),
            ("Audit's models", ", ".join(f"{m['role']} {m['source']}" for m in audit["models"])),
        ]
    return f'<div class="rep">{facts(rows)}</div>' if rows else ""


def _versions(versions: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {version}" for name, version in versions.items() if version)
