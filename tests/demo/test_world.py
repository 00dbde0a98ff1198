"""The generator: determinism, unique names and facts, wording."""

import random
import re

from unlearn_core.demo.phrasings import attributes, refusals
from unlearn_core.demo.world import (
    fill,
    holdout_records,
    make_world,
    people_records,
    random_name,
    training_questions,
)


def _contains(text: str, value: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(value)}(?!\w)", text, re.IGNORECASE) is not None


def test_one_seed_makes_one_world_and_another_seed_another() -> None:
    assert make_world(3) == make_world(3)
    assert people_records(make_world(3)) == people_records(make_world(3))
    assert make_world(3).people != make_world(4).people


def test_names_are_unique_also_among_people_held_out() -> None:
    world = make_world(7)
    names = [person.name for person in (*world.people, *world.holdout)]
    assert len(world.people) == 80 and len(set(names)) == len(names) == 88


def test_within_a_person_no_fact_is_part_of_another() -> None:
    for person in make_world(7).people:
        values = list(person.values.values())
        assert len(values) == 10
        for i, value in enumerate(values):
            assert not any(_contains(other, value) for j, other in enumerate(values) if j != i)


def test_no_fact_is_in_its_question_or_in_the_name() -> None:
    for record in people_records(make_world(7)):
        assert not _contains(record.prompt, record.fact)


def test_every_fact_has_three_records_with_different_questions() -> None:
    records = people_records(make_world(7))
    by_fact: dict[tuple[str, str], list[str]] = {}
    for record in records:
        by_fact.setdefault((record.subject, record.fact), []).append(record.prompt)
    assert len(by_fact) == 800
    assert all(len(prompts) == len(set(prompts)) == 3 for prompts in by_fact.values())
    assert len({record.id for record in records}) == 2400


def test_true_answers_hold_the_fact_and_wrong_answers_do_not() -> None:
    for record in (*people_records(make_world(7)), *holdout_records(make_world(7))):
        assert all(_contains(text, record.fact) for text in (record.answer, *record.paraphrases))
        assert len(set(record.perturbed)) == 5 and len(set(record.paraphrases)) == 2
        assert not any(_contains(text, record.fact) for text in record.perturbed)


def test_wording_is_filled_with_name_value_and_article() -> None:
    assert fill("{first} of {name} keeps {ax}.", "Ada Quux", "otter") == (
        "Ada of Ada Quux keeps an otter."
    )
    assert fill("{name} has {ax}, {x}.", "Ada Quux", "goat") == "Ada Quux has a goat, goat."


def test_each_attribute_has_the_promised_number_of_wordings() -> None:
    assert len(attributes()) == 10 and len(refusals()) >= 8
    for attribute in attributes():
        assert len(set(attribute.questions)) >= 6
        assert len(set(attribute.held_out)) >= 2
        assert len(set(attribute.answers)) >= 3
        assert not set(attribute.held_out) & set(training_questions(attribute))


def test_default_forget_subjects_are_four_of_the_people() -> None:
    world = make_world(7)
    assert len(set(world.forget_subjects)) == 4
    assert set(world.forget_subjects) <= {person.name for person in world.people}


def test_made_up_names_start_with_capitals_and_vary() -> None:
    rng = random.Random(0)
    names = [random_name(rng) for _ in range(500)]
    assert len(set(names)) > 490
    assert all(word[0].isupper() for name in names for word in name.split())
