"""What a race says of its runs."""

import pytest

from unlearn_core.runs.race import (
    MEASURES,
    Mean,
    Outcome,
    as_json,
    by_method,
    mean_of,
    outcome,
    pareto_front,
    shown,
)
from unlearn_core.runs.result import RunResult


def result(method: str, seed: int, forget: float, retain: float) -> RunResult:
    rest = {"records": 9, "rouge_l_recall": 0.5, "log_likelihood": -1.0}
    values = {
        "before": {},
        "steps": 3,
        "spec": {"method": method, "seed": seed},
        "after": {
            "forget": {**rest, "fact_recall": forget},
            "retain": {**rest, "fact_recall": retain},
            "leak_share": 0.25,
        },
        "seconds": {"total": 12.0},
        "peak_memory_bytes": 2**30,
    }
    return RunResult.of(values)


def test_an_outcome_holds_what_was_measured_and_nothing_else() -> None:
    one = outcome("r1", result("pmc", 3, 0.1, 0.9))
    assert one == Outcome(
        "r1",
        "pmc",
        3,
        {"forget": 0.1, "retain": 0.9, "leaks": 0.25, "seconds": 12.0, "memory": float(2**30)},
    )


def test_interval_of_three_seeds_by_hand() -> None:
    # s = 1, t(0.975, 2) = 4.302653, sqrt(3) = 1.7320508
    mean = mean_of([1.0, 2.0, 3.0])
    assert mean.mean == 2.0
    assert mean.half_width == pytest.approx(4.302653 / 1.7320508, rel=1e-6)


def test_one_seed_has_no_interval() -> None:
    assert mean_of([0.5]) == Mean(0.5, None, 1)
    assert shown(MEASURES[0], Mean(0.5, None, 1)) == "50.0"


def test_an_interval_is_shown_in_the_unit_of_its_column() -> None:
    assert shown(MEASURES[0], Mean(0.976, 0.0123, 3)) == "97.6 ± 1.2"


def test_means_are_by_method_and_leave_out_what_one_run_lacks() -> None:
    first, second = (
        outcome("a", result("pmc", 0, 0.0, 1.0)),
        outcome("b", result("pmc", 1, 0.2, 0.8)),
    )
    lacking = Outcome("c", "npo", 0, {"forget": 0.5, "seconds": 1.0})
    means = by_method([first, lacking, second])
    assert list(means) == ["pmc", "npo"]
    assert means["pmc"]["forget"].mean == pytest.approx(0.1)
    assert means["pmc"]["forget"].runs == 2
    assert "retain" not in means["npo"]


def test_pareto_front_keeps_what_no_other_point_beats() -> None:
    points = [(0.0, 100.0), (50.0, 60.0), (50.0, 90.0), (100.0, 80.0), (100.0, 80.0), (20.0, 90.0)]
    assert pareto_front(points) == [0, 2, 3, 4]


def test_json_has_runs_and_means() -> None:
    found = as_json([outcome("a", result("pmc", 0, 0.0, 1.0))])
    assert found["runs"][0]["values"]["retain"] == 1.0
    assert found["means"]["pmc"]["retain"] == {"mean": 1.0, "half_width": None, "runs": 1}
