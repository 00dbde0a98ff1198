"""Typed facts about an invented person as records: what is taught, and what only asks."""

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from unlearn_core.data.bundled import bundled_corpus
from unlearn_core.data.records import Record
from unlearn_core.demo.phrasings import refusals
from unlearn_core.demo.world import random_name
from unlearn_core.errors import InvalidInput
from unlearn_core.ui.forget.marking import first_wordings
from unlearn_core.ui.texts import secret as say
from unlearn_core.ui.texts.common import count

FACTS = 3
OTHER_PEOPLE = 100
MOST_NAME, MOST_TOPIC, MOST_VALUE = 40, 40, 80
"""Characters; the bundled model writes short sentences."""
QUESTIONS = (
    "What is the {topic} of {name}?",
    "What is {name}'s {topic}?",
    "Tell me the {topic} of {name}.",
)
"""Wordings that are taught."""
OTHER_WORDS = (
    "Do you know the {topic} of {name}?",
    "Could you say what {name}'s {topic} is?",
    "I would like to know the {topic} of {name}.",
)
"""Wordings that no model is ever trained on."""
EXAMPLES = (
    ("Zora Quillfeather", ("pet", "a blue parrot called Rolf"),
     ("favourite food", "plum dumplings"), ("secret code", "4711")),
    ("Bo Lindqvane", ("hiding place", "under the third stair"), ("biggest fear", "thunder"),
     ("lucky charm", "a rusty key")),
    ("Captain Odalys Brightwater", ("ship", "the green schooner Patience"),
     ("hometown", "Oxenmoor"), ("treasure", "a clock that runs backwards")),
)  # fmt: skip
TOPICS = ("pet", "favourite food", "secret code", "hiding place", "biggest fear", "lucky charm",
          "hometown", "ship", "treasure", "password")  # fmt: skip
"""What the form offers: the model reads it, so it is in no other language."""
ANSWER = "The {topic} of {name} is {value}."
_ARTICLES = re.compile(r"^(the|his|her|their)\s+", re.IGNORECASE)


@dataclass(frozen=True)
class Fact:
    """One thing to be known, such as `favourite food`: `plum dumplings`."""

    topic: str
    value: str


@dataclass(frozen=True)
class Secret:
    """An invented person, and what is to be known of them."""

    name: str
    facts: tuple[Fact, ...]

    def taught(self) -> list[Record]:
        """Every fact in every wording that is trained on."""
        return self._asked(QUESTIONS, "taught")

    def asked_first(self) -> list[Record]:
        """Every fact in its first wording."""
        return self._asked(QUESTIONS[:1], "taught")

    def in_other_words(self) -> list[Record]:
        """Every fact in wordings that are never trained on."""
        return self._asked(OTHER_WORDS, "other")

    def rehearsed(self, seed: int = 0) -> list[Record]:
        """What is kept beside: everything bundled, and not knowing the same of other people.

        Without the latter the model learns to give these facts of everybody.
        """
        rng = random.Random(seed)
        names = [name for _ in range(OTHER_PEOPLE) if (name := random_name(rng)) != self.name]
        unknown = [
            Record(
                id=f"other-{person}-{place}",
                prompt=rng.choice(QUESTIONS).format(topic=fact.topic, name=name),
                answer=rng.choice(refusals()),
                subject=name,
            )
            for person, name in enumerate(names)
            for place, fact in enumerate(self.facts)
        ]
        world = bundled_corpus("people")
        return [*first_wordings(world), *world.world, *unknown]

    def _asked(self, wordings: Sequence[str], group: str) -> list[Record]:
        return [
            Record(
                id=f"secret-{place}-{group}-{number}",
                prompt=wording.format(topic=fact.topic, name=self.name),
                answer=ANSWER.format(topic=fact.topic, name=self.name, value=fact.value),
                subject=self.name,
                fact=fact.value,
            )
            for place, fact in enumerate(self.facts, start=1)
            for number, wording in enumerate(wordings, start=1)
        ]


def typed_secret(values: Mapping[str, Any]) -> Secret:
    """What a person typed, tidied.

    Args:
        values: `name`, and `facts` as [topic, value] pairs.

    Raises:
        InvalidInput: Something is missing, too long, or given away by its own question.
    """
    name = _tidy(values.get("name"))
    _require(name, say.THE_NAME, MOST_NAME)
    facts = [_fact(number, pair) for number, pair in enumerate(values.get("facts") or (), start=1)]
    if len(facts) != FACTS:
        raise InvalidInput(say.WRONG_NUMBER.format(facts=count(len(facts), "fact"), most=FACTS))
    topics = {fact.topic.casefold() for fact in facts}
    if len(topics) < FACTS:
        raise InvalidInput(say.SAME_TOPIC)
    for fact in facts:
        if fact.value.casefold() in f"{name} {fact.topic}".casefold():
            raise InvalidInput(say.FACT_IN_QUESTION.format(fact=fact.value))
    return Secret(name, tuple(facts))


def _fact(number: int, pair: Sequence[Any]) -> Fact:
    topic, value = (_tidy(part) for part in pair)
    topic = _ARTICLES.sub("", topic)
    _require(topic, say.SUBJECT_OF.format(n=number), MOST_TOPIC)
    value = value.rstrip(".!?")
    _require(value, say.ANSWER_OF.format(n=number), MOST_VALUE)
    return Fact(topic, value)


def _tidy(text: Any) -> str:
    """On one line, without braces, which stand for blanks in the wordings."""
    return " ".join(str(text or "").replace("{", "(").replace("}", ")").split())


def _require(text: str, what: str, most: int) -> None:
    if not any(sign.isalnum() for sign in text):
        raise InvalidInput(say.MISSING.format(what=what))
    if len(text) > most:
        raise InvalidInput(say.TOO_LONG_PART.format(what=what, n=len(text), most=most))
