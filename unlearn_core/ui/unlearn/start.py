"""The visitor's choices as a run, and what it will do and need, told beforehand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from unlearn_core.data.marks import split_corpus
from unlearn_core.data.records import Split
from unlearn_core.demo.corpus import default_forget_subjects
from unlearn_core.errors import MissingPrerequisite
from unlearn_core.methods.registry import methods
from unlearn_core.models.card import ModelCard
from unlearn_core.models.devices import free_memory
from unlearn_core.models.spec import ModelSpec
from unlearn_core.runs.checks import Plan, by_recipe, check_needs, planned_steps
from unlearn_core.runs.estimate import (
    memory_needed,
    seconds_guessed,
    seconds_like_before,
    too_much,
)
from unlearn_core.runs.launch import Given
from unlearn_core.runs.spec import RunKind, RunSpec
from unlearn_core.ui.forget.marking import to_marks
from unlearn_core.ui.shell.machine import device_words, model_name
from unlearn_core.ui.shell.services import Services
from unlearn_core.ui.texts import common as texts
from unlearn_core.ui.texts import unlearn as say


@dataclass(frozen=True)
class Choice:
    """What the visitor has set, as plain values.

    Attributes:
        groups: Values by field of `RunSpec`: `method_config`, `training`, `tuning`, `measure`.
    """

    model: Mapping[str, Any]
    data: Mapping[str, Any]
    marked: Sequence[str]
    method: str
    groups: Mapping[str, Mapping[str, Any]]
    name: str = ""
    seed: int = 0
    kind: RunKind = "unlearn"


def build_spec(services: Services, choice: Choice) -> RunSpec:
    """The run that the visitor's choices describe.

    Raises:
        LetheError: A choice cannot be used; says which and why.
    """
    given = given_by(services, choice)
    return services.launcher.spec(
        choice.method, given, kind=choice.kind, name=choice.name, seed=choice.seed
    )


def given_by(services: Services, choice: Choice) -> Given:
    """All values of a choice by field of `RunSpec`."""
    marks = to_marks(services.rows(choice.data), choice.marked).model_dump(mode="json")
    return {**choice.groups, "model": choice.model, "data": choice.data, "marks": marks}


def default_choice() -> Choice:
    """The whole story on the bundled model: default people, PMC, its defaults."""
    model = ModelSpec().model_dump(mode="json")
    return Choice(model, {"source": "bundled:people"}, (), "pmc", {})


def default_marks(services: Services) -> list[str]:
    """Ids of the rows about the four default people.

    Raises:
        MissingPrerequisite: The bundled data is not there.
    """
    people = set(default_forget_subjects())
    rows = services.rows({"source": "bundled:people"})
    return [record.id for record in rows if record.subject in people]


def preflight(services: Services, spec: RunSpec) -> str:
    """What the run will do and need, as HTML.

    Raises:
        LetheError: It could never work; says why.
    """
    plan, card = services.launcher.check(spec), services.launcher.card(spec.model)
    needed, free = memory_needed(plan, card), free_memory(card.device)
    name = model_name(services, spec.model.source)
    rows = [
        (say.MODEL, say.MODEL_ON.format(model=name, device=_device(services, card))),
        (say.TO_FORGET if spec.kind == "unlearn" else say.TO_LEARN, _forgotten(plan)),
        (say.TO_KEEP, _kept(plan, len(services.rows(spec.data.model_dump(mode="json"))))),
        (say.STEPS, _steps(plan)),
        (say.MEMORY, say.MEMORY_NEED.format(need=texts.size(needed), free=texts.size(free))),
        (say.TIME, duration(services, plan, card)),
    ]
    return texts.facts(rows) + texts.problem(too_much(needed, free, spec))


def unmet(
    services: Services, model: Mapping[str, Any], data: Mapping[str, Any], marked: Sequence[str]
) -> dict[str, str]:
    """Why a method cannot be used with these choices and its defaults, by its name."""
    choice = Choice(model, data, marked, "", {})
    missing: dict[str, str] = {}
    split: Split | None = None
    for info in methods().values():
        try:
            spec = build_spec(services, replace(choice, method=info.name))
            split = split or split_corpus(services.corpus(data), spec.marks)
            check_needs(spec, info, split)
        except MissingPrerequisite as error:
            missing[info.name] = str(error)
    return missing


def duration(services: Services, plan: Plan, card: ModelCard) -> str:
    """How long it will take: from the last run like it, else a rough guess."""
    known = seconds_like_before(plan, services.store)
    if known is not None:
        return say.TIME_KNOWN.format(time=texts.seconds(known))
    guess = seconds_guessed(plan, card, services.settings.threads)
    return say.TIME_GUESSED.format(time=texts.seconds(guess))


def _forgotten(plan: Plan) -> str:
    words = texts.count(len(plan.split.forget), "record")
    also = len(plan.split.paraphrased)
    return say.AND_WORDINGS.format(records=words, n=also) if also else words


def _kept(plan: Plan, rows: int) -> str:
    kept = rows - len(plan.split.forget)
    every = len(plan.split.retain)
    words = texts.count(kept, "record")
    return say.WITH_WORDINGS.format(records=words, n=every) if every > kept else words


def _steps(plan: Plan) -> str:
    total, epochs = planned_steps(plan), plan.spec.training.epochs
    if total == 0:
        return say.NO_STEPS
    if by_recipe(plan):
        return say.RECIPE_STEPS.format(n=total)
    return f"{total:,} ({texts.count(epochs, 'epoch')} of {texts.count(total // epochs, 'step')})"


def _device(services: Services, card: ModelCard) -> str:
    return device_words(card.device, services.settings.threads)
