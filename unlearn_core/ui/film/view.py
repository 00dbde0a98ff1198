"""The film: a dialog over the page that plays what a run answered, for one run or two."""

from typing import Any

import gradio as gr

from unlearn_core.errors import LetheError
from unlearn_core.models.name import ModelName
from unlearn_core.runs.frames import film, recording_of
from unlearn_core.runs.history import History, history_of, known_runs
from unlearn_core.runs.info import RunInfo
from unlearn_core.runs.recorded import is_recorded
from unlearn_core.runs.store import Store
from unlearn_core.ui.browser.island import island
from unlearn_core.ui.browser.scripts import tell
from unlearn_core.ui.charts.series import is_percent
from unlearn_core.ui.shell.services import Services
from unlearn_core.ui.texts import common as texts
from unlearn_core.ui.texts import film as texts_film

FIRST_RECORDED = str(ModelName("recorded", "pmc"))


def opener(runs: str, *, play: bool = True) -> str:
    """A click handler that opens the film.

    Args:
        runs: A JavaScript expression that gives the ids of one run or two.
        play: Whether it begins to play at once.
    """
    detail = f"{{ runs: {runs}, play: {str(play).lower()} }}"
    return f"() => {{ {tell('film', detail)}; }}"


WATCHED = "[document.documentElement.dataset.run]"
CHOSEN = (
    "document.querySelector('#chosen-runs textarea, #chosen-runs input').value.split(' ')"
    ".filter(Boolean).slice(0, 2)"
)
RECORDED = f"['{FIRST_RECORDED}']"


def film_view(services: Services) -> gr.HTML:
    """The dialog; closed until a button or a link (`?run=ID&step=N&with=ID2`) opens it."""

    def frames(request: dict[str, Any]) -> dict[str, Any]:
        return frames_of(services.store, str(request["run"]))

    def films(request: dict[str, Any]) -> list[dict[str, Any]]:
        return playable(services.store)

    return island("lethe-film", "film/film.js", film_config(), frames, films)


def frames_of(store: Store, run_id: str) -> dict[str, Any]:
    """A run's film, or of one that is gone or cannot be read `{"run", "gone": why}`."""
    if run_id not in {run.id for run in known_runs(store)}:
        return {"run": run_id, "gone": texts_film.GONE.format(run=run_id)}
    try:
        return film(history_of(store, run_id), run_id)
    except LetheError as error:
        return {"run": run_id, "gone": str(error)}


def playable(store: Store) -> list[dict[str, Any]]:
    """`id`, `name` and `recorded` of every run that has been measured on its way."""
    return [
        {"id": run.id, "name": run.name, "recorded": is_recorded(run.id)}
        for run in known_runs(store)
        if run.step > 0
    ]


def film_config() -> dict[str, Any]:
    """Words and numbers of the film, JSON-ready; also for a film that is mounted elsewhere."""
    tiles = {"unlearn": texts_film.TILES, "teach": texts_film.TEACH_TILES}
    return {
        "words": texts_film.WORDS,
        "groups": {name: label for name, (label, _) in texts.GROUPS.items()},
        "taught": {name: label for name, (label, _) in texts.TAUGHT.items()},
        "tiles": {
            kind: [{"name": n, "percent": is_percent(n), **t._asdict()} for n, t in shown.items()]
            for kind, shown in tiles.items()
        },
        "curves": [
            {"key": key, "unit": texts_film.UNITS[key], **term._asdict()}
            for key, term in texts_film.CURVES.items()
        ],
    }


def recorded_note(history: History, run: RunInfo) -> str:
    """That a run is recorded, when and with what, as HTML; empty for a run of one's own."""
    if not is_recorded(run.id):
        return ""
    words = texts_film.RECORDED_NOTE.format(**recording_of(history, run), seed=run.spec["seed"])
    return f'<p class="film-note">{words}</p>'
