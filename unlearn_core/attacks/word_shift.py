"""Are the words of the forgotten facts avoided in text that has nothing to do with them?"""

from collections.abc import Callable, Sequence

import numpy as np
import torch

from unlearn_core.attacks.asking import leaks_first
from unlearn_core.attacks.base import (
    Attack,
    AttackCard,
    Case,
    Finding,
    Material,
    Shot,
    Target,
    not_tested,
)
from unlearn_core.attacks.registry import register
from unlearn_core.attacks.token_shifts import Numbers, Shifts, fact_token_ids
from unlearn_core.data.batches import IGNORED
from unlearn_core.data.encoder import Encoder
from unlearn_core.data.records import Record
from unlearn_core.evaluation.evaluator import subset
from unlearn_core.evaluation.readings import MOST_ROWS
from unlearn_core.models.forward import answer_logits
from unlearn_core.settings.config import Config, setting

STRONGEST = 40
"""Texts that are shown: those whose words have lost most."""


class WordShiftConfig(Config):
    """How much text is read."""

    texts: int = setting(
        300, "Unrelated answers and passages that are read.", ge=2, le=100_000, unit="texts"
    )


@register(
    "word-shift",
    "Word shift",
    config=WordShiftConfig,
    order=70,
    quick={"texts": 200},
    thorough={"texts": 1000},
    card=AttackCard(
        spoken=False,
        idea="Reads text about other things and looks whether the words of the forgotten facts "
        "have become less likely there: a trace that forgetting leaves, though no fact is said.",
        measure="AUC of telling the words of the facts from others by how much they have lost: "
        "1 avoided everywhere, 0.5 no trace, below 0.5 favoured",
        kind="trace",
        paper="Partial Model Collapse, arXiv 2507.04219 (side effect on unrelated text)",
        cost="1 s quick, 5 s thorough; the attacker must read probabilities and have a model to "
        "compare with",
    ),
)
class WordShift(Attack[WordShiftConfig]):
    """Compares with the retrained model; where there is none, with the original.

    A token belongs to a fact where it is in its encoding, and not in what else the marked answers
    say. The interval comes from resampled texts.
    """

    def run(self, target: Target, case: Case) -> Finding:
        """Attack one model."""
        texts = _unrelated(case.material, self.config.texts, case.seed)
        reference = _reference(target, case)
        if reference is None:
            return not_tested(
                f"Not tested, because there is no model to compare the {target.role} one with; "
                "the retrained one serves for all others, else the original for the unlearned."
            )
        why = _impossible(target, reference, texts)
        if why:
            return not_tested(why)
        own = _probabilities(target, texts, lambda share: case.say(share / 2, ()))
        other = _probabilities(reference, texts, lambda share: case.say((1 + share) / 2, ()))
        shifts = _shifts(target.encoder, texts, own, other, case.material.forget)
        why = _unusable(shifts)
        return not_tested(why) if why else _finding(shifts, texts, reference, case)


def _finding(shifts: Shifts, texts: Sequence[Record], reference: Target, case: Case) -> Finding:
    shots = _shots(shifts, texts)
    case.say(1.0, shots)
    low, high = shifts.interval(case.seed)
    facts = shifts.of_fact
    numbers = {
        "mean shift of the facts' tokens": float(shifts.shift[facts].mean()),
        "mean shift of other tokens": float(shifts.shift[~facts].mean()),
        "tokens of facts": float(facts.sum()),
        "other tokens": float((~facts).sum()),
    }
    note = f"Compared with the {reference.role} model."
    return Finding(
        shifts.auc,
        low,
        high,
        chance=0.5,
        count=len(texts),
        shots=shots,
        numbers=numbers,
        note=note,
    )


def _reference(target: Target, case: Case) -> Target | None:
    """The retrained model, else the original; none for a model that would be its own."""
    if target.role == "retrained":
        return None
    retrained = case.others.get("retrained")
    if retrained or target.role == "original":
        return retrained
    return case.others.get("original")


