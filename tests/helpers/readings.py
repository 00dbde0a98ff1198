"""Readings as a model would give them, made up for tests of metrics."""

import math
from collections.abc import Sequence

from unlearn_core.data.records import Record
from unlearn_core.metrics.base import Reading


def make_reading(
    answer: str = "in Rome",
    true: str = "in Rome",
    *,
    fact: str = "",
    passage: bool = False,
    log_probs: Sequence[float] = (-0.1, -0.1, -0.1),
    right: Sequence[bool | int] = (1, 1),
    standardised: Sequence[float] | None = None,
    perturbed: Sequence[float] = (),
    paraphrased: Sequence[float] = (),
    samples: Sequence[str] = (),
    plain: float = math.nan,
    name: str = "r",
) -> Reading:
    """One reading; what is not given is that of a known answer of two tokens."""
    prompt = "" if passage else "Where?"
    return Reading(
        record=Record(id=name, prompt=prompt, answer=true, fact=fact),
        answer=answer,
        log_probs=tuple(log_probs),
        right=tuple(map(bool, right)),
        standardised=tuple(log_probs if standardised is None else standardised),
        perturbed=tuple(perturbed),
        paraphrased=tuple(paraphrased),
        samples=tuple(samples),
        plain=plain,
    )


def of_mean(value: float, **given: object) -> Reading:
    """A reading whose true answer has this mean log-probability."""
    return make_reading(log_probs=(value, value), **given)  # type: ignore[arg-type]
