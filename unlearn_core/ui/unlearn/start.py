"""From the visitor's choices to a run in the queue, and what it will need, told beforehand."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from typing import Any, Literal

import torch

from unlearn_core.data.marks import split_corpus
from unlearn_core.data.records import Record, Split
from unlearn_core.data.sources import DataSpec
from unlearn_core.demo.corpus import default_forget_subjects
from unlearn_core.errors import MissingPrerequisite
from unlearn_core.methods.registry import method, methods
from unlearn_core.models.card import ModelCard, estimate_memory
from unlearn_core.models.spec import ModelSpec
from unlearn_core.runs.launch import Plan, by_recipe, check_needs, make_plan, planned_steps
from unlearn_core.runs.spec import RunSpec, make_spec
from unlearn_core.settings.config import parse
from unlearn_core.settings.specs import MeasureSpec
from unlearn_core.ui.forget.marking import to_marks
from unlearn_core.ui.shell.machine import device_words, free_memory, model_card, model_name
from unlearn_core.ui.shell.services import Services
from unlearn_core.ui.texts import common as texts

CHARACTERS_A_TOKEN = 3
TEMPLATE_TOKENS = 8
SPEEDS = {"cpu": 3e10, "cuda": 2e13, "mps": 1e12}
"""Floating-point operations a second, per thread on a CPU: only for the first rough guess."""
REHEARSED = (400.0, 8.0)
"""Seconds of loading and measuring: per billion parameters on a CPU, and at least."""


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
    kind: Literal["unlearn", "teach"] = "unlearn"


def build_spec(services: Services, choice: Choice) -> RunSpec:
    """The run that the visitor's choices describe.

    Raises:
        LetheError: A choice cannot be used; says which and why.
    """
    corpus = services.corpus(choice.data)
    info = method(choice.method, choice.kind)
    what = described(list(choice.marked), corpus.by_id)
    return make_spec(
        choice.method,
        kind=choice.kind,
        parameters=model_card(services, choice.model).parameters,
        method_config=choice.groups.get("method_config"),
        training=choice.groups.get("training"),
        tuning=choice.groups.get("tuning"),
        measure=parse(MeasureSpec, choice.groups.get("measure", {}), "measuring"),
        model=parse(ModelSpec, choice.model, "model"),
        data=parse(DataSpec, choice.data, "data"),
        marks=to_marks(services.rows(choice.data), choice.marked),
        name=choice.name.strip() or f"{info.title.partition(' (')[0]}, {what}",
        seed=choice.seed,
    )


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


def start(services: Services, spec: RunSpec) -> str:
    """Put a run in the queue; gives its id.

    Raises:
        LetheError: It could never work; nothing was queued.
    """
    make_plan(spec, services.corpus(spec.data.model_dump(mode="json")))
    card = model_card(services, spec.model.model_dump(mode="json"))
    return services.store.create(
        spec.model_dump(mode="json"), kind=spec.kind, name=spec.name, device=card.device
    )


def preflight(services: Services, spec: RunSpec) -> str:
    """What the run will do and need, as HTML.

    Raises:
        LetheError: It could never work; says why.
    """
    data = spec.data.model_dump(mode="json")
    plan = make_plan(spec, services.corpus(data))
    card = model_card(services, spec.model.model_dump(mode="json"))
    length = mean_tokens(plan.split.forget + plan.split.retain)
    samples = int(spec.method_config.get("samples", 1))
    memory = estimate_memory(
        card, spec.tuning, spec.training.batch_size, length, samples, plan.info.card.copies
    ).total
    free = free_memory(card)
    rows = [
        ("Model", f"{model_name(services, spec.model.source)} on {_device(services, card)}"),
        ("To forget" if spec.kind == "unlearn" else "To learn", _forgotten(plan)),
        ("To keep", _kept(plan, len(services.rows(data)))),
        ("Steps", _steps(plan)),
        ("Memory", f"about {texts.size(memory)} of {texts.size(free)} free"),
        ("Time", duration(services, plan, card, length)),
    ]
    warning = texts.problem(too_much(memory, free, spec)) if memory > free else ""
    return texts.facts(rows) + warning


def too_much(memory: int, free: int, spec: RunSpec) -> str:
    """The one change that saves most, in a sentence."""
    if spec.tuning.mode == "full":
        change = "train a LoRA adapter instead of all weights"
    elif spec.training.batch_size > 1:
        half = spec.training.batch_size // 2
        change = f"lower the batch size to {half} and double the accumulation"
    else:
        change = "choose bfloat16 as the model's precision, or a smaller model"
    return (
        f"This needs about {texts.size(memory)} but {texts.size(free)} are free; it may end for "
        f"want of memory. To save most, {change}."
    )


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


def duration(services: Services, plan: Plan, card: ModelCard, length: int) -> str:
    """How long it will take: from the last run like it, else a rough guess."""
    known = _seconds_a_step(services, plan.spec)
    if known is not None:
        pace, rest = known
        seconds = texts.seconds(pace * planned_steps(plan) + rest)
        return f"about {seconds}, going by your last run like it"
    guess = _guess(plan, card, length, services.settings.threads or torch.get_num_threads())
    return f"about {texts.seconds(guess)}, a rough guess"


def mean_tokens(records: Sequence[Record]) -> int:
    """Tokens of a mean row, guessed from its characters."""
    sample = records[:: max(1, len(records) // 200)]
    if not sample:
        return TEMPLATE_TOKENS
    characters = fmean(len(record.prompt) + len(record.answer) for record in sample)
    return TEMPLATE_TOKENS + math.ceil(characters / CHARACTERS_A_TOKEN)


def described(ids: Sequence[str], by_id: Mapping[str, Record]) -> str:
    """What is marked, in a few words."""
    subjects = list(dict.fromkeys(by_id[i].subject for i in ids if i in by_id))
    if len(subjects) == 1 and subjects[0]:
        return subjects[0]
    if subjects and all(subjects) and len(subjects) <= len(ids) / 2:
        return texts.count(len(subjects), "subject")
    return texts.count(len(ids), "record")


def _forgotten(plan: Plan) -> str:
    words = texts.count(len(plan.split.forget), "record")
    also = len(plan.split.paraphrased)
    return f"{words}, and {also:,} other wordings to check" if also else words


def _kept(plan: Plan, rows: int) -> str:
    kept = rows - len(plan.split.forget)
    every = len(plan.split.retain)
    words = texts.count(kept, "record")
    return f"{words}, with other wordings {every:,}" if every > kept else words


def _steps(plan: Plan) -> str:
    total, epochs = planned_steps(plan), plan.spec.training.epochs
    if total == 0:
        return "none: nothing is trained"
    if by_recipe(plan):
        return f"{total:,} of the model's own recipe"
    return f"{total:,} ({texts.count(epochs, 'epoch')} of {texts.count(total // epochs, 'step')})"


def _device(services: Services, card: ModelCard) -> str:
    return device_words(card.device, services.settings.threads)


def _seconds_a_step(services: Services, spec: RunSpec) -> tuple[float, float] | None:
    """Seconds of one training step, and of all the rest, of the last finished run like this."""
    same = (spec.kind, spec.method, spec.model, spec.tuning.mode, spec.training.batch_size)
    for run in services.store.runs():
        path = services.store.folder(run.id) / "result.json"
        if run.state != "done" or not path.is_file():
            continue
        old = RunSpec.model_validate(run.spec)
        if (old.kind, old.method, old.model, old.tuning.mode, old.training.batch_size) == same:
            result = json.loads(path.read_text(encoding="utf-8"))
            taken = result["seconds"]
            return taken["train"] / max(result["steps"], 1), taken["total"] - taken["train"]
    return None


def _guess(plan: Plan, card: ModelCard, length: int, threads: int) -> float:
    spec = plan.spec
    kind = card.device.partition(":")[0]
    speed = SPEEDS[kind] * (threads if kind == "cpu" else 1)
    rows = min(len(plan.split.forget), spec.training.batch_size * spec.training.accumulation)
    samples = int(spec.method_config.get("samples", 0))
    work = rows * length * card.parameters * (2 * 6 + 2 * samples / 2)
    per_billion, least = REHEARSED
    rest = least + per_billion * card.parameters / 1e9 * (1 if kind == "cpu" else 0.05)
    return planned_steps(plan) * work / speed + rest
