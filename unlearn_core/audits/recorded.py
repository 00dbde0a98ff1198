"""The audit of a recorded run, as it ships with the app: all numbers, and of the texts a few."""

from dataclasses import replace
from pathlib import Path

from unlearn_core.audits.result import AuditedModel, AuditResult, TimedFinding
from unlearn_core.models.name import name_of_run
from unlearn_core.runs.recorded import recorded_id

MOST_SHOTS = 12
"""Texts of each attack on each model that a recording keeps, those that leak first."""


def write_recorded_audit(audit: AuditResult, target: Path) -> None:
    """Put the audit of a run beside its recording."""
    run_id = recorded_id(target)
    note = f"This is a recording; of the texts of each attack it keeps {MOST_SHOTS} at most."
    kept = {
        "run": run_id,
        "spec": {**audit.spec, "model": {**audit.spec["model"], "source": name_of_run(run_id)}},
        "models": tuple(
            AuditedModel(one.role, run_id) if one.role == "unlearned" else one
            for one in audit.models
        ),
        "findings": {
            attack: {role: _with_few(found) for role, found in roles.items()}
            for attack, roles in audit.findings.items()
        },
        "notes": (*audit.notes, note),
    }
    audit.model_copy(update=kept).write(target, indent=None)


def _with_few(found: TimedFinding) -> TimedFinding:
    leaks_first = sorted(found.shots, key=lambda shot: not shot.leaked)
    return replace(found, shots=tuple(leaks_first[:MOST_SHOTS]))
