"""Whether a worker is alive, why it died, and what would help.

Nothing here asks the clock of the day, which steps when a machine wakes, resumes or sets its time.
"""

import platform
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

HEARTBEAT_SECONDS = 2.0
LOST_SECONDS = 30.0
"""A worker on another machine counts as dead when it has been silent for so long."""
LOG_NAME = "worker.log"
KILLED = -9
"""Exit code of a process ended by SIGKILL, which is what the system sends when memory runs out."""
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_VMSTAT = Path("/proc/vmstat")
_BEGAN = 19
"""Place of the start, in ticks since the boot, in `/proc/PID/stat` after the program's name."""


@dataclass(frozen=True)
class Process:
    """A process as no other one was or will be, whatever becomes of the clock.

    Attributes:
        born: When it began, in ticks since the boot; where the system does not count them, the
            time that it wrote down then.
        host: Its machine.
        boot: The boot of that machine; empty where it has no name.
    """

    pid: int
    born: float
    host: str
    boot: str

    @property
    def here(self) -> bool:
        """Whether it is one of this machine."""
        return self.host == platform.node()

    @property
    def alive(self) -> bool:
        """Whether it still runs on this machine; a zombie does not."""
        if not self.here:
            return False
        try:
            if not self.boot and boot_id():  # a workspace of 0.1.0 did not note the boot
                return psutil.pid_exists(self.pid)
            same = identify(self.pid) == self
            return same and psutil.Process(self.pid).status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False


def identify(pid: int) -> Process:
    """Describe a process of this machine.

    Raises:
        psutil.NoSuchProcess: It has ended.
    """
    if not _BOOT_ID.exists():
        return Process(pid, psutil.Process(pid).create_time(), platform.node(), "")
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError as error:
        raise psutil.NoSuchProcess(pid) from error
    return Process(pid, float(fields[_BEGAN]), platform.node(), boot_id())


def boot_id() -> str:
    """A name of this boot of this machine; empty where it has none."""
    return _BOOT_ID.read_text(encoding="utf-8").strip() if _BOOT_ID.exists() else ""


def memory_kills() -> int:
    """How many processes this machine has ended for want of memory since its boot, if it counts."""
    if not _VMSTAT.exists():
        return 0
    lines = (line.split() for line in _VMSTAT.read_text(encoding="utf-8").splitlines())
    return next((int(count) for name, count in lines if name == "oom_kill"), 0)


def free_memory_share() -> float:
    """Share of this machine's memory that is free."""
    memory = psutil.virtual_memory()
    return memory.available / memory.total


def cause_of_death(
    process: Process, free_memory: float | None, kills: int | None, exit_code: int | None
) -> str:
    """What is known of a worker that ended without a word; a guess is not made.

    Args:
        process: The worker.
        free_memory: Share of memory that was free at its last sign of life.
        kills: `memory_kills` when it began; None where that is not known.
        exit_code: As `subprocess` reports it, negative for a signal; None if nobody saw it.
    """
    who = f"The worker process {process.pid}"
    if not process.here:
        return f"{who} on {process.host} has given no sign of life for {LOST_SECONDS:g} seconds."
    if process.boot and process.boot != boot_id():
        return f"{who} ended when the computer was shut down or restarted."
    if ran_out_of_memory(kills, exit_code):
        return f"{who} was killed while the system ended processes because memory had run out."
    how = "ended without a word" if exit_code is None else _ending(exit_code)
    free = "" if free_memory is None else f" {free_memory:.0%} of the memory was free just before."
    return f"{who} {how}.{free} {LOG_NAME} in the run's folder holds what it said last."


def ran_out_of_memory(kills: int | None, exit_code: int | None) -> bool:
    """Whether the system says that it ended processes for want of memory while a worker worked.

    Args:
        kills: `memory_kills` when the worker began; None where that is not known.
        exit_code: How it ended; None if nobody saw it.
    """
    return exit_code in (None, KILLED) and kills is not None and memory_kills() > kills


def _ending(exit_code: int) -> str:
    if exit_code == KILLED:
        return "was killed (SIGKILL)"
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
