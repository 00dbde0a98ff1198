"""Default sets that many methods share."""

from collections.abc import Mapping
from typing import Any

from unlearn_core.methods.base import Preset

Values = Mapping[str, Any]

UNBOUNDED: Values = {"stop_forget_recall": 0.0, "stop_retain_recall": 0.5}
"""Stop rules for losses that have no floor."""


def small(
    learning_rate: float, method: Values | None = None, mode: str = "full", **training: Any
) -> Preset:
    """For the bundled model: every weight, 24 epochs, but for what is given."""
    values = {"epochs": 24, "learning_rate": learning_rate, **training}
    return Preset(method or {}, values, {"mode": mode})


def large(method: Values | None = None, mode: str = "lora", **training: Any) -> Preset:
    """For billion-parameter models: the field's usual training of an adapter, as above."""
    usual = {
        "epochs": 10,
        "learning_rate": 1e-4,
        "batch_size": 8,
        "accumulation": 4,
        "precision": "bfloat16",
    }
    return Preset(method or {}, {**usual, **training}, {"mode": mode})
