"""Where metrics are registered and looked up."""

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import replace

from rapidfuzz import process

import unlearn_core.metrics as package
from unlearn_core.errors import InvalidInput
from unlearn_core.metrics.base import Better, Family, MetricInfo, ModelValue, RecordValue

_REGISTERED: dict[str, MetricInfo] = {}


def record_metric(
    name: str, title: str, family: Family, *, help: str, formula: str, source: str, better: Better,
    lowest: float | None = 0.0, highest: float | None = 1.0, unit: str = "", without: str = "",
    groups: tuple[str, ...] = (), every_run: bool = False,
) -> Callable[[RecordValue], RecordValue]:  # fmt: skip
    """Decorator of a function from a `Reading` to a number, or None where it has none."""
    info = MetricInfo(
        name, title, family, help, formula, source, better, lowest, highest, unit, without,
        groups, every_run,
    )  # fmt: skip

    def add(function: RecordValue) -> RecordValue:
        _add(replace(info, of_record=function))
        return function

    return add


def model_metric(
    name: str, title: str, family: Family, *, help: str, formula: str, source: str, better: Better,
    lowest: float | None = 0.0, highest: float | None = 1.0, unit: str = "",
) -> Callable[[ModelValue], ModelValue]:  # fmt: skip
    """Decorator of a function from `Measured` to an `Estimate`."""
    info = MetricInfo(name, title, family, help, formula, source, better, lowest, highest, unit)

    def add(function: ModelValue) -> ModelValue:
        _add(replace(info, of_model=function))
        return function

    return add


def metrics() -> dict[str, MetricInfo]:
    """Every registered metric by name, families together."""
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")
    families = list(Family.__args__)  # type: ignore[attr-defined]
    ordered = sorted(_REGISTERED.values(), key=lambda i: (families.index(i.family), i.name))
    return {info.name: info for info in ordered}


def metric(name: str) -> MetricInfo:
    """Look a metric up.

    Raises:
        InvalidInput: No such metric; names the nearest one.
    """
    known = metrics()
    if name in known:
        return known[name]
    nearest = process.extractOne(name, list(known), score_cutoff=60)
    hint = f" Did you mean '{nearest[0]}'?" if nearest else ""
    raise InvalidInput(f"There is no metric '{name}'.{hint} docs/metrics.md tells of all.")


def measured_in_runs(further: Sequence[str] = ()) -> list[MetricInfo]:
    """What is measured before and after a run: the metrics of every run, then the named ones.

    Raises:
        InvalidInput: As `metric`.
    """
    always = [info for info in metrics().values() if info.every_run]
    return [*always, *(metric(name) for name in dict.fromkeys(further)
                       if not metric(name).every_run)]  # fmt: skip


def _add(info: MetricInfo) -> None:
    if info.name in _REGISTERED:
        raise ValueError(f"two metrics are called {info.name!r}")
    _REGISTERED[info.name] = info
