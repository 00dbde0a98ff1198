"""What several finished runs reached, ready for the race's chart and table."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from unlearn_core.audits.outcome import outcome_of
from unlearn_core.audits.result import AuditResult
from unlearn_core.methods.registry import method
from unlearn_core.models.name import run_of
from unlearn_core.report.verdict import LEVELS
from unlearn_core.runs.history import history_of, known_runs
from unlearn_core.runs.race import MEASURES, Outcome, by_method, outcome, pareto_front, shown
from unlearn_core.runs.recorded import is_recorded
from unlearn_core.runs.result import read_result
from unlearn_core.runs.store import Store
from unlearn_core.ui.charts.feed import name_of
from unlearn_core.ui.texts import race as say


def race_view(store: Store, run_ids: Sequence[str]) -> dict[str, Any] | None:
    """Chart and table of at least two runs that have ended with a result; else `None`.

    Returns:
        `columns` (label, help), `rows` of means by method, `points` with forgetting and utility in
        per cent, and `front`, the places of the points on the Pareto front. JSON-ready.
    """
    names = {run.id: run for run in known_runs(store)}
    results = {
        run_id: result
        for run_id in run_ids
        if run_id in names
        and names[run_id].kind == "unlearn"
        and (result := read_result(history_of(store, run_id).folder(run_id))) is not None
    }
    outcomes = [outcome(run_id, result) for run_id, result in results.items()]
    if len(outcomes) < 2:
        return None
    attacked = _attacked(store, list(results))
    drawn = [one for one in outcomes if {"forget", "retain"} <= one.values.keys()]
    places = [(100 * (1 - one.values["forget"]), 100 * one.values["retain"]) for one in drawn]
    points = [
        {
            "run": one.run,
            "name": name_of(names[one.run]),
            "method": one.method,
            "forgotten": forgotten,
            "kept": kept,
        }
        for one, (forgotten, kept) in zip(drawn, places, strict=True)
    ]
    return {
        "columns": [*((measure.label, measure.help) for measure in MEASURES), *attacked.columns],
        "rows": _rows(outcomes, attacked),
        "points": points,
        "front": pareto_front(places),
    }


@dataclass(frozen=True)
class Attacked:
    """What attacks got out of the runs that were attacked.

    Attributes:
        names: The attacks that were tried on any of them, in their order.
        titles: By name.
        audits: Newest audit, by run.
    """

    names: Sequence[str]
    titles: Mapping[str, str]
    audits: Mapping[str, AuditResult]

    @property
    def columns(self) -> list[tuple[str, str]]:
        """Label and help of each column; none where nothing was attacked."""
        if not self.audits:
            return []
        return [
            (say.VERDICT, say.VERDICT_HELP),
            *((self.titles.get(name, name), say.REACHED_HELP) for name in self.names),
        ]

    def cells(self, runs: Sequence[str]) -> list[str]:
        """Verdict and mean values over the runs of a method."""
        found = [self.audits[run] for run in runs if run in self.audits]
        if not self.audits:
            return []
        levels = Counter(LEVELS[audit.verdict.level][0].lower() for audit in found)
        told = ", ".join(w if n == len(found) else f"{w} ({n})" for w, n in levels.items())
        return [told or "–", *(_got(found, name) for name in self.names)]


def _attacked(store: Store, run_ids: Sequence[str]) -> Attacked:
    """The newest audit of each run."""
    attacked = {run_of(audit.source) for audit in store.runs(("audit",))}
    wanted = [run for run in run_ids if run in attacked or is_recorded(run)]
    if not wanted:
        return Attacked([], {}, {})
    from unlearn_core.ui.shell.libraries import attacks, newest_audit

    found = {run: audit for run in wanted if (audit := newest_audit(store, run)) is not None}
    tried = {name for audit in found.values() for name in audit.findings}
    known = attacks()
    names = [name for name, info in known.items() if name in tried and info.card.kind != "trace"]
    return Attacked(names, {name: known[name].title for name in names}, found)


def _got(audits: Sequence[AuditResult], name: str) -> str:
    from unlearn_core.ui.shell.libraries import attacks

    findings = [audit.findings_of("unlearned") for audit in audits]
    tried = [found[name].value for found in findings if name in found]
    values = [value for value in tried if value is not None]
    if not values:
        return "–"
    judged = (outcome_of(audit.findings, "unlearned", attacks()) for audit in audits)
    sign = " ▲" if any(name in one.succeeded for one in judged) else ""
    return f"{fmean(values):.2f}{sign}"


def _rows(outcomes: Sequence[Outcome], attacked: Attacked) -> list[dict[str, Any]]:
    rows = []
    for name, means in by_method(outcomes).items():
        runs = [one for one in outcomes if one.method == name]
        measured = [shown(m, means[m.key]) if m.key in means else "–" for m in MEASURES]
        rows.append(
            {
                "method": name,
                "title": method(name).title,
                "cells": [*measured, *attacked.cells([one.run for one in runs])],
                "runs": [{"id": one.run, "seed": one.seed} for one in runs],
            }
        )
    return rows
