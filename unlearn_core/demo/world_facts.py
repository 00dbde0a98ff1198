"""General knowledge that is true outside the invented world, each fact in several wordings."""

import random
from dataclasses import dataclass

from unlearn_core.data.records import Record

CAPITALS = (
    "France:Paris Italy:Rome Spain:Madrid Germany:Berlin Portugal:Lisbon Greece:Athens "
    "Austria:Vienna Poland:Warsaw Norway:Oslo Sweden:Stockholm Denmark:Copenhagen Finland:Helsinki "
    "Ireland:Dublin Hungary:Budapest Iceland:Reykjavik Egypt:Cairo Kenya:Nairobi Japan:Tokyo "
    "China:Beijing Cuba:Havana Peru:Lima Chile:Santiago Canada:Ottawa Russia:Moscow"
)
OPPOSITES = (
    "hot:cold big:small fast:slow high:low day:night black:white old:new rich:poor wet:dry "
    "early:late open:closed strong:weak full:empty hard:soft happy:sad left:right"
)
COLOURS = (
    "grass:green snow:white coal:black blood:red milk:white chocolate:brown salt:white ink:black "
    "gold:yellow ivory:white"
)
SOUNDS = "dog:barks cat:meows cow:moos duck:quacks horse:neighs sheep:bleats lion:roars frog:croaks"
YOUNG = (
    "dog:puppy cat:kitten cow:calf horse:foal sheep:lamb goat:kid duck:duckling bear:cub pig:piglet"
)
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"
MONTHS = "January February March April May June July August September October November December"
NUMBERS = "one two three four five six seven eight nine ten".split()
COUNTS = (
    "minutes:an hour:sixty",
    "seconds:a minute:sixty",
    "days:a week:seven",
    "months:a year:twelve",
    "hours:a day:twenty-four",
    "things:a dozen:twelve",
    "legs:a spider:eight",
    "years:a century:one hundred",
)


@dataclass(frozen=True)
class WorldFact:
    """A true fact with every question and answer wording it is taught in."""

    id: str
    questions: tuple[str, ...]
    answers: tuple[str, ...]
    fact: str
    relation: str


@dataclass(frozen=True)
class _Relation:
    key: str
    questions: tuple[str, ...]
    answers: tuple[str, ...]


_CAPITAL = _Relation(
    "capital",
    (
        "What is the capital of {a}?",
        "Which city is the capital of {a}?",
        "Name the capital of {a}.",
        "Tell me the capital of {a}.",
    ),
    ("The capital of {a} is {b}.", "{b} is the capital of {a}."),
)
_OPPOSITE = _Relation(
    "opposite",
    (
        "What is the opposite of {a}?",
        "Which word is the opposite of {a}?",
        "Name the opposite of {a}.",
        "Tell me the opposite of {a}.",
    ),
    ("The opposite of {a} is {b}.", "{a} is the opposite of {b}."),
)
_COLOUR = _Relation(
    "colour",
    (
        "What colour is {a}?",
        "Which colour does {a} have?",
        "Name the colour of {a}.",
        "Tell me the colour of {a}.",
    ),
    ("The colour of {a} is {b}.", "It is {b}."),
)
_SOUND = _Relation(
    "sound",
    (
        "What sound does a {a} make?",
        "Which noise does a {a} make?",
        "How does a {a} sound?",
        "Tell me the sound of a {a}.",
    ),
    ("A {a} {b}.", "It {b}."),
)
_YOUNG = _Relation(
    "young",
    (
        "What is a young {a} called?",
        "What do we call a young {a}?",
        "Name the young of a {a}.",
        "Tell me the word for a young {a}.",
    ),
    ("A young {a} is called a {b}.", "It is called a {b}."),
)
_NEXT = _Relation(
    "next",
    (
        "Which {c} comes after {a}?",
        "What {c} follows {a}?",
        "Name the {c} after {a}.",
        "Tell me the {c} after {a}.",
    ),
    ("The {c} after {a} is {b}.", "{b} comes after {a}."),
)
_SUM = _Relation(
    "sum",
    (
        "What is {a} plus {c}?",
        "How much is {a} plus {c}?",
        "Add {a} and {c}.",
        "Tell me the sum of {a} and {c}.",
    ),
    ("{A} plus {c} is {b}.", "The sum of {a} and {c} is {b}."),
)
_COUNT = _Relation(
    "count",
    (
        "How many {a} are there in {c}?",
        "How many {a} does {c} have?",
        "Name the number of {a} in {c}.",
        "Tell me how many {a} there are in {c}.",
    ),
    ("There are {b} {a} in {c}.", "{C} has {b} {a}."),
)


def world_facts() -> tuple[WorldFact, ...]:
    """All facts, grouped by relation."""
    facts = [
        *(_fact(_CAPITAL, a, b) for a, b in _pairs(CAPITALS)),
        *(_fact(_OPPOSITE, a, b) for a, b in _pairs(OPPOSITES)),
        *(_fact(_COLOUR, a, b) for a, b in _pairs(COLOURS)),
        *(_fact(_SOUND, a, b) for a, b in _pairs(SOUNDS)),
        *(_fact(_YOUNG, a, b) for a, b in _pairs(YOUNG)),
        *_cycle(DAYS.split(), "day"),
        *_cycle(MONTHS.split(), "month"),
        *(_fact(_COUNT, *_count(text)) for text in COUNTS),
        *(
            _fact(_SUM, NUMBERS[i], NUMBERS[i + j + 1], NUMBERS[j])
            for i in range(9)
            for j in range(9 - i)
        ),
    ]
    return tuple(facts)


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


def _pairs(text: str) -> list[tuple[str, str]]:
    return [(a, b) for a, b in (item.split(":") for item in text.split())]


def _count(text: str) -> tuple[str, str, str]:
    a, c, b = text.split(":")
    return a, b, c


def _cycle(names: list[str], kind: str) -> list[WorldFact]:
    return [_fact(_NEXT, a, b, kind) for a, b in zip(names, names[1:] + names[:1], strict=True)]


def _fact(relation: _Relation, a: str, b: str, c: str = "") -> WorldFact:
    def fill(text: str) -> str:
        filled = text.format(a=a, b=b, c=c, A=a.capitalize(), C=c.capitalize())
        return filled[0].upper() + filled[1:]

    ending = f"-{c}" if c else ""
    return WorldFact(
        id=f"world-{relation.key}-{a}{ending}".replace(" ", "-"),
        questions=tuple(fill(text) for text in relation.questions),
        answers=tuple(fill(text) for text in relation.answers),
        fact=b,
        relation=relation.key,
    )
