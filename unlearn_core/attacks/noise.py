"""Shaking the weights: what is only covered up may come out from under its cover."""

from collections.abc import Mapping
from dataclasses import replace

import torch
from pydantic import field_validator
from torch import Tensor, nn

from unlearn_core.attacks.asking import put
from unlearn_core.attacks.base import Attack, AttackCard, Case, Finding, Target, not_tested
from unlearn_core.attacks.copies import (
    NO_FORGET,
    NO_WEIGHTS,
    answer_greedily,
    in_turn,
    kept,
    linear_weights,
    mean_curve,
    merged,
)
from unlearn_core.attacks.guessing import against_guessing, found_in, share_in
from unlearn_core.attacks.registry import register
from unlearn_core.settings.config import Config, setting


class NoiseConfig(Config):
    """How strongly the weights are shaken, and how often."""

    scales: tuple[float, ...] = setting(
        (0.02, 0.05, 0.1, 0.2, 0.4), "Standard deviations of the Gaussian noise, as shares of "
        "that of a layer's weights; above 0, up to 10.",
    )  # fmt: skip
    rounds: int = setting(
        3, "Repetitions of each strength, with other noise.", ge=1, le=1000, unit="times"
    )
    max_new_tokens: int = setting(
        48, "Maximum number of new tokens; an answer is cut there.", ge=1, le=4096, unit="tokens",
        advanced=True,
    )  # fmt: skip

    @field_validator("scales")
    @classmethod
    def _possible(cls, scales: tuple[float, ...]) -> tuple[float, ...]:
        if not scales or not all(0 < one <= 10 for one in scales):
            raise ValueError("at least one strength is needed, each above 0 and up to 10")
        return scales


@register(
    "noise",
    "Noise on the weights",
    config=NoiseConfig,
    order=150,
    quick={"rounds": 1, "scales": (0.05, 0.1, 0.2)},
    thorough={"rounds": 5},
    card=AttackCard(
        idea="Adds random noise to the weights: a thin cover over a fact breaks before the fact "
        "itself does.",
        measure="facts found in any round at the best strength",
        kind="recovery",
        paper="Tice et al., Noise Injection Reveals Hidden Capabilities of "
        "Sandbagging Language Models, arXiv 2412.01784",
        cost="1 s quick, 10 s thorough",
        needs_weights=True,
    ),
)
class Noise(Attack[NoiseConfig]):
    """Greedy answers of a copy whose linear layers got Gaussian noise.

    `w' = w + scale * std(w) * e`, `e ~ N(0, 1)`, with the deviation over a layer's weight. A fact
    counts as found at a strength if any round gives it; so do the wrong ones, so that more rounds
    prove nothing by themselves.
    """

    def run(self, target: Target, case: Case) -> Finding:
        """Attack one model."""
        if target.fresh is None:
            return not_tested(NO_WEIGHTS)
        if not case.material.forget:
            return not_tested(NO_FORGET)
        config, generator = self.config, case.generator()
        questions = tuple(put(record, target.encoder) for record in case.material.forget)
        copy = target.fresh()
        weights = linear_weights(copy)
        before, by_scale = kept(weights), []
        for turn, scale in enumerate(config.scales):
            rounds = []
            for number in range(config.rounds):
                shake(weights, before, scale, generator)
                done = (turn + (number + 1) / config.rounds) / len(config.scales)
                name = f"noise of {scale:g} of the spread"
                rounds.append(
                    answer_greedily(
                        target, copy, case, questions, name, config.max_new_tokens, done
                    )
                )
            by_scale.append(merged(rounds))
        answers = in_turn(by_scale)
        curve = mean_curve(answers.found(share_in), config.scales, "noise, share of the spread")
        judged = against_guessing(answers.found(found_in), case.seed)
        numbers = {f"found, {way.name}": y for way, y in zip(answers.ways, curve.y, strict=True)}
        return replace(answers.finding(judged, numbers), curves=(curve,))


@torch.no_grad()
def shake(
    weights: Mapping[str, nn.Parameter],
    before: Mapping[str, Tensor],
    scale: float,
    generator: torch.Generator,
) -> None:
    """Put `before` with noise in the place of the weights; the noise is drawn on the CPU."""
    for name, weight in weights.items():
        noise = torch.randn(weight.shape, generator=generator).to(weight)
        weight.copy_(before[name] + scale * before[name].std() * noise)
