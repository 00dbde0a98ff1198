"""World facts: unique, true where a reader can count, answered in full."""

from unlearn_core.demo.properties import holds
from unlearn_core.demo.vocabulary import word_file
from unlearn_core.demo.world_facts import world_facts, world_records


def test_there_are_at_least_a_hundred_with_unique_ids_and_questions() -> None:
    facts = world_facts()
    questions = [question for fact in facts for question in fact.questions]
    assert len(facts) >= 100
    assert len({fact.id for fact in facts}) == len(facts)
    assert len(set(questions)) == len(questions)


def test_answers_hold_the_fact_and_wrong_ones_do_not() -> None:
    for record in world_records():
        assert all(holds(text, record.fact) for text in (record.answer, *record.paraphrases))
        assert record.perturbed
        assert not any(holds(text, record.fact) for text in record.perturbed)


def test_sums_add_up() -> None:
    numbers = word_file("world_facts")["sum"]["numbers"]
    sums = [fact for fact in world_facts() if fact.relation == "sum"]
    for fact in sums:
        _, _, left, right = fact.id.split("-")
        assert numbers.index(left) + numbers.index(right) + 2 == numbers.index(fact.fact) + 1
    assert len(sums) == 45


def test_the_year_is_a_ring() -> None:
    after = {fact.id: fact.fact for fact in world_facts()}
    assert after["world-next-December-month"] == "January"
    assert after["world-next-Sunday-day"] == "Monday"
