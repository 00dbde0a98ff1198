"""Results and events of made-up runs."""

from typing import Any

from tests.helpers.fake_run import fake_result, fake_spec, step_events
from unlearn_core.runs.events import Event


def one_result(run: str = "pmc-0", method: str = "pmc", seed: int = 0) -> dict[str, Any]:
    spec = fake_spec(method, seed)
    return {**fake_result(run), "spec": spec, "device": "cpu", "data_hash": "0123abcd"}


def race_results() -> list[dict[str, Any]]:
    return [one_result(f"{m}-{s}", m, s) for m in ("pmc", "npo") for s in (0, 1)]


def all_events(total: int = 24) -> list[Event]:
    return [event for step in range(total + 1) for event in step_events(step, total, 0)]
