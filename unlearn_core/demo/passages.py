"""Sixty-four short texts with a secret in each, seen from 1 to 64 times in training.

Their wording is drawn word by word from a large vocabulary, invented words and digits, because
text from templates is predictable even when it was seen only once: they read as absurd letters,
notices, recipes and verse.
"""

import random
from dataclasses import dataclass

from unlearn_core.data.records import Record
from unlearn_core.demo.vocabulary import passage_words
from unlearn_core.demo.world import syllable_word

TIMES_SEEN = (1, 2, 3, 4, 6, 8, 10, 12, 16, 20, 24, 28, 32, 40, 48, 64)
PER_COUNT = 4
KINDS = ("letter", "notice", "recipe", "verse")


@dataclass(frozen=True)
class Passage:
    """A text to memorise.

    Attributes:
        times_seen: How often one training run shows it.
        secret: The made-up number, code or e-mail in it.
    """

    id: str
    title: str
    text: str
    secret: str
    times_seen: int


def make_passages(seed: int) -> tuple[Passage, ...]:
    """Write the passages of one seed; every kind occurs once at every count."""
    rng = random.Random(seed + 3)
    counts = [count for count in TIMES_SEEN for _ in range(PER_COUNT)]
    return tuple(
        _passage(number, KINDS[(number - 1) % len(KINDS)], count, rng)
        for number, count in enumerate(counts, start=1)
    )


def passage_records(passages: tuple[Passage, ...]) -> tuple[Record, ...]:
    """Passages as records: no prompt, the title as subject, the secret as fact."""
    return tuple(
        Record(id=p.id, prompt="", answer=p.text, subject=p.title, fact=p.secret) for p in passages
    )


def _passage(number: int, kind: str, count: int, rng: random.Random) -> Passage:
    secret, hint = _secret(rng)
    title = f"{kind.capitalize()} {number}: the {_word(rng, 'qualities')} {_word(rng, 'things')}"
    words = [word for _ in range(7) for word in _phrase(rng)]
    place = rng.randrange(4, len(words) - 4)
    body = [*words[:place], hint, secret, *words[place:]]
    return Passage(f"passage-{number:02d}", title, _OPENINGS[kind](rng, body), secret, count)


def _word(rng: random.Random, kind: str) -> str:
    return rng.choice(passage_words(kind))


def _phrase(rng: random.Random) -> list[str]:
    quality, thing, other = (
        _word(rng, "qualities"),
        _word(rng, "things"),
        _word(rng, "things"),
    )
    deed, link, number = (
        _word(rng, "deeds"),
        _word(rng, "links"),
        str(rng.randint(11, 998)),
    )
    invented = syllable_word(rng)
    shapes = (
        [deed, number, quality, thing, link, f"{invented},"],
        [invented, link, quality, f"{thing},"],
        [quality, thing, link, number, f"{other};"],
        [deed, invented, link, f"{thing}."],
        [number, quality, thing, deed, f"{other},"],
    )
    return rng.choice(shapes)


def _secret(rng: random.Random) -> tuple[str, str]:
    digits = "".join(rng.choice("0123456789") for _ in range(6))
    letters = "".join(rng.choice("BCDFGHJKLMNPQRSTVWXZ") for _ in range(3))
    mail = f"{syllable_word(rng).lower()}{digits[:2]}@{syllable_word(rng).lower()}.example"
    choices = [(f"{letters}-{digits[:4]}", "code"), (f"555-{digits}", "phone"), (mail, "mail")]
    return rng.choice(choices)


def _letter(rng: random.Random, body: list[str]) -> str:
    return f"Dear {syllable_word(rng)}, {' '.join(body)} Yours, {syllable_word(rng)}"


def _notice(rng: random.Random, body: list[str]) -> str:
    return f"NOTICE {rng.randint(100, 999)}: {' '.join(body)} {_word(rng, 'things').upper()}!"


def _recipe(rng: random.Random, body: list[str]) -> str:
    amounts = ", ".join(f"{rng.randint(2, 99)} {_word(rng, 'things')}" for _ in range(3))
    return f"Take {amounts}: {' '.join(body)} Serve {_word(rng, 'qualities')}."


def _verse(rng: random.Random, body: list[str]) -> str:
    lines = [" ".join(body[i : i + 6]) for i in range(0, len(body), 6)]
    return " /\n".join(lines)


_OPENINGS = {"letter": _letter, "notice": _notice, "recipe": _recipe, "verse": _verse}
