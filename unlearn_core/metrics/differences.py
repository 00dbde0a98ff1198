"""How answers differ: word by word, and how often each was given."""

import difflib
import re
from collections import Counter
from collections.abc import Sequence
from itertools import combinations
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


def how_different(answers: Sequence[str]) -> float:
    """How far answers to one question are apart, 0 (the same words) to 1 (no word in common).

    The mean over all pairs of one minus the share of words in common, in their order; 0 for fewer
    than two answers.
    """
    pairs = list(combinations([answer.split() for answer in answers], 2))
    if not pairs:
        return 0.0
    alike = (difflib.SequenceMatcher(None, a, b, autojunk=False).ratio() for a, b in pairs)
    return 1 - sum(alike) / len(pairs)
