"""The first thing a visitor sees: one sentence and one button that shows the whole story."""

import time
from dataclasses import dataclass, replace
from html import escape
from typing import Any

import gradio as gr

from unlearn_core.ui.film.view import RECORDED, opener
from unlearn_core.ui.secret import panel as secret
from unlearn_core.ui.shell.events import PRIVATE, SILENT, or_problem
from unlearn_core.ui.shell.services import Page, Services
from unlearn_core.ui.texts import common as texts
from unlearn_core.ui.texts import film as texts_film
from unlearn_core.ui.unlearn.start import build_spec, default_choice, default_marks


@dataclass(frozen=True)
class Hero:
    """The components of the start panel."""

    panel: gr.Row
    button: gr.Button
    film: gr.Button
    problem: gr.HTML


def draw() -> Hero:
    """Draw the panel where it is called; `connect` makes it work."""
    with gr.Row(elem_id="lethe-hero") as panel:
        with gr.Column(scale=3, min_width=320):
            gr.HTML(f"<h1>{escape(texts.SUBTITLE)}</h1><p>{escape(texts.HERO)}</p>", padding=False)
        with gr.Column(scale=2, min_width=280):
            button = gr.Button(texts.HERO_BUTTON, variant="primary", size="lg", elem_id="watch")
            gr.HTML(f'<p class="lethe-hero-note">{escape(texts.HERO_NOTE)}</p>', padding=False)
            film = gr.Button(texts_film.PLAY_RECORDED, size="lg", elem_id="play-recorded")
            note = f'<p class="lethe-hero-note">{escape(texts_film.PLAY_RECORDED_HELP)}</p>'
            gr.HTML(note, padding=False)
            secret.entry("hero-secret")
            problem = gr.HTML(padding=False, elem_id="watch-problem")
    return Hero(panel, button, film, problem)


def connect(hero: Hero, services: Services, page: Page) -> None:
    """Start the default run at one press, and make way for the run that is watched."""

    def watch() -> list[Any]:
        choice = replace(default_choice(), marked=default_marks(services))
        run_id = services.launcher.start(build_spec(services, choice))
        tabs = gr.Tabs(selected="unlearn")
        model, data = dict(choice.model), dict(choice.data)
        states = [model, model["source"], data, list(choice.marked), time.time()]
        return [run_id, tabs, *states]

    hero.button.click(
        or_problem(watch, 7),
        None,
        [
            page.run_id,
            page.tabs,
            page.model_spec,
            page.model_source,
            page.data_spec,
            page.marked_ids,
            page.refilled,
            hero.problem,
        ],
        trigger_mode="once",
        **PRIVATE,
    )
    hero.film.click(None, None, None, js=opener(RECORDED), **SILENT)
    page.run_id.change(
        lambda run, hidden: gr.update(visible=not run and "hero" not in hidden),
        [page.run_id, page.hidden],
        hero.panel,
        **SILENT,
    )
