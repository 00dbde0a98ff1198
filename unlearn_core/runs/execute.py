"""One run from load to result, in this process; everything it does becomes events."""

import json
import os
import shutil
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

import torch
from peft import PeftModel
from transformers import PreTrainedModel

from unlearn_core.data.batches import count_truncated, make_encoder
from unlearn_core.data.marks import neighbours
from unlearn_core.data.records import Record, Split
from unlearn_core.evaluation.evaluator import Evaluator, evaluate
from unlearn_core.evaluation.live import Measurement, Monitor
from unlearn_core.files import whole_folder, write_json
from unlearn_core.methods.base import Context, Method
from unlearn_core.models.loading import LoadedModel, load, save
from unlearn_core.models.steering import Steering, steer, write_steering
from unlearn_core.models.tuning import prepare_for_training
from unlearn_core.runs.events import Command, Event, EventKind, RunState
from unlearn_core.runs.plan import Plan, by_recipe, make_plan, resolve_run
from unlearn_core.runs.spec import RunSpec
from unlearn_core.runs.store import STEPS, TEACHER, Store
from unlearn_core.runs.tracking import Tell, measures_told, tell_nobody, telling
from unlearn_core.sampling.tree import TreeSampler
from unlearn_core.settings.specs import TrainingSpec
from unlearn_core.training.loop import NonFiniteLoss, StepReport, Trainer
from unlearn_core.training.recipe import RecipeTrainer, kept_of

NEIGHBOURS = 40
"""Retain records nearest to the forget set that are measured as a group of their own."""


class Control(Protocol):
    """How a run learns that the person wants something."""

    def command(self) -> Command | None:
        """The newest command since the last call."""

    def again(self) -> bool:
        """Whether the run, paused after a single step, was asked on and claimed anew."""


