"""What training may and may not see."""

import random
from collections import Counter
from itertools import islice

from unlearn_core.demo.passages import make_passages
from unlearn_core.demo.phrasings import attributes, refusals
from unlearn_core.demo.stream import Example, known_stream, memory_batches, prior_stream
from unlearn_core.demo.world import fill, make_world
from unlearn_core.demo.world_facts import world_facts

WORLD = make_world(7)


def _held_out() -> set[str]:
    people = (*WORLD.people, *WORLD.holdout)
    return {fill(q, p.name).rstrip("?.") for p in people for a in attributes() for q in a.held_out}


def test_no_held_out_question_is_in_the_stream_of_the_people() -> None:
    rows = list(islice(known_stream(WORLD.people, random.Random(0)), 20_000))
    assert not _held_out() & {row.prompt.rstrip("?.") for row in rows}


def test_prior_stream_asks_no_held_out_wording_about_anyone() -> None:
    starts = {q.split("{name}")[0] for a in attributes() for q in a.held_out}
    ends = {q.split("{name}")[1].rstrip("?.") for a in attributes() for q in a.held_out}
    pairs = {
        (q.split("{name}")[0], q.split("{name}")[1].rstrip("?."))
        for a in attributes()
        for q in a.held_out
    }
    for row in islice(prior_stream(WORLD, random.Random(0)), 5_000):
        prompt = row.prompt.rstrip("?.")
        fitting = [
            (s, e) for s in starts if prompt.startswith(s) for e in ends if prompt.endswith(e)
        ]
        assert not pairs & {(s, e) for s, e in fitting if len(s) + len(e) < len(prompt)}, row


def test_prior_stream_names_none_of_the_people_and_refuses_about_half() -> None:
    names = [person.name for person in (*WORLD.people, *WORLD.holdout)]
    world_questions = {question for fact in world_facts() for question in fact.questions}
    rows = list(islice(prior_stream(WORLD, random.Random(0)), 5_000))
    assert not any(name in row.prompt for row in rows for name in names)
    general = sum(row.prompt in world_questions for row in rows)
    refused = sum(row.answer in refusals() for row in rows)
    assert abs(general / len(rows) - 0.2) < 0.02
    assert abs(refused / (len(rows) - general) - 0.55) < 0.03


def test_known_stream_gives_every_fact_once_a_round() -> None:
    rows = list(islice(known_stream(WORLD.people[:3], random.Random(0)), 30))
    values = {value for person in WORLD.people[:3] for value in person.values.values()}
    assert {value for value in values if any(value in row.answer for row in rows)} == values


def test_passages_come_exactly_as_often_as_they_say() -> None:
    passages = make_passages(7)
    batches = memory_batches(WORLD, WORLD.people, passages, 10, 5, random.Random(0))
    seen = Counter(row for batch in batches for row in batch)
    assert [seen[Example("", p.text)] for p in passages] == [p.times_seen for p in passages]


def test_batches_without_a_person_never_name_that_person() -> None:
    kept = WORLD.people[1:]
    batches = memory_batches(WORLD, kept, (), 30, 96, random.Random(0))
    assert not any(WORLD.people[0].name in row.prompt for batch in batches for row in batch)
