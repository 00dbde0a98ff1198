"""Do the marked records look like something the model has read, beside records it never saw?"""

from collections.abc import Callable, Sequence

from unlearn_core.attacks.base import (
    Attack,
    AttackCard,
    Case,
    Curve,
    Finding,
    Shot,
    Target,
    not_tested,
)
from unlearn_core.attacks.membership_evidence import (
    Evidence,
    EvidenceConfig,
    gather,
    missing,
    read_answers,
    read_facts,
)
from unlearn_core.attacks.membership_separation import roc, separation
from unlearn_core.attacks.registry import register
from unlearn_core.data.records import Record
from unlearn_core.evaluation.readings import Likelihood
from unlearn_core.metrics.membership_scores import auc, min_k
from unlearn_core.metrics.privacy import UNTOLD, priv_leak

HEADLINE = "min_k"

Read = Callable[[Target, Sequence[Record]], list[Likelihood]]


class MembershipConfig(EvidenceConfig):
    """How much is measured."""


@register(
    "membership",
    "Membership",
    config=MembershipConfig,
    order=110,
    quick={"neighbours": 3, "gradients": False},
    thorough={"neighbours": 25},
    card=AttackCard(
        spoken=False,
        idea="A model is less surprised by what it has read; are the marked answers less "
        "surprising than true answers that it never saw?",
        measure="AUC of Min-K 40 %: 1 looks read, 0.5 cannot be told, below 0.5 looks pushed away",
        kind="detection",
        paper="Shi et al., MUSE, 2024; scores as in OpenUnlearning (Dorna et al., 2025)",
        cost="about 1 s quick, 15 s thorough",
    ),
)
class Membership(Attack[MembershipConfig]):
    """AUC of seven scores on marked against never-seen records.

    LOSS, ZLIB, Min-K 40 %, Min-K++, reference (LOSS less that of the retrained model),
    neighbourhood (LOSS less that of answers with exchanged words) and GradNorm, on the tokens of
    the fact; `auc_min_k_whole_answer` is on all tokens of the answer
    but its end token, as MUSE has it. The numbers also hold
    `p_below`: an AUC far below 0.5 tells the marked records apart as well.
    """

    def run(self, target: Target, case: Case) -> Finding:
        """Attack one model."""
        why = missing(case)
        if why:
            return not_tested(why)
        evidence = gather(target, case, self.config)
        found = {
            name: separation(
                evidence.marked[name], evidence.unseen[name], evidence.subjects, case.seed
            )
            for name in evidence.marked
        }
        main = found[HEADLINE]
        numbers = {f"auc_{name}": one.auc for name, one in found.items()}
        numbers["auc_min_k_whole_answer"] = _auc(target, evidence, read_answers)
        retrained = None if target.role == "retrained" else case.others.get("retrained")
        reference = _auc(retrained, evidence, read_facts) if retrained else UNTOLD
        against = "" if retrained else "PrivLeak is against an AUC of 0.5."
        if reference < 1:
            numbers["priv_leak"] = priv_leak(main.auc, reference)
        shots = _shots(evidence)
        case.say(1.0, shots)
        return Finding(
            main.auc,
            main.low,
            main.high,
            chance=UNTOLD,
            p=main.p,
            least_p=main.least_p,
            count=len(evidence.forget),
            shots=shots,
            curves=(_curve(evidence),),
            numbers={**numbers, "p_below": main.p_below},
            note=" ".join(filter(None, (evidence.note, against))),
        )


def _auc(target: Target, evidence: Evidence, read: Read) -> float:
    """AUC of Min-K 40 % of another model, or on other tokens."""
    marked, unseen = (
        [min_k(one.log_probs) for one in read(target, records)]
        for records in (evidence.forget, evidence.holdout)
    )
    return auc(marked, unseen)


def _shots(evidence: Evidence) -> tuple[Shot, ...]:
    """What was measured of each marked record, the least surprising first."""
    unseen = evidence.unseen[HEADLINE]
    order = sorted(zip(evidence.marked[HEADLINE], evidence.forget, strict=True), key=lambda p: p[0])
    return tuple(
        Shot(
            record.id,
            record.prompt,
            f"True answer: {record.answer}",
            leaked=False,
            detail=f"surprise {score:.2f} nats, less than that of {sum(o > score for o in unseen)} "
            f"of {len(unseen)} never-seen records",
        )
        for score, record in order
    )


def _curve(evidence: Evidence) -> Curve:
    alarms, hits = roc(evidence.marked[HEADLINE], evidence.unseen[HEADLINE])
    return Curve(
        "marked records found",
        "never-seen records accused",
        "marked records accused",
        tuple(alarms),
        tuple(hits),
    )
