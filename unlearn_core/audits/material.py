"""The records of an audit: what should be gone, what was kept, what nobody was ever told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from unlearn_core.attacks.base import Material
from unlearn_core.audits.spec import AuditSpec
from unlearn_core.data.alternatives import with_wrong_answers
from unlearn_core.data.marks import neighbours
from unlearn_core.data.records import Corpus, Record, Split
from unlearn_core.demo.passages import make_passages, passage_records
from unlearn_core.evaluation.evaluator import subset
from unlearn_core.metrics.leak import knows
from unlearn_core.runs.load import NEIGHBOURS

MOST_RECORDS = {"quick": 120, "thorough": 400}
"""Records of a group that metrics and attacks look at; of the forget set always all."""
UNSEEN_PASSAGES_SEED = 1008
"""Passages of another world: the holdout of the bundled texts."""


@dataclass(frozen=True)
class Gathered:
    """Records for attacks, the same and more by group for metrics, and what was made up."""

    material: Material
    groups: Mapping[str, tuple[Record, ...]]
    notes: tuple[str, ...]


def gather(spec: AuditSpec, corpus: Corpus, split: Split) -> Gathered:
    """The records of every group, at most so many, those to be found out with wrong answers."""
    most = MOST_RECORDS[spec.effort]
    everything = (*corpus.records, *corpus.kept)
    notes: list[str] = []
    borrowed: set[str] = set()

    def few(records: Sequence[Record]) -> tuple[Record, ...]:
        return tuple(subset(records, most, spec.seed))

    def complete(name: str, records: Sequence[Record]) -> tuple[Record, ...]:
        done = with_wrong_answers(records, everything, spec.seed)
        borrowed.update(done.borrowed)
        if done.borrowed:
            notes.append(
                f"{len(done.borrowed)} of {len(records)} records of {name} had no wrong answers to "
                "compare with and got them by rule, from records that ask nearly the same."
            )
        if done.without:
            notes.append(
                f"{done.without} of {len(records)} records of {name} have no wrong answers, and "
                "none could be made, so guessing is not known for them."
            )
        return done.records

    def askable(name: str, records: Sequence[Record]) -> tuple[Record, ...]:
        """Without questions that hold their own answer: whoever repeats them seems to know."""
        left = tuple(r for r in records if not (r.fact and r.prompt and knows(r.prompt, r)))
        if len(left) < len(records):
            notes.append(
                f"{len(records) - len(left)} records of {name} are left out, because their "
                "question holds the fact."
            )
        return left

    general = with_wrong_answers(few(split.world), split.world, spec.seed)
    borrowed.update(general.borrowed)
    forget = complete("the forget set", askable("the forget set", split.forget))
    paraphrased = complete(
        "its other phrasings", askable("its other phrasings", few(split.paraphrased))
    )
    retain = complete("the retain set", few(split.retain))
    holdout = _holdout(spec, split)
    material = Material(forget, paraphrased, retain, general.records, holdout, frozenset(borrowed))
    groups = {
        "forget": material.forget,
        "paraphrased": material.paraphrased,
        "neighbours": complete("the neighbours", neighbours(split, NEIGHBOURS)),
        "retain": material.retain,
        "world": material.world,
        "holdout": few(material.holdout),
    }
    return Gathered(
        material, {name: records for name, records in groups.items() if records}, tuple(notes)
    )


def _holdout(spec: AuditSpec, split: Split) -> tuple[Record, ...]:
    """Records of the forget set's kind: a question tells nothing of whether a text was seen."""
    holdout = split.holdout
    if spec.data.source == "bundled:passages":
        holdout = passage_records(make_passages(UNSEEN_PASSAGES_SEED))
    passages = any(record.is_passage for record in split.forget)
    return tuple(record for record in holdout if record.is_passage == passages)
