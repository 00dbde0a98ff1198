"""Folds without subjects in common, and an attacker that is not told what it is asked."""

import numpy as np

from unlearn_core.attacks.membership_evidence import Evidence
from unlearn_core.attacks.trained_attacker import fold_numbers, judged
from unlearn_core.data.records import Record


def people(kind: str, count: int, each: int, subjects: bool = True) -> list[Record]:
    return [
        Record(id=f"{kind}{i}-{j}", prompt="?", answer="!", subject=f"{kind}{i}" * subjects)
        for i in range(count)
        for j in range(each)
    ]


def test_a_subject_lies_in_one_fold_and_every_fold_has_both_kinds() -> None:
    forget, holdout = people("f", 4, 3), people("h", 7, 2)
    folds = fold_numbers(forget, holdout, 5, seed=0)
    assert set(folds) == {0, 1, 2, 3}
    for kind, numbers in ((forget, folds[:12]), (holdout, folds[12:])):
        by_subject: dict[str, set[int]] = {}
        for one, number in zip(kind, numbers, strict=True):
            by_subject.setdefault(one.subject, set()).add(number)
        assert all(len(numbers) == 1 for numbers in by_subject.values())
        assert set.union(*by_subject.values()) == {0, 1, 2, 3}


def test_records_are_dealt_singly_where_there_is_one_subject() -> None:
    folds = fold_numbers(people("f", 1, 6), people("h", 3, 4), 3, seed=0)
    assert [folds[:6].count(fold) for fold in range(3)] == [2, 2, 2]
    assert [folds[6:].count(fold) for fold in range(3)] == [4, 4, 4]


def evidence(features: np.ndarray, forget: list[Record], holdout: list[Record]) -> Evidence:
    columns = {f"x{i}": column.tolist() for i, column in enumerate(features.T)}
    return Evidence(forget, holdout, {}, {}, columns)


def test_a_difference_is_found() -> None:
    forget, holdout = people("f", 5, 8), people("h", 5, 8)
    folds = fold_numbers(forget, holdout, 5, seed=0)
    rng = np.random.default_rng(0)
    apart = np.concatenate([rng.normal(0, 1, 40), rng.normal(3, 1, 40)])[:, None]
    seen = judged(evidence(apart, forget, holdout), folds, 0.1)
    assert np.mean(seen[:40] < 0) > 0.8 and np.mean(seen[40:] > 0) > 0.8


def test_what_marks_a_subject_tells_nothing_of_others() -> None:
    forget, holdout = people("f", 5, 8), people("h", 5, 8)
    marks = evidence(np.repeat(np.eye(10), 8, axis=0), forget, holdout)
    by_record = judged(marks, [i % 5 for i in range(80)], 1.0)
    assert (by_record[:40] < 0).all() and (by_record[40:] > 0).all()
    by_subject = judged(marks, fold_numbers(forget, holdout, 5, seed=0), 1.0)
    assert np.abs(by_subject).max() < 0.1
