"""Audits: what they are asked to do, how they are queued and found again.

An audit attacks the model of a run, and beside it the original and, where there is one, a model
that never saw the forget set. It is a job in the same queue as the runs, done by the same workers.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import Field, ValidationInfo, field_validator

from unlearn_core.attacks.base import Effort
from unlearn_core.attacks.registry import attack, attacks
from unlearn_core.audits.attack_settings import AttackConfigs, checked_configs
from unlearn_core.audits.result import AuditResult, read_audit
from unlearn_core.data.marks import Marks, resolve
from unlearn_core.data.sources import DataSpec, load_corpus
from unlearn_core.demo.corpus import default_forget_subjects
from unlearn_core.errors import MissingPrerequisite
from unlearn_core.models.devices import resolve_device
from unlearn_core.models.name import BUNDLED, TWIN, name_of_run
from unlearn_core.models.spec import ModelSpec
from unlearn_core.runs.recorded import RecordedRuns, is_recorded
from unlearn_core.runs.store import Store
from unlearn_core.settings.config import Config, setting

NO_RETRAINED = (
    "there is none for this forget set, so nothing shows what a model would say that never knew "
    "it; run the method retrain with the same data and marks, or name a folder as retrained."
)


class AuditSpec(Config):
    """Everything that decides what an audit does."""

    kind: Literal["audit"] = "audit"
    name: str = setting("", "A name to find the audit by.")
    model: ModelSpec = Field(default_factory=ModelSpec)
    """The unlearned model."""
    original: str = setting(BUNDLED, "The model before unlearning.")
    original_base: str = setting("", "Base model of an original that is an adapter.")
    retrained: str = setting(
        "", "A model that never saw the forget set; empty where there is none."
    )
    data: DataSpec = Field(default_factory=DataSpec)
    marks: Marks = Field(default_factory=Marks)
    effort: Effort = setting(
        "quick", "quick takes some 20 seconds on the bundled model, thorough several minutes."
    )
    attacks: tuple[str, ...] = setting((), "Attacks to try; empty takes all.")
    attack_configs: dict[str, dict[str, Any]] = Field(default_factory=dict)
    """Settings of attacks that differ from those of the effort, by attack and name."""
    attacking: bool = setting(True, "Whether to attack, or to measure only.")
    measuring: bool = setting(True, "Whether to measure as well, or to attack only.")
    embedding: str = setting(
        "", "A folder or hub name of an embedding model, for similarity in meaning; may be empty."
    )
    seed: int = setting(0, "Decides every random choice.", ge=0, le=2**31)

    @field_validator("attack_configs")
    @classmethod
    def _as_the_attacks_take_them(cls, given: AttackConfigs, info: ValidationInfo) -> AttackConfigs:
        return checked_configs(given, info.data.get("effort", "quick"))


def audit_of_run(
    store: Store,
    run_id: str,
    *,
    effort: Effort = "quick",
    attacks: Sequence[str] = (),
    attack_configs: Mapping[str, Mapping[str, Any]] | None = None,
    seed: int = 0,
    retrained: str = "",
    attacking: bool = True,
    expected: bool = False,
) -> AuditSpec:
    """An audit of the model that a run made, on the run's own data and marks.

    Args:
        store: Where the run is.
        run_id: A run that left a model.
        effort: Budget of each attack.
        attacks: Names; all when empty.
        attack_configs: Settings that differ from those of the effort, by attack and name.
        seed: Decides every random choice.
        retrained: A model that never saw the forget set; found by itself when empty.
        attacking: Whether to attack, or to measure only.
        expected: Whether the run may still be ahead in the queue, and its model to come.

    Raises:
        InvalidInput: No such run or attack, or a setting that it does not take.
        MissingPrerequisite: The run has left no model, or teaches instead of unlearning.
    """
    info = store.get(run_id)
    if not expected:
        store.model_folder(run_id)
    if info.kind != "unlearn":
        raise MissingPrerequisite(
            f"Run {run_id} is of the kind {info.kind}: there is nothing that it should have "
            "forgotten. Choose a run that unlearns."
        )
    return AuditSpec(
        name=info.name,
        # What a run made names its own base; the one of the spec belongs to the original.
        model=ModelSpec.model_validate(
            {**info.spec["model"], "source": name_of_run(run_id), "base": ""}
        ),
        original=info.source,
        original_base=str(info.spec["model"]["base"]),
        retrained=retrained or find_retrained(store, info.spec, apart=run_id),
        data=DataSpec.model_validate(info.spec["data"]),
        marks=Marks.model_validate(info.spec["marks"]),
        effort=effort,
        attacks=tuple(attack(name).name for name in attacks),
        attack_configs=checked_configs(attack_configs or {}, effort),
        attacking=attacking,
        seed=seed,
    )


def find_retrained(store: Store, spec: Mapping[str, Any], apart: str = "") -> str:
    """A model that never saw what a run was to forget: the bundled twin, or a retrain run.

    Args:
        store: Where retrain runs are looked for.
        spec: The run's `RunSpec` as JSON values.
        apart: The run itself, which is no reference of its own.

    Returns:
        Its source; empty where there is none.
    """
    for run in store.runs():
        same = all(run.spec[part] == spec[part] for part in ("data", "marks"))
        began = run.source == spec["model"]["source"]
        # One that was stopped on the way knows too little of everything.
        kept = run.state == "done" and store.has_model(run)
        other = run.id != apart and run.spec["method"] == "retrain"
        if same and began and kept and other:
            return name_of_run(run.id)
    bundled = spec["model"]["source"] == BUNDLED and spec["data"]["source"] == "bundled:people"
    return TWIN if bundled and _is_default(spec) else ""


def queue_audit(store: Store, spec: AuditSpec, *, owner: int | None = None) -> str:
    """Put an audit in the queue.

    Args:
        store: Where it will be.
        spec: What to do.
        owner: Process that will do it itself.

    Returns:
        Its id.
    """
    return store.create(
        spec.model_dump(mode="json"),
        kind="audit",
        name=spec.name or f"Audit of {spec.model.source}",
        device=str(resolve_device(spec.model.device)),
        owner=owner,
    )


def found_by_audits(store: Store, run_id: str) -> list[AuditResult]:
    """What the audits of a run found: whole ones first, then those with some attacks or none.

    A whole one tried every attack, so nothing that was only measured, stopped or tried with few
    attacks later hides its verdict. Among equals the newest comes first.
    """
    if is_recorded(run_id):
        recorded = read_audit(RecordedRuns().folder(run_id))
        return [recorded] if recorded else []
    found = [read_audit(store.folder(audit.id)) for audit in store.audits_of(run_id)]
    every = len(attacks())

    def rank(audit: AuditResult) -> int:
        tried = len(audit.findings_of("unlearned"))
        return 0 if tried == every else 1 if tried else 2

    return sorted((audit for audit in found if audit is not None), key=rank)


def newest_audit(store: Store, run_id: str) -> AuditResult | None:
    """The first of `found_by_audits`; None where there is none."""
    return next(iter(found_by_audits(store, run_id)), None)


def _is_default(spec: Mapping[str, Any]) -> bool:
    """Whether the marks name exactly the people that the twin never saw."""
    corpus = load_corpus(DataSpec.model_validate(spec["data"]))
    marked = resolve(corpus, Marks.model_validate(spec["marks"]))
    subjects = {corpus.by_id[record].subject for record in marked}
    return subjects == set(default_forget_subjects())