@dataclass
class Recorder:
    """Writes a run's events and keeps its clock."""

    store: Store
    run_id: str
    total: int = 0
    step: int = 0
    watched: frozenset[str] = frozenset()
    seconds: dict[str, float] = field(default_factory=dict)
    tell: Tell = tell_nobody

    def emit(self, *events: tuple[EventKind, Mapping[str, Any]]) -> None:
        """Append events at the current step."""
        self.store.append(
            self.run_id, [Event(kind, self.step, payload) for kind, payload in events]
        )
        for kind, payload in events:
            if kind == "scalars":
                self.tell(payload, self.step)

    def warn(self, message: str) -> None:
        """Say what is not as it should be, but does not end the run."""
        self.emit(("log", {"message": message, "level": "warning"}))

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Time a phase and say that it has begun."""
        self.emit(("progress", self._progress(name, None)))
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start

    def trained(self, report: StepReport, seconds_left: float) -> None:
        """One optimiser step was done."""
        self.step = report.step
        if report.records is not None:
            known = {**asdict(report.records), "selected": sorted(report.records.selected)}
            self.emit(("records", known))
        seen = [one for one in report.candidates if one.id in self.watched]
        self.emit(*(("candidates", asdict(one)) for one in seen))
        self.emit(("scalars", report.scalars), ("progress", self._progress("train", seconds_left)))

    def measured(self, measurement: Measurement, own_losses: Mapping[str, float]) -> None:
        """Write a measurement; a loss the method trains on is already on the chart."""
        scalars = {k: v for k, v in measurement.scalars.items() if k not in own_losses}
        self.emit(
            ("scalars", scalars),
            *(("answers", payload) for payload in measurement.answers),
            *(("probe", payload) for payload in measurement.probes),
        )

    def _progress(self, phase: str, seconds_left: float | None) -> dict[str, Any]:
        return {
            "step": self.step,
            "total": self.total,
            "seconds_left": seconds_left,
            "phase": phase,
        }


def execute(store: Store, run_id: str, *, control: Control) -> None:
    """Do a claimed run: load, measure, train, measure, save.

    The run's state in the store is `done`, `stopped`, `paused` or `discarded` afterwards.

    Raises:
        LetheError: With the remedy in words; the caller records the failure.
    """
    info = store.get(run_id)
    recorder = Recorder(store, run_id, info.total, info.step)
    spec = RunSpec.model_validate(info.spec)
    with telling(spec, run_id, store.folder(run_id), recorder.warn) as recorder.tell:
        _execute(spec, recorder, control)


def _execute(spec: RunSpec, recorder: Recorder, control: Control) -> None:
    started = time.perf_counter()
    store, run_id = recorder.store, recorder.run_id
    with recorder.phase("load"):
        job = _load(spec, store, recorder)
    folder = store.folder(run_id)
    checkpoint = folder / "checkpoints" / "last"
    resumed = checkpoint.is_dir()
    if resumed:
        job.trainer.load(checkpoint)
        recorder.step = job.trainer.step
    store.set_state(run_id, "running")
    if not resumed:
        job.trainer.prepare()
        recorder.measured(job.monitor.measure(0), {})
        _warn_of_truncation(job, recorder)
    before = _before(job, folder, recorder)
    if not resumed:
        recorder.tell(measures_told(before), 0)
    job = _answering(job)

    try:
        ended = _train(job, recorder, control, checkpoint)
        while ended.command == "step":
            _pause(job, store, recorder, checkpoint)
            if not control.again():
                return
            store.set_state(run_id, "running")
            ended = _train(job, recorder, control, checkpoint)
    except NonFiniteLoss:
        job.trainer.finish()
        _save_model(job, folder / "model")
        payload = {"kind": "model", "path": "model", "step": recorder.step}
        recorder.emit(("artifact", payload))
        raise
    if ended.command == "pause":
        _pause(job, store, recorder, checkpoint)
        return
    if ended.command == "discard":
        shutil.rmtree(folder / "checkpoints", ignore_errors=True)
        shutil.rmtree(folder / STEPS, ignore_errors=True)
        store.set_state(run_id, "discarded", f"Discarded after step {recorder.step}.")
        return
    if job.trainer.finish():  # the displays must end with the model that is kept
        recorder.step = max(1, recorder.step)  # also where nothing was trained
        recorder.measured(job.monitor.measure(recorder.step), {})
    with recorder.phase("measure_after"):
        after = evaluate(job.evaluator, job.groups, spec.measure, spec.seed)
    recorder.tell(measures_told(after), recorder.step)
    with recorder.phase("save"):
        _save_model(job, folder / "model")
        _save_teacher(job, folder / TEACHER)
        shutil.rmtree(folder / "checkpoints", ignore_errors=True)
    recorder.seconds["measure_live"] = job.monitor.seconds
    recorder.seconds["total"] = time.perf_counter() - started
    state: RunState = "stopped" if ended.command == "stop" else "done"
    result = {
        "run": run_id,
        "state": state,
        "spec": spec.model_dump(mode="json"),
        "data_hash": job.plan.corpus.data_hash,
        "before": before,
        "after": after,
        "seconds": {name: round(value, 3) for name, value in recorder.seconds.items()},
        "peak_memory_bytes": peak_memory_bytes(job.context.device),
        "device": str(job.context.device),
        "steps": recorder.step,
        "effective_batch_size": job.trainer.effective_batch_size,
        "stopped_because": ended.reason,
    }
    write_json(folder / "result.json", result)
    recorder.emit(
        ("artifact", {"kind": "model", "path": "model", "step": recorder.step}),
        ("artifact", {"kind": "result", "path": "result.json", "step": recorder.step}),
    )
    store.set_state(run_id, state, ended.reason or f"Finished after {recorder.step} steps.")


@dataclass(frozen=True)
class LoadedRun:
    """A loaded run."""

    plan: Plan
    model: PreTrainedModel | PeftModel
    context: Context
    trainer: Trainer | RecipeTrainer
    evaluator: Evaluator
    monitor: Monitor
    groups: Mapping[str, tuple[Record, ...]]
    loaded: LoadedModel
    steering: Steering | None


@dataclass(frozen=True)
class Ended:
    """Why training ended: by a command, by a stop rule (`reason`), or at its last step.

    The command `step` means that the single step asked for is done.
    """

    command: Command | None = None
    reason: str | None = None


def _load(spec: RunSpec, store: Store, recorder: Recorder) -> LoadedRun:
    plan = make_plan(spec)
    for warning in plan.corpus.warnings:
        recorder.warn(warning)
    torch.manual_seed(spec.seed)
    loaded = load(resolve_run(spec.model, store))
    length = min(spec.training.max_length, loaded.card.context_length)
    encoder = make_encoder(loaded.tokenizer, spec.data.template, length)
    model = prepare_for_training(loaded.model, spec.tuning)
    device = next(model.parameters()).device
    reset_peak_memory(device)
    sampler = TreeSampler(
        model,
        encoder.eos_ids,
        encoder.pad_id,
        half_precision=spec.training.half_precision_sampling,
    )
    evaluator = Evaluator(
        model, encoder, sampler, device, spec.measure.max_new_tokens, spec.measure.temperature
    )
    near = neighbours(plan.split, NEIGHBOURS)
    context = Context(
        model=model,
        encoder=encoder,
        sampler=sampler,
        forget=plan.split.forget,
        retain=plan.split.retain,
        device=device,
        generator=torch.Generator().manual_seed(spec.seed),
        load_original=lambda: _full_precision(spec, store),
    )
    method = plan.info.build(plan.info.config.model_validate(spec.method_config))
    trainer = _trainer(method, context, plan)
    recorder.total = trainer.total
    monitor = Monitor(evaluator, spec.measure, plan.split, near, spec.seed)
    recorder.watched = frozenset(one.expected.id for one in monitor.watched)
    groups = _groups(plan.split, near)
    return LoadedRun(
        plan, model, context, trainer, evaluator, monitor, groups, loaded,
        method.steering(plan.split.forget),
    )  # fmt: skip


def _answering(job: LoadedRun) -> LoadedRun:
    """From now on the answers are steered, where the method does so; before, they are the original.

    A method that changes weights needs nothing: its model at the start is the original one.
    """
    if job.steering is None:
        return job
    evaluator, sampler = job.evaluator, job.context.sampler
    assert isinstance(sampler, TreeSampler)
    model = steer(job.model, job.steering)
    steered = replace(
        evaluator,
        model=model,
        encoder=make_encoder(
            job.loaded.tokenizer,
            job.plan.spec.data.template,
            job.loaded.card.context_length,
            job.steering.preface,
        ),
        sampler=replace(sampler, model=model),
    )
    job.monitor.answer_by(steered)
    return replace(job, evaluator=steered)


def _trainer(method: Method[Any], context: Context, plan: Plan) -> Trainer | RecipeTrainer:
    if by_recipe(plan):
        return RecipeTrainer(context, kept_of(plan.split.forget))
    return Trainer(method, context, plan.spec.training, seed=plan.spec.seed)


def _full_precision(spec: RunSpec, store: Store) -> torch.nn.Module:
    """The original model anew, its weights as exact as those that are trained."""
    model: torch.nn.Module = load(resolve_run(spec.model, store)).model
    return model.float() if spec.tuning.mode == "full" else model


def _groups(split: Split, near: tuple[Record, ...]) -> dict[str, tuple[Record, ...]]:
    return {
        "forget": split.forget,
        "forget_paraphrased": split.paraphrased,
        "retain": split.retain,
        "neighbours": near,
        "world": split.world,
    }


def _before(job: LoadedRun, folder: Path, recorder: Recorder) -> dict[str, Any]:
    """The measurement of the original model, made once, also when the run was paused."""
    path = folder / "before.json"
    if path.exists():
        return dict(json.loads(path.read_text(encoding="utf-8")))
    spec = job.plan.spec
    with recorder.phase("measure_before"):
        before = evaluate(job.evaluator, job.groups, spec.measure, spec.seed)
    write_json(path, before)
    return before


def _pause(job: LoadedRun, store: Store, recorder: Recorder, checkpoint: Path) -> None:
    job.trainer.save(checkpoint)
    store.set_state(recorder.run_id, "paused", f"Paused after step {recorder.step}.")


def _train(job: LoadedRun, recorder: Recorder, control: Control, checkpoint: Path) -> Ended:
    """Train until the last step, a command or a stop rule, measuring on the way."""
    trainer, monitor, spec = job.trainer, job.monitor, job.plan.spec.training
    first_step, begun, measuring = trainer.step, time.perf_counter(), monitor.seconds
    command = control.command()
    single = command == "step"
    if command is not None and not single:
        return Ended(command, f"Stopped by hand after step {first_step}.")
    for report in trainer.steps():
        training = time.perf_counter() - begun - (monitor.seconds - measuring)
        left = (report.total - report.step) * training / (report.step - first_step)
        recorder.seconds["train"] = training
        recorder.trained(report, left)
        command = control.command()
        if command is not None:
            if command == "stop":  # the displays must end with the model that is kept
                with trainer.shown():
                    recorder.measured(monitor.measure(report.step), report.scalars)
            return Ended(command, f"Stopped by hand after step {report.step}.")
        if spec.checkpoint_every and report.step % spec.checkpoint_every == 0:
            trainer.save(checkpoint)
            payload = {"kind": "checkpoint", "path": "checkpoints/last", "step": report.step}
            recorder.emit(("artifact", payload))
        if spec.keep_models_every and report.step % spec.keep_models_every == 0:
            with trainer.shown():
                _keep_model(job, recorder, report.step, checkpoint.parents[1])
        # The measurement after the run will take as long as the one before it.
        around = recorder.seconds["load"] + 2 * recorder.seconds.get("measure_before", 0.0)
        spent = around + training + left + monitor.seconds
        if single or monitor.due(report.step, report.total, spent):
            with trainer.shown():
                measurement = monitor.measure(report.step)
            recorder.measured(measurement, report.scalars)
            reason = stop_reason(spec, measurement.scalars)
            if reason and report.step < report.total:
                recorder.emit(("log", {"message": reason, "level": "info"}))
                return Ended(reason=reason)
        if single and report.step < report.total:
            return Ended("step")
    return Ended(reason=trainer.ended)


def stop_reason(spec: TrainingSpec, scalars: Mapping[str, float]) -> str | None:
    """The first stop rule that a measurement meets, in words."""
    rules = (
        ("loss/retain", spec.stop_retain_loss, 1, "the retain loss rose above"),
        ("utility/retain_recall", spec.stop_retain_recall, -1, "retain recall fell below"),
        ("utility/forget_recall", spec.stop_forget_recall, -1, "forget recall fell to"),
        ("utility/forget_recall", spec.target_recall, 1, "recall of the taught records rose to"),
    )
    for name, limit, sign, words in rules:
        value = scalars.get(name)
        if limit is None or value is None:
            continue
        strict = words.endswith(("above", "below"))
        if sign * (value - limit) > 0 or (value == limit and not strict):
            return f"Stop rule: {words} {limit:g} (it is {value:.3g})."
    return None


def _warn_of_truncation(job: LoadedRun, recorder: Recorder) -> None:
    records = [*job.plan.split.forget, *job.plan.split.retain]
    cut = count_truncated(job.context.encoder, records)
    if cut:
        message = (
            f"{cut} of {len(records)} records are longer than {job.context.encoder.max_length} "
            "tokens and were cut; raise max_length to keep them whole."
        )
        recorder.warn(message)


def _save_model(job: LoadedRun, folder: Path) -> None:
    """Save under another name first, so that a folder called `model` is always complete."""
    with whole_folder(folder) as place:
        save(job.model, job.loaded.tokenizer, place)
        if job.steering is not None:
            write_steering(place, job.steering)


def _keep_model(job: LoadedRun, recorder: Recorder, step: int, folder: Path) -> None:
    """Keep the model as it is after a step; a run that is taken up again may have it already."""
    place = folder / STEPS / str(step)
    if not place.is_dir():
        _save_model(job, place)
    recorder.emit(("artifact", {"kind": "model", "path": f"{STEPS}/{step}", "step": step}))


def _save_teacher(job: LoadedRun, folder: Path) -> None:
    """What the method learnt from, as a model that answers by a rule, where it is to be kept."""
    kept = job.trainer.teacher()
    if kept is None:
        return
    adapter, steering = kept
    save(job.model, job.loaded.tokenizer, folder, name=adapter)
    write_steering(folder, steering)


LINUX_STATUS, LINUX_RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def reset_peak_memory(device: torch.device) -> None:
    """Forget what earlier runs of this process held, where the system can."""
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
    elif os.access(LINUX_RESET, os.W_OK):  # some containers forbid it
        LINUX_RESET.write_text("5", encoding="ascii")


def peak_memory_bytes(device: torch.device) -> int:
    """Most memory held during the run: of the GPU where there is one, else of this process."""
    if device.type == "cuda":
        return int(torch.cuda.max_memory_allocated(device))
    if sys.platform == "win32":
        import psutil

        return int(psutil.Process().memory_info().peak_wset)
    if LINUX_STATUS.exists():
        status = LINUX_STATUS.read_text(encoding="ascii", errors="replace")
        peak = status.partition("VmHWM:")[2].split()
        if peak:  # not every container tells it
            return int(peak[0]) * 1024
    import resource

    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return largest if sys.platform == "darwin" else largest * 1024
