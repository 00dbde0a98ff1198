"""How well scores of membership part two groups; the scores are those of `metrics.membership`.

Higher means less like something the model has read. The area under the curve (AUC) is the chance
that a never-seen record scores above a marked one: 1 where the marked records look far more like
training data, 0.5 where nothing tells them apart, below 0.5 where the model is surer that it never
saw them than it is of records that it truly never saw.
"""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from unlearn_core.metrics.membership_scores import auc, auc_interval

LOWEST = -1e4
"""Nats; below any real token, so that a token that is ruled out still gives a number."""
EXCHANGED = 0.3
"""Share of an answer's words that are exchanged, as much as published code masks."""
MOST_NAMINGS = 10_000
"""Ways to name the marked subjects that are tried; all of them where there are no more."""


def finite(values: Sequence[float]) -> tuple[float, ...]:
    """The values within `LOWEST` on either side of 0; what is no number counts as the lowest."""
    return tuple(np.clip(np.nan_to_num(values, nan=LOWEST), LOWEST, -LOWEST).tolist())


def exchanged(text: str, words: Sequence[str], draw: random.Random) -> str:
    """The text with 30 % of its words, at least one, put for words drawn from the list.

    A rule in the place of the mask-filling model of the published code.
    """
    own = text.split()
    for place in draw.sample(range(len(own)), min(len(own), max(1, round(EXCHANGED * len(own))))):
        own[place] = draw.choice(words)
    return " ".join(own)


@dataclass(frozen=True)
class Separation:
    """How well scores tell marked records from never-seen ones.

    Attributes:
        auc: 0 to 1.
        low, high: 95 % interval.
        p: How often chance alone gives an AUC at least as high: the share of all ways to name as
            many of the subjects "marked" that do. Records of one subject are alike in much, so
            they are named together.
        p_below: The same at least as low.
        least_p: The smallest p that so few subjects could give.
    """

    auc: float
    low: float
    high: float
    p: float
    p_below: float
    least_p: float


def separation(
    marked: Sequence[float], unseen: Sequence[float], subjects: Sequence[str], seed: int = 0
) -> Separation:
    """AUC of "the higher score is the unseen one", equal scores counting half.

    Args:
        marked, unseen: Scores.
        subjects: Whom each record is about, marked ones first.
        seed: Draws the namings where there are too many to try all.
    """
    area = auc(marked, unseen)
    names = sorted(set(subjects[: len(marked)])) + sorted(set(subjects[len(marked) :]))
    places = [names.index(name) for name in subjects[: len(marked)]]
    behind = len(set(places))
    places += [behind + names[behind:].index(name) for name in subjects[len(marked) :]]
    namings = _namings(behind, len(names), seed)
    areas = _areas(np.array([*marked, *unseen]), np.array(places), namings)
    tries = len(namings)
    return Separation(
        area,
        *auc_interval(area, len(marked), len(unseen)),
        p=int((areas >= area - 1e-12).sum()) / tries,
        p_below=int((areas <= area + 1e-12).sum()) / tries,
        least_p=1 / tries,
    )


def _namings(marked: int, count: int, seed: int) -> NDArray[np.float64]:
    """(P, count) which subjects are called marked, the true naming first."""
    if math.comb(count, marked) <= MOST_NAMINGS:
        chosen = list(combinations(range(count), marked))
    else:
        draw = random.Random(seed)
        drawn = [tuple(draw.sample(range(count), marked)) for _ in range(MOST_NAMINGS - 1)]
        chosen = [tuple(range(marked)), *drawn]
    namings = np.zeros((len(chosen), count))
    np.put_along_axis(namings, np.array(chosen), 1.0, axis=1)
    return namings


def _areas(
    scores: NDArray[np.float64], places: NDArray[np.int64], namings: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(P,) AUC of each naming of the subjects, whose records stand at `places`."""
    wins = (scores[None, :] > scores[:, None]) + 0.5 * (scores[None, :] == scores[:, None])
    belongs = np.eye(namings.shape[1])[places]
    between = belongs.T @ wins @ belongs
    sizes = belongs.sum(axis=0)
    others = 1 - namings
    pairs = (namings @ sizes) * (others @ sizes)
    areas: NDArray[np.float64] = ((namings @ between) * others).sum(axis=1) / pairs
    return areas


def roc(marked: Sequence[float], unseen: Sequence[float]) -> tuple[list[float], list[float]]:
    """False alarms and hits, as shares, when everything scoring up to a threshold is accused."""
    thresholds = sorted({*marked, *unseen})
    alarms = [0.0, *(sum(s <= t for s in unseen) / len(unseen) for t in thresholds)]
    hits = [0.0, *(sum(s <= t for s in marked) / len(marked) for t in thresholds)]
    return alarms, hits
