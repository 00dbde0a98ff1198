"""Where a run was done: versions, machine, device. Kept with every run, so it can be repeated."""

import os
import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import psutil
import torch

import unlearn_core

PACKAGES = (
    "torch", "transformers", "peft", "accelerate", "tokenizers", "safetensors", "datasets",
    "numpy", "pydantic", "rapidfuzz",
)  # fmt: skip
WHERE_INSTALLED = ("bitsandbytes",)
"""Packages that a result depends on only where they are installed."""


def describe_environment(device: str) -> dict[str, Any]:
    """Everything about this process that a result may depend on, as JSON values.

    Args:
        device: The run's device, such as `cpu` or `cuda:0`.
    """
    return {
        "lethe": unlearn_core.__version__,
        "commit": git_commit(Path(__file__).parent),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": {name: version(name) for name in PACKAGES} | installed(),
        "device": device,
        "device_name": device_name(torch.device(device)),
        "cuda": torch.version.cuda,
        "cpu": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "memory_bytes": psutil.virtual_memory().total,
    }


def installed() -> dict[str, str]:
    """Versions of the packages that need not be there, by name."""
    found = {}
    for name in WHERE_INSTALLED:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def device_name(device: torch.device) -> str:
    """The device's name as its maker gives it, where torch tells it."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return platform.processor() or platform.machine()


def git_commit(folder: Path) -> str | None:
    """Commit of the checkout that holds a folder, `-changed` if files differ from it."""
    try:
        commit = _git(folder, "rev-parse", "HEAD")
        return commit + ("-changed" if _git(folder, "status", "--porcelain", "-uno") else "")
    except (FileNotFoundError, subprocess.SubprocessError):
        return None


def _git(folder: Path, *command: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(folder), *command],
        capture_output=True, text=True, check=True, timeout=10,
    )  # fmt: skip
    return done.stdout.strip()
