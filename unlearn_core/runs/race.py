"""Several methods on one forget set: what each reached, with intervals over seeds."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean, stdev
from typing import Any

from unlearn_core.runs.result import RunResult

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Measure:
    """One column of a race.

    Attributes:
        key: Short name, used in JSON.
        label: Heading for people, with its unit.
        help: What it is and which way is better, in one line.
        scale: What the stored number is multiplied by for display.
    """

    key: str
    label: str
    help: str
    scale: float = 100.0


MEASURES: tuple[Measure, ...] = (
    Measure("forget", "Forget (%)", "Marked facts still known after the run; lower is better."),
    Measure(
        "paraphrased", "Other phrasings (%)",
        "Marked facts still known when asked in other words; lower is better.",
    ),
    Measure("leaks", "Leaks (%)", "Sampled answers that give a marked fact away; lower is better."),
    Measure("retain", "Retain (%)", "Kept facts still known; higher is better."),
    Measure(
        "neighbours", "Neighbours (%)", "Kept facts closest to the marked ones; higher is better."
    ),
    Measure("world", "World (%)", "General facts still known; higher is better."),
    Measure("seconds", "Seconds", "The whole run with its measurements; lower is better.", 1.0),
    Measure(
        "memory", "Memory (GiB)", "Most memory held during the run; lower is better.", 1 / 2**30
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """What one finished run reached.

    Attributes:
        values: By `Measure.key`, as stored: shares from 0 to 1, seconds, bytes. What was not
            measured is not there.
    """

    run: str
    method: str
    seed: int
    values: Mapping[str, float]


@dataclass(frozen=True)
class Mean:
    """A mean over runs.

    Attributes:
        half_width: Half of the 95 % confidence interval (Student's t); `None` for a single run.
    """

    mean: float
    half_width: float | None
    runs: int


def outcome(run_id: str, result: RunResult) -> Outcome:
    """What a run reached."""
    values: dict[str, float | None] = {
        **{group: score.fact_recall for group, score in result.after.groups.items()},
        "leaks": result.after.leak_share,
        "seconds": result.seconds["total"],
        "memory": result.peak_memory_bytes or None,
    }
    known = {measure.key: values.get(measure.key) for measure in MEASURES}
    spec = result.spec
    reached = {key: float(value) for key, value in known.items() if value is not None}
    return Outcome(run_id, str(spec["method"]), int(spec["seed"]), reached)


def mean_of(values: Sequence[float]) -> Mean:
    """Mean and half of its 95 % interval, `t(0.975, n - 1) * s / sqrt(n)`."""
    if len(values) < 2:
        return Mean(fmean(values), None, len(values))
    from scipy.stats import t

    factor = float(t.ppf((1 + CONFIDENCE) / 2, len(values) - 1))
    return Mean(fmean(values), factor * stdev(values) / math.sqrt(len(values)), len(values))


def by_method(outcomes: Sequence[Outcome]) -> dict[str, dict[str, Mean]]:
    """Means by method and measure, methods in the order of their first run."""
    groups: dict[str, list[Outcome]] = {}
    for one in outcomes:
        groups.setdefault(one.method, []).append(one)
    return {
        name: {
            measure.key: mean_of([one.values[measure.key] for one in runs])
            for measure in MEASURES
            if all(measure.key in one.values for one in runs)
        }
        for name, runs in groups.items()
    }


def pareto_front(points: Sequence[tuple[float, float]]) -> list[int]:
    """Places of the points that no other point beats, from left to right.

    Both coordinates are better when higher. A point is beaten by one that is at least as good in
    both and better in one.
    """

    def beaten(point: tuple[float, float]) -> bool:
        return any(
            other[0] >= point[0] and other[1] >= point[1] and other != point for other in points
        )

    return sorted((i for i, one in enumerate(points) if not beaten(one)), key=lambda i: points[i])


def shown(measure: Measure, mean: Mean) -> str:
    """A mean with its interval, such as `97.6 ± 1.2`."""
    digits = 2 if measure.key == "memory" else 1
    text = f"{mean.mean * measure.scale:.{digits}f}"
    if mean.half_width is None:
        return text
    return f"{text} ± {mean.half_width * measure.scale:.{digits}f}"


def as_json(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Runs and means, for programs."""
    return {
        "runs": [asdict(one) for one in outcomes],
        "means": {
            name: {key: asdict(mean) for key, mean in means.items()}
            for name, means in by_method(outcomes).items()
        },
    }
