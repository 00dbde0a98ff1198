"""What an audit found: its `audit.json`."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, PlainSerializer

from unlearn_core.attacks.base import Effort, Finding, Role
from unlearn_core.evaluation.scores import with_one_key
from unlearn_core.evaluation.side_effects import SideEffects
from unlearn_core.metrics.base import Estimate
from unlearn_core.runs.document import Document

Level = Literal["known", "leaks", "traces", "gone", "unclear"]
LineKind = Literal["gone", "leak", "cost", "closeness", "untested", "caveat"]


@dataclass(frozen=True)
class AuditedModel:
    """A model of an audit, and where it comes from."""

    role: Role
    source: str


@dataclass(frozen=True)
class AuditedRecord:
    """A record that was asked about, without its id."""

    prompt: str
    answer: str
    subject: str = ""
    fact: str = ""


@dataclass(frozen=True)
class TimedFinding(Finding):
    """What an attack got out of a model, leaks first, and how long it took."""

    seconds: float = 0.0


@dataclass(frozen=True)
class Line:
    """One sentence of a verdict."""

    kind: LineKind
    text: str


@dataclass(frozen=True)
class Quote:
    """The strongest leak, word for word."""

    attack: str
    record: str
    prompt: str
    text: str
    true: str
    detail: str


@dataclass(frozen=True)
class Verdict:
    """What an audit found, in words, with the rules it was judged by."""

    level: Level
    headline: str
    lines: tuple[Line, ...]
    quote: Quote | None
    rules: tuple[str, ...]


class Evidence(Document):
    """All that a verdict is reached by.

    Attributes:
        audit: The audit's id.
        spec: Its `AuditSpec` as JSON values.
        run: Id of the run that made the unlearned model; empty where none did.
        method: By which the run unlearned.
        missing: Why a model is not there, by its role.
        data_hash: Of the records.
        versions: Of the packages.
        notes: What to keep in mind about the records.
        chosen: The attacks that were to be tried.
        stopped: Whether it was stopped before all of them were.
        records: Those that were asked about, by id.
        findings: By attack and role.
        metrics: By metric, group and role.
        side_effects: None where nothing was measured.
    """

    FILE: ClassVar[str] = "audit.json"

    audit: str
    spec: dict[str, Any]
    run: str
    method: str
    models: tuple[AuditedModel, ...]
    missing: dict[str, str]
    effort: Effort
    seed: int
    data_hash: str
    device: str
    versions: dict[str, str]
    seconds: float
    notes: tuple[str, ...] = ()
    chosen: tuple[str, ...] = ()
    stopped: bool = False
    records: dict[str, AuditedRecord]
    findings: dict[str, dict[Role, TimedFinding]]
    metrics: dict[str, Annotated[dict[str, dict[Role, Estimate]], BeforeValidator(with_one_key)]]
    side_effects: Annotated[
        SideEffects | None,
        BeforeValidator(lambda value: value or None),
        PlainSerializer(lambda value: value or {}),
    ]

    def findings_of(self, role: Role) -> Mapping[str, TimedFinding]:
        """What the attacks got out of one model, by attack."""
        return {name: roles[role] for name, roles in self.findings.items() if role in roles}


class AuditResult(Evidence):
    """The evidence and the verdict."""

    verdict: Verdict


def read_audit(folder: Path) -> AuditResult | None:
    """What the audit of this folder found; None while there is nothing.

    Raises:
        InvalidInput: A newer Lethe wrote it, or it is damaged.
    """
    return AuditResult.read(folder)
