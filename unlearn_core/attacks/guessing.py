"""Does a model know, or does it guess? The true answer against wrong ones of the same form.

Who knows nothing says the true answer as often as any wrong one that could stand in its place. So
the wrong answers of a record are found out in the same way as the true one, and give the level of
guessing; drawing at random which of them is called true gives how often guessing alone does as
well. The best of several settings is compared with the best of the same settings under guessing,
so that trying more proves nothing by itself.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from unlearn_core.attacks.base import Finding
from unlearn_core.data.alternatives import wrong_records
from unlearn_core.data.records import Record
from unlearn_core.metrics.intervals import interval
from unlearn_core.metrics.leak import KNOWN_RECALL, answer_recall, knows

DRAWS = 5000
NO_DECOYS = (
    "Guessing is not known, because the records have no wrong answers to compare with; "
    "give them in the field `perturbed`."
)


@dataclass(frozen=True)
class Found:
    """How often a record's true answer was found, and each wrong one, by setting.

    Attributes:
        true: (K,) from 0 to 1, one for each setting tried (temperature, layer, bits, ...).
        wrong: (D, K) the same for each wrong answer.
    """

    true: tuple[float, ...]
    wrong: tuple[tuple[float, ...], ...]


def found_in(
    texts: Sequence[Sequence[str]], record: Record, wrong: Sequence[Record] | None = None
) -> Found:
    """Whether any of the texts of each setting gives the true answer, and each wrong one.

    Args:
        texts: By setting.
        record: With wrong answers where there are any.
        wrong: The record with each wrong answer in place of the true one; None makes them. Give
            them for a passage, whose record is only its second half once it is asked.
    """
    return _counted(texts, record, wrong, lambda hits: float(any(hits)))


def share_in(
    texts: Sequence[Sequence[str]], record: Record, wrong: Sequence[Record] | None = None
) -> Found:
    """The same as the share of the texts of each setting."""
    return _counted(texts, record, wrong, lambda hits: sum(hits) / len(hits))


def gives(text: str, candidates: Sequence[Record]) -> list[bool]:
    """Which of the answers a text gives.

    With facts to look for, every one that is in it. Without, wrong answers may differ from the
    true one by a word, so only the one that is closest counts, if it is close enough and alone.

    Args:
        text: An answer.
        candidates: The record with its true answer, then with each wrong one.
    """
    if candidates[0].fact or len(candidates) == 1:
        return [knows(text, one) for one in candidates]
    recalls = [answer_recall(text, one.answer) for one in candidates]
    best = max(recalls)
    alone = best >= KNOWN_RECALL and recalls.count(best) == 1
    return [alone and recall == best for recall in recalls]


def _counted(
    texts: Sequence[Sequence[str]],
    record: Record,
    wrong: Sequence[Record] | None,
    count: Callable[[Sequence[bool]], float],
) -> Found:
    candidates = (record, *(wrong_records(record) if wrong is None else wrong))
    by_setting = []
    for rows in texts:
        hits = [gives(text, candidates) for text in rows]
        by_setting.append([count([hit[i] for hit in hits]) for i in range(len(candidates))])
    columns = [tuple(row[i] for row in by_setting) for i in range(len(candidates))]
    return Found(columns[0], tuple(columns[1:]))


def against_guessing(found: Sequence[Found], seed: int) -> Finding:
    """Value, interval, level of guessing, and how often guessing does as well.

    The value is the mean over records at the best setting. Its interval is exact
    (Clopper-Pearson) for records that are found or not, by Hoeffding's bound where every record
    has the same value between, and from a bootstrap over records else.

    Args:
        found: One for each record, with the same settings.
        seed: Of the random draws.
    """
    if not found:
        return Finding(
            None, note="Not tested, because there are no records to find out; mark some."
        )
    rng = np.random.default_rng(seed)
    true = np.array([one.true for one in found], dtype=float)
    means = true.mean(axis=0)
    best = int(means.argmax())
    low, high = interval(true[:, best], seed)
    finding = Finding(float(means[best]), low, high, count=len(found))
    judged = [one for one in found if one.wrong]
    if not judged:
        return replace(finding, note=NO_DECOYS)
    guesses = _guesses(judged, rng)
    seen = np.array([one.true for one in judged], dtype=float).mean(axis=0).max()
    p = (1 + int((guesses >= seen - 1e-12).sum())) / (1 + DRAWS)
    least = math.prod(1 / (1 + len(one.wrong)) for one in judged)
    without = len(found) - len(judged)
    note = f"{without} records have no wrong answers and no say in guessing." if without else ""
    return replace(finding, chance=float(guesses.mean()), p=p, least_p=least, note=note)


def _guesses(found: Sequence[Found], rng: np.random.Generator) -> NDArray[np.float64]:
    """(DRAWS,) best mean when a random answer of each record is called the true one."""
    total = np.zeros((DRAWS, len(found[0].true)))
    for one in found:
        candidates = np.array([one.true, *one.wrong], dtype=float)
        total += candidates[rng.integers(len(candidates), size=DRAWS)]
    best: NDArray[np.float64] = (total / len(found)).max(axis=1)
    return best
