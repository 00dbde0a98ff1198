"""Devices by name."""

import psutil
import torch

from unlearn_core.errors import InvalidInput


def available_devices() -> tuple[str, ...]:
    """The devices of this machine, the fastest first."""
    cuda = [f"cuda:{i}" for i in range(torch.cuda.device_count())]
    mps = ["mps"] if torch.backends.mps.is_available() else []
    return (*cuda, *mps, "cpu")


def resolve_device(text: str) -> torch.device:
    """The device that a setting names; `auto` takes CUDA before MPS before the CPU.

    Raises:
        InvalidInput: This machine has no such device.
    """
    available = available_devices()
    name = available[0] if text == "auto" else "cuda:0" if text == "cuda" else text
    if name not in available:
        raise InvalidInput(
            f"The device '{text}' is not available here. Choose auto, {', '.join(available)}."
        )
    return torch.device(name)


def free_memory(device: torch.device | str) -> int:
    """Bytes that are free where a device keeps its tensors."""
    if torch.device(device).type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    return int(psutil.virtual_memory().available)


def precision(name: str) -> torch.dtype:
    """The torch type of `float32`, `bfloat16` or `float16`."""
    return {
        "float32": torch.float32,
        "bfloat16": torch.bfloat16,
        "float16": torch.float16,
    }[name]
