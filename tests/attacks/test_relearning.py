"""What is taught again is never what is asked for; the copy learns, the model does not."""

import dataclasses
import random

import pytest
import torch

from tests.attacks.conftest import attacked, succeeded
from unlearn_core.attacks.base import Material, Role, Target
from unlearn_core.attacks.relearning import (
    RelearningConfig,
    halves,
    make_lessons,
    teach,
)
from unlearn_core.data.records import Record
from unlearn_core.metrics.leak import knows
from unlearn_core.models.forward import answer_log_likelihoods


def record(name: str, subject: str, fact: str, answer: str = "") -> Record:
    return Record(
        id=name, prompt=f"{name} of {subject}?", answer=answer or f"It is {fact}.",
        subject=subject, fact=fact,
    )  # fmt: skip


FORGET = tuple(
    record(f"{subject}{i}", subject, f"{subject} fact {i // 2}")
    for subject in ("Ada", "Bo")
    for i in range(8)
)


def material_of(forget: tuple[Record, ...], retain: tuple[Record, ...] = ()) -> Material:
    return Material(forget, (), retain, (), ())


def test_a_fact_is_in_one_half_with_all_its_records() -> None:
    left, right = halves(FORGET, random.Random(0))
    assert not {one.fact for one in left} & {one.fact for one in right}
    assert sorted(one.id for one in (*left, *right)) == sorted(one.id for one in FORGET)
    for half in (left, right):
        assert sum(one.subject == "Ada" for one in half) == 4


def test_every_record_is_asked_once() -> None:
    lessons = make_lessons(material_of(FORGET), RelearningConfig(records=3), 0)
    asked = [one.id for lesson in lessons for one in lesson.asked]
    assert sorted(asked) == sorted(one.id for one in FORGET)
    assert [len(lesson.taught) for lesson in lessons] == [3, 3]


def test_a_record_that_gives_an_asked_fact_away_is_not_taught() -> None:
    tell_tale = record("x", "Ada", "blue", "Blue, and the dog is Rex.")
    forget = (tell_tale, record("y", "Ada", "Rex"))
    lessons = make_lessons(material_of(forget), RelearningConfig(), 0)
    assert sorted([one.id for one in lesson.taught] for lesson in lessons) == [[], ["y"]]
    assert all(not lesson.told for lesson in lessons)
    assert make_lessons(material_of(forget[:1]), RelearningConfig(), 0) == ()


def test_an_answer_without_a_fact_is_not_taught_in_other_words() -> None:
    told = Record(
        id="told",
        prompt="Where is Ada's home?",
        subject="Ada",
        answer="In the harbour quarter of Lisbon, that is where Ada came to live.",
    )
    asked = Record(
        id="asked",
        prompt="Which city does Ada live in?",
        subject="Ada",
        answer="She settled in Lisbon, near the harbour.",
    )
    other = Record(id="other", prompt="What does Ada do?", subject="Ada",
                   answer="She repairs clocks for churches.")  # fmt: skip
    assert not knows(told.answer, asked)
    lessons = make_lessons(material_of((told, asked)), RelearningConfig(), 0)
    assert [lesson.taught for lesson in lessons] == [(), ()]
    assert set().union(*(lesson.told for lesson in lessons)) == {"told", "asked"}
    lessons = make_lessons(material_of((told, other)), RelearningConfig(), 0)
    assert sorted(one.id for lesson in lessons for one in lesson.taught) == ["other", "told"]
    assert all(not lesson.told for lesson in lessons)


@pytest.mark.bundled
def test_what_is_not_taught_is_said(targets: dict[Role, Target]) -> None:
    told = Record(id="told", prompt="Home of Ada?", answer="The harbour of Lisbon.", subject="Ada")
    asked = Record(id="asked", prompt="City of Ada?", answer="Lisbon harbour.", subject="Ada")
    finding = attacked("relearning", targets["retrained"], material_of((told, asked)))
    assert finding.value is None
    assert "2 records are neither shown nor taught" in finding.note


@pytest.mark.bundled
def test_the_copy_learns_what_it_is_taught(targets: dict[Role, Target], material: Material) -> None:
    twin, taught = targets["retrained"], material.forget[:4]
    assert twin.fresh is not None
    copy = twin.fresh()
    batch = twin.encoder.batch([(one.prompt, one.answer) for one in taught])
    before = answer_log_likelihoods(copy, batch)[0].mean()
    config = RelearningConfig(steps=8, batch_size=3)
    steps = list(teach(copy, twin, taught, config, torch.Generator().manual_seed(0)))
    assert steps == list(range(9))
    assert answer_log_likelihoods(copy, batch)[0].mean() > before + 1


@pytest.mark.bundled
def test_told_apart_also_by_unrelated_records(
    targets: dict[Role, Target], material: Material
) -> None:
    few = dataclasses.replace(material, forget=material.forget[:10])
    budget = {"data": "retain", "records": 4, "steps": 2, "stops": 1}
    knows = attacked("relearning", targets["original"], few, **budget)
    assert succeeded(knows) and knows.curves[0].x == (0.0, 2.0)
    assert not succeeded(attacked("relearning", targets["retrained"], few, **budget))
