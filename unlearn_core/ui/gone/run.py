"""What the step "Is it gone?" does, apart from the screen: what is attacked, by what, and how far.

An audit is a job of the store like a run, so everything shown is read from there: a reloaded page
and a second viewer see the same.
"""

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from unlearn_core.attacks.base import AttackInfo, Finding, Role
from unlearn_core.audits.result import read_audit
from unlearn_core.errors import InvalidInput, LetheError
from unlearn_core.models.name import ModelName
from unlearn_core.models.source import find_source
from unlearn_core.models.spec import ModelSpec
from unlearn_core.report.view import attack_html
from unlearn_core.runs.events import Event
from unlearn_core.runs.info import RunInfo
from unlearn_core.runs.store import Store
from unlearn_core.ui.gone.retrain import RETRAIN
from unlearn_core.ui.gone.view import Progress, ended_html, live_html, report_html
from unlearn_core.ui.shell.services import Services
from unlearn_core.ui.texts import common as texts
from unlearn_core.ui.texts import gone as say

if TYPE_CHECKING:
    from pydantic import TypeAdapter

from unlearn_core.attacks.base import Effort

TEXTS_SHOWN = 6
TEXTS_WITHIN = 60
"""Newest events among which the newest texts are looked for."""
_FINDING = TypeAdapter(Finding)
SHOWN_KINDS = ("status", "progress", "shot", "finding", "error")


def attackable(services: Services) -> list[RunInfo]:
    """The finished runs that left an unlearned model, newest first."""
    return [
        run
        for run in services.store.runs()
        if run.kind == "unlearn" and services.store.has_model(run)
    ]


def run_choices(runs: Sequence[RunInfo]) -> list[tuple[str, str]]:
    """(Label, id) of each run."""
    return [(say.RUN_STEP.format(run=run.name, step=run.step), run.id) for run in runs]


def first_choice(runs: Sequence[RunInfo], watched: str) -> str | None:
    """The watched run if it can be attacked, else the newest that is not itself retrained."""
    if any(run.id == watched for run in runs):
        return watched
    unlearned = [run for run in runs if run.spec["method"] != RETRAIN]
    return next((run.id for run in [*unlearned, *runs]), None)


def known_attacks() -> dict[str, AttackInfo]:
    """Every attack by name; loads the large libraries."""
    from unlearn_core.ui.shell.libraries import attacks

    return attacks()


def attack_choices(known: Mapping[str, AttackInfo]) -> list[tuple[str, str]]:
    """(Title and one-line idea, name) of every attack."""
    return [(f"{info.title}: {info.card.idea}", name) for name, info in known.items()]


def begin(
    services: Services,
    run_id: str | None,
    effort: "Effort",
    chosen: Sequence[str],
    seed: float | None,
    retrained: str = "",
    embedding: str = "",
) -> str:
    """Put an audit of a run in the queue; gives its id.

    Args:
        services: The page's services.
        run_id: The run.
        effort: Budget of each attack.
        chosen: Names of the attacks.
        seed: Of every random choice.
        retrained: A model that never saw the forget set; found by itself when empty.
        embedding: An embedding model, for similarity in meaning; none when empty.

    Raises:
        LetheError: It could never work; nothing was queued.
    """
    from unlearn_core.ui.shell.libraries import audit_of_run, queue_audit

    if not run_id:
        raise InvalidInput(say.NO_RUN)
    if not chosen:
        raise InvalidInput(say.NO_ATTACK)
    names = () if len(chosen) == len(known_attacks()) else tuple(chosen)
    spec = audit_of_run(
        services.store, run_id, effort=effort, attacks=names, seed=int(seed or 0),
        retrained=retrained.strip(),
    )  # fmt: skip
    require_model(retrained.strip())
    spec = spec.model_copy(update={"embedding": embedding.strip()})
    return queue_audit(services.store, spec)


def require_model(source: str) -> None:
    """Make sure that a folder or name that was typed is a model's; nothing is fine.

    Raises:
        LetheError: It is not.
    """
    if source and ModelName.parse(source).kind == "elsewhere":
        find_source(ModelSpec(source=source), weights=False)


def past_audits(services: Services, run_id: str | None) -> list[tuple[str, str]]:
    """(Label, id) of the run's audits, newest first."""
    if not run_id:
        return []
    return [(audit_label(info), info.id) for info in services.store.audits_of(run_id)]


def audit_label(info: RunInfo) -> str:
    """When it was begun, its settings, and its state where it has not come to its end."""
    begun = time.strftime("%d %b, %H:%M", time.localtime(info.created))
    chosen = info.spec.get("attacks") or ()
    which = texts.count(len(chosen), "attack") if chosen else say.ALL_ATTACKS
    if not info.spec.get("attacking", True):
        which = say.MEASURES_ONLY
    parts = [begun, str(info.spec["effort"]), which, f"seed {info.spec['seed']}"]
    return " · ".join(parts if info.state == "done" else [*parts, texts.STATES[info.state]])


def look(services: Services, audit_id: str, seen: str) -> dict[str, Any]:
    """What to show of an audit, if it is not what the browser has.

    Args:
        services: The page's services.
        audit_id: The audit.
        seen: `cursor` of the last answer; empty for none.

    Returns:
        `cursor`, `state`, `ended`, and `html`, which is None where nothing is new.
    """
    try:
        info = services.store.get(audit_id)
    except LetheError as error:
        return {"cursor": "", "state": "gone", "ended": True, "html": texts.problem(str(error))}
    last = {kind: services.store.last(audit_id, kind) for kind in SHOWN_KINDS}
    newest = max((event.seq for event in last.values() if event), default=0)
    cursor = f"{newest} {info.state} {info.place}"
    html = None if cursor == seen else _html(services.store, info, last, newest)
    return {"cursor": cursor, "state": info.state, "ended": info.finished, "html": html}


def _html(store: Store, info: RunInfo, last: Mapping[str, Event | None], newest: int) -> str:
    known = known_attacks()
    audit = read_audit(store.folder(info.id)) if info.finished else None
    if audit is not None:
        return report_html(audit, known)
    recent = store.events(info.id, after=max(0, newest - TEXTS_WITHIN), kinds=("shot",))
    progress = Progress(
        phase=str(last["progress"].payload["phase"]) if last["progress"] else "",
        findings=_findings(store.events(info.id, kinds=("finding",))),
        texts=[event.payload for event in recent[-TEXTS_SHOWN:]],
    )
    if info.finished:
        return ended_html(info, known, progress, last["error"])
    return live_html(info, known, progress)


def _findings(events: Sequence[Event]) -> dict[str, dict[Role, Finding]]:
    """What `finding` events tell, by attack and role."""
    found: dict[str, dict[Role, Finding]] = {}
    for event in events:
        roles = found.setdefault(event.payload["attack"], {})
        roles[event.payload["role"]] = _FINDING.validate_python(event.payload)
    return found


def has_verdict(services: Services, audit_id: str) -> bool:
    """Whether the audit came to a verdict."""
    try:
        return read_audit(services.store.folder(audit_id)) is not None
    except LetheError:  # deleted meanwhile; the view says so
        return False


def attack_texts(services: Services, audit_id: str, name: str) -> str:
    """One attack of a finished audit with every text that it got, as HTML."""
    try:
        audit = read_audit(services.store.folder(audit_id))
    except LetheError as error:
        return texts.problem(str(error))
    if audit is None or name not in audit.findings:
        return texts.problem(say.NOT_IN_AUDIT)
    return str(attack_html(audit, name, known_attacks()))
