"""Reports of what is in a store."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from unlearn_core.errors import MissingPrerequisite
from unlearn_core.report.page import race_page, report_page
from unlearn_core.runs.auditing import audits_of, newest_audit, read_audit
from unlearn_core.runs.rows import read_result
from unlearn_core.runs.store import Store


def run_report(store: Store, run_id: str, command: str) -> str:
    """A run with everything that is known of it, as one HTML file.

    Args:
        store: Where the run is.
        run_id: A run or an audit of no run.
        command: The command line that repeats it.

    Raises:
        InvalidInput: No such run.
    """
    folder = store.folder(run_id)
    found = [read_audit(store.folder(audit.id)) for audit in audits_of(store, run_id)]
    audits = [audit for audit in found if audit is not None]
    events = store.events(run_id)
    return report_page(read_result(folder), events, audits, command, environment_of(folder))


def race_report(store: Store, run_ids: Sequence[str]) -> str:
    """Several runs beside each other, as one HTML file.

    Raises:
        InvalidInput: No such run.
        MissingPrerequisite: One of them has no result.
    """
    results = []
    for run_id in run_ids:
        result = read_result(store.folder(run_id))
        if result is None:
            raise MissingPrerequisite(
                f"Run {run_id} ({store.get(run_id).state}) has no result to report. Leave it out."
            )
        results.append(result)
    audits = {run_id: newest_audit(store, run_id) for run_id in run_ids}
    return race_page(results, {run: audit for run, audit in audits.items() if audit is not None})


def environment_of(folder: Path) -> dict[str, Any] | None:
    """Versions and machine of the run of this folder; None where it never began."""
    path = folder / "environment.json"
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else None
