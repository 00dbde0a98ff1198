"""One audit from load to verdict, in this process; everything it does becomes events."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from unlearn_core.attacks.base import Case, Finding, Material, Role, Shot
from unlearn_core.attacks.registry import attack, attacks, build
from unlearn_core.audits.cache import Remembered, folder_print
from unlearn_core.audits.material import gather
from unlearn_core.audits.models import Models, Some
from unlearn_core.audits.result import (
    AuditedModel,
    AuditedRecord,
    AuditResult,
    Evidence,
    TimedFinding,
)
from unlearn_core.audits.spec import (
    NO_RETRAINED,
    AuditSpec,
    find_retrained,
)
from unlearn_core.audits.verdict import judge
from unlearn_core.data.marks import split_corpus
from unlearn_core.data.records import Corpus, Record
from unlearn_core.data.sources import load_corpus
from unlearn_core.evaluation.side_effects import SideEffects, side_effects
from unlearn_core.metrics.base import Estimate, Measured, Reading
from unlearn_core.metrics.summary import compute_all
from unlearn_core.models.name import run_of
from unlearn_core.runs.environment import describe_environment
from unlearn_core.runs.events import Command, Event, EventKind, RunState
from unlearn_core.runs.info import finite
from unlearn_core.runs.jobs import Control, does
from unlearn_core.runs.result import read_result
from unlearn_core.runs.store import Store

SAMPLES = {"quick": 20, "thorough": 100}
"""Answers drawn to each forget question for the metrics that need some."""
COMPARED: tuple[Role, ...] = ("original", "retrained")
"""Models that an attack may compare its target with."""
SHOW_SECONDS = 0.4
"""The newest texts are shown so often at most."""
MOST_SHOWN = 3
_READINGS = TypeAdapter(tuple[Reading, ...])
_FINDING = TypeAdapter(TimedFinding)


class Interrupted(Exception):
    """The person wants something; what was found so far is kept."""

    def __init__(self, command: Command) -> None:
        super().__init__(command)
        self.command = command


@does("audit")
def execute_audit(store: Store, run_id: str, control: Control) -> None:
    """Do a claimed audit: read every model, attack it, judge, write `audit.json`.

    Raises:
        LetheError: With the remedy in words; the caller records the failure.
    """
    started = time.perf_counter()
    spec = AuditSpec.model_validate(store.get(run_id).spec)
    job = _open(store, run_id, spec, control)
    store.set_state(run_id, "running")
    command: Command | None = None
    try:
        for _ in job.units():
            pass
    except Interrupted as wish:
        command = wish.command
    if command == "pause":
        store.set_state(run_id, "paused", "Paused; what was found so far is kept.")
        return
    if command == "discard":
        store.set_state(run_id, "discarded", "Discarded.")
        return
    audit = job.result(time.perf_counter() - started, stopped=command is not None)
    audit.write(store.folder(run_id))
    artifact = {"kind": "audit", "path": audit.FILE, "step": job.done}
    job.emit(("artifact", artifact))
    state: RunState = "stopped" if command else "done"
    store.set_state(run_id, state, audit.verdict.headline)


@dataclass
class AuditJob:
    """An audit under way."""

    store: Store
    run_id: str
    spec: AuditSpec
    control: Control
    corpus: Corpus
    groups: Mapping[str, tuple[Record, ...]]
    material: Material
    models: Models
    remembered: Remembered
    findings: dict[str, dict[Role, TimedFinding]]
    readings: dict[Role, dict[str, tuple[Reading, ...]]]
    notes: tuple[str, ...]
    done: int = 0
    begun: float = 0.0
    shown: float = 0.0

    def units(self) -> Iterator[None]:
        """Every piece of work, one after the other; what was done before is remembered.

        Raises:
            Interrupted: By a command.
        """
        for role in self.models.roles if self.spec.measuring else ():
            self._progress(f"reading answers and likelihoods, {role}")
            self.readings[role] = self._read(role)
            self._finish_unit()
            yield
        self.begun = time.perf_counter()
        for name in self.names:
            for role in self.models.roles:
                self._progress(f"attack {name}, {role}")
                self.findings.setdefault(name, {})[role] = self._find(name, role)
                self._tell(name, role)
                self._finish_unit()
                yield

    @property
    def names(self) -> tuple[str, ...]:
        """The attacks to try, in their order."""
        if not self.spec.attacking:
            return ()
        return tuple(n for n in attacks() if n in self.spec.attacks or not self.spec.attacks)

    @property
    def total(self) -> int:
        """Pieces of work."""
        return len(self.models.roles) * (self.spec.measuring + len(self.names))

    def emit(self, *events: tuple[EventKind, Mapping[str, Any]]) -> None:
        """Append events."""
        self.store.append(self.run_id, [Event(kind, self.done, values) for kind, values in events])

    def result(self, seconds: float, stopped: bool) -> AuditResult:
        """What was found, with its verdict."""
        spec = self.spec
        run = run_of(spec.model.source)
        device = self.store.get(self.run_id).device
        asked = (*self.material.forget, *self.material.paraphrased)
        evidence = Evidence(
            version=Evidence.NEWEST,
            audit=self.run_id,
            spec=spec.model_dump(mode="json"),
            run=run,
            method=str(self.store.get(run).spec["method"]) if run else "",
            models=tuple(AuditedModel(r, self.models.sources[r]) for r in self.models.roles),
            missing={} if "retrained" in self.models else {"retrained": NO_RETRAINED},
            effort=spec.effort,
            seed=spec.seed,
            data_hash=self.corpus.data_hash,
            device=device,
            versions=describe_environment(device)["packages"],
            seconds=round(seconds, 1),
            notes=self.notes,
            chosen=self.names,
            stopped=stopped,
            records={r.id: AuditedRecord(r.prompt, r.answer, r.subject, r.fact) for r in asked},
            findings=self.findings,
            metrics=self._metrics(),
            side_effects=self._side_effects(),
        )
        return AuditResult(**dict(evidence), verdict=judge(evidence, attacks()))

    def _read(self, role: Role) -> dict[str, tuple[Reading, ...]]:
        spec = self.spec
        made = self.remembered.get(
            {
                "what": "readings",
                **self._place(),
                "model": self.models.print_of(role),
                "original": self.models.print_of("original"),
                "records": [[r.model_dump(mode="json") for r in g] for g in self.groups.values()],
                "samples": SAMPLES[spec.effort],
                "seed": spec.seed,
                "template": spec.data.template,
                "embedding": [spec.embedding, folder_print(Path(spec.embedding))],
            },
            lambda: {name: self._read_group(role, name) for name in self.groups},
        )
        return {name: _READINGS.validate_python(readings) for name, readings in made.items()}

    def _place(self) -> dict[str, str]:
        """Where and how precisely everything is computed."""
        return {"device": self.store.get(self.run_id).device, "dtype": self.spec.model.dtype}

    def _read_group(self, role: Role, name: str) -> Any:
        """A group's readings as JSON values; a command is heard between two groups."""
        self._listen()
        return _READINGS.dump_python(self.models.read(role, name, self.groups[name]), mode="json")

    def _find(self, name: str, role: Role) -> TimedFinding:
        info, spec = attack(name), self.spec
        prepared = build(info, spec.effort, **spec.attack_configs.get(name, {}))
        others = [r for r in COMPARED if r in self.models]
        material = self.material

        def find() -> dict[str, Any]:
            begun = time.perf_counter()
            case = Case(material, Some(self.models, others), spec.seed, self._sayer(name, role))
            finding = prepared.run(self.models[role], case)
            return {**_plain(finding), "seconds": round(time.perf_counter() - begun, 2)}

        return _FINDING.validate_python(
            self.remembered.get(
                {
                    "what": f"attack {name}",
                    "config": prepared.config.model_dump(mode="json"),
                    **self._place(),
                    "model": self.models.print_of(role),
                    "others": [self.models.print_of(r) for r in others],
                    "role": role,
                    "records": [
                        [r.model_dump(mode="json") for r in group] for group in material.groups
                    ],
                    "borrowed": sorted(material.borrowed),
                    "seed": spec.seed,
                    "template": spec.data.template,
                },
                find,
            )
        )

    def _metrics(self) -> dict[str, dict[str, dict[Role, Estimate]]]:
        by_role = {role: Measured(groups) for role, groups in self.readings.items()}
        found: dict[str, dict[str, dict[Role, Estimate]]] = {}
        for role, measured in by_role.items():
            beside = replace(
                measured,
                retrained=by_role.get("retrained"),
                original=by_role.get("original"),
            )
            for name, by_group in compute_all(beside).items():
                for group, estimate in by_group.items():
                    found.setdefault(name, {}).setdefault(group, {})[role] = estimate
        return found

    def _side_effects(self) -> SideEffects | None:
        before, after = self.readings.get("original"), self.readings.get("unlearned")
        return side_effects(before, after) if before and after else None

    def _tell(self, name: str, role: Role) -> None:
        finding = self.findings[name][role]
        kept = ("value", "low", "high", "chance", "p", "note", "numbers")
        told = {key: getattr(finding, key) for key in kept}
        self.emit(("finding", {"attack": name, "role": role, **told}))

    def _sayer(self, name: str, role: Role) -> Callable[[float, Sequence[Shot]], None]:
        def say(share: float, shots: Sequence[Shot]) -> None:
            self._listen()
            if time.perf_counter() - self.shown < SHOW_SECONDS:
                return
            self.shown = time.perf_counter()
            self.emit(
                *(
                    ("shot", {"attack": name, "role": role, **asdict(shot)})
                    for shot in shots[-MOST_SHOWN:]
                )
            )

        return say

    def _finish_unit(self) -> None:
        self.done += 1
        self._listen()

    def _listen(self) -> None:
        command = self.control.command()
        if command is not None:
            raise Interrupted(command)

    def _progress(self, phase: str) -> None:
        # Reading takes many times as long as an attack, so it tells nothing of what is left.
        attacked = self.done - len(self.models.roles) * self.spec.measuring
        spent = time.perf_counter() - self.begun
        left = spent / attacked * (self.total - self.done) if attacked > 0 else None
        payload = {"step": self.done, "total": self.total, "seconds_left": left, "phase": phase}
        self.emit(("progress", payload))


