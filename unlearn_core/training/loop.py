"""The one training loop."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from torch import Tensor
from transformers import get_scheduler

from unlearn_core.data.records import Record
from unlearn_core.methods.base import Context, Ending, Loss, Method
from unlearn_core.settings.training import TrainingSpec
from unlearn_core.training.accelerate_internals import fresh_accelerator
from unlearn_core.training.base import NonFiniteLoss, StepReport
from unlearn_core.training.checkpoint import load_checkpoint, save_checkpoint

CHECKED = ("loss/total", "train/grad_norm")
"""What must stay a finite number for a step to be taken."""


class Trainer:
    """Runs a method's moments over its records; stopping is the caller's to decide.

    Everything random follows from the seed and the step: the order of an epoch is a function of
    (seed, epoch), so a checkpoint needs no position but the step. `ended` says in words why the
    method was done before the last step.
    """

    def __init__(
        self, method: Method[Any], context: Context, spec: TrainingSpec, *, seed: int
    ) -> None:
        self.method = method
        self.context = context
        self.spec = spec
        self.seed = seed
        self.rows = method.rows(context.forget, context.retain)
        self.step = 0
        self.ended: str | None = None
        self.steps_per_epoch = math.ceil(len(self.rows) / (spec.batch_size * spec.accumulation))
        self.total = spec.epochs * self.steps_per_epoch
        self._accelerator = _accelerator(context.device, spec.precision)
        self._trainable = [p for p in context.model.parameters() if p.requires_grad]
        optimizer = torch.optim.AdamW(
            self._trainable, lr=spec.learning_rate, weight_decay=spec.weight_decay, fused=True
        )
        self._scheduler = _schedule(optimizer, spec, self.steps_per_epoch, self.total)
        self._optimizer = self._accelerator.prepare(optimizer)

    @property
    def effective_batch_size(self) -> int:
        """Forget records behind one optimiser step."""
        return min(self.spec.batch_size * self.spec.accumulation, len(self.rows))

    def prepare(self) -> None:
        """The method's first moment, while the model is still the original."""
        self.method.prepare(self.context)

    def steps(self) -> Iterator[StepReport]:
        """Train from the current step to the end, one optimiser step at a time.

        Raises:
            NonFiniteLoss: Before the weights would be changed by it.
        """
        while self.step < self.total:
            epoch, position = divmod(self.step, self.steps_per_epoch)
            if position == 0:
                self.ended = self.method.refresh(self.context, epoch)
                if self.ended:
                    return
            scalars = self._one_step(self._step_records(epoch, position))
            shown = self.method.report()
            records = shown.records if position == 0 else None
            yield StepReport(self.step, self.total, scalars, records, shown.candidates)

    def shown(self) -> AbstractContextManager[None]:
        """Inside, the model is what it would be if training ended now."""
        return self.method.shown(self.context)

    def finish(self) -> Ending:
        """The method's last moment, for a model that is kept."""
        return self.method.finish(self.context)

    def save(self, folder: Path) -> None:
        """Write all that `load` needs."""
        held = {
            "optimizer": self._optimizer.state_dict(),
            "scheduler": self._scheduler.state_dict(),
            "generator": self.context.generator.get_state(),
            "torch": torch.get_rng_state(),
        }
        method = dict(self.method.state())
        tensors = method.pop("tensors", {})
        state = {"step": self.step, "method": method}
        save_checkpoint(folder, self.context.model, state, held, tensors)

    def load(self, folder: Path) -> None:
        """Go back to where `save` was called."""
        state, held, tensors = load_checkpoint(folder, self.context.model, self.context.device)
        self._optimizer.load_state_dict(held["optimizer"])
        self._scheduler.load_state_dict(held["scheduler"])
        self.context.generator.set_state(held["generator"])
        torch.set_rng_state(held["torch"])
        self.step = state["step"]
        self.method.load_state({**state["method"], "tensors": tensors})

    def _step_records(self, epoch: int, position: int) -> list[Record]:
        order = _shuffled(self.rows, self.seed, epoch)
        size = self.spec.batch_size * self.spec.accumulation
        return order[position * size : (position + 1) * size]

    def _one_step(self, forget: list[Record]) -> dict[str, float]:
        self.method.draw(self.context, forget)
        self.context.model.train()
        scalars = self._accumulate(forget)
        scalars["train/learning_rate"] = float(self._scheduler.get_last_lr()[0])
        scalars["train/grad_norm"] = self._clip()
        self._require_finite(scalars)
        self._optimizer.step()
        self._optimizer.zero_grad()
        self._scheduler.step()
        self.step += 1
        return scalars

    def _accumulate(self, forget: list[Record]) -> dict[str, float]:
        """Add up the gradients of the step's micro-batches; returns their mean loss parts."""
        size = self.spec.batch_size
        micro = [forget[i : i + size] for i in range(0, len(forget), size)]
        retain = self._retain_records([len(rows) for rows in micro])
        sums: dict[str, Tensor] = {}
        for rows in zip(micro, retain, strict=True):
            term: Callable[[], Loss] | None = partial(self.method.loss, self.context, *rows)
            while term:
                with self._accelerator.autocast():
                    loss = term()
                self._accelerator.backward(loss.total / len(micro))
                for name, value in {"total": loss.total, **loss.parts}.items():
                    share = value.detach() / len(micro)
                    sums[name] = sums[name] + share if name in sums else share
                term = loss.rest
        return {n if "/" in n else f"loss/{n}": float(value) for n, value in sums.items()}

    def _retain_records(self, sizes: Sequence[int]) -> list[list[Record]]:
        """`retain_ratio` times as many retain records, from an endless shuffled cycle."""
        retain = self.context.retain
        if not retain:
            return [[] for _ in sizes]
        epoch, position = divmod(self.step, self.steps_per_epoch)
        size = self.spec.batch_size * self.spec.accumulation
        ratio = self.spec.retain_ratio
        start = ratio * (epoch * len(self.rows) + position * size)
        rows: list[list[Record]] = []
        for wanted in (size * ratio for size in sizes):
            rows.append([_cycled(retain, self.seed, start + i) for i in range(wanted)])
            start += wanted
        return rows

    def _clip(self) -> float:
        limit = self.spec.max_grad_norm or math.inf
        return float(self._accelerator.clip_grad_norm_(self._trainable, limit))

    def _require_finite(self, scalars: Mapping[str, float]) -> None:
        # The gradient scaler of float16 skips steps whose gradient overflows: no fault there.
        checked = ["loss/total"] if self.spec.precision == "float16" else list(CHECKED)
        bad = next((name for name in checked if not math.isfinite(scalars[name])), None)
        if bad is None:
            return
        raise NonFiniteLoss(
            f"{bad} became {scalars[bad]} at step {self.step + 1}; the weights of step {self.step} "
            f"were kept. Lower the learning rate (it was {self.spec.learning_rate:g}) and run "
            "again."
        )


