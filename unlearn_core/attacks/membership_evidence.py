"""What an attacker can measure of marked and of never-seen records, record by record.

Scores are taken on the tokens of the fact (see `fact_tokens` for why); of a record without one, on
its whole answer.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch

from unlearn_core.attacks.base import Case, Target
from unlearn_core.attacks.fact_tokens import fact_row, of_fact, of_text
from unlearn_core.attacks.membership_separation import exchanged, finite
from unlearn_core.data.batches import IGNORED, Batch
from unlearn_core.data.records import Record
from unlearn_core.evaluation.evaluator import subset
from unlearn_core.evaluation.readings import Likelihood, likelihoods
from unlearn_core.metrics.membership_scores import loss, min_k, zlib_loss
from unlearn_core.models.forward import answer_logits
from unlearn_core.models.likelihoods import mean_nll
from unlearn_core.settings.config import Config, setting

NO_HOLDOUT = (
    "Not tested, because there are no records that no model ever saw to compare with; "
    "give a file of some as holdout data."
)
NO_FORGET = "Not tested, because there are no marked records; mark some."


class EvidenceConfig(Config):
    """How much is measured."""

    records: int = setting(
        400, "Maximum number of records of each group, marked and never seen.", ge=1, le=100_000,
        unit="records",
    )  # fmt: skip
    neighbours: int = setting(
        10, "Perturbed copies of each answer that its likelihood is compared with.", ge=0, le=200,
        unit="texts",
    )  # fmt: skip
    gradients: bool = setting(
        True, "Also measure the norm of the gradient that each record would give."
    )


@dataclass(frozen=True)
class Evidence:
    """Numbers by name, one for each record.

    Attributes:
        forget, holdout: The records that were measured.
        marked, unseen: The named scores of each, higher for what looks less like training data.
        features: Further numbers for a trained attacker, forget records first.
        note: What was left out.
    """

    forget: Sequence[Record]
    holdout: Sequence[Record]
    marked: Mapping[str, Sequence[float]]
    unseen: Mapping[str, Sequence[float]]
    features: Mapping[str, Sequence[float]]
    note: str = ""

    @property
    def subjects(self) -> list[str]:
        """Whom each record is about, forget records first; one about nobody stands alone."""
        return [one.subject or one.id for one in (*self.forget, *self.holdout)]


def missing(case: Case) -> str:
    """Why nothing can be compared; empty where it can."""
    if not case.material.forget:
        return NO_FORGET
    return "" if case.material.holdout else NO_HOLDOUT


def gather(target: Target, case: Case, config: EvidenceConfig) -> Evidence:
    """Measure the model on marked and never-seen records."""
    forget = subset(case.material.forget, config.records, case.seed)
    holdout = subset(case.material.holdout, config.records, case.seed)
    records = [*forget, *holdout]
    read = read_facts(target, records)
    scores = {
        "loss": [loss(one.log_probs) for one in read],
        "zlib": [
            zlib_loss(one.log_probs, record.fact or record.answer)
            for one, record in zip(read, records, strict=True)
        ],
        "min_k": [min_k(one.log_probs) for one in read],
        "min_k_plus": [min_k(one.standardised) for one in read],
    }
    case.say(0.2, [])
    retrained = case.others.get("retrained")
    if retrained is not None and target.role != "retrained":
        known = [loss(one.log_probs) for one in read_facts(retrained, records)]
        scores["reference"] = [a - b for a, b in zip(scores["loss"], known, strict=True)]
    if config.neighbours:
        scores["neighbourhood"] = neighbourhood(target, records, config.neighbours, case.seed)
    case.say(0.5, [])
    note = ""
    if config.gradients and target.fresh is None:
        note = "GradNorm was left out, because this model forgets only while it answers."
    elif config.gradients:
        scores["grad_norm"] = gradient_norms(
            target, records, lambda share: case.say(0.5 + share / 2, [])
        )
    return Evidence(
        forget,
        holdout,
        {name: values[: len(forget)] for name, values in scores.items()},
        {name: values[len(forget) :] for name, values in scores.items()},
        {**scores, **_shape(read)},
        note,
    )


def read_answers(target: Target, records: Sequence[Record]) -> list[Likelihood]:
    """The likelihood of each true answer's tokens, in finite numbers; not of its end token."""
    read = read_rows(target, [(record.prompt, record.answer) for record in records])
    return [of_text(one) for one in read]


