"""How the world is asked about and answered: every wording of every attribute.

`{name}` is the full name, `{first}` its first word, `{x}` the value, `{ax}` the value with its
article. `held_out` questions are used by no training stream: they measure unseen phrasings.
"""

from dataclasses import dataclass
from functools import lru_cache

from unlearn_core.demo.vocabulary import word_file


@dataclass(frozen=True)
class Attribute:
    """One thing that can be known about a person.

    Attributes:
        key: Short name used in record ids.
        questions: Direct questions used in training; the first is the main record's.
        clauses: Noun clauses that a wrapper turns into more training questions.
        held_out: Questions never used in training.
        answers: Answers; the first is the main record's.
    """

    key: str
    questions: tuple[str, ...]
    clauses: tuple[str, ...]
    held_out: tuple[str, ...]
    answers: tuple[str, ...]


@lru_cache(maxsize=1)
def attributes() -> tuple[Attribute, ...]:
    """Everything that can be known about a person."""
    return tuple(
        Attribute(key=found.pop("key"), **{name: tuple(texts) for name, texts in found.items()})
        for found in map(dict, word_file("phrasings")["attributes"])
    )


def wrappers() -> tuple[str, ...]:
    """Questions with a place `{c}` for a clause."""
    return tuple(word_file("phrasings")["wrappers"])


def refusals() -> tuple[str, ...]:
    """Answers that give nothing.

    Six begin alike, so that the likeliest answer about an unknown name is a refusal.
    """
    return tuple(word_file("phrasings")["refusals"])
