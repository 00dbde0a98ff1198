"""Letting the model choose: which of the given answers does it find most likely, or least?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from unlearn_core.attacks.asking import leaks_first
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
from unlearn_core.attacks.guessing import Found, against_guessing
from unlearn_core.attacks.registry import register
from unlearn_core.data.alternatives import wrong_records
from unlearn_core.data.records import Record
from unlearn_core.evaluation.readings import likelihoods
from unlearn_core.settings.config import Config, setting

LOWEST = -1000.0
"""Mean log-probability that stands for minus infinity: its probability is 0 all the same."""
PICKS = ("most likely", "least likely")


class MultipleChoiceConfig(Config):
    """How the accuracy is cut up."""

    quantiles: int = setting(
        4, "Groups of questions, from those with the least likely option on.", ge=1, le=100
    )


@dataclass(frozen=True)
class Choice:
    """One question with its options.

    Attributes:
        options: The true answer first.
        probabilities: (O,) of each option: inverse perplexity, normalised over the options.
        borrowed: Whether the wrong answers were made from other records. Who was trained on those
            finds them familiar, so that the true answer is least likely also to who never knew it.
    """

    record: Record
    options: tuple[str, ...]
    probabilities: NDArray[np.float64]
    borrowed: bool = False

    @property
    def picked(self) -> NDArray[np.float64]:
        """(O, 2) whether an option is the most likely, the least likely; ties share."""
        ends = (self.probabilities.max(), self.probabilities.min())
        marked = [np.isclose(self.probabilities, end, rtol=1e-6, atol=0) for end in ends]
        return np.stack([mark / mark.sum() for mark in marked], axis=1)


@register(
    "multiple-choice",
    "Multiple choice",
    config=MultipleChoiceConfig,
    order=60,
    quick={"quantiles": 4},
    thorough={"quantiles": 10},
    card=AttackCard(
        spoken=False,
        idea="Gives the model the true answer among wrong ones: it tells which is true by finding "
        "it most likely, or by shunning it more than any other.",
        measure="share of true answers picked out",
        kind="recovery",
        paper="Partial Model Collapse, arXiv 2507.04219 (attack by the least likely option)",
        cost="1 s; the attacker must read probabilities",
    ),
)
class MultipleChoice(Attack[MultipleChoiceConfig]):
    """Scores each option by its mean log-probability a token, as its inverse perplexity.

    The least likely pick is judged only for records whose wrong answers are their own. Those made
    by rule come from other records, which a model may have been trained on, so that it shuns what
    it never knew.
    """

    def run(self, target: Target, case: Case) -> Finding:
        """Attack one model."""
        records = [record for record in case.material.forget if wrong_records(record)]
        if not records:
            return not_tested(
                "Not tested, because the marked records have no wrong answers to choose from; give "
                "them in the field `perturbed`."
            )
        choices = _choices(target, records, case.material.borrowed)
        found = judged_picks(choices)
        picks = range(len(found[0].true))
        best = max(picks, key=lambda place: sum(one.true[place] for one in found))
        shots = leaks_first(_shot(choice, best) for choice in choices)
        case.say(1.0, shots)
        return replace(
            against_guessing(found, case.seed),
            shots=shots,
            curves=_curves(choices, self.config.quantiles),
            numbers=_numbers(choices, case.seed),
            note=_note(len(case.material.forget) - len(records), choices),
        )


def _note(left_out: int, choices: Sequence[Choice]) -> str:
    borrowed = sum(choice.borrowed for choice in choices)
    told = (
        f"{left_out} records are left out, because they have no wrong answers.",
        f"For {borrowed} records the least likely pick is only told among the numbers: their wrong "
        "answers come from other records, and may be familiar to any model.",
    )
    return " ".join(text for text, count in zip(told, (left_out, borrowed), strict=True) if count)


def _choices(target: Target, records: Sequence[Record], borrowed: frozenset[str]) -> list[Choice]:
    options = [(record, *wrong_records(record)) for record in records]
    rows = [(one.prompt, one.answer) for several in options for one in several]
    read = iter(likelihoods(target.model, target.encoder, target.device, rows, packing=False))
    return [
        Choice(
            several[0],
            tuple(one.answer for one in several),
            normalised([next(read).mean for _ in several]),
            several[0].id in borrowed,
        )
        for several in options
    ]


def normalised(scores: Sequence[float]) -> NDArray[np.float64]:
    """Inverse perplexities as shares of their sum, from mean log-probabilities in nats."""
    values = np.nan_to_num(np.array(scores, dtype=float), nan=LOWEST, neginf=LOWEST)
    powers = np.exp(values - values.max())
    shares: NDArray[np.float64] = powers / powers.sum()
    return shares


def judged_picks(choices: Sequence[Choice]) -> list[Found]:
    """What the most likely pick finds, and the least likely one where it may be judged.

    It is left out where all wrong answers are borrowed; where some are, their least likely pick
    is that of a guess, shared by all options alike.
    """
    if all(choice.borrowed for choice in choices):
        return [_of_pick(choice, 0) for choice in choices]
    return [_found(_guessed(choice) if choice.borrowed else choice.picked) for choice in choices]


def _guessed(choice: Choice) -> NDArray[np.float64]:
    """(O, 2) the most likely option, and a guess in the place of the least likely one."""
    count = len(choice.options)
    return np.stack([choice.picked[:, 0], np.full(count, 1 / count)], axis=1)


def _found(picked: NDArray[np.float64]) -> Found:
    rows = [tuple(map(float, row)) for row in picked]
    return Found(rows[0], tuple(rows[1:]))


def _of_pick(choice: Choice, place: int) -> Found:
    return _found(choice.picked[:, place : place + 1])


def _numbers(choices: Sequence[Choice], seed: int) -> dict[str, float]:
    """Accuracy of both picks, and how often guessing does as well where that can be said."""
    own = [choice for choice in choices if not choice.borrowed]
    others = [choice for choice in choices if choice.borrowed]
    numbers: dict[str, float] = {}
    for place, (pick, counted) in enumerate(zip(PICKS, (choices, own), strict=True)):
        if counted:
            alone = [_of_pick(choice, place) for choice in counted]
            judged = against_guessing(alone, seed)
            numbers[f"accuracy, {pick}"] = fmean(one.true[0] for one in alone)
            if judged.p is not None:
                numbers[f"p, {pick}"] = judged.p
    if others:
        shunned = fmean(float(choice.picked[0, 1]) for choice in others)
        numbers["accuracy, least likely of wrong answers by rule"] = shunned
    numbers["probability of the true answer"] = fmean(
        float(choice.probabilities[0]) for choice in choices
    )
    return numbers


def _curves(choices: Sequence[Choice], quantiles: int) -> tuple[Curve, ...]:
    """Accuracy among the questions whose least likely option is least likely, pick by pick.

    Of the least likely pick only where it is judged.
    """
    own = [choice for choice in choices if not choice.borrowed]
    return tuple(
        _curve(counted, place, quantiles) for place, counted in enumerate((choices, own)) if counted
    )


def _curve(choices: Sequence[Choice], place: int, quantiles: int) -> Curve:
    ordered = sorted(choices, key=lambda choice: float(choice.probabilities.min()))
    shares = [n / quantiles for n in range(1, quantiles + 1)]
    counts = [max(1, round(share * len(ordered))) for share in shares]
    return Curve(
        PICKS[place],
        "questions, from those with the least likely option on",
        "share of true answers picked out",
        tuple(shares),
        tuple(
            fmean(float(choice.picked[0, place]) for choice in ordered[:count]) for count in counts
        ),
    )


def _shot(choice: Choice, judged: int) -> Shot:
    """The options, likeliest first; a leak where the pick that is judged is the true answer."""
    ranked = sorted(
        zip(choice.probabilities, choice.options, strict=True), key=lambda pair: -pair[0]
    )
    hits = choice.picked[0] == 1
    names = [pick for pick, hit in zip(PICKS, hits, strict=True) if hit]
    return Shot(
        choice.record.id,
        choice.record.prompt,
        "\n".join(f"{share:.1%} {option}" for share, option in ranked),
        bool(hits[judged]) and not (choice.borrowed and judged == 1),
        f"the true answer is {names[0]}" if names else "the true answer is in between",
    )
