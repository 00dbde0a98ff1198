"""An attacker who is trained to tell marked from never-seen records by all that can be measured."""

import random
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from unlearn_core.attacks.base import (
    Attack,
    AttackCard,
    Case,
    Finding,
    Shot,
    Target,
    not_tested,
)
from unlearn_core.attacks.membership_evidence import Evidence, EvidenceConfig, gather, missing
from unlearn_core.attacks.membership_separation import separation
from unlearn_core.attacks.registry import register
from unlearn_core.data.records import Record
from unlearn_core.settings.config import setting

TOO_FEW = (
    "Not tested, because an attacker cannot be trained and checked on fewer than 2 records of a "
    "kind; mark more records, or give more holdout data."
)


class TrainedAttackerConfig(EvidenceConfig):
    """What is measured, and how the attacker is trained."""

    records: int = setting(
        400, "Maximum number of records of each group, marked and never seen.", ge=2, le=100_000,
        unit="records",
    )  # fmt: skip
    folds: int = setting(
        5, "Folds of the cross-validation: the attacker is trained on the others and judges this "
        "one.", ge=2, le=50,
    )  # fmt: skip
    strength: float = setting(
        0.1, "Inverse regularisation strength of the logistic regression (C): higher fits the "
        "examples more closely.", gt=0, le=1000, advanced=True,
    )  # fmt: skip


@register(
    "trained-attacker",
    "Trained attacker",
    config=TrainedAttackerConfig,
    order=120,
    quick={"neighbours": 3, "gradients": False},
    thorough={"neighbours": 25, "gradients": False},
    card=AttackCard(
        spoken=False,
        idea="An attacker is shown some marked and some never-seen records with all that can be "
        "measured of them; can it tell the others apart?",
        measure="AUC on people it was not trained on: 1 always right, 0.5 guessing",
        kind="detection",
        paper="Ours, in the place of MIAU of To Each (Textual Sequence) Its Own, ICML 2024, whose "
        "definition could not be confirmed",
        cost="about 1 s quick, 5 s thorough",
    ),
)
class TrainedAttacker(Attack[TrainedAttackerConfig]):
    """Cross-validated logistic regression on the evidence of `membership_evidence`.

    The paper's definition of MIAU could not be confirmed from what is public, so this is not it by
    name: here AUC of the scores that the attacker gives to records of the folds it was not trained
    on. All records of a subject lie in one fold, where there are at least two subjects on either
    side, so that the subject itself cannot be learnt. p is the share of all ways to name as many
    subjects "marked" in which the same scores give an AUC at least as high.
    """

    def run(self, target: Target, case: Case) -> Finding:
        """Attack one model."""
        why = missing(case)
        if why:
            return not_tested(why)
        if min(len(case.material.forget), len(case.material.holdout)) < 2:
            return not_tested(TOO_FEW)
        evidence = gather(target, case, self.config)
        folds = fold_numbers(evidence.forget, evidence.holdout, self.config.folds, case.seed)
        seen = judged(evidence, folds, self.config.strength)
        count = len(evidence.forget)
        found = separation(
            seen[:count].tolist(), seen[count:].tolist(), evidence.subjects, case.seed
        )
        shots = _shots(evidence.forget, seen)
        case.say(1.0, shots)
        return Finding(
            found.auc,
            found.low,
            found.high,
            chance=0.5,
            p=found.p,
            least_p=found.least_p,
            count=count,
            shots=shots,
            numbers={"folds": float(max(folds) + 1)},
            note=evidence.note,
        )


def fold_numbers(
    forget: Sequence[Record], holdout: Sequence[Record], most: int, seed: int
) -> list[int]:
    """The fold of each record, forget records first; every fold has some of both kinds.

    Subjects are dealt out whole, or single records where a kind has fewer than two subjects.
    """
    whole = min(len(_subjects(forget)), len(_subjects(holdout))) > 1
    numbers: list[int] = []
    kinds = [
        [(one.subject if whole else "") or one.id for one in records]
        for records in (forget, holdout)
    ]
    folds = min(most, *(len(set(names)) for names in kinds))
    for names in kinds:
        order = sorted(set(names))
        random.Random(seed).shuffle(order)
        dealt = {name: place % folds for place, name in enumerate(order)}
        numbers += [dealt[name] for name in names]
    return numbers


def judged(evidence: Evidence, folds: Sequence[int], strength: float) -> NDArray[np.float64]:
    """(N,) log-odds of "never seen" by attackers that were not trained on the record's fold."""
    # scikit-learn takes a second to import, which the page need not wait for.
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    rows = np.array(list(evidence.features.values()), dtype=float).T
    unseen = np.arange(len(rows)) >= len(evidence.forget)
    where = np.array(folds)
    seen = np.zeros(len(rows))
    for fold in range(max(folds) + 1):
        attacker = make_pipeline(
            StandardScaler(),
            LogisticRegression(C=strength, class_weight="balanced", max_iter=1000),
        )
        attacker.fit(rows[where != fold], unseen[where != fold])
        seen[where == fold] = attacker.decision_function(rows[where == fold])
    return seen


def _subjects(records: Sequence[Record]) -> set[str]:
    return {record.subject for record in records if record.subject}


def _shots(forget: Sequence[Record], seen: NDArray[np.float64]) -> tuple[Shot, ...]:
    order = sorted(zip(seen.tolist(), forget, strict=False), key=lambda pair: pair[0])
    return tuple(
        Shot(
            record.id,
            record.prompt,
            f"True answer: {record.answer}",
            leaked=False,
            detail=f"the attacker says {'read' if odds < 0 else 'never seen'} ({odds:+.2f})",
        )
        for odds, record in order
    )
