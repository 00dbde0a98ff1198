"""From what a person wants to a run in the queue: the one way, for every face of the app."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from unlearn_core.data.marks import Marks
from unlearn_core.data.records import Corpus
from unlearn_core.data.sources import DataSpec, load_corpus
from unlearn_core.demo.corpus import default_forget_subjects
from unlearn_core.methods.registry import method
from unlearn_core.models.card import ModelCard
from unlearn_core.models.spec import ModelSpec
from unlearn_core.runs.checks import Plan, make_plan, resolve_run
from unlearn_core.runs.estimate import too_little_memory
from unlearn_core.runs.events import Event
from unlearn_core.runs.spec import RunKind, RunSpec, make_spec
from unlearn_core.runs.store import Store
from unlearn_core.settings.config import parse
from unlearn_core.settings.measuring import MeasureSpec

BUNDLED_DATA = str(DataSpec().source)

Given = Mapping[str, Mapping[str, Any]]
"""Values by name, by field of `RunSpec`; whatever is not given takes its default."""


@lru_cache(maxsize=32)
def described(spec: ModelSpec) -> ModelCard:
    """A model's card from its configuration; the libraries for it take seconds to import."""
    from unlearn_core.models.describing import describe

    return describe(spec)


@dataclass(frozen=True)
class Launcher:
    """Builds, names, checks and queues runs.

    Attributes:
        store: Whose queue.
        describe: What a model is, from its configuration alone.
        read: The records of a data spec.
    """

    store: Store
    describe: Callable[[ModelSpec], ModelCard] = described
    read: Callable[[DataSpec], Corpus] = load_corpus

    def card(self, model: ModelSpec) -> ModelCard:
        """The card of a model, also of one that a run made.

        Raises:
            LetheError: The model cannot be used.
        """
        return self.describe(resolve_run(model, self.store))

    def spec(
        self,
        method_name: str,
        given: Given,
        *,
        kind: RunKind = "unlearn",
        name: str = "",
        seed: int | str = 0,
    ) -> RunSpec:
        """The run that the given values describe, with the method's defaults for its model.

        Raises:
            LetheError: A value is out of range, or a model or file cannot be used.
        """
        method(method_name, kind)
        model = parse(ModelSpec, given.get("model", {}), "model")
        data = parse(DataSpec, given.get("data", {}), "data")
        return make_spec(
            method_name,
            kind=kind,
            parameters=self.card(model).parameters,
            method_config=given.get("method_config"),
            training=given.get("training"),
            tuning=given.get("tuning"),
            measure=parse(MeasureSpec, given.get("measure", {}), "measure"),
            model=model,
            data=data,
            marks=self._marks(kind, data, given.get("marks", {})),
            name=name.strip(),
            seed=seed,
        )

    def check(self, spec: RunSpec) -> Plan:
        """Make sure that a run can work, and name it where it has no name.

        Raises:
            LetheError: It could never work; says why.
        """
        plan = make_plan(spec, self.read(spec.data))
        return plan if spec.name else _named(plan, name_of(plan))

    def race(self, methods: Sequence[str], seeds: Sequence[int], given: Given) -> list[Plan]:
        """A run of each method with each seed, all checked; each is named with its seed.

        Raises:
            LetheError: One of them could never work.
        """
        specs = [self.spec(name, given, seed=seed) for name in methods for seed in seeds]
        return [
            _named(plan, f"{plan.spec.name}, seed {plan.spec.seed}")
            for plan in map(self.check, specs)
        ]

    def queue(self, plan: Plan, *, kind: str = "", owner: int | None = None) -> str:
        """Put a run that was checked in the queue; one that may lack memory is told so.

        Args:
            plan: The run.
            kind: In the store; the spec's own when empty.
            owner: Process that will do it itself.

        Returns:
            Its id.
        """
        spec, card = plan.spec, self.card(plan.spec.model)
        run_id = self.store.create(
            spec.model_dump(mode="json"),
            kind=kind or spec.kind,
            name=spec.name,
            device=card.device,
            owner=owner,
        )
        if lacking := too_little_memory(plan, card):
            self.store.append(run_id, [Event("log", 0, {"message": lacking, "level": "warning"})])
        return run_id

    def start(self, spec: RunSpec, *, kind: str = "", owner: int | None = None) -> str:
        """Check a run and put it in the queue; gives its id.

        Raises:
            LetheError: It could never work; nothing was queued.
        """
        return self.queue(self.check(spec), kind=kind, owner=owner)

    def _marks(self, kind: RunKind, data: DataSpec, given: Mapping[str, Any]) -> Marks:
        if given:
            return parse(Marks, given, "marks")
        if data.source == BUNDLED_DATA:
            return Marks(subjects=default_forget_subjects())
        return Marks(ids=tuple(self.read(data).by_id)) if kind == "teach" else Marks()


def _named(plan: Plan, name: str) -> Plan:
    return replace(plan, spec=plan.spec.model_copy(update={"name": name}))


def name_of(plan: Plan) -> str:
    """A run's name from its method and what it forgets or learns, such as `NPO, 4 subjects`."""
    records = plan.split.forget
    subjects = list(dict.fromkeys(record.subject for record in records))
    if len(subjects) == 1 and subjects[0]:
        what = subjects[0]
    elif all(subjects) and len(subjects) <= len(records) / 2:
        what = f"{len(subjects)} subjects"
    else:
        what = f"{len(records)} records" if len(records) > 1 else "1 record"
    return f"{plan.info.title.partition(' (')[0]}, {what}"
