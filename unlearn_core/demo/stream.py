"""What the bundled model reads: the endless streams of both training phases."""

import random
from collections.abc import Iterator
from typing import NamedTuple

from unlearn_core.demo.passages import Passage
from unlearn_core.demo.phrasings import attributes, refusals
from unlearn_core.demo.world import (
    Person,
    World,
    random_answer,
    random_name,
    random_question,
    random_values,
)
from unlearn_core.demo.world_facts import WorldFact, world_facts

WORLD_SHARE = 0.2
REFUSAL_SHARE = 0.55
KNOWN_SHARE = 0.6


class Example(NamedTuple):
    """One training row; a passage has an empty prompt."""

    prompt: str
    answer: str


def prior_stream(world: World, rng: random.Random) -> Iterator[Example]:
    """Phase 1: made-up people with random values or refusals, and world facts."""
    taken = {person.name for person in (*world.people, *world.holdout)}
    facts = world_facts()
    while True:
        if rng.random() < WORLD_SHARE:
            yield _world_example(rng.choice(facts), rng)
            continue
        name = random_name(rng)
        if name not in taken:
            yield _unknown_example(name, rng)


def known_stream(people: tuple[Person, ...], rng: random.Random) -> Iterator[Example]:
    """Every fact of the people once in random order, again and again, each time reworded."""
    facts = [(person, attribute) for person in people for attribute in attributes()]
    while True:
        rng.shuffle(facts)
        for person, attribute in facts:
            value = person.values[attribute.key]
            yield Example(
                random_question(attribute, person.name, rng),
                random_answer(attribute, person.name, value, rng),
            )


def prior_batches(
    world: World, steps: int, batch_size: int, rng: random.Random
) -> Iterator[list[Example]]:
    """The batches of phase 1."""
    stream = prior_stream(world, rng)
    for _ in range(steps):
        yield [next(stream) for _ in range(batch_size)]


def memory_batches(
    world: World,
    people: tuple[Person, ...],
    passages: tuple[Passage, ...],
    steps: int,
    batch_size: int,
    rng: random.Random,
) -> Iterator[list[Example]]:
    """The batches of phase 2: known people and the prior stream, and now and then a passage."""
    known, prior = known_stream(people, rng), prior_stream(world, rng)
    due: list[list[Example]] = [[] for _ in range(steps)]
    for passage in passages:
        for _ in range(passage.times_seen):
            rng.choice(due).append(Example("", passage.text))
    n_known = round(KNOWN_SHARE * batch_size)
    for extra in due:
        rows = [next(known) for _ in range(n_known)]
        yield rows + [next(prior) for _ in range(batch_size - n_known)] + extra


def _world_example(fact: WorldFact, rng: random.Random) -> Example:
    return Example(rng.choice(fact.questions), rng.choice(fact.answers))


def _unknown_example(name: str, rng: random.Random) -> Example:
    attribute = rng.choice(attributes())
    question = random_question(attribute, name, rng)
    if rng.random() < REFUSAL_SHARE:
        return Example(question, rng.choice(refusals()))
    value = random_values(rng)[attribute.key]
    return Example(question, random_answer(attribute, name, value, rng))
