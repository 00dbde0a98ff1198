"""What a person reads when a run fails."""

import errno
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import torch

from unlearn_core.errors import LetheError
from unlearn_core.runs.liveness import memory_advice
from unlearn_core.training.base import NonFiniteLoss

_NO_MEMORY = ("out of memory", "can't allocate memory", "not enough memory")


@dataclass(frozen=True)
class Failure:
    """The payload of an `error` event."""

    title: str
    message: str
    advice: str

    def payload(self) -> dict[str, str]:
        """As JSON values."""
        return asdict(self)


def explain(error: Exception, spec: Mapping[str, Any], log: str) -> Failure:
    """Put an exception that ended a run into words.

    Args:
        error: What was raised.
        spec: The run's `RunSpec` as JSON values.
        log: File that holds the traceback.
    """
    if is_out_of_memory(error):
        device = "graphics card" if isinstance(error, torch.OutOfMemoryError) else "machine"
        message = f"The run needs more memory than the {device} has."
        return Failure("Out of memory", message, memory_advice(spec))
    if isinstance(error, NonFiniteLoss):
        rate = spec.get("training", {}).get("learning_rate")
        advice = f"Set learning_rate to {rate / 10:g} (it is {rate:g})." if rate else ""
        return Failure("The loss is no longer a number", str(error), advice)
    if isinstance(error, LetheError):
        return Failure("The run cannot go on", str(error), "")
    if is_disk_full(error):
        return Failure(
            "The disk is full",
            f"The run could not write its files ({error}).",
            "Make room, or choose another folder with --workspace or LETHE_WORKSPACE.",
        )
    return Failure(
        "Internal error",
        f"{type(error).__name__}: {error}",
        f"This is a bug in Lethe. The traceback is in {log}; please report it.",
    )


def is_out_of_memory(error: Exception) -> bool:
    """Whether memory ran out, on whatever device."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    text = str(error).lower()
    return isinstance(error, RuntimeError) and any(words in text for words in _NO_MEMORY)


def is_disk_full(error: Exception) -> bool:
    """Whether a file could not be written for want of room; safetensors says it in words only."""
    full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    return full or "no space left on device" in str(error).lower()
