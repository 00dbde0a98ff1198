"""The one training loop."""

import json
import math
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from accelerate import Accelerator
from safetensors.torch import load_file, save_file
from torch import Tensor
from transformers import get_scheduler

from unlearn_core.data.records import Record
from unlearn_core.errors import LetheError
from unlearn_core.methods.base import Candidates, Context, Loss, Method, RecordReport
from unlearn_core.settings.specs import TrainingSpec
from unlearn_core.training.accelerate_parts import fresh_accelerator

if TYPE_CHECKING:
    from unlearn_core.models.steering import Steering

CHECKED = ("loss/total", "train/grad_norm")
"""What must stay a finite number for a step to be taken."""

METHOD_FILE = "method.safetensors"
"""Weights that a method keeps, in a checkpoint's folder."""


class NonFiniteLoss(LetheError):
    """The loss or its gradient is no longer a number; the weights are those of the step before."""


@dataclass(frozen=True)
class StepReport:
    """What one optimiser step did.

    Attributes:
        step: Steps done, this one included.
        total: Steps of the whole run.
        scalars: Chart values by name, such as `loss/total`.
        records: What the method knows of every forget record, at the first step of an epoch.
        candidates: The answers that the method chose from in this step.
    """

    step: int
    total: int
    scalars: Mapping[str, float]
    records: RecordReport | None = None
    candidates: Sequence[Candidates] = ()


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
            records = None
            if position == 0:
                self.method.refresh(self.context, epoch)
                self.ended = self.method.ended()
                if self.ended:
                    return
                records = self.method.records()
            yield replace(self._one_step(self._step_records(epoch, position)), records=records)

    def shown(self) -> AbstractContextManager[None]:
        """Inside, the model is what it would be if training ended now."""
        return self.method.shown(self.context)

    def teacher(self) -> "tuple[str, Steering] | None":
        """What the method learnt from, where it is to be kept: its adapter and its rule."""
        return self.method.teacher()

    def finish(self) -> bool:
        """The method's last moment, for a model that is kept; whether it changed the weights."""
        return self.method.finish(self.context)

    def save(self, folder: Path) -> None:
        """Write all that `load` needs, under another name until it is complete."""
        weights = {
            name: parameter.detach().cpu().contiguous()
            for name, parameter in self.context.model.named_parameters()
            if parameter.requires_grad
        }
        partial = folder.with_name(folder.name + ".partial")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        save_file(weights, partial / "trainable.safetensors")
        held = {n: t.detach().cpu().contiguous() for n, t in self.method.tensors().items()}
        if held:
            save_file(held, partial / METHOD_FILE)
        torch.save(
            {
                "optimizer": self._optimizer.state_dict(),
                "scheduler": self._scheduler.state_dict(),
                "generator": self.context.generator.get_state(),
                "torch": torch.get_rng_state(),
            },
            partial / "optimizer.pt",
        )
        state = {"step": self.step, "method": self.method.state()}
        (partial / "state.json").write_text(json.dumps(state), encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        partial.rename(folder)

    def load(self, folder: Path) -> None:
        """Go back to where `save` was called."""
        weights = load_file(folder / "trainable.safetensors", device=str(self.context.device))
        self.context.model.load_state_dict(weights, strict=False)
        saved = torch.load(folder / "optimizer.pt", weights_only=True, map_location="cpu")
        self._optimizer.load_state_dict(saved["optimizer"])
        self._scheduler.load_state_dict(saved["scheduler"])
        self.context.generator.set_state(saved["generator"])
        torch.set_rng_state(saved["torch"])
        state = json.loads((folder / "state.json").read_text(encoding="utf-8"))
        self.step = state["step"]
        self.method.load_state(state["method"])
        if (folder / METHOD_FILE).exists():
            held = load_file(folder / METHOD_FILE, device=str(self.context.device))
            self.method.load_tensors(held)

    def _step_records(self, epoch: int, position: int) -> list[Record]:
        order = _shuffled(self.rows, self.seed, epoch)
        size = self.spec.batch_size * self.spec.accumulation
        return order[position * size : (position + 1) * size]

    def _one_step(self, forget: list[Record]) -> StepReport:
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
        return StepReport(self.step, self.total, scalars, candidates=self.method.candidates())

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
