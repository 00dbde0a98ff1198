"""Reports of what is in a store."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from unlearn_core.audits.result import read_audit
from unlearn_core.audits.spec import found_by_audits, newest_audit
from unlearn_core.errors import MissingPrerequisite
from unlearn_core.report.data import audit_csv, metrics_csv, race_csv
from unlearn_core.report.page import report_page
from unlearn_core.report.race_page import race_page
from unlearn_core.runs.history import history_of
from unlearn_core.runs.result import read_result
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
    history = history_of(store, run_id)
    folder = history.folder(run_id)
    if history.get(run_id).kind == "audit":
        own = read_audit(folder)
        return report_page(None, (), [own] if own else [], command, environment_of(folder))
    audits = found_by_audits(store, run_id)
    events = history.events(run_id)
    return report_page(read_result(folder), events, audits, command, environment_of(folder))


def race_report(store: Store, run_ids: Sequence[str]) -> str:
    """Several runs beside each other, as one HTML file.

    Raises:
        InvalidInput: No such run.
        MissingPrerequisite: One of them has no result.
    """
    results = []
    for run_id in run_ids:
        history = history_of(store, run_id)
        result = read_result(history.folder(run_id))
        if result is None:
            raise MissingPrerequisite(
                f"Run {run_id} ({history.get(run_id).state}) has no result to report. Leave it out."
            )
        results.append(result)
    audits = {run_id: newest_audit(store, run_id) for run_id in run_ids}
    return race_page(results, {run: audit for run, audit in audits.items() if audit})


def csv_files(store: Store, run_ids: Sequence[str]) -> dict[str, str]:
    """The numbers of runs as CSV, by file name: of one its audit, of several what each reached.

    Raises:
        MissingPrerequisite: There are none.
    """
    if len(run_ids) > 1:
        results = [read_result(history_of(store, run).folder(run)) for run in run_ids]
        return {"race.csv": race_csv([one for one in results if one])}
    run_id = run_ids[0]
    history = history_of(store, run_id)
    one = history.get(run_id).kind == "audit"
    audit = read_audit(history.folder(run_id)) if one else newest_audit(store, run_id)
    if audit is None:
        raise MissingPrerequisite(
            f"Run {run_id} was not attacked, so it has no tables. Attack it first."
        )
    return {"attacks.csv": audit_csv(audit), "metrics.csv": metrics_csv(audit)}


def environment_of(folder: Path) -> dict[str, Any] | None:
    """Versions and machine of the run of this folder; None where it never began."""
    path = folder / "environment.json"
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else None
