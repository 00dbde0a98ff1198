"""A run as frames by step: what a film, a slide or a test reads of it."""

import json
import math

import pytest

from tests.helpers.fake_run import HOSTILE, TRUE, WATCHED, fake_run, fake_spec
from unlearn_core.errors import InvalidInput
from unlearn_core.runs.events import Event
from unlearn_core.runs.frames import MOST_FRAMES, film, spread, thin
from unlearn_core.runs.store import Store

START, EVERY, END = 0, 4, 48


def test_there_is_a_frame_for_every_measured_step(store: Store) -> None:
    run_id = fake_run(store, name="a run")
    shown = json.loads(json.dumps(film(store, run_id), allow_nan=False))
    assert [frame["step"] for frame in shown["frames"]] == list(range(START, END + 1, EVERY))
    assert (shown["name"], shown["kind"], shown["last"]) == ("a run", "unlearn", END)
    assert shown["recorded"] is None
    assert [question["id"] for question in shown["questions"]] == [name for name, _ in WATCHED]
    assert shown["questions"][0]["true"] == TRUE


def test_a_frame_has_the_answers_of_its_step_and_marks_those_that_leak(store: Store) -> None:
    frames = film(store, fake_run(store))["frames"]
    first, last = (frame["answers"]["people-1"] for frame in (frames[0], frames[-1]))
    assert sum(count for _, count, _ in first) == 20
    assert [text for text, _, leaks in first if leaks] == [TRUE]
    assert not any(leaks for _, _, leaks in last)
    said = [frame["probes"]["forget/people-1"] for frame in (frames[0], frames[-1])]
    assert [one["leaks"] for one in said] == [True, False]
    assert frames[-1]["probes"]["own/own-1"]["text"] == HOSTILE
    assert not frames[0]["probes"]["retain/people-5"]["leaks"]


def test_a_kept_fact_that_is_known_is_no_leak_and_neither_is_a_taught_one(store: Store) -> None:
    run_id = store.create(fake_spec() | {"kind": "teach", "method": "teach"}, kind="teach",
                          name="taught", device="cpu")  # fmt: skip
    payload = {"id": "a", "group": "forget", "prompt": "?", "true": "x", "text": "x", "known": True}
    store.append(run_id, [Event("probe", 0, payload)])
    assert film(store, run_id)["frames"][0]["probes"]["forget/a"] == {
        "text": "x", "known": True, "leaks": False,
    }  # fmt: skip


def test_numbers_stand_until_they_are_measured_again(store: Store) -> None:
    run_id = store.create(fake_spec(), kind="unlearn", name="r", device="cpu")
    probe = {"id": "a", "group": "own", "prompt": "?", "true": "", "text": "x", "known": None}
    store.append(run_id, [
        Event("scalars", 1, {"loss/total": 2.0}),
        Event("scalars", 2, {"collapse/leak": 0.5, "loss/total": math.nan}),
        Event("probe", 2, probe),
        Event("probe", 3, probe),
    ])  # fmt: skip
    frames = film(store, run_id)["frames"]
    assert [frame["step"] for frame in frames] == [2, 3]
    assert frames[1]["scalars"] == {"loss/total": None, "collapse/leak": 0.5}


def test_a_run_that_measured_nothing_has_no_frames(store: Store) -> None:
    run_id = store.create(fake_spec(), kind="unlearn", name="r", device="cpu")
    assert film(store, run_id)["frames"] == []


def test_a_run_that_is_gone_is_named(store: Store) -> None:
    with pytest.raises(InvalidInput, match="no run 'gone'"):
        film(store, "gone")


def test_steps_are_spread_evenly_and_keep_their_ends() -> None:
    kept = spread(range(10 * MOST_FRAMES))
    assert len(kept) == MOST_FRAMES
    assert {min(kept), max(kept)} == {0, 10 * MOST_FRAMES - 1}
    assert spread([5, 1, 5]) == {1, 5}


def test_long_history_is_thinned_and_keeps_peaks_and_ends() -> None:
    steps = list(range(10_000))
    values: list[float | None] = [0.0] * 10_000
    values[4321] = 9.0
    values[-1] = 2.0
    kept_steps, kept = thin(steps, values, most=200)
    assert len(kept_steps) <= 200
    assert (kept_steps[0], kept_steps[-1], kept[-1]) == (0, 9999, 2.0)
    assert (4321, 9.0) in zip(kept_steps, kept, strict=True)
    assert kept_steps == sorted(set(kept_steps))


def test_short_history_is_sent_as_it_is() -> None:
    assert thin([0, 5], [1.0, None]) == ([0, 5], [1.0, None])
