"""The measurement before and after a run: every metric asked for, of one reading of each record."""

from collections.abc import Mapping, Sequence
from typing import Any

from unlearn_core.data.records import Record
from unlearn_core.evaluation.evaluator import Evaluator, subset
from unlearn_core.evaluation.readings import read_records
from unlearn_core.metrics.base import Measured, MetricInfo, Reading
from unlearn_core.metrics.registry import measured_in_runs
from unlearn_core.metrics.sampled import pooled_leak
from unlearn_core.metrics.summary import mean
from unlearn_core.settings.measuring import MeasureSpec


def evaluate(
    evaluator: Evaluator, groups: Mapping[str, Sequence[Record]], spec: MeasureSpec, seed: int
) -> dict[str, Any]:
    """Read every group once and measure it.

    Args:
        evaluator: The model to question.
        groups: Records by group name; `forget` is also sampled for leaks.
        spec: How many records and samples, and which metrics beside those of every run.
        seed: Picks the records of groups larger than `spec.final_records`, and the samples.

    Returns:
        As in `Scores`: metrics by name of each group that has records, `leak_share`, and under
        `model` the metrics on models, where some are asked for.
    """
    readings = {
        name: read_records(
            evaluator,
            subset(records, spec.final_records, seed),
            samples=spec.leak_samples if name == "forget" else 0,
            seed=seed,
            others=bool(spec.metrics),
        )
        for name, records in groups.items()
        if records
    }
    chosen = measured_in_runs(spec.metrics)
    of_model = {
        info.name: info.of_model(Measured(readings)).value for info in chosen if info.of_model
    }
    return {
        **{name: _scores(name, rows, chosen) for name, rows in readings.items()},
        **({"model": of_model} if of_model else {}),
        "leak_share": pooled_leak(readings.get("forget", ())),
    }


def _scores(
    group: str, readings: Sequence[Reading], chosen: Sequence[MetricInfo]
) -> dict[str, float | None]:
    values = {info.name: mean(readings, info) for info in chosen if info.measures(group)}
    return {"records": len(readings), **values}
