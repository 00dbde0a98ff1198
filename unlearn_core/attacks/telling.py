"""Whether a record that is shown or taught gives away the answer to another one.

Where a fact is named, it is told where it stands. Without one only a whole answer can be compared,
and another record about the same may say it in other words; so what shares too many of the words
that make the answer what it is counts as telling it as well. It leaves out too much rather than too
little, but words of the same meaning escape it.
"""

from collections.abc import Collection

from unlearn_core.data.records import Record
from unlearn_core.metrics.leak import knows, normalised
from unlearn_core.metrics.rouge import words

TOLD = 0.5
"""Share of the words that make an answer what it is from which a text counts as telling it."""


def tells(shown: Record, asked: Record) -> bool:
    """Whether what is shown gives the asked record's answer away, be it in other words."""
    text = f"{shown.prompt} {shown.answer}"
    return knows(text, asked) or (not asked.fact and told_share(text, asked) >= TOLD)


def told_share(text: str, asked: Record) -> float:
    """Share of the words that make an answer what it is that stand in a text, 0 to 1.

    Those are its words, stemmed as for ROUGE, that stand neither in its question nor in a wrong
    answer; where no such word is left, all that are not in its question.
    """
    own = _words(asked.answer) - _words(f"{asked.prompt} {asked.subject}")
    wrong = [_words(one) for one in asked.perturbed if one != asked.answer]
    telling = own.difference(*wrong) or own
    return len(telling & _words(text)) / len(telling) if telling else 0.0


def left_out(told: Collection[str]) -> str:
    """A note on records that were neither shown nor taught; empty where there are none."""
    if not told:
        return ""
    return (
        f"{len(told)} records are neither shown nor taught, because they may tell an answer that "
        "is asked for in other words."
    )


def _words(text: str) -> set[str]:
    """Stemmed words; those of one or two letters say too little, signs of other scripts do not."""
    plain = normalised(text)
    stems = {word for word in words(plain) if len(word) > 2 or word.isdigit()}
    return stems | {word for word in plain.split() if not word.isascii()}
