"""What forgetting cost, by hand."""

from unlearn_core.data.records import Record
from unlearn_core.evaluation.side_effects import side_effects
from unlearn_core.metrics.base import Reading


def reading(id: str, subject: str, answer: str, log_prob: float) -> Reading:
    record = Record(id=id, prompt=f"{id}?", answer=f"It is {id}.", subject=subject, fact=id)
    return Reading(record, answer, (log_prob,), (True,), (0.0,))


BEFORE = {
    "retain": [reading("a", "Ada", "a", -0.1), reading("b", "Bo", "b", -0.2)],
    "neighbours": [reading("a", "Ada", "a", -0.1)],
    "world": [reading("c", "", "c", -0.3)],
    "forget": [reading("z", "Zoe", "z", 0.0)],
}
AFTER = {
    "retain": [reading("a", "Ada", "x", -2.1), reading("b", "Bo", "b", -0.7)],
    "neighbours": [reading("a", "Ada", "x", -2.1)],
    "world": [reading("c", "", "c", -0.1)],
    "forget": [reading("z", "Zoe", "no", -9.0)],
}


def test_recall_by_group_and_by_subject() -> None:
    found = side_effects(BEFORE, AFTER)
    groups = {k: (one.before, one.after, one.records) for k, one in found.groups.items()}
    assert groups == {"neighbours": (1, 0, 1), "retain": (1, 0.5, 2), "world": (1, 1, 1)}
    # A record that is in two groups counts once for its subject.
    assert [(one.subject, one.after, one.records) for one in found.subjects] == [
        ("Ada", 0, 1), ("(no subject)", 1, 1), ("Bo", 1, 1),
    ]  # fmt: skip


def test_the_records_hurt_most_come_first_and_unhurt_ones_not_at_all() -> None:
    hurt = side_effects(BEFORE, AFTER).hurt
    assert [(one.id, one.lost, round(one.fall or 0, 3)) for one in hurt] == [
        ("a", True, 2.0), ("b", False, 0.5),
    ]  # fmt: skip


def test_the_forget_set_is_no_side_effect() -> None:
    assert all(one.id != "z" for one in side_effects(BEFORE, AFTER).hurt)
