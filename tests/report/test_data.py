"""CSV that reads back as the same numbers."""

import csv
import io

from tests.helpers.audits import NOT_TESTED, sample_audit
from tests.report.results import race_results
from unlearn_core.audits.result import AuditResult
from unlearn_core.report.data import audit_csv, metrics_csv, race_csv
from unlearn_core.runs.result import RunResult


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_a_row_for_each_attack_and_model() -> None:
    audit = sample_audit()
    rows = read(audit_csv(AuditResult.of(audit)))
    assert len(rows) == sum(len(by_role) for by_role in audit["findings"].values())
    for row in rows:
        finding = audit["findings"][row["attack"]][row["role"]]
        for name in ("value", "low", "high", "chance", "p", "count"):
            assert (float(row[name]) if row[name] else None) == finding[name]
        assert row["note"] == finding["note"]


def test_what_was_not_tested_has_a_note_and_no_number() -> None:
    rows = read(audit_csv(AuditResult.of(sample_audit())))
    row = next(r for r in rows if (r["attack"], r["role"]) == ("relearning", "unlearned"))
    assert (row["value"], row["p"], row["note"]) == ("", "", NOT_TESTED)


def test_metrics_read_back() -> None:
    audit = sample_audit()
    for row in read(metrics_csv(AuditResult.of(audit))):
        estimate = audit["metrics"][row["metric"]][row["group"]][row["role"]]
        assert (float(row["value"]) if row["value"] else None) == estimate["value"]
        assert int(row["count"]) == estimate["count"]


def test_a_note_with_commas_quotes_and_lines_reads_back() -> None:
    audit = sample_audit()
    note = 'one, "two"\nthree'
    audit["findings"] = {"noise": {"unlearned": {**audit["findings"]["noise"]["unlearned"],
                                                 "note": note}}}  # fmt: skip
    assert read(audit_csv(AuditResult.of(audit)))[0]["note"] == note


def test_a_race_has_a_row_for_each_run() -> None:
    rows = read(race_csv([RunResult.of(one) for one in race_results()]))
    assert [(row["run"], row["method"], row["seed"]) for row in rows] == [
        ("pmc-0", "pmc", "0"), ("pmc-1", "pmc", "1"), ("npo-0", "npo", "0"), ("npo-1", "npo", "1"),
    ]  # fmt: skip
    assert float(rows[0]["retain"]) == 0.985
    assert rows[0]["neighbours"] == ""
