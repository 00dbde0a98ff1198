"""The Compare tab: the same questions to two to six models, answered side by side."""

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

import gradio as gr

from unlearn_core.comparison.prompt_sets import Prompt, PromptSets
from unlearn_core.errors import LetheError
from unlearn_core.models.name import name_of_run
from unlearn_core.ui.compare import sets as set_tools
from unlearn_core.ui.compare.controls import Controls, draw
from unlearn_core.ui.compare.desk import Desk
from unlearn_core.ui.compare.links import Comparison, from_link, to_link
from unlearn_core.ui.compare.questions import (
    FIRST_CHOICE,
    MOST_OF_A_GROUP,
    as_prompts,
    check_number,
    spread,
)
from unlearn_core.ui.compare.restoring import restore
from unlearn_core.ui.compare.setting_up import (
    check_chat,
    chosen_questions,
    make_job,
    offered_questions,
)
from unlearn_core.ui.compare.sources import default_sources, leading_run, sources
from unlearn_core.ui.compare.view import TELL, comparison_view
from unlearn_core.ui.shell.events import AFTER_PAINT, LATEST, SILENT
from unlearn_core.ui.shell.services import Page, Services
from unlearn_core.ui.texts import common as texts
from unlearn_core.ui.texts import compare as say

FEW_OF_EACH = {"forget": 2, "paraphrased": 2, "neighbour": 2, "retain": 2, "world": 2}
MIXES = 10**6
TAKE_LINK = f"""async (...args) => {{
  await ({AFTER_PAINT})();
  const link = window.letheLinkTaken ? "" : new URL(location.href).searchParams.get("compare");
  window.letheLinkTaken = true;
  return [link ?? "", ...args.slice(1)];
}}"""
"""A link is taken once: what a person changes afterwards stays when the tab is left."""


def build(services: Services, page: Page) -> None:
    """Draw the tab where it is called."""
    gr.HTML(texts.page_head("compare"), padding=False)
    desk = Desk(lambda: services.pool)
    controls = draw()
    with gr.Row(elem_classes="lethe-actions"):
        # Until the tab is filled there is nothing to compare.
        go = gr.Button(say.GO, variant="primary", min_width=150, interactive=False,
                       elem_id="cmp-go")  # fmt: skip
    problem = gr.HTML(padding=False, elem_id="cmp-problem")
    comparison_view(desk)
    mixed = gr.State((0, ()))
    _filling(services, page, controls, go, problem, mixed)
    _choosing(services, page, controls)
    _asking(services, page, controls, desk, go, problem, mixed)


def _asking(
    services: Services, page: Page, controls: Controls, desk: Desk, go: gr.Button,
    problem: gr.HTML, mixed: gr.State,
) -> None:  # fmt: skip
    """Hand what is chosen to the desk, and its ticket to the component that draws it."""
    told = gr.Textbox("", visible="hidden", elem_id="cmp-told", container=False)

    def compare(
        kind: str, mixed: tuple[int, tuple[str, ...]], model: str, data: Mapping[str, Any],
        marked: Sequence[str], *values: Any,
    ) -> list[Any]:  # fmt: skip
        chosen = tuple(dict.fromkeys(values[0] or []))
        mix = mixed[0] if mixed[1] == chosen else secrets.randbelow(MIXES)
        chat = kind == "chat"
        try:
            comparison = controls.read(values, mix)
            job = make_job(services, comparison, model or "bundled", data, marked, chat)
            if chat:
                check_chat(services.pool, job)
            ticket = desk.start(job)
        except LetheError as error:
            return [gr.skip(), texts.problem(str(error))]
        link = "" if chat else to_link(comparison)
        return [json.dumps({"ticket": ticket, "link": link}), ""]

    where = [page.model_source, page.data_spec, page.marked_ids]
    go.click(compare, [controls.kind, mixed, *where, *controls.all], [told, problem], **SILENT)
    told.change(None, told, None, js=TELL, **SILENT)


def _choosing(services: Services, page: Page, controls: Controls) -> None:
    """The buttons beside the questions, and the sets."""
    where = [page.data_spec, page.marked_ids]

    def chooser(sizes: Mapping[str, int]) -> Callable[..., list[str]]:
        def choose(
            chosen: list[str] | None, data: Mapping[str, Any], marked: Sequence[str]
        ) -> list[str]:
            return spread(offered_questions(services, chosen or [], data, marked), sizes)

        return choose

    for button, sizes in (
        (controls.few, FEW_OF_EACH),
        (controls.forgotten, {"forget": MOST_OF_A_GROUP}),
    ):
        button.click(chooser(sizes), [controls.sources, *where], controls.questions, **SILENT)
    controls.none.click(lambda: [], None, controls.questions, **SILENT)

    def chosen_now(data: Mapping[str, Any], marked: Sequence[str], *values: Any) -> list[Prompt]:
        found = chosen_questions(services, controls.read(values, None), data, marked)
        check_number(found)
        return as_prompts(found)

    set_tools.connect(
        PromptSets(services.store.workspace), controls.prompt_set, controls.tools, chosen_now,
        [*where, *controls.all],
    )  # fmt: skip


