"""Runs in words: the list, a run's settings, and its result."""

from pathlib import Path
from typing import Any

import pytest

from tests.helpers.fake_run import HOSTILE, fake_result, fake_run
from unlearn_core.runs.result import RunResult
from unlearn_core.runs.store import Store
from unlearn_core.ui.runs.rows import (
    marks_words,
    recall_words,
    result_html,
    row,
    rows,
    settings_html,
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def test_newest_run_comes_first_with_recall_before_and_after(store: Store) -> None:
    fake_run(store, name="old")
    fake_run(store, name="new", method="npo")
    new, old, *recorded = rows(store)
    assert [row["recorded"] for row in (new, old)] == [False, False]
    assert recorded
    assert all(row["recorded"] for row in recorded)
    assert (new["name"], old["name"]) == ("new", "old")
    assert new["forget"] == "100 % → 0 %"
    assert new["retain"] == "99 % → 98 %"
    assert "Negative preference" in new["method"]


def test_running_run_tells_its_step_and_has_no_result(store: Store) -> None:
    run_id = fake_run(store, until=10, state="running")
    shown = row(store, store.get(run_id))
    assert shown["words"].endswith("step 10 of 48")
    assert (shown["forget"], shown["retain"]) == ("", "")


@pytest.mark.parametrize(
    ("marks", "words"),
    [
        ({"subjects": ["A", "B"]}, "A, B"),
        ({"subjects": ["A", "B", "C", "D", "E"]}, "A, B and 3 more"),
        ({"ids": ["x"]}, "1 record"),
        ({"search": "cat", "random": 5}, "all with “cat”, 5 at random"),
        ({}, "every record"),
    ],
)
def test_marks_in_words(marks: dict[str, Any], words: str) -> None:
    assert marks_words(marks) == words


def test_group_that_was_not_measured_has_no_words() -> None:
    assert recall_words(RunResult.of(fake_result("r")), "neighbours") == ""
    assert recall_words(None, "forget") == ""


def test_settings_are_those_of_the_run(store: Store) -> None:
    run_id = fake_run(store, seed=41)
    html = settings_html(store.get(run_id))
    assert run_id in html and "<dd>41</dd>" in html
    assert "Partial Model Collapse" in html and "Fiora Brinridge" in html


def test_settings_are_escaped(store: Store) -> None:
    run_id = fake_run(store)
    info = store.get(run_id)
    info.spec["model"]["source"] = HOSTILE
    assert "<img" not in settings_html(info)


def test_result_shows_each_group_and_the_leaks() -> None:
    html = result_html(RunResult.of(fake_result("r")))
    assert "100.0 → 0.0" in html and "98.0 → 2.0" in html
    assert "86.0 % → 0.9 %" in html


def test_missing_result_is_said() -> None:
    assert "not been measured" in result_html(None)
