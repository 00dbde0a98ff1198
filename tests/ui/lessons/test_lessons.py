"""Lessons as they are drawn, and what their scenes ask of the server."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from unlearn_core.data.bundled import bundled_corpus
from unlearn_core.demo.corpus import passages_seen
from unlearn_core.errors import InvalidInput
from unlearn_core.evaluation.recall import accuracy, token_recall
from unlearn_core.methods.registry import methods
from unlearn_core.runs.spec import RunSpec
from unlearn_core.runs.store import Store
from unlearn_core.runs.supervisor import Supervisor
from unlearn_core.ui.browser.scripts import read_script
from unlearn_core.ui.lessons import (
    lesson_1_memory,
    lesson_2_ascent,
    lesson_4_pmc,
    lesson_5_refusing,
    lesson_6_sequences,
)
from unlearn_core.ui.lessons.base import Lesson, Step
from unlearn_core.ui.lessons.common import made_by, poll
from unlearn_core.ui.lessons.registry import lessons
from unlearn_core.ui.lessons.tab import led, lessons_config
from unlearn_core.ui.shell.services import Services, TabId

SCENES = re.findall(r"\w+", read_script("lessons/scenes.js").partition("SCENES = {")[2])


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    store = Store(tmp_path)
    yield Services(store, Supervisor(store))
    store.close()


def every_step() -> list[tuple[Lesson, Step]]:
    return [(lesson, step) for lesson in lessons() for step in lesson.make_steps()]


def test_there_are_six_lessons_of_three_to_five_steps_that_each_ask_something() -> None:
    assert len(lessons()) == 6
    for lesson in lessons():
        steps = lesson.make_steps()
        assert 3 <= len(steps) <= 5
        assert any(step.question for step in steps)
        assert any(step.formula for step in steps)
        assert any(step.go for step in steps)


@pytest.mark.parametrize(("lesson", "step"), every_step())
def test_a_step_is_whole(lesson: Lesson, step: Step) -> None:
    if step.question:
        assert 0 <= step.question.right < len(step.question.choices)
    for scene in (step.scene, step.reveal):
        if scene:
            assert scene.name in SCENES
            action = scene.settings.get("action")
            assert action is None or action in lesson.actions
    for go in step.go:
        assert go.tab in get_args(TabId)
        assert not go.method or go.method in methods()
        if go.data:
            known = bundled_corpus(go.data.removeprefix("bundled:")).by_id
            assert set(go.marked) <= set(known)
    if step.formula:
        for math in (step.formula.math, *(symbol for symbol, _ in step.formula.symbols)):
            assert re.fullmatch(r"<math.*</math>", math)
            for tag in set(re.findall(r"<(\w+)", math)):
                assert math.count(f"<{tag}>") + math.count(f"<{tag} ") == math.count(f"</{tag}>")


def test_the_lessons_reach_the_browser_as_json() -> None:
    found = json.loads(json.dumps(lessons_config()))
    assert [lesson["order"] for lesson in found["lessons"]] == list(range(1, 7))


def test_what_is_told_of_the_three_passages_is_so(services: Services) -> None:
    seen = [passages_seen()[one] for one in lesson_1_memory.THREE]
    question = lesson_1_memory.steps()[1].question
    assert question is not None
    assert seen.index(max(seen)) == question.right
    assert seen == [4, 24, 2] and "24 times, the others 4 times and twice" in question.because


@pytest.mark.bundled
def test_memorisation_rises_with_how_often_a_passage_was_seen(services: Services) -> None:
    points = lesson_1_memory.scatter(services, {})["points"]
    mean = {
        seen: sum(p["accuracy"] for p in points if p["seen"] == seen) / 4 for seen in (1, 4, 16, 64)
    }
    assert mean[1] < mean[4] < mean[16] and mean[16] > 0.85 and mean[64] > 0.95
    found = lesson_1_memory.tokens(services, {"ids": list(lesson_1_memory.THREE)})["passages"]
    by_accuracy = max(found, key=lambda one: one["accuracy"])
    assert by_accuracy["id"] == lesson_1_memory.THREE[1]
    for one in found:
        text = bundled_corpus("passages").by_id[one["id"]].answer
        said = "".join(token[0] for token in one["tokens"]).removesuffix("■")
        assert text.endswith(said) and len(text) - len(said) < 8  # all but the first token
        assert one["hits"] == sum(token[1] for token in one["tokens"])


@pytest.mark.bundled
def test_tokens_said_by_itself_are_memorisation_accuracy(services: Services) -> None:
    from unlearn_core.metrics.memorisation import memorisation_accuracy
    from unlearn_core.models.forward import answer_logits

    records = bundled_corpus("passages").records[::16]
    with services.pool.reading("bundled") as (model, encoder):
        found = token_recall(model, encoder, records)
        out = answer_logits(model, encoder.batch([(r.prompt, r.answer) for r in records]))
    expected = memorisation_accuracy(out.logits, out.labels).tolist()
    assert [accuracy(tokens) for tokens in found] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("begin", "method", "group"),
    [
        (lesson_2_ascent.begin, "gradient-ascent", "training"),
        (lesson_4_pmc.begin, "pmc", "method_config"),
        (lesson_5_refusing.begin, "idk", "training"),
        (lesson_6_sequences.begin_sga, "sga", "training"),
        (lesson_6_sequences.begin_tau, "tau", "training"),
    ],
)
def test_a_lesson_queues_its_run(services: Services, begin: Any, method: str, group: str) -> None:
    run_id = begin(services, {})["run"]
    info = services.store.get(run_id)
    spec = RunSpec.model_validate(info.spec)
    assert (spec.method, info.state) == (method, "queued")
    assert spec.name.startswith("Lesson ")
    news = poll(services, {"run": run_id, "cursor": 0})
    assert news["status"]["state"] == "queued"
    assert poll(services, {"run": run_id, "cursor": news["cursor"]})["candidates"] == []


def test_the_stop_rules_of_the_second_lesson_are_off(services: Services) -> None:
    run_id = lesson_2_ascent.begin(services, {})["run"]
    training = services.store.get(run_id).spec["training"]
    assert training["stop_forget_recall"] is training["stop_retain_recall"] is None


def test_the_run_of_the_fourth_lesson_waits_for_a_single_step(services: Services) -> None:
    run_id = lesson_4_pmc.begin(services, {})["run"]
    assert services.store.take_command(run_id) == "step"


def test_a_run_that_is_gone_or_has_no_model_is_said(services: Services) -> None:
    assert "no run" in poll(services, {"run": "20200101-000000-pmc-0000", "cursor": 0})["gone"]
    run_id = lesson_5_refusing.begin(services, {})["run"]
    with pytest.raises(InvalidInput, match="has not ended yet"):
        made_by(services, run_id)
    services.store.send(run_id, "discard")
    with pytest.raises(InvalidInput, match="start it again"):
        made_by(services, run_id)


def test_a_way_into_the_app_sets_what_it_says() -> None:
    go = {"tab": "unlearn", "data": "bundled:passages", "marked": ["passage-02"], "method": "sga",
          "run": ""}  # fmt: skip
    tabs, model, source, data, marked, _, proposed, run = led(go)
    assert tabs.selected == "unlearn"
    assert (model["source"], source, data, marked) == (
        "bundled", "bundled", {"source": "bundled:passages"}, ["passage-02"],
    )  # fmt: skip
    assert (proposed[0], run) == ("sga", "")


def test_a_way_to_a_run_leaves_model_and_marks() -> None:
    found = led({"tab": "gone", "data": "", "marked": [], "method": "", "run": "run-1"})
    assert found[0].selected == "gone" and found[-1] == "run-1"
    assert all(part["__type__"] == "update" for part in found[1:-1])
