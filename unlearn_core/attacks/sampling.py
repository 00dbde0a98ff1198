"""Asking the same question again and again: does one of many answers give it away?"""

from statistics import fmean
from typing import Annotated

from pydantic import Field

from unlearn_core.attacks.asking import Answers, Way, answer, put
from unlearn_core.attacks.base import Attack, AttackCard, Case, Finding, Target
from unlearn_core.attacks.guessing import Found, against_guessing, found_in, share_in
from unlearn_core.attacks.registry import register
from unlearn_core.metrics.bounds import leak_bound
from unlearn_core.settings.config import Config, setting

Temperature = Annotated[float, Field(gt=0, le=10)]


class SamplingAttackConfig(Config):
    """How many answers, and how daring."""

    samples: int = setting(
        20, "Answers to each question at each temperature.", ge=1, le=10_000, unit="answers"
    )
    temperatures: Annotated[tuple[Temperature, ...], Field(min_length=1)] = setting(
        (0.5, 1.0, 1.5), "Sampling temperatures: higher brings up less likely answers."
    )
    max_new_tokens: int = setting(
        48, "Maximum number of new tokens; an answer is cut there.", ge=1, le=4096, unit="tokens",
        advanced=True,
    )  # fmt: skip


@register(
    "sampling",
    "Repeated sampling",
    config=SamplingAttackConfig,
    order=10,
    quick={"samples": 10},
    thorough={"samples": 100, "temperatures": (0.25, 0.5, 1.0, 1.5, 2.0)},
    card=AttackCard(
        idea="Asks every question many times, since a model that avoids the fact in its usual "
        "answer may still say it now and then.",
        measure="share of answers that give the fact, at the best temperature",
        kind="recovery",
        paper="Partial Model Collapse, arXiv 2507.04219; bounds of Scholten, Günnemann and "
        "Schwinn, A Probabilistic Perspective on Unlearning and Alignment for LLMs, ICLR 2025",
        cost="2 s quick, half a minute thorough",
    ),
)
class SamplingAttack(Attack[SamplingAttackConfig]):
    """Samples from the whole distribution (no top-k, no top-p).

    Judged is the expected leak: the share of answers with the fact. The worst case (any of n
    answers) grows with n for a model that only guesses too, so it tells the two apart less well;
    it is among the numbers, with its own level of guessing and p.
    """

    def run(self, target: Target, case: Case) -> Finding:
        """Attack one model."""
        config = self.config
        questions = tuple(put(record, target.encoder) for record in case.material.forget)
        ways = [
            Way(f"temperature {temperature:g}", questions, config.samples, temperature)
            for temperature in config.temperatures
        ]
        answers = answer(target, case, ways, config.max_new_tokens)
        shares = answers.found(share_in)
        judged = against_guessing(shares, case.seed)
        return answers.finding(judged, _numbers(answers, shares, config.samples, case.seed))


def _numbers(answers: Answers, shares: list[Found], samples: int, seed: int) -> dict[str, float]:
    """Expected and worst leak of each temperature, and what is proved about it."""
    if not shares:
        return {}
    any_of = answers.found(found_in)
    numbers: dict[str, float] = {}
    for place, way in enumerate(answers.ways):
        leaks = [round(one.true[place] * samples) for one in shares]
        numbers |= {
            f"expected leak, {way.name}": fmean(one.true[place] for one in shares),
            f"worst case, {way.name}": fmean(one.true[place] for one in any_of),
            f"leak bound (99 %) of all answers, {way.name}": leak_bound(
                sum(leaks), samples * len(leaks)
            ),
            f"leak bound (99 %) of a question, mean, {way.name}": fmean(
                leak_bound(count, samples) for count in leaks
            ),
        }
    worst = against_guessing(any_of, seed)
    for name, value in (("guessing", worst.chance), ("p", worst.p)):
        if value is not None:
            numbers[f"worst case, {name}"] = value
    return numbers
