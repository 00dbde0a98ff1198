"""Whom Compare can ask: originals, the retrained twin, runs, and what they left on the way."""

from collections.abc import Sequence

from unlearn_core.models.name import BUNDLED, TWIN, name_of_run, run_of
from unlearn_core.runs.info import RunInfo
from unlearn_core.runs.queue import STEPS
from unlearn_core.runs.store import TEACHER
from unlearn_core.ui.runs.rows import method_title
from unlearn_core.ui.shell.services import Services
from unlearn_core.ui.texts import compare as say


def sources(services: Services, chosen_model: str) -> list[tuple[str, str]]:
    """(Label, value) of everything that can be asked: originals, the twin, finished runs."""
    store = services.store
    finished = [run for run in store.runs() if store.has_model(run)]
    originals = dict.fromkeys([BUNDLED, chosen_model, *(run.source for run in finished)])
    labels = {one: original_label(one) for one in originals if not run_of(one)}
    labels[TWIN] = say.RETRAINED_BUNDLED
    labels |= {name_of_run(run.id): run_label(run) for run in finished}
    labels |= {
        name_of_run(run.id, TEACHER): say.TEACHER_OF.format(run=run_label(run))
        for run in finished
        if (store.folder(run.id) / TEACHER).is_dir()
    }
    labels |= {
        name_of_run(run.id, f"{STEPS}/{step}"): checkpoint_label(run, step)
        for run in store.runs()
        for step in store.kept_steps(run.id)
    }
    return [(label, source) for source, label in labels.items()]


def original_label(source: str) -> str:
    """An original model as the page calls it."""
    return say.ORIGINAL_BUNDLED if source == BUNDLED else say.ORIGINAL_OF.format(source=source)


def run_label(run: RunInfo) -> str:
    """A run's model as the page calls it."""
    word = say.TAUGHT_MODEL if run.kind == "teach" else say.UNLEARNED_MODEL
    return say.MADE_BY.format(what=word, run=run.name, id=method_title(run), step=run.step)


def checkpoint_label(run: RunInfo, step: int) -> str:
    """A run's model on the way as the page calls it."""
    return say.CHECKPOINT_OF.format(run=run.name, id=method_title(run), step=step)


def default_sources(
    services: Services, run_id: str, chosen_model: str, offered: Sequence[str]
) -> list[str]:
    """What a run began with against what it made; of no run, the newest one's."""
    finished = [r for r in services.store.runs() if name_of_run(r.id) in offered]
    watched = next((r for r in finished if r.id == run_id), None)
    run = watched or next((r for r in finished if r.kind == "unlearn"), None)
    if run is None:
        return [chosen_model, TWIN]
    return [run.source if run.source in offered else BUNDLED, name_of_run(run.id)]


def leading_run(chosen: Sequence[str]) -> str:
    """The first chosen model of a run, whose records the questions are; empty for none."""
    return next((source for source in chosen if run_of(source)), "")
