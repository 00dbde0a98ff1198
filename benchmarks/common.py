"""What every measurement needs: interleaved timing, and a record of where it ran."""

import json
import os
import platform
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

import psutil
import torch

RESULTS = Path(__file__).parent / "results"
PACKAGES = ("torch", "transformers", "peft", "accelerate", "gradio")


def interleaved(
    ways: Mapping[str, Callable[[], Any]],
    rounds: int,
    record: Callable[[str, float, Any], None],
) -> None:
    """Run every way once a round, after one warm-up round that is not recorded.

    Interleaving lets the ways share whatever else the machine does, so ratios hold on a busy one.

    Args:
        ways: What to time, by name.
        rounds: Recorded rounds.
        record: Called with name, seconds and what the way returned.
    """
    for round_number in range(rounds + 1):
        for name, way in ways.items():
            start = time.perf_counter()
            returned = way()
            if torch.cuda.is_available():
                torch.cuda.synchronize()
            seconds = time.perf_counter() - start
            if round_number:
                record(name, seconds, returned)


def environment(device: str = "cpu") -> dict[str, Any]:
    """Machine, versions, command and date, as they go into a result file."""
    return {
        "command": " ".join(["python", "-m", _module(), *sys.argv[1:]]),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "device": torch.cuda.get_device_name() if device == "cuda" else device,
        "cpu": _cpu_name(),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "load": [round(value, 2) for value in os.getloadavg()],
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in PACKAGES},
        },
    }


def write_result(name: str, result: Mapping[str, Any]) -> Path:
    """Write `results/<name>.json`; what was there before is replaced."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    path.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    return path


def summary(values: list[float]) -> dict[str, float]:
    """Median with the range around it, and the number of values."""
    return {
        "median": round(median(values), 4),
        "lowest": round(min(values), 4),
        "highest": round(max(values), 4),
        "rounds": len(values),
    }


def _module() -> str:
    return f"benchmarks.{Path(sys.argv[0]).stem}"


def _cpu_name() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if not cpuinfo.exists():
        return platform.processor()
    lines = cpuinfo.read_text(encoding="utf-8").splitlines()
    return next((line.split(": ")[1] for line in lines if line.startswith("model name")), "")
