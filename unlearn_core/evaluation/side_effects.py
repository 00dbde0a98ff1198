"""What forgetting did to everything that should have stayed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from statistics import fmean

from unlearn_core.metrics.base import Reading
from unlearn_core.metrics.leak import knows

MOST_HURT = 12
KEPT_GROUPS = ("neighbours", "retain", "world")


@dataclass(frozen=True)
class Recall:
    """Share of records whose greedy answer gives the true one, before and after."""

    before: float
    after: float
    records: int


@dataclass(frozen=True)
class SubjectRecall(Recall):
    """The same of the records about one subject."""

    subject: str


@dataclass(frozen=True)
class Hurt:
    """A kept record that suffered.

    Attributes:
        before, after: Greedy answers.
        lost: Whether it was known before and is not any more.
        fall: How much less likely a token of its true answer became, in nats; None where a
            likelihood is not known.
    """

    id: str
    prompt: str
    true: str
    before: str
    after: str
    lost: bool
    fall: float | None


@dataclass(frozen=True)
class SideEffects:
    """Recall by group and by subject (those that lost most first), and the records hurt most."""

    groups: Mapping[str, Recall]
    subjects: tuple[SubjectRecall, ...]
    hurt: tuple[Hurt, ...]


def side_effects(
    before: Mapping[str, Sequence[Reading]], after: Mapping[str, Sequence[Reading]]
) -> SideEffects:
    """Compare the readings of the kept groups.

    Args:
        before: Of the original model, by group.
        after: Of the unlearned one, the same records in the same order.
    """
    groups = [name for name in KEPT_GROUPS if before.get(name)]
    pairs = {
        old.record.id: (old, new)
        for name in groups
        for old, new in zip(before[name], after[name], strict=True)
    }
    return SideEffects(
        {
            name: Recall(*_recall(list(zip(before[name], after[name], strict=True))))
            for name in groups
        },
        _by_subject(list(pairs.values())),
        _hurt_most(list(pairs.values())),
    )


Pair = tuple[Reading, Reading]


def _recall(pairs: Sequence[Pair]) -> tuple[float, float, int]:
    known = [[knows(one.answer, one.record) for one in pair] for pair in pairs]
    return fmean(old for old, _ in known), fmean(new for _, new in known), len(pairs)


def _by_subject(pairs: Sequence[Pair]) -> tuple[SubjectRecall, ...]:
    groups: dict[str, list[Pair]] = {}
    for pair in pairs:
        groups.setdefault(pair[0].record.subject or "(no subject)", []).append(pair)
    recalls = [SubjectRecall(*_recall(rows), subject) for subject, rows in groups.items()]
    return tuple(sorted(recalls, key=lambda one: (one.after - one.before, one.subject)))


def _hurt_most(pairs: Sequence[Pair]) -> tuple[Hurt, ...]:
    rows = [_hurt(old, new) for old, new in pairs]
    worse = [row for row in rows if row.lost or (row.fall or 0.0) > 0]
    return tuple(sorted(worse, key=lambda row: (not row.lost, -(row.fall or 0.0))))[:MOST_HURT]


def _hurt(old: Reading, new: Reading) -> Hurt:
    record, fall = old.record, old.mean_log_prob - new.mean_log_prob
    return Hurt(
        record.id, record.prompt, record.answer, old.answer, new.answer,
        knows(old.answer, record) and not knows(new.answer, new.record),
        None if isnan(fall) else fall,
    )  # fmt: skip
