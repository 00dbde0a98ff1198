"""How far back the memory lies: the change that unlearning made, taken back bit by bit."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor
from transformers import PreTrainedModel

from unlearn_core.attacks.asking import put
from unlearn_core.attacks.base import Attack, AttackCard, Case, Finding, Target, not_tested
from unlearn_core.attacks.copies import (
    NO_FORGET,
    NO_WEIGHTS,
    answer_greedily,
    in_turn,
    mean_curve,
)
from unlearn_core.attacks.guessing import share_in
from unlearn_core.attacks.registry import register
from unlearn_core.settings.config import Config, setting

BACK = 0.5
"""The memory counts as back from this share of the facts on."""
NO_ORIGINAL = (
    "Not tested, because the original's weights are needed to take the change back; give the "
    "original model."
)
IS_ORIGINAL = "Not tested, because nothing was changed in the original that could be taken back."
OTHER_SHAPE = (
    "Not tested, because this model has other weights than the original, so there is no way "
    "between them; compare with the model that it was made from."
)
NEVER_BACK = (
    "not available, because even the original gives fewer than half of these facts; mark "
    "records that it knows."
)


class DepthConfig(Config):
    """How finely the way back is looked at."""

    stops: int = setting(10, "Parts that the way back is cut into.", ge=1, le=1000)
    max_new_tokens: int = setting(
        48, "Maximum number of new tokens; an answer is cut there.", ge=1, le=4096, unit="tokens",
        advanced=True,
    )  # fmt: skip


@register(
    "depth",
    "Way back",
    config=DepthConfig,
    order=160,
    quick={"stops": 5},
    thorough={"stops": 20},
    card=AttackCard(
        idea="Moves the weights back towards the original step by step: the sooner the facts "
        "return, the nearer the memory still is.",
        measure="smallest share of the change, of those tried, that must be taken back until at "
        "least half of the facts are there: 0 they were never gone, 1 all of it",
        kind="trace",
        paper="Scaling of the difference of weights as in Ilharco et al., Editing Models with "
        "Task Arithmetic, ICLR 2023",
        cost="2 s quick, 8 s thorough",
        needs_weights=True,
    ),
)
class Depth(Attack[DepthConfig]):
    """Greedy recall at `b * original + (1 - b) * this model`, for b from 0 to 1.

    Done on whole weights, so that full fine-tuning and adapters are treated alike; of an adapter
    it is the adapter scaled by `1 - b`. What it shows is where the facts were, not a leak: the way
    to the original ends in knowing them. Whoever lacks the original cannot walk it.
    """

    def run(self, target: Target, case: Case) -> Finding:
        """Attack one model."""
        original = case.others.get("original")
        if target.role == "original":
            return not_tested(IS_ORIGINAL)
        if target.fresh is None:
            return not_tested(NO_WEIGHTS)
        if original is None or original.fresh is None:
            return not_tested(NO_ORIGINAL)
        if not case.material.forget:
            return not_tested(NO_FORGET)
        copy, goal = target.fresh(), parameters(original.fresh())
        start = {name: value.clone() for name, value in parameters(copy).items()}
        if {n: v.shape for n, v in start.items()} != {n: v.shape for n, v in goal.items()}:
            return not_tested(OTHER_SHAPE)
        return self._walk(target, case, copy, start, goal)

    def _walk(
        self,
        target: Target,
        case: Case,
        copy: PreTrainedModel,
        start: Mapping[str, Tensor],
        goal: Mapping[str, Tensor],
    ) -> Finding:
        config = self.config
        questions = tuple(put(record, target.encoder) for record in case.material.forget)
        shares = [stop / config.stops for stop in range(config.stops + 1)]
        parts = []
        for turn, share in enumerate(shares, start=1):
            move(copy, start, goal, share)
            name = f"{share:.0%} of the change taken back"
            parts.append(
                answer_greedily(
                    target, copy, case, questions, name, config.max_new_tokens, turn / len(shares)
                )
            )
        answers = in_turn(parts)
        curve = mean_curve(answers.found(share_in), shares, "share of the change taken back")
        value = first_back(curve.x, curve.y)
        return Finding(
            value,
            count=len(questions),
            shots=answers.shots,
            curves=(curve,),
            numbers={"facts at the start": curve.y[0], "facts at the end": curve.y[-1]},
            note=NEVER_BACK if value is None else "",
        )


def parameters(model: PreTrainedModel) -> dict[str, Tensor]:
    """All weights by name, without their gradients."""
    return {name: value.detach() for name, value in model.named_parameters()}


@torch.no_grad()
def move(
    copy: PreTrainedModel, start: Mapping[str, Tensor], goal: Mapping[str, Tensor], share: float
) -> None:
    """Put the copy at a share of the way from start to goal."""
    for name, weight in copy.named_parameters():
        weight.copy_(torch.lerp(start[name], goal[name].to(weight), share))


def first_back(x: Sequence[float], y: Sequence[float]) -> float | None:
    """The first stop at which at least half of the facts are there; None where there is none."""
    return next((share for share, found in zip(x, y, strict=True) if found >= BACK), None)
