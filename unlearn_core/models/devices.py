"""Devices by name, and their memory."""

import os
import sys
from pathlib import Path

import psutil
import torch

from unlearn_core.errors import InvalidInput

_STATUS, _RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


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


def reset_peak_memory(device: torch.device) -> None:
    """Forget what earlier runs of this process held, where the system can."""
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
    elif os.access(_RESET, os.W_OK):  # some containers forbid it
        _RESET.write_text("5", encoding="ascii")


def peak_memory_bytes(device: torch.device) -> int:
    """Most memory held since: of the GPU where there is one, else of this process."""
    if device.type == "cuda":
        return int(torch.cuda.max_memory_allocated(device))
    if sys.platform == "win32":
        return int(psutil.Process().memory_info().peak_wset)
    status = _STATUS.read_text(encoding="ascii", errors="replace") if _STATUS.exists() else ""
    if peak := status.partition("VmHWM:")[2].split():  # not every container tells it
        return int(peak[0]) * 1024
    import resource

    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return largest if sys.platform == "darwin" else largest * 1024
