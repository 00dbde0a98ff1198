"""What the film's dialog is sent, and what opens it."""

import json
from pathlib import Path

import pytest

from tests.helpers.fake_run import fake_run
from unlearn_core.runs.store import Store
from unlearn_core.ui.film.view import (
    RECORDED,
    film_config,
    frames_of,
    opener,
    playable,
    recorded_note,
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def test_a_deleted_run_is_told_and_not_raised(store: Store) -> None:
    run_id = fake_run(store)
    assert len(frames_of(store, run_id)["frames"]) == 13
    store.delete(run_id)
    assert run_id in frames_of(store, run_id)["gone"]
    assert "recorded:nothing" in frames_of(store, "recorded:nothing")["gone"]


def test_runs_that_were_measured_on_their_way_are_offered_before_the_recorded_ones(
    store: Store,
) -> None:
    own = fake_run(store)
    fake_run(store, name="not begun", until=0, state="running")
    offered = playable(store)
    assert offered[0] == {"id": own, "name": "PMC · Mara Velden", "recorded": False}
    assert len(offered) > 1
    assert all(run["recorded"] for run in offered[1:])


def test_the_first_page_opens_a_recording_that_is_there(store: Store) -> None:
    assert RECORDED == "['recorded:pmc']"
    assert "recorded:pmc" in {run["id"] for run in playable(store)}
    assert opener(RECORDED, play=False).endswith("{ runs: ['recorded:pmc'], play: false })); }")


def test_the_words_and_numbers_of_the_film_are_json(store: Store) -> None:
    config = json.loads(json.dumps(film_config()))
    scalars = frames_of(store, fake_run(store))["curves"]
    assert {tile["name"] for tile in config["tiles"]["unlearn"]} <= set(scalars)
    assert [curve["key"] for curve in config["curves"]] == ["known", "surprise"]


def test_a_recording_says_when_and_with_what_it_was_made(store: Store) -> None:
    from unlearn_core.runs.history import history_of

    history = history_of(store, "recorded:pmc")
    note = recorded_note(history, history.get("recorded:pmc"))
    assert "2026 on the bundled model, with seed 0" in note
    run_id = fake_run(store)
    assert recorded_note(store, store.get(run_id)) == ""
