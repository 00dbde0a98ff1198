"""The Learn tab: six lessons, drawn by the browser, that drive the live app."""

import time
from collections.abc import Mapping
from typing import Any

import gradio as gr

from unlearn_core.errors import InvalidInput, LetheError
from unlearn_core.models.spec import ModelSpec
from unlearn_core.pages.palette import row_of_colours
from unlearn_core.ui.browser.island import island
from unlearn_core.ui.lessons.base import Action
from unlearn_core.ui.lessons.common import SHARED
from unlearn_core.ui.lessons.registry import lessons
from unlearn_core.ui.shell.events import CHANGING
from unlearn_core.ui.shell.services import Page, Services
from unlearn_core.ui.texts import common as texts
from unlearn_core.ui.texts import lessons as say
from unlearn_core.ui.texts.charts import RECORDS


def build(services: Services, page: Page) -> None:
    """Draw the tab, and follow the ways from the lessons into the app."""
    gr.HTML(texts.page_head("learn"), padding=False)

    def act(request: dict[str, Any]) -> Mapping[str, Any]:
        try:
            return _action(request)(services, request)
        except LetheError as error:
            return {"problem": str(error)}

    view = island("learn-view", "lessons/learn.js", lessons_config(), act)

    def lead(event: gr.EventData) -> list[Any]:
        return led(event.go)

    view.select(
        lead,
        None,
        [page.tabs, page.model_spec, page.model_source, page.data_spec, page.marked_ids,
         page.refilled, page.proposed, page.run_id],
        **CHANGING,
    )  # fmt: skip


def led(go: Mapping[str, Any]) -> list[Any]:
    """What a way into the app sets: tab, model, data, marks, method and watched run."""
    states: list[Any] = [gr.skip()] * 5
    if go["data"]:
        model = ModelSpec().model_dump(mode="json")
        states = [model, model["source"], {"source": go["data"]}, list(go["marked"]), time.time()]
    proposed = (go["method"], time.time()) if go["method"] else gr.skip()
    # A run that is watched hides the form of a new one.
    run = go["run"] or ("" if go["method"] else gr.skip())
    return [gr.Tabs(selected=go["tab"]), *states, proposed, run]


def lessons_config() -> dict[str, Any]:
    """What the browser draws the lessons from, JSON-ready."""
    return {
        "lessons": [lesson.drawn() for lesson in lessons()],
        "overview": say.OVERVIEW,
        "silent": say.SILENT,
        "states": dict(texts.STATES),
        "phases": dict(texts.PHASES),
        "groups": {name: title for name, (title, _) in texts.GROUPS.items()},
        "records": RECORDS._asdict(),
        "recordColours": row_of_colours("record"),
    }


def _action(request: Mapping[str, Any]) -> Action:
    order, name = int(request["lesson"]), str(request["do"])
    if 1 <= order <= len(lessons()):
        known = {**SHARED, **lessons()[order - 1].actions}
        if name in known:
            return known[name]
    raise InvalidInput(say.UNKNOWN_ACTION.format(n=order, name=name))
