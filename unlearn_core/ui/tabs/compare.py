"""The Compare tab: the same questions to two to six models, answered side by side."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import gradio as gr

from unlearn_core.config import parse
from unlearn_core.errors import LetheError
from unlearn_core.runs.prompt_sets import Prompt, PromptSets
from unlearn_core.specs import SamplingSpec
from unlearn_core.ui import texts
from unlearn_core.ui import texts_compare as words
from unlearn_core.ui.compare import sets as set_tools
from unlearn_core.ui.compare.desk import Desk
from unlearn_core.ui.compare.links import (
    MOST_SAMPLES,
    MOST_SIDES,
    Comparison,
    from_link,
    to_link,
)
from unlearn_core.ui.compare.questions import (
    FIRST_CHOICE,
    MOST_OF_A_GROUP,
    as_prompts,
    check_number,
    spread,
)
from unlearn_core.ui.compare.restoring import restore
from unlearn_core.ui.compare.setting_up import chosen_questions, make_job, offered_questions
from unlearn_core.ui.compare.view import TELL, comparison_view
from unlearn_core.ui.compare_run import RUN, default_sources, leading_run, sources
from unlearn_core.ui.forms import Form
from unlearn_core.ui.services import Page, Services
from unlearn_core.ui.shared import SILENT

FEW_OF_EACH = {"forget": 2, "paraphrased": 2, "neighbour": 2, "retain": 2, "world": 2}
MIXES = 10**6
TAKE_LINK = """(...args) => {
  const link = window.letheLinkTaken ? "" : new URL(location.href).searchParams.get("compare");
  window.letheLinkTaken = true;
  return [link ?? "", ...args.slice(1)];
}"""
"""A link is taken once: what a person changes afterwards stays when the tab is left."""


@dataclass(frozen=True)
class Parts:
    """The controls of a comparison, in the order of `Comparison`'s fields."""

    sources: gr.Dropdown
    questions: gr.Dropdown
    own: gr.Textbox
    prompt_set: gr.Dropdown
    mode: gr.Radio
    n: gr.Slider
    seed: gr.Number
    blind: gr.Checkbox
    form: Form

    @property
    def all(self) -> list[Any]:
        """As inputs and outputs of events."""
        plain = [self.sources, self.questions, self.own, self.prompt_set, self.mode, self.n]
        return [*plain, self.seed, self.blind, *self.form.fields]

    def read(self, values: Sequence[Any], mix: int | None) -> Comparison:
        """What is chosen.

        Raises:
            InvalidInput: A value is out of range.
        """
        chosen, keys, own, prompt_set, mode, n, seed, blind = values[:8]
        given = {
            "sources": list(dict.fromkeys(chosen or [])),
            "questions": keys or [],
            "own": own or "",
            "prompt_set": prompt_set or "",
            "sampled": mode == "sampled",
            "n": int(n or 0),
            "seed": int(seed or 0),
            "mix": mix if blind else None,
            "sampling": parse(SamplingSpec, self.form.collect(values[8:]), "sampling"),
        }
        return parse(Comparison, given, "comparison")


def build(services: Services, page: Page) -> None:
    """Draw the tab where it is called."""
    gr.HTML(texts.page_head("compare"), padding=False)
    desk = Desk(lambda: services.bench)
    sets = PromptSets(services.store.workspace)
    parts, tools, few, forgotten, none = _draw()
    link = gr.Textbox("", visible="hidden", container=False)
    told = gr.Textbox("", visible="hidden", elem_id="cmp-told", container=False)
    with gr.Row(elem_classes="lethe-actions"):
        go = gr.Button("Compare", variant="primary", min_width=150, interactive=False,
                       elem_id="cmp-go")  # fmt: skip
    problem = gr.HTML(padding=False, elem_id="cmp-problem")
    comparison_view(desk)
    mixed = gr.State((0, ()))

    where = [page.model_source, page.data_spec, page.marked_ids]
    _choosing(services, page, parts, sets, (link, problem, mixed, go))
    for button, sizes in ((few, FEW_OF_EACH), (forgotten, {"forget": MOST_OF_A_GROUP}), (none, {})):
        button.click(_chooser(services, sizes), [parts.sources, *where[1:]], parts.questions,
                     **SILENT)  # fmt: skip

    def compare(
        mixed: tuple[int, tuple[str, ...]], model: str, data: Mapping[str, Any],
        marked: Sequence[str], *values: Any,
    ) -> list[Any]:  # fmt: skip
        chosen = tuple(dict.fromkeys(values[0] or []))
        mix = mixed[0] if mixed[1] == chosen else secrets.randbelow(MIXES)
        try:
            comparison = parts.read(values, mix)
            job = make_job(services, comparison, model or "bundled", data, marked)
            ticket = desk.start(job)
        except LetheError as error:
            return [gr.skip(), texts.problem(str(error))]
        return [json.dumps({"ticket": ticket, "link": to_link(comparison)}), ""]

    go.click(compare, [mixed, *where, *parts.all], [told, problem], **SILENT)
    told.change(None, told, None, js=TELL, **SILENT)

    def chosen_now(data: Mapping[str, Any], marked: Sequence[str], *values: Any) -> list[Prompt]:
        found = chosen_questions(services, parts.read(values, None), data, marked)
        check_number(found)
        return as_prompts(found)

    set_tools.connect(sets, parts.prompt_set, tools, chosen_now, [*where[1:], *parts.all])


