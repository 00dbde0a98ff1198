"""The retrained model that attacks are compared with: whether it is there, and making it."""

from dataclasses import dataclass
from html import escape

from unlearn_core.errors import InvalidInput, LetheError, MissingPrerequisite
from unlearn_core.methods.registry import method
from unlearn_core.models.name import run_of
from unlearn_core.runs.info import RunInfo
from unlearn_core.runs.spec import RunSpec
from unlearn_core.ui.shell.services import Services
from unlearn_core.ui.texts import common as texts
from unlearn_core.ui.texts import gone as say

RETRAIN = "retrain"


@dataclass(frozen=True)
class Missing:
    """There is no retrained model to compare with.

    Attributes:
        why: In a sentence, with what to do.
        spec: The run that would make one; None where there can be none.
    """

    why: str
    spec: RunSpec | None


def missing_retrained(services: Services, run_id: str) -> Missing | None:
    """What can be done where no retrained model is there; None where there is one.

    Raises:
        LetheError: The run cannot be audited.
    """
    from unlearn_core.ui.shell.libraries import audit_of_run

    if audit_of_run(services.store, run_id).retrained:
        return None
    run = services.store.get(run_id)
    lacking = say.NOT_RETRAINED.format(run=run.name)
    waiting = _unfinished_retraining(services, run)
    if waiting is not None:
        words = texts.RETRAIN_QUEUED.format(name=waiting.name)
        return Missing(f"{lacking} {words}", None)
    try:
        spec = services.launcher.check(retrain_spec(services, run)).spec
    except LetheError as error:
        return Missing(say.CANNOT_RETRAIN.format(lacking=lacking, why=error), None)
    return Missing(lacking, spec)


def retrain_spec(services: Services, run: RunInfo) -> RunSpec:
    """The run that retrains without what another has forgotten.

    Raises:
        LetheError: A setting cannot be used.
    """
    source = str(run.spec["model"]["source"])
    given = {
        **{part: run.spec[part] for part in ("model", "data", "marks", "measure")},
        "method_config": {"start_from": _before_teaching(services, source)},
    }
    title = method(RETRAIN).title.partition(" (")[0]
    return services.launcher.spec(
        RETRAIN,
        given,
        name=say.RETRAINED_FOR.format(method=title, run=run.name),
        seed=run.spec["seed"],
    )


def queue_retraining(services: Services, run_id: str) -> str:
    """Put the missing retraining in the queue; gives its id.

    Raises:
        LetheError: It could never work, or it is there already; says why.
    """
    missing = missing_retrained(services, run_id)
    if missing is None:
        raise InvalidInput(say.RETRAINED_THERE)
    if missing.spec is None:
        raise MissingPrerequisite(missing.why)
    return services.launcher.start(missing.spec)


def _before_teaching(services: Services, source: str) -> str:
    """What a taught model was before its lesson; empty where nothing says so."""
    run = run_of(source)
    taught = services.store.get(run) if run else None
    return taught.source if taught and taught.kind == "teach" else ""


def _unfinished_retraining(services: Services, run: RunInfo) -> RunInfo | None:
    parts = ("data", "marks", "model")
    for other in services.store.runs():
        same = all(other.spec[part] == run.spec[part] for part in parts)
        if same and not other.finished and other.spec["method"] == RETRAIN:
            return other
    return None


def missing_html(missing: Missing | None) -> str:
    """The sentence of a missing retrained model as HTML; empty where there is one."""
    return f'<p class="gone-missing">{escape(missing.why)}</p>' if missing else ""
