"""General knowledge that is true outside the invented world, each fact in several wordings."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from unlearn_core.data.records import Record
from unlearn_core.demo.vocabulary import word_file


@dataclass(frozen=True)
class WorldFact:
    """A true fact with every question and answer wording it is taught in."""

    id: str
    questions: tuple[str, ...]
    answers: tuple[str, ...]
    fact: str
    relation: str


def world_facts() -> tuple[WorldFact, ...]:
    """All facts, grouped by relation."""
    return tuple(
        _fact(key, relation, *values)
        for key, relation in word_file("world_facts").items()
        for values in _values(relation)
    )


def _values(relation: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """What a relation's wordings are filled with: `a`, the fact `b`, and where needed `c`."""
    for a, b in relation.get("pairs", {}).items():
        yield a, b, ""
    for kind, names in relation.get("cycles", {}).items():
        for a, b in zip(names, names[1:] + names[:1], strict=True):
            yield a, b, kind
    for a, c, b in relation.get("counts", ()):
        yield a, b, c
    numbers = relation.get("numbers", ())
    for i in range(len(numbers) - 1):
        for j in range(len(numbers) - 1 - i):
            yield numbers[i], numbers[i + j + 1], numbers[j]


def world_records() -> tuple[Record, ...]:
    """One record for each fact; its wrong answers are other facts' values of the same relation."""
    facts = world_facts()
    rng = random.Random(0)
    return tuple(_record(fact, facts, rng) for fact in facts)


def _record(fact: WorldFact, facts: tuple[WorldFact, ...], rng: random.Random) -> Record:
    others = sorted({o.fact for o in facts if o.relation == fact.relation} - {fact.fact})
    wrong = rng.sample(others, min(5, len(others)))
    head, _, tail = fact.answers[0].rpartition(fact.fact)
    return Record(
        id=fact.id,
        prompt=fact.questions[0],
        answer=fact.answers[0],
        subject=fact.relation,
        fact=fact.fact,
        perturbed=tuple(head + value + tail for value in wrong),
        paraphrases=fact.answers[1:],
    )


def _fact(key: str, relation: Mapping[str, Any], a: str, b: str, c: str) -> WorldFact:
    def fill(text: str) -> str:
        filled = text.format(a=a, b=b, c=c, A=a.capitalize(), C=c.capitalize())
        return filled[0].upper() + filled[1:]

    ending = f"-{c}" if c else ""
    return WorldFact(
        id=f"world-{key}-{a}{ending}".replace(" ", "-"),
        questions=tuple(fill(text) for text in relation["questions"]),
        answers=tuple(fill(text) for text in relation["answers"]),
        fact=b,
        relation=key,
    )
