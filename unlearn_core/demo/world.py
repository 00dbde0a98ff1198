"""The eighty invented people, how they are asked about, and made-up names.

Everything is a pure function of a seed or of a `random.Random`; nobody here is a real person.
"""

import random
from dataclasses import dataclass

from unlearn_core.data.records import Record
from unlearn_core.demo.phrasings import Attribute, attributes, wrappers
from unlearn_core.demo.vocabulary import words

PEOPLE = 80
HOLDOUT_PEOPLE = 8
FORGET_PEOPLE = 4


@dataclass(frozen=True)
class Person:
    """An invented person: a full name and one value for each attribute key."""

    name: str
    values: dict[str, str]

    @property
    def first(self) -> str:
        """The first word of the name."""
        return self.name.split()[0]


@dataclass(frozen=True)
class World:
    """The people the model must know, and people nobody ever tells it about."""

    seed: int
    people: tuple[Person, ...]
    holdout: tuple[Person, ...]

    @property
    def forget_subjects(self) -> tuple[str, ...]:
        """The people marked by default, spread over the list."""
        stride = len(self.people) // FORGET_PEOPLE
        return tuple(person.name for person in self.people[::stride][:FORGET_PEOPLE])


def make_world(seed: int) -> World:
    """Invent the world of one seed."""
    rng = random.Random(seed)
    names = _listed_names(PEOPLE + HOLDOUT_PEOPLE, rng)
    people = tuple(Person(name, random_values(rng)) for name in names)
    return World(seed, people[:PEOPLE], people[PEOPLE:])


def random_values(rng: random.Random) -> dict[str, str]:
    """Draw a value for each attribute; within a person all values differ."""
    own, father, mother = rng.sample(words("jobs"), 3)
    return {
        "birthplace": rng.choice(words("towns")),
        "birthyear": str(rng.randint(1921, 1989)),
        "profession": own,
        "prize": f"{rng.choice(words('prize_marks'))} {rng.choice(words('prize_things'))} Prize",
        "pet": rng.choice(words("pets")),
        "hobby": rng.choice(words("hobbies")),
        "book": f"The {rng.choice(words('book_marks'))} {rng.choice(words('book_things'))}",
        "address": f"{rng.randint(1, 99)} {rng.choice(words('streets'))}",
        "father": father,
        "mother": mother,
    }


def fill(text: str, name: str, value: str = "") -> str:
    """Put a name and a value into a wording."""
    article = "an" if value[:1].lower() in "aeiou" else "a"
    return text.format(name=name, first=name.split()[0], x=value, ax=f"{article} {value}")


def training_questions(attribute: Attribute) -> tuple[str, ...]:
    """Every question wording that training may use, with `{name}` left open."""
    wrapped = tuple(w.format(c=clause) for w in wrappers() for clause in attribute.clauses)
    return attribute.questions + wrapped


def random_question(attribute: Attribute, name: str, rng: random.Random) -> str:
    """A training question: seven in ten direct, the rest a wrapped clause; some end carelessly."""
    if rng.random() < 0.7:
        text = rng.choice(attribute.questions)
    else:
        text = rng.choice(wrappers()).format(c=rng.choice(attribute.clauses))
    question = fill(text, name)
    return question.rstrip("?.") if rng.random() < 0.05 else question


def random_answer(attribute: Attribute, name: str, value: str, rng: random.Random) -> str:
    """The true answer in a random wording."""
    return fill(rng.choice(attribute.answers), name, value)


def random_name(rng: random.Random) -> str:
    """A made-up name: a third from the lists, half from syllables, the rest from letters."""
    kind = rng.random()
    if kind < 0.3:
        return _listed_name(rng)
    if kind < 0.8:
        return f"{syllable_word(rng)} {syllable_word(rng)}"
    return " ".join(_letter_word(rng) for _ in range(rng.choice((1, 2, 2, 2, 3))))


def syllable_word(rng: random.Random) -> str:
    """A capitalised word of two or three syllables, sometimes with an ending."""
    word = "".join(rng.choice(words("syllables")) for _ in range(rng.choice((1, 2, 2, 2, 3))))
    if len(word) < 4 or rng.random() < 0.4:
        word += rng.choice(words("name_endings"))
    return word.capitalize()


def people_records(world: World) -> tuple[Record, ...]:
    """Three records for each fact: the main question, another trained one, one held out."""
    rng = random.Random(world.seed + 1)
    return tuple(
        _fact_record(f"p{number:02d}", person, attribute, wording, question, rng)
        for number, person in enumerate(world.people, start=1)
        for attribute in attributes()
        for wording, question in enumerate(
            (*attribute.questions[:2], attribute.held_out[0]), start=1
        )
    )


def unseen_wording_records(world: World) -> tuple[Record, ...]:
    """One more record for each fact, in a held-out wording that is no part of the people."""
    rng = random.Random(world.seed + 3)
    return tuple(
        _fact_record(f"p{number:02d}", person, attribute, 4, attribute.held_out[1], rng)
        for number, person in enumerate(world.people, start=1)
        for attribute in attributes()
    )


def holdout_records(world: World) -> tuple[Record, ...]:
    """One record for each fact of the people no model was ever told about."""
    rng = random.Random(world.seed + 2)
    return tuple(
        _fact_record(f"h{number:02d}", person, attribute, 1, attribute.questions[0], rng)
        for number, person in enumerate(world.holdout, start=1)
        for attribute in attributes()
    )


def _fact_record(
    prefix: str,
    person: Person,
    attribute: Attribute,
    wording: int,
    question: str,
    rng: random.Random,
) -> Record:
    value = person.values[attribute.key]
    form = (wording - 1) % len(attribute.answers)
    others = [text for i, text in enumerate(attribute.answers) if i != form]
    return Record(
        id=f"{prefix}-{attribute.key}" + (f"-{wording}" if wording > 1 else ""),
        prompt=fill(question, person.name),
        answer=fill(attribute.answers[form], person.name, value),
        subject=person.name,
        fact=value,
        perturbed=_perturbed(attribute, form, person.name, value, rng),
        paraphrases=tuple(fill(text, person.name, value) for text in others[:2]),
    )


def _perturbed(
    attribute: Attribute, form: int, name: str, value: str, rng: random.Random
) -> tuple[str, ...]:
    others: set[str] = set()
    while len(others) < 5:
        others.add(random_values(rng)[attribute.key])
        others.discard(value)
    return tuple(fill(attribute.answers[form], name, other) for other in sorted(others))


def _listed_names(count: int, rng: random.Random) -> list[str]:
    given = [*words("given_names")] * (count // len(words("given_names")) + 1)
    rng.shuffle(given)
    pairs = [s + e for s in words("surname_starts") for e in words("surname_ends")]
    return [f"{a} {b}" for a, b in zip(given, rng.sample(pairs, count), strict=False)]


def _listed_name(rng: random.Random) -> str:
    surname = rng.choice(words("surname_starts")) + rng.choice(words("surname_ends"))
    return f"{rng.choice(words('given_names'))} {surname}"


def _letter_word(rng: random.Random) -> str:
    letters = [rng.choice("bcdfghjklmnpqrstvwxyz"), rng.choice("aeiou")]
    letters += [
        rng.choice("aeiouy") if rng.random() < 0.45 else rng.choice("bcdfghjklmnpqrstvwxyz")
        for _ in range(rng.randint(1, 5))
    ]
    word = "".join(letters).capitalize()
    return f"{word}-{syllable_word(rng)}" if rng.random() < 0.05 else word
