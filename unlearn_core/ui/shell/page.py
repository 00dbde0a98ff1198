"""The whole page: start panel, side bar, six steps, and how a visitor finds the run again."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import gradio as gr

from unlearn_core.errors import LetheError
from unlearn_core.models.spec import ModelSpec
from unlearn_core.runs.events import ACTIVE
from unlearn_core.runs.history import known_runs
from unlearn_core.ui.compare import tab as compare
from unlearn_core.ui.film.view import film_view
from unlearn_core.ui.forget import tab as forget
from unlearn_core.ui.gone import tab as gone
from unlearn_core.ui.lessons import class_link as teaching
from unlearn_core.ui.lessons import tab as learn
from unlearn_core.ui.model import tab as model
from unlearn_core.ui.present import stage
from unlearn_core.ui.runs import tab as runs
from unlearn_core.ui.secret import panel
from unlearn_core.ui.shell import api, hero, sidebar
from unlearn_core.ui.shell.events import CHANGING, SILENT
from unlearn_core.ui.shell.services import Page, Services, TabId
from unlearn_core.ui.texts import common as texts
from unlearn_core.ui.unlearn import tab as unlearn
from unlearn_core.ui.unlearn.live import marked_rows
from unlearn_core.ui.unlearn.start import default_marks

BUILDERS: dict[TabId, Callable[[Services, Page], None]] = {
    "model": model.build,
    "forget": forget.build,
    "unlearn": unlearn.build,
    "compare": compare.build,
    "gone": gone.build,
    "runs": runs.build,
    "learn": learn.build,
}
REMEMBER_RUN = """(run) => {
  document.documentElement.dataset.run = run;
  const url = new URL(location.href);
  if (run) url.searchParams.set('run', run); else url.searchParams.delete('run');
  history.replaceState(null, '', url);
}"""
"""The browser knows the watched run by the page's address: a reload finds it again."""


def build_app(services: Services) -> gr.Blocks:
    """Draw the page; nothing is loaded or started."""
    blocks = gr.Blocks(title=texts.TITLE, analytics_enabled=False, fill_width=True)
    with blocks:
        # First of all, so that no event of the page takes the name of an endpoint.
        api.offer(services)
        problem = gr.HTML(padding=False, elem_id="lethe-link-problem")
        start = hero.draw()
        panel.build(services)
        # What is made inside gr.Tabs counts as a tab, so the states are made before it.
        states = _states()
        with gr.Tabs(elem_id="lethe-tabs") as tabs:
            page = Page(blocks=blocks, tabs=tabs, steps={}, **states)
            for name, build in BUILDERS.items():
                with gr.Tab(texts.STEPS[name][0], id=name, elem_id=f"tab-{name}") as tab:
                    page.steps[name] = tab
                    build(services, page)
        with gr.Sidebar(width=270, elem_id="lethe-sidebar") as side:
            sidebar.build(services, page)
        film_view(services)
        stage.build(services)
        hero.connect(start, services, page)
        teaching.connect(page, problem, start.panel, side)
        _remember(services, page)
    return blocks


def _states() -> dict[str, gr.State]:
    chosen = ModelSpec().model_dump(mode="json")
    return {
        "model_source": gr.State(chosen["source"]),
        "model_spec": gr.State(chosen),
        "data_spec": gr.State({"source": "bundled:people"}),
        "marked_ids": gr.State([]),
        "refilled": gr.State(0.0),
        "run_id": gr.State(""),
        "compared": gr.State([]),
        "raced": gr.State([]),
        "proposed": gr.State(("", 0.0)),
        "fixed": gr.State({}),
        "hidden": gr.State([]),
    }


def _remember(services: Services, page: Page) -> None:
    """Restore the visitor's place on load, and keep the address up to date."""
    address = gr.Textbox(visible="hidden", elem_id="lethe-run")
    states = [
        page.refilled, page.model_spec, page.model_source, page.data_spec, page.marked_ids,
        page.run_id, page.tabs,
    ]  # fmt: skip

    def restore(request: gr.Request) -> list[Any]:
        values = [time.time(), *restored(services, dict(request.query_params))]
        services.visited.set()
        return values

    page.blocks.load(restore, None, states, **CHANGING)
    page.run_id.change(lambda run: run, page.run_id, address, **SILENT)
    address.change(None, address, None, js=REMEMBER_RUN, **SILENT)


def restored(services: Services, query: Mapping[str, str]) -> list[Any]:
    """Model, data, marks, run and tab of a visitor who comes (back) to the page.

    The run named in the address, else the one that is going on; its settings are taken over.
    Without a run the default marks are set.
    """
    wanted = query.get("run", "")
    known = known_runs(services.store)
    run = next((one for one in known if one.id == wanted), None)
    if wanted and run is None and "step" not in query:  # a link to a step: the film says it
        gr.Warning(texts.RUN_GONE.format(run=wanted))
    run = run or next((one for one in known if one.state in ACTIVE), None)
    if run is None:
        return [*[gr.skip()] * 3, _marks_or_none(services), "", _opened(query, "model")]
    chosen = run.spec["model"]
    try:
        data, marked = run.spec["data"], marked_rows(services, run)
    except LetheError as error:  # its file may be gone; the run is shown all the same
        gr.Warning(str(error))
        data, marked = {"source": "bundled:people"}, _marks_or_none(services)
    step: TabId = "gone" if _under_attack(services, run.id) else "unlearn"
    return [chosen, chosen["source"], data, marked, run.id, _opened(query, step)]


def _opened(query: Mapping[str, str], step: TabId) -> Any:
    """The tab of the link's comparison or lesson, else this step; never a hidden one."""
    link, _ = teaching.link_of(query)
    wanted = "learn" if link.lesson else step
    if query.get("compare"):
        wanted = "compare"
    if wanted in link.hide:
        wanted = next(name for name in BUILDERS if name not in link.hide)
    return gr.skip() if wanted == "model" else gr.Tabs(selected=wanted)


def _under_attack(services: Services, run_id: str) -> bool:
    return any(not audit.finished for audit in services.store.audits_of(run_id))


def _marks_or_none(services: Services) -> list[str]:
    try:
        return default_marks(services)
    except LetheError:
        return []
