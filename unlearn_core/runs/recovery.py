"""Whether a worker is alive, why it died, and what would help."""

import platform
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import psutil

HEARTBEAT_SECONDS = 2.0
LOST_SECONDS = 30.0
"""A worker on another machine counts as dead when it has been silent for so long."""
LOG_NAME = "worker.log"
KILLED = -9
"""Exit code of a process ended by SIGKILL, which is what the system sends when memory runs out."""
LITTLE_MEMORY = 0.1
"""Share of the machine's memory below which a kill is put down to it."""


@dataclass(frozen=True)
class Process:
    """A process by id and birth, so that an id given to a newer process is not mistaken for it."""

    pid: int
    born: float
    host: str

    @property
    def alive(self) -> bool:
        """Whether it still runs on this machine; a zombie does not."""
        if self.host != platform.node():
            return False
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.born) < 1.0
            return same and process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False


def identify(pid: int) -> Process:
    """Describe a process of this machine.

    Raises:
        psutil.NoSuchProcess: It has ended.
    """
    return Process(pid, psutil.Process(pid).create_time(), platform.node())


def is_dead(process: Process, heartbeat: float) -> bool:
    """Whether a run's worker is gone.

    A silent process of this machine is not: the machine may have slept, and Stop can end it.
    """
    if process.host == platform.node():
        return not process.alive
    return time.time() - heartbeat > LOST_SECONDS


def free_memory_share() -> float:
    """Share of this machine's memory that is free."""
    memory = psutil.virtual_memory()
    return memory.available / memory.total


def cause_of_death(
    process: Process, heartbeat: float, free_memory: float | None, exit_code: int | None
) -> str:
    """What probably happened to a worker that ended without a word.

    Args:
        process: The worker.
        heartbeat: Unix seconds of its last sign of life.
        free_memory: Share of memory that was free then.
        exit_code: As `subprocess` reports it, negative for a signal; None if nobody saw it.
    """
    who = f"The worker process {process.pid}"
    if process.host != platform.node():
        return f"{who} on {process.host} has given no sign of life for {LOST_SECONDS:g} seconds."
    if heartbeat < psutil.boot_time():
        return f"{who} ended when the computer was shut down or restarted."
    if exit_code not in (None, KILLED):
        return f"{who} {_ending(exit_code)}; {LOG_NAME} in the run's folder may say why."
    how = "was killed (SIGKILL)" if exit_code == KILLED else "died without a word"
    if free_memory is not None and free_memory < LITTLE_MEMORY:
        return (
            f"{who} {how}. Most likely the machine ran out of memory: {free_memory:.0%} of it was "
            "free just before."
        )
    return (
        f"{who} {how}. If nobody ended it, the machine most likely ran out of memory for a moment."
    )


def _ending(exit_code: int) -> str:
    if exit_code >= 0:
        return f"ended with exit code {exit_code}"
    names = {number.value: number.name for number in signal.Signals}
    return f"was ended by {names.get(-exit_code, f'signal {-exit_code}')}"


def memory_advice(spec: Mapping[str, Any]) -> str:
    """The one change to a run that most likely makes it fit into memory."""
    training, tuning, model = (spec.get(key, {}) for key in ("training", "tuning", "model"))
    batch, length = training.get("batch_size", 1), training.get("max_length", 0)
    if tuning.get("mode") == "full":
        return "Choose LoRA instead of full fine-tuning."
    if batch > 1:
        more = training.get("accumulation", 1) * 2
        return (
            f"Set batch_size to {batch // 2} (it is {batch}); accumulation {more} keeps the "
            "effective batch the same."
        )
    if model.get("dtype") == "float32":
        return "Load the model in bfloat16 instead of float32."
    if length > 64:
        return f"Set max_length to {length // 2} tokens (it is {length})."
    return "Choose a smaller model."
