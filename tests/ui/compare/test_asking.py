"""Columns in step, a failing one, and stopping at any time."""

import threading
from typing import Any, cast

import pytest

from tests.ui.compare.made_up import EchoPool, FailingPool, answered, make_job
from unlearn_core.comparison.model_pool import ModelPool
from unlearn_core.comparison.samples import DRAWN_AT_ONCE, SEEDS_APART
from unlearn_core.errors import InvalidInput
from unlearn_core.settings.sampling import SamplingSpec
from unlearn_core.ui.compare import desk as desks
from unlearn_core.ui.compare import job as jobs
from unlearn_core.ui.compare.desk import Desk
from unlearn_core.ui.compare.job import AskSettings, ComparisonJob, Side
from unlearn_core.ui.compare.questions import chat_question


def test_all_columns_are_asked_together_with_one_seed_and_sampler() -> None:
    pool = EchoPool()
    job = answered(make_job("a", "b", "c"), pool)
    streamed, drawn = pool.asked
    assert streamed[1] == ("a", "b", "c")
    assert (streamed[3]["seed"], streamed[3]["spec"].temperature) == (7, 0.0)
    assert drawn == ("answers", ("a", "b", "c"), 2, 7)
    assert [cell.text for cell in job.cells[0]] == [f"{s} says who now?" for s in "abc"]
    assert [cell.samples for cell in job.cells[0]] == [[f"{s} 7"] * 2 for s in "abc"]
    assert (job.state, job.answered) == ("done", 1)


def test_many_samples_come_a_few_at_a_time_each_with_a_seed_of_its_own() -> None:
    pool = EchoPool()
    job = answered(make_job("a", "b", n=2 * DRAWN_AT_ONCE + 1), pool)
    assert [(n, seed) for kind, _, n, seed in pool.asked if kind == "answers"] == [
        (DRAWN_AT_ONCE, 7),
        (DRAWN_AT_ONCE, 7 + SEEDS_APART),
        (1, 7 + 2 * SEEDS_APART),
    ]
    assert len(job.cells[0][0].samples) == 2 * DRAWN_AT_ONCE + 1


def test_no_samples_are_drawn_when_none_are_wanted() -> None:
    pool = EchoPool()
    answered(make_job("a", "b", n=0), pool)
    assert [kind for kind, *_ in pool.asked] == ["stream"]


def test_failing_column_leaves_the_others() -> None:
    job = answered(make_job("broken", "b", prompts=("one?", "two?")))
    assert job.state == "done"
    for row in job.cells:
        assert [cell.problem for cell in row] == ["There is no model 'broken'.", ""]
        assert row[1].text.startswith("b says") and row[1].samples == ["b 7", "b 7"]


def test_a_model_that_is_not_there_is_not_asked() -> None:
    job = make_job("a", "b")
    sides = [*job.sides, Side("", "Deleted", "There is no run 'x'.")]
    job = ComparisonJob(sides, job.questions, job.asking, blind=False)
    pool = EchoPool()
    answered(job, pool)
    assert all(asked[1] == ("a", "b") for asked in pool.asked)
    assert job.cells[0][2].problem == "There is no run 'x'."


def test_prompt_that_fits_nowhere_is_told_in_every_column() -> None:
    job = answered(make_job("a", "b"), FailingPool())
    assert job.state == "done"
    assert all("100000 tokens" in cell.problem for cell in job.cells[0])


def test_fault_of_ours_ends_the_comparison_and_says_so() -> None:
    job = make_job("a", "b")
    pool = EchoPool()
    pool.stream = cast(Any, lambda *args, **how: 1 / 0)  # type: ignore[method-assign]
    answered(job, pool)
    assert (job.state, job.problem) == ("failed", "ZeroDivisionError: division by zero")


@pytest.fixture
def held() -> EchoPool:
    """A pool that waits before each word."""
    pool = EchoPool()
    pool.go_on.clear()
    return pool


def working() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "comparison"]