def resolve_precision(precision: str, device: torch.device) -> str:
    """What `auto` means on a device: bfloat16 where it has instructions for it, else float32."""
    if precision != "auto":
        return precision
    if device.type == "cuda":
        native = torch.cuda.is_bf16_supported(including_emulation=False)
    else:
        features = torch.cpu.get_capabilities() if device.type == "cpu" else {}
        native = bool(features.get("avx512_bf16") or features.get("amx_bf16"))
    return "bfloat16" if native else "float32"


def _accelerator(device: torch.device, precision: str) -> Accelerator:
    chosen = resolve_precision(precision, device)
    mixed = {"float32": "no", "bfloat16": "bf16", "float16": "fp16"}[chosen]
    return fresh_accelerator(device, mixed)


def _schedule(
    optimizer: torch.optim.Optimizer, spec: TrainingSpec, steps_per_epoch: int, total: int
) -> torch.optim.lr_scheduler.LRScheduler:
    name = "constant_with_warmup" if spec.schedule == "constant" else spec.schedule
    warmup = min(round(spec.warmup_epochs * steps_per_epoch), total // 2)
    schedule: torch.optim.lr_scheduler.LRScheduler = get_scheduler(
        name, optimizer, num_warmup_steps=warmup, num_training_steps=total
    )
    return schedule


def _shuffled(records: Sequence[Record], seed: int, epoch: int) -> list[Record]:
    return [records[i] for i in _order(len(records), seed, epoch)]


def _cycled(records: Sequence[Record], seed: int, index: int) -> Record:
    """The record at a place of the endless retain cycle, whose passes are each shuffled."""
    turn, place = divmod(index, len(records))
    return records[_order(len(records), seed, turn)[place]]


@lru_cache(maxsize=4)
def _order(count: int, seed: int, turn: int) -> tuple[int, ...]:
    """A shuffle of `range(count)`, another one for each (seed, turn)."""
    generator = torch.Generator().manual_seed(seed * 1_000_003 + turn)
    return tuple(torch.randperm(count, generator=generator).tolist())