def _filling(
    services: Services, page: Page, controls: Controls, go: gr.Button, problem: gr.HTML,
    mixed: gr.State,
) -> None:  # fmt: skip
    """Fill the tab when it comes into view: by a link, by another tab, or as it was left."""
    link = gr.Textbox("", visible="hidden", container=False)
    followed, leading = gr.State(""), gr.State("")
    states = [page.run_id, page.model_source, page.data_spec, page.marked_ids, page.compared]
    sets = PromptSets(services.store.workspace)
    ready = gr.update(interactive=True)

    def refresh(
        link: str, run_id: str, model: str, data: Mapping[str, Any], marked: Sequence[str],
        wanted: list[str], before: str, kept: list[str] | None, keys: list[str] | None,
        prompt_set: str | None,
    ) -> list[Any]:  # fmt: skip
        choices = sources(services, model or "bundled")
        offered = [value for _, value in choices]
        watching = f"{run_id} {name_of_run(run_id) in offered}"
        told = gr.skip()
        if link:
            try:
                now, shown, told = _restored(services, controls, link, choices, data, marked)
                mix = (now.mix or 0, now.sources if now.mix is not None else ())
                return [*shown, told, mix, watching, leading_run(now.sources), [], ready]
            except LetheError as error:
                told = texts.problem(str(error))
        chosen = wanted or [value for value in kept or [] if value in offered]
        if not wanted and (watching != before or not chosen):
            chosen = default_sources(services, run_id, model or "bundled", offered)
        menu, keys = _menu(services, chosen, data, marked, keys)
        shown = [gr.update(choices=choices, value=chosen), gr.update(choices=menu, value=keys),
                 gr.skip(), set_tools.listed(sets, prompt_set)]  # fmt: skip
        others = [gr.skip()] * (len(controls.all) - len(shown))
        return [*shown, *others, told, gr.skip(), watching, leading_run(chosen), [], ready]

    page.steps["compare"].select(
        refresh,
        [link, *states, followed, controls.sources, controls.questions, controls.prompt_set],
        [*controls.all, problem, mixed, followed, leading, page.compared, go],
        js=TAKE_LINK,
        **SILENT,
    )

    def offer(
        chosen: list[str] | None, data: Mapping[str, Any], marked: Sequence[str],
        before: str, keys: list[str] | None,
    ) -> list[Any]:  # fmt: skip
        """Other questions, but only where the model of another run comes first."""
        now = leading_run(chosen or [])
        if now == before:
            return [gr.skip(), gr.skip()]
        menu, kept = _menu(services, chosen or [], data, marked, keys)
        return [gr.update(choices=menu, value=kept), now]

    controls.sources.input(
        offer, [controls.sources, page.data_spec, page.marked_ids, leading, controls.questions],
        [controls.questions, leading], **LATEST,
    )  # fmt: skip


def _restored(
    services: Services, controls: Controls, link: str, choices: Sequence[tuple[str, str]],
    data: Mapping[str, Any], marked: Sequence[str],
) -> tuple[Comparison, list[Any], str]:  # fmt: skip
    """The comparison of a link, what the controls show of it, and what is told about it.

    Raises:
        LetheError: The link is damaged, or the data cannot be read.
    """
    wanted = from_link(link)
    sets = PromptSets(services.store.workspace)
    offered = offered_questions(services, wanted.sources, data, marked)
    there = [value for _, value in choices]
    found = restore(wanted, there, [question.key for question in offered], sets.names())
    now = found.comparison
    chosen, keys, own, prompt_set, *rest = controls.shown(now)
    shown = [
        gr.update(choices=list(choices), value=chosen),
        gr.update(choices=[(question.label, question.key) for question in offered], value=keys),
        own,
        set_tools.listed(sets, prompt_set),
        *rest,
    ]
    told = "".join(f"<p>{escape(line)}</p>" for line in found.notes)
    return now, shown, f'<div class="lethe-note cmp-from-link" role="status">{told}</div>'


def _menu(
    services: Services, chosen: Sequence[str], data: Mapping[str, Any], marked: Sequence[str],
    kept: Sequence[str] | None,
) -> tuple[list[tuple[str, str]], list[str]]:  # fmt: skip
    """Choices of the question list and what is chosen; empty where the data cannot be read."""
    try:
        offered = offered_questions(services, chosen, data, marked)
    except LetheError as error:
        gr.Warning(escape(str(error)))
        return [], []
    keys = {question.key for question in offered}
    still = [key for key in kept or [] if key in keys]
    return [(q.label, q.key) for q in offered], still or spread(offered, FIRST_CHOICE)
