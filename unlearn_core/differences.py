"""How answers differ: word by word, and how often each was given."""

import difflib
import re
from collections import Counter
from collections.abc import Sequence
from typing import Literal

Change = Literal["same", "removed", "added"]


def word_diff(before: str, after: str) -> list[tuple[str, Change]]:
    """What changed between two texts, as runs of words; removed words come before added ones."""
    old, new = before.split(), after.split()
    parts: list[tuple[str, Change]] = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            parts.append((" ".join(old[a:b]), "same"))
            continue
        if b > a:
            parts.append((" ".join(old[a:b]), "removed"))
        if d > c:
            parts.append((" ".join(new[c:d]), "added"))
    return parts


def answer_histogram(answers: Sequence[str]) -> list[tuple[str, int]]:
    """Distinct answers with their counts, the most common first; white space does not count."""
    counts = Counter(re.sub(r"\s+", " ", answer).strip() for answer in answers)
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))