def _draw() -> tuple[Parts, set_tools.Tools, gr.Button, gr.Button, gr.Button]:
    chosen = gr.Dropdown([], multiselect=True, max_choices=MOST_SIDES, label=words.SOURCES,
                         info=words.SOURCES_HELP, elem_id="cmp-sources")  # fmt: skip
    picked = gr.Dropdown([], multiselect=True, label="Questions", info=words.QUESTIONS_HELP,
                         elem_id="cmp-questions")  # fmt: skip
    with gr.Row(elem_classes="lethe-actions"):
        few = gr.Button("A few of each group", size="sm", min_width=180)
        forgotten = gr.Button("All to forget", size="sm", min_width=120)
        none = gr.Button("None", size="sm", min_width=80)
    with gr.Row(equal_height=True):
        own = gr.Textbox(label="Your own questions", lines=2, max_lines=8, elem_id="cmp-own",
                         placeholder="One question on each line", info=words.OWN_HELP, scale=2,
                         min_width=260)  # fmt: skip
        prompt_set = set_tools.draw_choice()
    tools = set_tools.draw_tools()
    with gr.Row(equal_height=True):
        mode = gr.Radio([("Most likely answer (greedy)", "greedy"), ("One sample", "sampled")],
                        value="greedy", label="Answer shown", info=words.MODE_HELP,
                        elem_id="cmp-mode")  # fmt: skip
        n = gr.Slider(0, MOST_SAMPLES, 20, step=1, label="Samples of each answer",
                      elem_id="cmp-n", info=words.SAMPLES_HELP)  # fmt: skip
        seed = gr.Number(0, label="Seed", minimum=0, precision=0, elem_id="cmp-seed",
                         info=words.SEED_HELP)  # fmt: skip
    with gr.Accordion("How samples are drawn", open=False):
        form = Form.build(SamplingSpec, prefix="cmp")
    blind = gr.Checkbox(False, label=words.BLIND, info=words.BLIND_HELP, elem_id="cmp-blind")
    parts = Parts(chosen, picked, own, prompt_set, mode, n, seed, blind, form)
    return parts, tools, few, forgotten, none


def _choosing(
    services: Services, page: Page, parts: Parts, sets: PromptSets, rest: Sequence[Any]
) -> None:
    """Fill the tab when it comes into view: by a link, by another tab, or as it was left."""
    link, problem, mixed, go = rest
    followed, leading = gr.State(""), gr.State("")
    states = [page.run_id, page.model_source, page.data_spec, page.marked_ids, page.compared]

    def refresh(
        link: str, run_id: str, model: str, data: Mapping[str, Any], marked: Sequence[str],
        wanted: list[str], before: str, kept: list[str] | None, keys: list[str] | None,
        prompt_set: str | None,
    ) -> list[Any]:  # fmt: skip
        choices = sources(services, model or "bundled")
        offered = [value for _, value in choices]
        watching = f"{run_id} {f'{RUN}{run_id}' in offered}"
        ready = gr.update(interactive=True)
        if link:
            try:
                now, shown, told = _restored(services, parts, sets, link, choices, data, marked)
                mix = (now.mix or 0, now.sources if now.mix is not None else ())
                return [*shown, told, mix, watching, leading_run(now.sources), [], ready]
            except LetheError as error:
                problem = texts.problem(str(error))
        else:
            problem = gr.skip()
        chosen = wanted or [value for value in kept or [] if value in offered]
        if not wanted and (watching != before or not chosen):
            chosen = default_sources(services, run_id, model or "bundled", offered)
        menu, keys = _menu(services, chosen, data, marked, keys)
        shown = [gr.update(choices=choices, value=chosen), gr.update(choices=menu, value=keys),
                 gr.skip(), set_tools.listed(sets, prompt_set)]  # fmt: skip
        others = [gr.skip()] * (len(parts.all) - len(shown))
        return [*shown, *others, problem, gr.skip(), watching, leading_run(chosen), [], ready]

    page.steps["compare"].select(
        refresh,
        [link, *states, followed, parts.sources, parts.questions, parts.prompt_set],
        [*parts.all, problem, mixed, followed, leading, page.compared, go],
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

    parts.sources.input(
        offer, [parts.sources, page.data_spec, page.marked_ids, leading, parts.questions],
        [parts.questions, leading], **SILENT,
    )  # fmt: skip


def _restored(
    services: Services, parts: Parts, sets: PromptSets, link: str,
    choices: Sequence[tuple[str, str]], data: Mapping[str, Any], marked: Sequence[str],
) -> tuple[Comparison, list[Any], str]:  # fmt: skip
    """The comparison of a link, what the controls show of it, and what is told about it.

    Raises:
        LetheError: The link is damaged, or the data cannot be read.
    """
    wanted = from_link(link)
    there = [value for _, value in choices]
    offered = offered_questions(services, wanted.sources, data, marked)
    found = restore(wanted, there, [q.key for q in offered], sets.names())
    now = found.comparison
    shown = [
        gr.update(choices=list(choices), value=list(now.sources)),
        gr.update(choices=[(q.label, q.key) for q in offered], value=list(now.questions)),
        now.own,
        set_tools.listed(sets, now.prompt_set),
        "sampled" if now.sampled else "greedy",
        now.n,
        now.seed,
        now.mix is not None,
        *parts.form.shown(now.sampling.model_dump(mode="json")),
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


def _chooser(services: Services, sizes: Mapping[str, int]) -> Any:
    def choice(
        chosen: list[str] | None, data: Mapping[str, Any], marked: Sequence[str]
    ) -> list[str]:
        if not sizes:
            return []
        return spread(offered_questions(services, chosen or [], data, marked), sizes)

    return choice
