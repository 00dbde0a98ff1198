"""A run made ready: its model, records, method and all that measures it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from peft import PeftModel
from transformers import PreTrainedModel

from unlearn_core.data.encoder import count_truncated, make_encoder
from unlearn_core.data.marks import neighbours
from unlearn_core.data.records import Record
from unlearn_core.evaluation.evaluator import Evaluator
from unlearn_core.evaluation.live import Monitor
from unlearn_core.methods.base import Context
from unlearn_core.models.devices import reset_peak_memory
from unlearn_core.models.loading import LoadedModel, load
from unlearn_core.models.steering import Steering, steer
from unlearn_core.models.trainable import prepare_for_training
from unlearn_core.runs.checks import Plan, by_recipe, make_plan, resolve_run
from unlearn_core.runs.recorder import Recorder
from unlearn_core.runs.spec import RunSpec
from unlearn_core.sampling.tree import TreeSampler
from unlearn_core.training.base import AnyTrainer
from unlearn_core.training.bundled_recipe import RecipeTrainer, kept_of
from unlearn_core.training.loop import Trainer

NEIGHBOURS = 40
"""Retain records nearest to the forget set that are measured as a group of their own."""


@dataclass(frozen=True)
class LoadedRun:
    """A loaded run, with the one that writes down what it does."""

    plan: Plan
    recorder: Recorder
    loaded: LoadedModel
    model: PreTrainedModel | PeftModel
    context: Context
    trainer: AnyTrainer
    evaluator: Evaluator
    monitor: Monitor
    groups: Mapping[str, tuple[Record, ...]]
    steering: Steering | None

    @property
    def folder(self) -> Path:
        """The run's folder."""
        return self.recorder.store.folder(self.recorder.run_id)

    @property
    def checkpoint(self) -> Path:
        """Where training can be taken up again."""
        return self.folder / "checkpoints" / "last"


def load_run(spec: RunSpec, recorder: Recorder) -> LoadedRun:
    """Load everything that a run needs.

    Raises:
        LetheError: Something cannot be used, or is not there.
    """
    plan = make_plan(spec)
    torch.manual_seed(spec.seed)
    source = resolve_run(spec.model, recorder.store)
    loaded = load(source)
    length = min(spec.training.max_length, loaded.card.context_length)
    encoder = make_encoder(loaded.tokenizer, spec.data.template, length)
    model = prepare_for_training(loaded.model, spec.tuning)
    device = next(model.parameters()).device
    reset_peak_memory(device)
    half = spec.training.half_precision_sampling
    sampler = TreeSampler(model, encoder.eos_ids, encoder.pad_id, half_precision=half)
    evaluator = Evaluator(
        model, encoder, sampler, device, spec.measure.max_new_tokens, spec.measure.temperature
    )

    def original() -> torch.nn.Module:
        """The original model anew, its weights as exact as those that are trained."""
        again: torch.nn.Module = load(source).model
        return again.float() if spec.tuning.mode == "full" else again

    context = Context(
        model=model,
        encoder=encoder,
        sampler=sampler,
        forget=plan.split.forget,
        retain=plan.split.retain,
        device=device,
        generator=torch.Generator().manual_seed(spec.seed),
        load_original=original,
    )
    method = plan.info.build(plan.info.config.model_validate(spec.method_config))
    trainer: AnyTrainer
    if by_recipe(plan):
        trainer = RecipeTrainer(context, kept_of(plan.split.forget))
    else:
        trainer = Trainer(method, context, spec.training, seed=spec.seed)
    near = neighbours(plan.split, NEIGHBOURS)
    monitor = Monitor(evaluator, spec.measure, plan.split, near, spec.seed)
    recorder.total = trainer.total
    recorder.watched = frozenset(one.expected.id for one in monitor.watched)
    groups = {
        "forget": plan.split.forget,
        "paraphrased": plan.split.paraphrased,
        "retain": plan.split.retain,
        "neighbours": near,
        "world": plan.split.world,
        # Metrics of membership compare with records that no model ever saw.
        "holdout": plan.split.holdout if spec.measure.metrics else (),
    }
    steering = method.steering(plan.split.forget)
    return LoadedRun(
        plan, recorder, loaded, model, context, trainer, evaluator, monitor, groups, steering
    )


def warn_of_data(job: LoadedRun) -> None:
    """Say what is not as it should be with the records."""
    for warning in job.plan.corpus.warnings:
        job.recorder.warn(warning)
    records = [*job.plan.split.forget, *job.plan.split.retain]
    cut = count_truncated(job.context.encoder, records)
    if cut:
        job.recorder.warn(
            f"{cut} of {len(records)} records are longer than {job.context.encoder.max_length} "
            "tokens and were cut; raise max_length to keep them whole."
        )


def answering(job: LoadedRun) -> LoadedRun:
    """From now on the answers are steered, where the method does so; before, they are the original.

    A method that changes weights needs nothing: its model at the start is the original one.
    """
    if job.steering is None:
        return job
    sampler, template = job.context.sampler, job.plan.spec.data.template
    assert isinstance(sampler, TreeSampler)
    model, length = steer(job.model, job.steering), job.loaded.card.context_length
    steered = replace(
        job.evaluator,
        model=model,
        encoder=make_encoder(job.loaded.tokenizer, template, length, job.steering.preface),
        sampler=replace(sampler, model=model),
    )
    job.monitor.answer_by(steered)
    return replace(job, evaluator=steered)