def read_facts(target: Target, records: Sequence[Record]) -> list[Likelihood]:
    """The likelihood of each true answer's fact, token by token, in finite numbers."""
    rows = [fact_row(record, target.encoder) for record in records]
    read = read_rows(target, [(record.prompt, record.answer) for record in records])
    return [of_fact(*one) for one in zip(read, rows, strict=True)]


def read_rows(target: Target, rows: Sequence[tuple[str, str]]) -> list[Likelihood]:
    """The likelihood of each answer, token by token, in finite numbers."""
    return [
        replace(one, log_probs=finite(one.log_probs), standardised=finite(one.standardised))
        for one in likelihoods(target.model, target.encoder, target.device, rows)
    ]


def neighbourhood(target: Target, records: Sequence[Record], count: int, seed: int) -> list[float]:
    """Minus (log-likelihood of the answer, less its mean over changed copies), a token's mean.

    Of the whole answer: what repeats the question falls out in the difference. The words to change
    for come from the answers of all records, so that both groups are changed alike.
    """
    words = sorted({word for record in records for word in record.answer.split()})
    rows: list[tuple[str, str]] = []
    for record in records:
        draw = random.Random(f"{seed} {record.id}")
        changed = [exchanged(record.answer, words, draw) for _ in range(count)]
        rows += [(record.prompt, text) for text in (record.answer, *changed)]
    read = [of_text(one) for one in read_rows(target, rows)]
    nll = np.array([loss(one.log_probs) for one in read]).reshape(len(records), count + 1)
    return [float(value) for value in nll[:, 0] - nll[:, 1:].mean(axis=1)]


def gradient_norms(
    target: Target, records: Sequence[Record], say: Callable[[float], None]
) -> list[float]:
    """GradNorm: mean over weight tensors of the length of the gradient of LOSS, by record."""
    assert target.fresh is not None, "the weights are needed"
    model = target.fresh().train(False).requires_grad_(True)
    parameters = list(model.parameters())
    norms = []
    for i, record in enumerate(records):
        out = answer_logits(model, _fact_batch(record, target))
        gradients = torch.autograd.grad(mean_nll(out.logits, out.labels), parameters)
        norm = torch.stack([gradient.norm() for gradient in gradients]).mean()
        # A token that is ruled out has no finite gradient: nothing looks less familiar.
        largest = torch.finfo(norm.dtype).max
        norms.append(float(torch.nan_to_num(norm, nan=largest, posinf=largest)))
        if i % 20 == 0:
            say(i / len(records))
    return norms


def _fact_batch(record: Record, target: Target) -> Batch:
    """One row of which only the fact is to be predicted."""
    row = fact_row(record, target.encoder)
    batch = target.encoder.batch([(record.prompt, record.answer)])
    labels = batch.labels.clone()
    labels[:, : row.start] = IGNORED
    labels[:, row.end :] = IGNORED
    return replace(batch, labels=labels).to(target.device)


def _shape(read: Sequence[Likelihood]) -> dict[str, list[float]]:
    """How likelihood is spread over an answer, in numbers that do not tell its length."""
    return {
        "hardest": [min_k(one.log_probs, 0.0) for one in read],
        "easiest": [-min_k([-value for value in one.log_probs], 0.0) for one in read],
        "spread": [float(np.std(one.log_probs)) for one in read],
        "right": [float(np.mean(one.right)) if one.right else 0.0 for one in read],
        "mean_plus": [min_k(one.standardised, 1.0) for one in read],
    }
