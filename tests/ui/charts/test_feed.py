"""What the charts are sent: only news, never too much, never a fault that stops the page."""

import json
import math
from pathlib import Path

import pytest

from tests.helpers.fake_run import HOSTILE, fake_run, fake_spec
from unlearn_core.runs.events import Event
from unlearn_core.runs.frames import MOST_FRAMES
from unlearn_core.runs.store import Store
from unlearn_core.ui.charts import feed


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def started(store: Store, name: str = "a run") -> str:
    run_id = store.create(fake_spec(), kind="unlearn", name=name, device=name)
    store.set_state(run_id, "loading")
    store.set_state(run_id, "running")
    return run_id


def test_second_poll_brings_only_what_is_new(store: Store) -> None:
    run_id = started(store)
    store.append(run_id, [Event("scalars", 1, {"loss/total": 2.0})])
    first = feed.poll(store, run_id, 0)
    store.append(run_id, [Event("scalars", 2, {"loss/total": 1.5})])
    second = feed.poll(store, run_id, first["cursor"])
    third = feed.poll(store, run_id, second["cursor"])
    assert first["scalars"] == {"loss/total": ([1], [2.0])}
    assert second["scalars"] == {"loss/total": ([2], [1.5])}
    assert third["scalars"] == {}
    assert third["cursor"] == second["cursor"]


def test_progress_is_told_without_being_a_row(store: Store) -> None:
    run_id = started(store)
    payload = {"step": 3, "total": 48, "seconds_left": 9.0, "phase": "train"}
    store.append(run_id, [Event("progress", 3, payload)])
    status = feed.poll(store, run_id, 0)["status"]
    assert (status["state"], status["step"], status["total"]) == ("running", 3, 48)
    assert (status["secondsLeft"], status["phase"]) == (9.0, "train")


def test_whole_history_is_json(store: Store) -> None:
    run_id = fake_run(store)
    batch = json.loads(json.dumps(feed.poll(store, run_id, 0), allow_nan=False))
    assert len(batch["scalars"]["loss/total"][0]) == 48
    assert {row["group"] for row in batch["probes"]} >= {"forget", "own", "world"}


def test_value_that_is_no_number_is_a_gap(store: Store) -> None:
    run_id = started(store)
    store.append(run_id, [Event("scalars", 1, {"loss/total": math.inf})])
    assert feed.poll(store, run_id, 0)["scalars"] == {"loss/total": ([1], [None])}


def test_measurements_are_thinned_by_whole_steps(store: Store) -> None:
    run_id = started(store)
    many = MOST_FRAMES * 3
    payload = {"group": "own", "prompt": "?", "true": "", "text": "!", "known": None}
    store.append(
        run_id,
        [Event("probe", step, {"id": name, **payload}) for step in range(many) for name in "ab"],
    )
    rows = feed.poll(store, run_id, 0)["probes"]
    steps = {row["step"] for row in rows}
    assert len(steps) <= MOST_FRAMES
    assert {0, many - 1} <= steps
    assert len(rows) == 2 * len(steps)


def test_leaking_answers_are_marked(store: Store) -> None:
    run_id = started(store)
    payload = {
        "id": "r", "prompt": "?", "true": "In Ghent.", "n": 3, "leaks": ["In Ghent."],
        "answers": [["In Ghent.", 2], [HOSTILE, 1]],
    }  # fmt: skip
    store.append(run_id, [Event("answers", 0, payload)])
    [row] = feed.poll(store, run_id, 0)["answers"]
    assert row["answers"] == [["In Ghent.", 2, True], [HOSTILE, 1, False]]


def test_checkpoints_and_stops_are_marked_at_their_step(store: Store) -> None:
    run_id = started(store)
    payload = {"kind": "checkpoint", "path": "checkpoints/last", "step": 20}
    store.append(run_id, [Event("artifact", 20, payload)])
    store.append(run_id, [Event("progress", 24, {"step": 24, "total": 48, "phase": "train",
                                                 "seconds_left": 1.0})])  # fmt: skip
    store.set_state(run_id, "stopped")
    marks = feed.poll(store, run_id, 0)["marks"]
    assert [mark["label"] for mark in marks] == ["checkpoint", "stopped"]
    assert marks[0]["step"] == 20


def test_errors_come_with_their_advice(store: Store) -> None:
    run_id = started(store)
    payload = {"title": "Out of memory", "message": "It was killed.", "advice": "Use LoRA."}
    store.append(run_id, [Event("error", 4, payload)])
    [note] = feed.poll(store, run_id, 0)["notes"]
    assert note == {"level": "error", "title": "Out of memory", "text": "It was killed. Use LoRA."}


def test_deleted_run_is_told_and_not_raised(store: Store) -> None:
    run_id = fake_run(store)
    store.delete(run_id)
    batch = feed.poll(store, run_id, 0)
    assert run_id in batch["gone"]


def test_only_methods_that_never_see_true_answers_log_the_forget_loss(store: Store) -> None:
    pmc, ascent = fake_run(store), fake_run(store, name="GA", method="gradient-ascent")
    assert feed.poll(store, pmc, 0)["status"]["forgetLogged"] is True
    assert feed.poll(store, ascent, 0)["status"]["forgetLogged"] is False


def test_curves_of_several_runs_leave_out_what_is_gone(store: Store) -> None:
    first, second = fake_run(store), fake_run(store, name="other")
    store.delete(first)
    [only] = feed.curves(store, [first, second])
    assert (only["run"], only["name"]) == (second, "other")
    assert "loss/total" in only["scalars"]


def test_values_of_forget_records_come_with_their_summary(store: Store) -> None:
    run_id = started(store)
    payload = {"name": "memorisation accuracy", "values": {"a": 1.0, HOSTILE: 0.25},
               "selected": ["a"]}  # fmt: skip
    store.append(run_id, [Event("records", 1, payload)])
    first = feed.poll(store, run_id, 0)
    assert first["records"] == [{
        "step": 1, "name": "memorisation accuracy", "records": 2, "selected": 1,
        "mean": 0.625, "lowest": 0.25, "highest": 1.0,
        "values": [["a", 1.0, True], [HOSTILE, 0.25, False]],
    }]  # fmt: skip
    assert feed.poll(store, run_id, first["cursor"])["records"] == []


def test_of_many_forget_records_the_same_are_sent_each_time(store: Store) -> None:
    run_id = started(store)
    names = [f"r{i}" for i in range(feed.MOST_RECORDS + 3)]
    for step, value in ((1, 0.5), (4, 0.0)):
        payload = {"name": "x", "values": dict.fromkeys(names, value), "selected": names[-1:]}
        store.append(run_id, [Event("records", step, payload)])
    first, second = feed.poll(store, run_id, 0)["records"]
    assert [row[0] for row in first["values"]] == [row[0] for row in second["values"]]
    assert len(first["values"]) == feed.MOST_RECORDS
    assert (first["records"], first["selected"], second["mean"]) == (len(names), 1, 0.0)
