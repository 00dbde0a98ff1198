"""Rounding the weights coarsely: a small change that hides a fact may be rounded away."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import torch
from pydantic import field_validator
from torch import Tensor
from transformers import PreTrainedModel
from transformers.pytorch_utils import Conv1D

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
)
from unlearn_core.attacks.guessing import share_in
from unlearn_core.attacks.number_formats import Rounding, formats_on
from unlearn_core.attacks.registry import register
from unlearn_core.models.trainable import linear_layers
from unlearn_core.settings.config import Config, setting


class QuantisationConfig(Config):
    """How coarsely weights are rounded."""

    bits: tuple[int, ...] = setting((8, 4, 3), "Bits left of each weight, from 2 to 16.")
    group: int = setting(
        64, "Group size: neighbouring weights that share one scale.", ge=2, le=65_536,
        unit="weights", advanced=True,
    )  # fmt: skip
    max_new_tokens: int = setting(
        48, "Maximum number of new tokens; an answer is cut there.", ge=1, le=4096, unit="tokens",
        advanced=True,
    )  # fmt: skip

    @field_validator("bits")
    @classmethod
    def _possible(cls, bits: tuple[int, ...]) -> tuple[int, ...]:
        if not bits or not all(2 <= one <= 16 for one in bits):
            raise ValueError("at least one number of bits is needed, each from 2 to 16")
        return bits


@register(
    "quantisation",
    "Quantisation",
    config=QuantisationConfig,
    order=140,
    thorough={"bits": (8, 6, 5, 4, 3, 2)},
    card=AttackCard(
        idea="Rounds the weights as is done to run models on small machines; what unlearning "
        "changed only slightly can be rounded away, and the fact is back.",
        measure="facts found at the best rounding",
        kind="recovery",
        paper="Zhang et al., Catastrophic Failure of LLM Unlearning via Quantization, ICLR 2025",
        cost="1 s quick, 2 s thorough",
        needs_weights=True,
    ),
)
class Quantisation(Attack[QuantisationConfig]):
    """Greedy answers of a copy whose linear layers are rounded to nearest, group by group.

    Embeddings and the output layer keep all their bits, and the rounded values stand in float32.
    Rounding to nearest needs no library and is the same on every device. Where bitsandbytes is
    installed and works on the device, its 8 bits and its NF4 are tried as well.
    """

    def run(self, target: Target, case: Case) -> Finding:
        """Attack one model."""
        if target.fresh is None:
            return not_tested(NO_WEIGHTS)
        if not case.material.forget:
            return not_tested(NO_FORGET)
        questions = tuple(put(record, target.encoder) for record in case.material.forget)
        copy, bits = target.fresh(), tuple(dict.fromkeys(self.config.bits))
        before = kept(linear_weights(copy))
        formats, why_not = formats_on(target.device)
        group = self.config.group
        nearest = {f"{width} bits": partial(rounded, bits=width, group=group) for width in bits}
        roundings: dict[str, Rounding] = {**nearest, **formats}
        parts = []
        for turn, (name, rounding) in enumerate(roundings.items(), start=1):
            round_weights(copy, before, rounding)
            parts.append(
                answer_greedily(
                    target, copy, case, questions, name, self.config.max_new_tokens,
                    turn / len(roundings),
                )
            )  # fmt: skip
        by_bits = in_turn(parts[: len(bits)]).found(share_in)
        curve = mean_curve(by_bits, bits, "bits of each weight")
        return replace(in_turn(parts).judged(case.seed, why_not), curves=(curve,))


@torch.no_grad()
def round_weights(copy: PreTrainedModel, before: Mapping[str, Tensor], rounding: Rounding) -> None:
    """Put the rounded `before` in the place of the copy's weights, each given as (out, in)."""
    layers = linear_layers(copy)
    for name, weight in linear_weights(copy).items():
        # GPT-2 stores its weights transposed.
        turned = isinstance(layers[name], Conv1D)
        values = before[name].T if turned else before[name]
        new = rounding(values)
        weight.copy_(new.T if turned else new)


def rounded(weight: Tensor, bits: int, group: int) -> Tensor:
    r"""Round to the nearest of `2^{bits}` evenly spaced values between a group's ends.

    `w' = m + s \,\mathrm{round}((w - m) / s)`, `s = (M - m) / (2^{bits} - 1)`, with m and M the
    smallest and largest weight of the group (asymmetric, the ends themselves are kept).

    Args:
        weight: (out, in).
        bits: Of each weight.
        group: Weights along `in` that share a range; the last group may be smaller.

    Returns:
        (out, in), in the number format given.
    """
    parts = []
    for part in torch.split(weight, group, dim=-1):
        low, high = part.amin(-1, keepdim=True), part.amax(-1, keepdim=True)
        step = (high - low) / (2**bits - 1)
        # A group of equal weights has nothing to round.
        parts.append(torch.where(step > 0, low + step * ((part - low) / step).round(), part))
    return torch.cat(parts, dim=-1)
