"""Everything that can be checked about a run before a model is loaded."""

import math
from dataclasses import dataclass
from typing import Any

from unlearn_core.data.marks import resolve, split_by_ids, split_corpus
from unlearn_core.data.records import Corpus, Split
from unlearn_core.data.sources import load_corpus
from unlearn_core.demo.corpus import world_settings
from unlearn_core.errors import MissingPrerequisite
from unlearn_core.methods.base import Method, MethodInfo
from unlearn_core.methods.registry import method
from unlearn_core.methods.retrain import Retrain
from unlearn_core.metrics.registry import measured_in_runs
from unlearn_core.models.name import ModelName
from unlearn_core.models.spec import ModelSpec
from unlearn_core.runs.spec import RunSpec
from unlearn_core.runs.store import Store
from unlearn_core.runs.tracking import require_tracker


@dataclass(frozen=True)
class Plan:
    """A spec with its data read and its marks resolved."""

    spec: RunSpec
    info: MethodInfo
    corpus: Corpus
    split: Split


def make_plan(spec: RunSpec, corpus: Corpus | None = None) -> Plan:
    """Read the data, resolve the marks and check that the method has what it needs.

    Args:
        spec: What is to run.
        corpus: The records of `spec.data` when they have been read already.

    Raises:
        InvalidInput: The data cannot be read, a mark matches nothing, or a metric is not known.
        MissingPrerequisite: The method needs records that are not there, or the tracker is not
            installed.
    """
    info = method(spec.method, spec.kind)
    require_tracker(spec.measure.tracker)
    measured_in_runs(spec.measure.metrics)
    corpus = corpus or load_corpus(spec.data)
    split = _split(spec, corpus)
    check_needs(spec, info, split)
    return Plan(spec, info, corpus, split)


def place_of(source: str, store: Store) -> str:
    """Where a model is: of a run the folder, other names are as they are.

    Raises:
        InvalidInput: No such run, or it left no model.
    """
    name = ModelName.parse(source)
    return str(store.model_folder(name.run, name.part)) if name.kind == "run" else source


def resolve_run(spec: ModelSpec, store: Store) -> ModelSpec:
    """Replace the name of a run's model by its folder.

    Raises:
        InvalidInput: No such run, or it left no model.
    """
    return spec.model_copy(update={"source": place_of(spec.source, store)})


def _split(spec: RunSpec, corpus: Corpus) -> Split:
    """What is taught is taught in all its phrasings, and without marks it is everything."""
    if spec.kind == "unlearn":
        return split_corpus(corpus, spec.marks)
    chosen = resolve(corpus, spec.marks) or tuple(corpus.by_id)
    return split_by_ids(corpus, chosen)


def planned_steps(plan: Plan) -> int:
    """Optimiser steps of the whole run, if nothing ends it early."""
    if by_recipe(plan):
        recipe = world_settings()["recipe"]
        return int(recipe["prior_steps"] + recipe["memory_steps"])
    training = plan.spec.training
    rows = _built(plan.spec, plan.info).rows(plan.split.forget, plan.split.retain)
    return training.epochs * math.ceil(len(rows) / (training.batch_size * training.accumulation))


def by_recipe(plan: Plan) -> bool:
    """Whether the bundled model is built anew, for which the settings of training have no say."""
    built = _built(plan.spec, plan.info)
    return isinstance(built, Retrain) and built.by_recipe(plan.spec.model)


def _built(spec: RunSpec, info: MethodInfo) -> Method[Any]:
    return info.build(info.config.model_validate(spec.method_config))


def check_needs(spec: RunSpec, info: MethodInfo, split: Split) -> None:
    """Make sure that the method has what it needs.

    Raises:
        MissingPrerequisite: Something is not there; says what, and what to do.
    """
    weight = spec.method_config.get("retain_weight", 1.0)
    if "retain data" in info.card.needs and not split.retain and weight:
        raise MissingPrerequisite(
            f"{info.title} needs records to retain, but all {len(split.forget)} records are "
            "marked to be forgotten. Mark fewer records, or add records to keep."
        )
    if info.card.steers and spec.tuning.mode != "lora":
        raise MissingPrerequisite(
            f"{info.title} leaves the model's weights as they are, so there is nothing for full "
            "fine-tuning to change. Set the weights to train to lora."
        )
    _built(spec, info).check(spec.model, spec.tuning, split)
    passages = sum(record.is_passage for record in split.forget)
    if "sampling" in info.card.needs and passages:
        raise MissingPrerequisite(
            f"{info.title} samples answers to questions, but {passages} of {len(split.forget)} "
            "marked records are passages without a question. Mark questions, or choose a method "
            "for text such as gradient ascent."
        )
