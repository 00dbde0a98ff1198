"""The watched run: its buttons, the live charts, the story at its end, and its settings."""

import time
from collections.abc import Callable
from typing import Any

import gradio as gr

from unlearn_core.data.marks import Marks, resolve
from unlearn_core.errors import LetheError
from unlearn_core.models.name import name_of_run
from unlearn_core.runs.events import FINISHED
from unlearn_core.runs.history import history_of
from unlearn_core.runs.info import RunInfo
from unlearn_core.runs.queue import Order
from unlearn_core.runs.result import read_result
from unlearn_core.ui.charts.live import live_view
from unlearn_core.ui.film.view import WATCHED, opener, recorded_note
from unlearn_core.ui.present import stage
from unlearn_core.ui.runs.rows import settings_html
from unlearn_core.ui.shell.events import PRIVATE, SILENT, confirmed, or_problem
from unlearn_core.ui.shell.services import Page, Services
from unlearn_core.ui.texts import common as texts
from unlearn_core.ui.texts import film as texts_film
from unlearn_core.ui.texts import unlearn as say
from unlearn_core.ui.unlearn.story import story_html


def build(services: Services, page: Page) -> gr.Button:
    """Draw the panel; gives the button that leads to a new run."""
    with gr.Row(equal_height=True, elem_classes="lethe-actions"):
        pause = _button("pause")
        resume = _button("resume", variant="primary")
        step = _button("step")
        stop = _button("stop")
        discard = _button("discard", variant="stop")
        compare = gr.Button(say.COMPARE, variant="primary", visible=False,
                            min_width=150, elem_id="run-compare")  # fmt: skip
        gone = gr.Button(texts.GONE_BUTTON, visible=False, min_width=110, elem_id="run-gone")
        present = stage.entry("run-present", stage.WATCHED, visible=False)
        use = gr.Button(say.USE_TAUGHT, variant="primary", visible=False, min_width=150,
                        elem_id="run-use")  # fmt: skip
        play = gr.Button(texts_film.PLAY_RUN, visible=False, min_width=130, elem_id="run-play")
        again = gr.Button(say.AGAIN, min_width=150, elem_id="run-again")
    problem = gr.HTML(padding=False, elem_id="run-problem")
    story = gr.HTML(padding=False, elem_id="run-story")
    live_view(services, page)
    with gr.Accordion(texts.SETTINGS_OF_RUN, open=False):
        settings = gr.HTML(padding=False, elem_id="run-settings")

    shown = gr.State(("", "", False))
    outputs = [pause, resume, step, stop, discard, compare, gone, present, use, play, story,
               settings, shown]  # fmt: skip

    def look(run_id: str, before: tuple[str, str, bool]) -> list[Any]:
        run = _run(services, run_id)
        now = (run_id, run.state if run else "", bool(run and run.command))
        if now == before:
            return [gr.skip()] * len(outputs)
        if run is None:
            return [*[gr.update(visible=False)] * 10, "", "", now]
        return [*_visible(services, run), _story(services, run),
                f'<div class="lethe-card lethe-spec">{settings_html(run)}</div>', now]  # fmt: skip

    gr.Timer(2).tick(look, [page.run_id, shown], outputs, **SILENT)
    page.run_id.change(look, [page.run_id, shown], outputs, **SILENT)

    def act(action: Callable[[str], None]) -> Callable[..., Any]:
        def run(run_id: str) -> tuple[()]:
            action(run_id)
            return ()

        return or_problem(run, 0)

    def send(command: Order) -> Callable[[str], None]:
        return lambda run_id: services.store.send(run_id, command)

    pause.click(act(send("pause")), page.run_id, problem, **SILENT)
    resume.click(act(services.store.resume), page.run_id, problem, **SILENT)
    step.click(act(services.store.advance), page.run_id, problem, **SILENT)
    stop.click(act(services.supervisor.stop), page.run_id, problem, **SILENT)
    discard.click(act(send("discard")), page.run_id, problem,
                  js=confirmed(say.CONFIRM_DISCARD), **SILENT)  # fmt: skip
    compare.click(lambda: gr.Tabs(selected="compare"), None, page.tabs, **SILENT)
    gone.click(lambda: gr.Tabs(selected="gone"), None, page.tabs, **SILENT)
    play.click(None, None, None, js=opener(WATCHED), **SILENT)
    use.click(
        lambda run_id: use_taught(services, run_id), page.run_id,
        [page.model_spec, page.model_source, page.data_spec, page.marked_ids, page.refilled,
         page.run_id],
        **PRIVATE,
    )  # fmt: skip
    return again


def use_taught(services: Services, run_id: str) -> list[Any]:
    """The states that make what a run taught the thing to forget."""
    run = services.store.get(run_id)
    source = name_of_run(run_id)
    model = {**run.spec["model"], "source": source}
    return [model, source, run.spec["data"], marked_rows(services, run), time.time(), ""]


def marked_rows(services: Services, run: RunInfo) -> list[str]:
    """Ids of the table's rows that a run has marked."""
    data = run.spec["data"]
    ids = set(resolve(services.corpus(data), Marks.model_validate(run.spec["marks"])))
    return [record.id for record in services.rows(data) if record.id in ids]


def _button(name: str, variant: Any = "secondary") -> gr.Button:
    label = say.BUTTONS[name][0]
    return gr.Button(label, variant=variant, visible=False, min_width=110, elem_id=f"run-{name}")


def _run(services: Services, run_id: str) -> RunInfo | None:
    if not run_id:
        return None
    try:
        return history_of(services.store, run_id).get(run_id)
    except LetheError:
        return None


def _visible(services: Services, run: RunInfo) -> list[Any]:
    going = run.state in ("queued", "loading", "running")
    has_model = run.state in ("done", "stopped") and _has_model(services, run)
    flags = (
        going,
        run.state == "paused",
        run.state == "paused",
        going or run.state == "paused",
        run.state not in FINISHED,
        has_model,
        has_model and run.kind == "unlearn",
        run.state in ("done", "stopped") and run.kind == "unlearn",
        has_model and run.kind == "teach",
        run.finished and run.step > 0,
    )
    return [gr.update(visible=flag) for flag in flags]


def _has_model(services: Services, run: RunInfo) -> bool:
    return (history_of(services.store, run.id).folder(run.id) / "model").is_dir()


def _story(services: Services, run: RunInfo) -> str:
    if run.state not in FINISHED:
        return ""
    history = history_of(services.store, run.id)
    story = story_html(
        history.events(run.id, kinds=("probe",)), read_result(history.folder(run.id))
    )
    return recorded_note(history, run) + story
