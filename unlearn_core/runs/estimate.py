"""What a run will need, told before it begins: memory and time."""

import math
from collections.abc import Sequence
from statistics import fmean

import torch

from unlearn_core.data.records import Record
from unlearn_core.methods.retain import original_copies
from unlearn_core.models.card import ModelCard, estimate_memory
from unlearn_core.models.devices import free_memory
from unlearn_core.runs.checks import Plan, planned_steps
from unlearn_core.runs.liveness import memory_advice
from unlearn_core.runs.result import read_result
from unlearn_core.runs.spec import RunSpec
from unlearn_core.runs.store import Store

CHARACTERS_A_TOKEN = 3
TEMPLATE_TOKENS = 8
SPEEDS = {"cpu": 3e10, "cuda": 2e13, "mps": 1e12}
"""Floating-point operations a second, per thread on a CPU: only for the first rough guess."""
REHEARSED = (400.0, 8.0)
"""Seconds of loading and measuring: per billion parameters on a CPU, and at least."""


def memory_needed(plan: Plan, card: ModelCard) -> int:
    """Bytes that a run needs on its device."""
    spec = plan.spec
    return estimate_memory(
        card,
        spec.tuning,
        spec.training.batch_size,
        mean_tokens(plan.split.forget + plan.split.retain),
        int(spec.method_config.get("samples", 1)),
        max(plan.info.card.copies, original_copies(spec.method_config)),
    ).total


def too_little_memory(plan: Plan, card: ModelCard) -> str:
    """That a run needs more memory than is free, and the change that helps most; else empty."""
    return too_much(memory_needed(plan, card), free_memory(card.device), plan.spec)


def too_much(needed: int, free: int, spec: RunSpec) -> str:
    """The sentence of `too_little_memory`, from the bytes needed and free."""
    if needed <= free:
        return ""
    return (
        f"This needs about {needed / 1e9:.1f} GB but {free / 1e9:.1f} GB are free; it may end for "
        f"want of memory. {memory_advice(spec.model_dump(mode='json'))}"
    )


def seconds_like_before(plan: Plan, store: Store) -> float | None:
    """Seconds that a run will take, going by the last finished one like it; None without one."""
    for run in store.runs():
        result = read_result(store.folder(run.id)) if run.state == "done" else None
        if result and _pace(RunSpec.model_validate(run.spec)) == _pace(plan.spec):
            total, train = result.seconds["total"], result.seconds["train"]
            return train / max(result.steps, 1) * planned_steps(plan) + total - train
    return None


def seconds_guessed(plan: Plan, card: ModelCard, threads: int) -> float:
    """A rough guess at the seconds that a run will take."""
    training = plan.spec.training
    kind = card.device.partition(":")[0]
    on_cpu = kind == "cpu"
    rows = min(len(plan.split.forget), training.batch_size * training.accumulation)
    tokens = rows * mean_tokens(plan.split.forget + plan.split.retain)
    samples = int(plan.spec.method_config.get("samples", 0))
    step = tokens * card.parameters * (2 * 6 + 2 * samples / 2)
    speed = SPEEDS[kind] * ((threads or torch.get_num_threads()) if on_cpu else 1)
    per_billion, least = REHEARSED
    rest = least + per_billion * card.parameters / 1e9 * (1 if on_cpu else 0.05)
    return planned_steps(plan) * step / speed + rest


def mean_tokens(records: Sequence[Record]) -> int:
    """Tokens of a mean row, guessed from its characters."""
    sample = records[:: max(1, len(records) // 200)]
    if not sample:
        return TEMPLATE_TOKENS
    characters = fmean(len(record.prompt) + len(record.answer) for record in sample)
    return TEMPLATE_TOKENS + math.ceil(characters / CHARACTERS_A_TOKEN)


def _pace(spec: RunSpec) -> tuple[object, ...]:
    """What decides how long a step takes."""
    return spec.kind, spec.method, spec.model, spec.tuning.mode, spec.training.batch_size