def _open(store: Store, run_id: str, spec: AuditSpec, control: Control) -> AuditJob:
    spec = _with_retrained(store, spec)
    corpus = load_corpus(spec.data)
    found = gather(spec, corpus, split_corpus(corpus, spec.marks))
    models = Models(store, spec, SAMPLES[spec.effort])
    remembered = Remembered(store.workspace)
    return AuditJob(
        store, run_id, spec, control, corpus, found.groups, found.material, models, remembered,
        {}, {}, (*found.notes, *_changed(store, spec, corpus)),
    )  # fmt: skip


def _with_retrained(store: Store, spec: AuditSpec) -> AuditSpec:
    """A retrained model may have come while the audit waited."""
    run = run_of(spec.model.source)
    if spec.retrained or not run:
        return spec
    found = find_retrained(store, store.get(run).spec, apart=run)
    return spec.model_copy(update={"retrained": found})


def _changed(store: Store, spec: AuditSpec, corpus: Corpus) -> tuple[str, ...]:
    """A warning where the records are not those that the run was made with."""
    run = run_of(spec.model.source)
    result = read_result(store.folder(run)) if run else None
    if result is None or result.data_hash == corpus.data_hash:
        return ()
    return (
        "The data have changed since the run, so the records asked about may not be those that "
        "it was to forget.",
    )


def _plain(finding: Finding) -> dict[str, Any]:
    leaks_first = sorted(finding.shots, key=lambda shot: not shot.leaked)
    return dict(finite(asdict(replace(finding, shots=tuple(leaks_first)))))
