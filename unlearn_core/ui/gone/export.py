"""A finished audit as files: the whole report, everything as JSON, the numbers as tables."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from unlearn_core.audits.result import AuditResult, read_audit
from unlearn_core.errors import MissingPrerequisite
from unlearn_core.report.data import audit_csv, metrics_csv
from unlearn_core.report.making import environment_of
from unlearn_core.report.page import report_page
from unlearn_core.runs.command_line import repeat_lines
from unlearn_core.runs.result import read_result
from unlearn_core.runs.store import Store
from unlearn_core.ui.shell.services import Services
from unlearn_core.ui.texts import gone as say


def exported(services: Services, audit_id: str, form: str, folder: Path) -> Path:
    """Write a finished audit into a folder, to be downloaded.

    Args:
        services: The page's services.
        audit_id: The audit.
        form: A key of `FORMS`.
        folder: Where the file is put.

    Raises:
        LetheError: There is no such audit, or it has found nothing.
    """
    audit = read_audit(services.store.folder(audit_id))
    if audit is None:
        raise MissingPrerequisite(say.FOUND_NOTHING)
    path = folder / f"{audit_id}{FORMS[form].ending}"
    path.write_text(FORMS[form].write(services.store, audit), encoding="utf-8")
    return path


def whole_report(store: Store, audit: AuditResult) -> str:
    """The run, its result and this audit as one HTML page."""
    run = store.get(audit.run)
    folder = store.folder(run.id)
    command, events = repeat_lines(run.spec, audit.spec), store.events(run.id)
    return report_page(read_result(folder), events, [audit], command, environment_of(folder))


@dataclass(frozen=True)
class Download:
    """A form in which an audit can be downloaded: its button, its file's ending, its text."""

    label: str
    ending: str
    write: Callable[[Store, AuditResult], str]


FORMS: Mapping[str, Download] = {
    "html": Download(say.REPORT, "-report.html", whole_report),
    "json": Download(
        "JSON", ".json", lambda _, audit: json.dumps(audit.as_json(), indent=2, ensure_ascii=False)
    ),
    "attacks": Download(say.ATTACKS_CSV, "-attacks.csv", lambda _, audit: audit_csv(audit)),
    "measures": Download(say.MEASURES_CSV, "-measures.csv", lambda _, audit: metrics_csv(audit)),
}
