"""From readings to every metric's estimate."""

from collections.abc import Sequence
from statistics import fmean

import numpy as np

from unlearn_core.metrics.base import Estimate, Measured, MetricInfo, Reading, missing
from unlearn_core.metrics.intervals import interval, mean_interval
from unlearn_core.metrics.registry import metrics

NO_NUMBER = "give no finite number; look whether the model's weights are sound"

NO_SPREAD = "All records have the same value, so no interval is known."


def compute_all(measured: Measured) -> dict[str, dict[str, Estimate]]:
    """Metric -> group, or `model` for a metric on models -> estimate, for all there are."""
    return {name: _compute(info, measured) for name, info in metrics().items()}


def mean(readings: Sequence[Reading], info: MetricInfo) -> float | None:
    """Mean of a metric on records over those that have a value; None where none has one."""
    assert info.of_record is not None, f"{info.name} is a metric on models"
    given = map(info.of_record, readings)
    values = [value for value in given if value is not None]
    return fmean(values) if values else None


def estimate(readings: Sequence[Reading], info: MetricInfo) -> Estimate:
    """Mean of a metric on records with its 95 % interval.

    Exact where a metric from 0 to 1 is 0 or 1 for every record, from a bootstrap over records
    else, and as `intervals` says where all values are the same. Records without a value are left
    out, and the note says how many and why.
    """
    if info.of_record is None:
        raise ValueError(f"{info.name} is a metric on models")
    given = [info.of_record(reading) for reading in readings]
    absent = sum(value is None for value in given)
    values = [value for value in given if value is not None and np.isfinite(value)]
    gone = {info.without: absent, NO_NUMBER: len(given) - absent - len(values)}
    if not values:
        return missing(_no_value(gone))
    share = info.lowest == 0 and info.highest == 1
    low, high = interval(values) if share else mean_interval(values)
    note = " ".join(
        f"{count} of {len(given)} records are left out, because they {why}."
        for why, count in gone.items()
        if count
    )
    if low is None and len(values) > 1:
        note = f"{note} {NO_SPREAD}".strip()
    return Estimate(fmean(values), low, high, len(values), note)


def _compute(info: MetricInfo, measured: Measured) -> dict[str, Estimate]:
    if info.of_model is not None:
        return {"model": info.of_model(measured)}
    return {
        name: estimate(readings, info)
        for name, readings in measured.groups.items()
        if info.measures(name)
    }


def _no_value(gone: dict[str, int]) -> str:
    reasons = [why for why, count in gone.items() if count]
    if not reasons:
        return "not available, because there are no records; mark some"
    return f"not available, because the records {' and '.join(reasons)}"