def test_stop_ends_the_asking_and_nothing_changes_afterwards(held: EchoPool) -> None:
    desk = Desk(lambda: cast(ModelPool, held))
    job = make_job("a", "b", prompts=("one?", "two?"), n=100)
    desk.start(job)
    assert held.begun.wait(10)
    job.stop()
    assert job.state == "stopped"
    held.go_on.set()
    for thread in working():
        thread.join(10)
    assert not working()
    assert [kind for kind, *_ in held.asked] == ["stream"]
    assert all(cell.text == "" for row in job.cells for cell in row)


def test_stop_while_models_are_loaded_asks_nothing() -> None:
    loading, loaded = threading.Event(), threading.Event()
    pool = EchoPool()

    def load() -> ModelPool:
        loading.set()
        assert loaded.wait(10)
        return cast(ModelPool, pool)

    job = make_job("a", "b")
    Desk(load).start(job)
    assert loading.wait(10)
    job.stop()
    loaded.set()
    for thread in working():
        thread.join(10)
    assert pool.asked == [] and job.state == "stopped"


def test_a_page_that_went_away_stops_its_comparison(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "ABANDONED_SECONDS", -1.0)
    pool = EchoPool()
    job = answered(make_job("a", "b"), pool)
    assert pool.asked == [] and job.state == "stopped"


def test_a_ticket_gives_its_own_job_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desks, "MOST_KEPT", 2)
    desk = Desk(lambda: cast(ModelPool, EchoPool()))
    mine, yours = make_job("a", "b"), make_job("c", "d")
    first, second = desk.start(mine), desk.start(yours)
    assert first != second
    assert desk.get(first) is mine and desk.get(second) is yours
    desk.start(make_job("e", "f"))
    with pytest.raises(InvalidInput, match="kept no longer"):
        desk.get(first)


def test_so_many_at_once_are_refused(held: EchoPool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desks, "MOST_AT_ONCE", 1)
    desk = Desk(lambda: cast(ModelPool, held))
    job = make_job("a", "b")
    desk.start(job)
    with pytest.raises(InvalidInput, match="1 comparison is being answered"):
        desk.start(make_job("a", "b"))
    job.stop()
    held.go_on.set()
    desk.start(make_job("a", "b"))


def test_each_column_of_a_chat_remembers_its_own_past() -> None:
    pool = EchoPool()
    desk = Desk(lambda: cast(ModelPool, pool))
    first = make_job("a", "broken")
    job = ComparisonJob(first.sides, (), first.asking, blind=False, chat=True)
    desk.start(job)
    for text in ("Hello", "And now?"):
        for thread in working():
            thread.join(10)
        desk.say(job.ticket, chat_question(text))
    for thread in working():
        thread.join(10)
    pasts = {sources: messages for kind, sources, messages in talks(pool)}
    assert [turn["content"] for turn in pasts[("a",)]] == ["Hello", "a says turn 1", "And now?"]
    assert [turn["content"] for turn in pasts[("broken",)]] == ["And now?"]
    assert job.cells[1][0].text == "a says turn 3" and job.cells[1][1].problem


def talks(pool: EchoPool) -> list[tuple[Any, ...]]:
    return [asked for asked in pool.asked if asked[0] == "chat"]


def test_a_chat_waits_for_its_turn(held: EchoPool) -> None:
    desk = Desk(lambda: cast(ModelPool, held))
    first = make_job("a", "b")
    job = ComparisonJob(first.sides, (), first.asking, blind=False, chat=True)
    desk.start(job)
    for thread in working():
        thread.join(10)
    desk.say(job.ticket, chat_question("Hello"))
    assert held.begun.wait(10)
    job.stop()
    with pytest.raises(InvalidInput, match="still answer"):
        desk.say(job.ticket, chat_question("Again"))
    held.go_on.set()
    with pytest.raises(InvalidInput, match="nothing to send"):
        chat_question("  ")


def test_sampler_and_seed_are_told() -> None:
    assert AskSettings(SamplingSpec(), sampled=False, n=2, seed=7).words() == (
        "most likely answer (greedy) · 2 samples at temperature 1.25, top-k 50, top-p 0.95, seed 7"
    )
