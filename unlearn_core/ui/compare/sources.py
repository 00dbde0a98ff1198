"""Whom Compare can ask: originals, the retrained twin, runs, and what they left on the way."""

from collections.abc import Sequence

from unlearn_core.runs.info import RunInfo
from unlearn_core.runs.store import STEPS, TEACHER
from unlearn_core.ui.runs.rows import method_title
from unlearn_core.ui.shell.services import Services

RUN = "run:"


def sources(services: Services, chosen_model: str) -> list[tuple[str, str]]:
    """(Label, value) of everything that can be asked: originals, the twin, finished runs."""
    found = {"bundled": "Original · bundled model"}
    found[chosen_model] = original_label(chosen_model)
    finished = [run for run in services.store.runs() if has_model(services, run)]
    for run in finished:
        source = str(run.spec["model"]["source"])
        found.setdefault(source, original_label(source))
    found["bundled:retrained"] = "Retrained · bundled, never saw the default forget set"
    labels = {source: label for source, label in found.items() if not source.startswith(RUN)}
    labels |= {f"{RUN}{run.id}": run_label(run) for run in finished}
    labels |= {
        f"{RUN}{run.id}/{TEACHER}": f"Teacher of {run_label(run)}"
        for run in finished
        if (services.store.folder(run.id) / TEACHER).is_dir()
    }
    labels |= {
        f"{RUN}{run.id}/{STEPS}/{step}": checkpoint_label(run, step)
        for run in services.store.runs()
        for step in services.store.kept_steps(run.id)
    }
    return [(label, source) for source, label in labels.items()]


def run_of(source: str) -> str:
    """The id of the run whose model, or whose teacher, a source names."""
    return source.removeprefix(RUN).partition("/")[0]


def original_label(source: str) -> str:
    """An original model as the page calls it."""
    return "Original · bundled model" if source == "bundled" else f"Original · {source}"


def run_label(run: RunInfo) -> str:
    """A run's model as the page calls it."""
    word = "Taught" if run.kind == "teach" else "Unlearned"
    return f"{word} · {run.name} · {method_title(run)}, step {run.step}"


def checkpoint_label(run: RunInfo, step: int) -> str:
    """A run's model on the way as the page calls it."""
    return f"Checkpoint · {run.name} · {method_title(run)}, step {step}"


def has_model(services: Services, run: RunInfo) -> bool:
    """Whether the run left a model that can be asked."""
    return run.finished and (services.store.folder(run.id) / "model").is_dir()


def default_sources(
    services: Services, run_id: str, chosen_model: str, offered: Sequence[str]
) -> list[str]:
    """What a run began with against what it made; of no run, the newest one's."""
    finished = [r for r in services.store.runs() if f"{RUN}{r.id}" in offered]
    watched = next((r for r in finished if r.id == run_id), None)
    run = watched or next((r for r in finished if r.kind == "unlearn"), None)
    if run is None:
        return [chosen_model, "bundled:retrained"]
    began = str(run.spec["model"]["source"])
    return [began if began in offered else "bundled", f"{RUN}{run.id}"]


def pool_source(services: Services, source: str) -> str:
    """What the pool takes for a source of the page.

    Raises:
        LetheError: It is of a run that was deleted or left no model.
    """
    if not source.startswith(RUN):
        return source
    return str(services.store.model_folder(source.removeprefix(RUN)))


def leading_run(chosen: Sequence[str]) -> str:
    """The first chosen model of a run, whose records the questions are; empty for none."""
    return next((source for source in chosen if source.startswith(RUN)), "")
