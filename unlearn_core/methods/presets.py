"""Default values that many methods share."""

from collections.abc import Mapping

LARGE_TRAINING: Mapping[str, float | int | str] = {
    "epochs": 10,
    "learning_rate": 1e-4,
    "batch_size": 8,
    "accumulation": 4,
    "precision": "bfloat16",
}
"""The field's usual training of billion-parameter models, with the learning rate of an adapter."""

UNBOUNDED: Mapping[str, float] = {"stop_forget_recall": 0.0, "stop_retain_recall": 0.5}
"""Stop rules for losses that have no floor."""
