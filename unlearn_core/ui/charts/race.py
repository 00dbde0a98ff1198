"""What several finished runs reached, ready for the race's chart and table."""

from collections.abc import Sequence
from typing import Any

from unlearn_core.methods.registry import method
from unlearn_core.runs.race import MEASURES, Outcome, by_method, outcome, pareto_front, shown
from unlearn_core.runs.rows import read_result
from unlearn_core.runs.store import Store


def race_view(store: Store, run_ids: Sequence[str]) -> dict[str, Any] | None:
    """Chart and table of at least two runs that have ended with a result; else `None`.

    Returns:
        `columns` (label, help), `rows` of means by method, `points` with forgetting and utility in
        per cent, and `front`, the places of the points on the Pareto front. JSON-ready.
    """
    names = {run.id: run for run in store.runs()}
    results = {
        run_id: result
        for run_id in run_ids
        if run_id in names
        and names[run_id].kind == "unlearn"
        and (result := read_result(store.folder(run_id))) is not None
    }
    outcomes = [outcome(run_id, result) for run_id, result in results.items()]
    if len(outcomes) < 2:
        return None
    drawn = [one for one in outcomes if {"forget", "retain"} <= one.values.keys()]
    places = [(100 * (1 - one.values["forget"]), 100 * one.values["retain"]) for one in drawn]
    points = [
        {
            "run": one.run,
            "name": names[one.run].name,
            "method": one.method,
            "forgotten": forgotten,
            "kept": kept,
        }
        for one, (forgotten, kept) in zip(drawn, places, strict=True)
    ]
    return {
        "columns": [(measure.label, measure.help) for measure in MEASURES],
        "rows": _rows(outcomes),
        "points": points,
        "front": pareto_front(places),
    }


def _rows(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    return [
        {
            "method": name,
            "title": method(name).title,
            "cells": [shown(m, means[m.key]) if m.key in means else "–" for m in MEASURES],
            "runs": [{"id": one.run, "seed": one.seed} for one in outcomes if one.method == name],
        }
        for name, means in by_method(outcomes).items()
    ]