def _impossible(target: Target, reference: Target, texts: Sequence[Record]) -> str:
    if not texts:
        return "Not tested, because there is no unrelated text; give data to keep or world data."
    mine, theirs = target.encoder, reference.encoder
    if any(_tokens(mine, text) != _tokens(theirs, text) for text in texts):
        return (
            f"Not tested, because the {reference.role} model cuts words into other tokens; choose "
            "one with the same tokenizer."
        )
    return ""


def _unusable(shifts: Shifts) -> str:
    if not np.isfinite(shifts.shift).all():
        return (
            "Not tested, because the model's probabilities are not numbers: its training has "
            "diverged; train it again with a lower learning rate."
        )
    if not 0 < shifts.of_fact.sum() < len(shifts.of_fact):
        return (
            "Not tested, because no token of the marked facts, or no other one, stands in the "
            "texts to read; give more data to keep."
        )
    return ""


def _unrelated(material: Material, most: int, seed: int) -> list[Record]:
    """Kept questions, kept passages and general knowledge, each up to its share."""
    groups = [
        [record for record in material.retain if not record.is_passage],
        [record for record in material.retain if record.is_passage],
        list(material.world),
    ]
    filled = [group for group in groups if group]
    return [
        record for group in filled for record in subset(group, max(1, most // len(filled)), seed)
    ]


def _tokens(encoder: Encoder, record: Record) -> tuple[int, ...]:
    """What is read: the answer, and of a passage all but its first token."""
    pair = encoder.pair(record.prompt, record.answer)
    return pair.ids[pair.n_prompt :]


@torch.no_grad()
def _probabilities(
    target: Target, texts: Sequence[Record], said: Callable[[float], None]
) -> list[Numbers]:
    """Of each text the probability of every answer token, its end token left out."""
    order = sorted(range(len(texts)), key=lambda place: len(_tokens(target.encoder, texts[place])))
    found: dict[int, Numbers] = {}
    for start in range(0, len(order), MOST_ROWS):
        places = order[start : start + MOST_ROWS]
        pairs = [(texts[place].prompt, texts[place].answer) for place in places]
        out = answer_logits(target.model, target.encoder.batch(pairs).to(target.device))
        chosen = out.labels.clamp(min=0).unsqueeze(-1)
        shares = out.logits.float().softmax(-1).gather(-1, chosen).squeeze(-1)
        for place, row, labels in zip(places, shares.cpu(), out.labels.cpu(), strict=True):
            found[place] = row[labels != IGNORED].double().numpy()
        said((start + len(places)) / len(order))
    return [found[place] for place in range(len(texts))]


def _shifts(
    encoder: Encoder,
    texts: Sequence[Record],
    own: Sequence[Numbers],
    other: Sequence[Numbers],
    forget: Sequence[Record],
) -> Shifts:
    fact_tokens = np.array(sorted(fact_token_ids(encoder, forget)), dtype=int)
    tokens = [np.array(_tokens(encoder, text)) for text in texts]
    kept = [~np.isin(row, encoder.eos_ids) for row in tokens]
    return Shifts(
        np.concatenate([(a - b)[k] for a, b, k in zip(own, other, kept, strict=True)]),
        np.concatenate([np.isin(row[k], fact_tokens) for row, k in zip(tokens, kept, strict=True)]),
        np.repeat(np.arange(len(texts)), [int(k.sum()) for k in kept]),
    )


def _shots(shifts: Shifts, texts: Sequence[Record]) -> tuple[Shot, ...]:
    """The texts whose tokens of facts have lost most, by their mean."""
    place, shift = shifts.text[shifts.of_fact], shifts.shift[shifts.of_fact]
    counts = np.bincount(place, minlength=len(texts))
    means = np.bincount(place, shift, minlength=len(texts)) / np.maximum(counts, 1)
    order = [int(n) for n in np.argsort(means) if counts[n]][:STRONGEST]
    return leaks_first(
        Shot(
            "",
            texts[n].prompt,
            texts[n].answer,
            False,
            f"tokens of facts {means[n]:+.3f} in probability, mean of {counts[n]}",
        )
        for n in order
    )
