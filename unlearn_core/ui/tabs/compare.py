"""The Compare tab: the same questions to two models, word by word and sample by sample."""

import time
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

import gradio as gr

from unlearn_core.config import parse
from unlearn_core.errors import LetheError
from unlearn_core.specs import SamplingSpec
from unlearn_core.ui import texts
from unlearn_core.ui.compare_run import (
    FIRST_CHOICE,
    MOST_OF_A_GROUP,
    RUN,
    Asking,
    Question,
    ask,
    default_sides,
    groups,
    own_questions,
    questions,
    sources,
    spread,
    template,
)
from unlearn_core.ui.compare_view import STYLE, Asked, Side
from unlearn_core.ui.compare_view import page as result_page
from unlearn_core.ui.forms import Form
from unlearn_core.ui.services import Page, Services
from unlearn_core.ui.shared import PRIVATE, SILENT

FRAME_SECONDS = 0.1
"""Shortest time between two pictures while answers stream in."""
MOST_SAMPLES = 200
FEW_OF_EACH = {"forget": 2, "paraphrased": 2, "neighbour": 2, "retain": 2, "world": 2}
EMPTY = (
    "Choose questions and press Compare. Both models answer the same questions here, side by "
    "side, with the true answer, what changed word by word, and how often each answer is sampled."
)


def build(services: Services, page: Page) -> None:
    """Draw the tab where it is called."""
    gr.HTML(texts.page_head("compare"), padding=False)
    with gr.Row(equal_height=True):
        left = gr.Dropdown([], label="Left", info="Usually the original: before.",
                           elem_id="cmp-left")  # fmt: skip
        right = gr.Dropdown([], label="Right", info="Usually the unlearned: after.",
                            elem_id="cmp-right")  # fmt: skip
    picked = gr.Dropdown(
        [],
        label="Questions",
        multiselect=True,
        elem_id="cmp-questions",
        info="Click to choose; type to search. Several are asked in turn.",
    )
    with gr.Row(elem_classes="lethe-actions"):
        some = gr.Button("A few of each group", size="sm", min_width=180)
        forgotten = gr.Button("All to forget", size="sm", min_width=120)
        none = gr.Button("None", size="sm", min_width=80)
    own = gr.Textbox(
        label="Your own questions",
        lines=2,
        elem_id="cmp-own",
        placeholder="One question on each line",
        info="Asked after those above.",
    )
    with gr.Row(equal_height=True):
        mode = gr.Radio([("Most likely answer (greedy)", "greedy"), ("One sample", "sampled")],
                        value="greedy", label="Answer shown", elem_id="cmp-mode")  # fmt: skip
        n = gr.Slider(
            0,
            MOST_SAMPLES,
            20,
            step=1,
            label="Samples of each answer",
            elem_id="cmp-n",
            info="Shows the whole spread of answers; 0 turns it off.",
        )
        seed = gr.Number(0, label="Seed", minimum=0, precision=0, elem_id="cmp-seed",
                         info="The same seed on both sides.")  # fmt: skip
    with gr.Accordion("How samples are drawn", open=False):
        form = Form.build(SamplingSpec, prefix="cmp")
    with gr.Row(elem_classes="lethe-actions"):
        go = gr.Button("Compare", variant="primary", elem_id="cmp-go")
        stop = gr.Button("Stop", interactive=False, elem_id="cmp-stop")
    problem = gr.HTML(padding=False, elem_id="cmp-problem")
    gr.HTML(f"<style>{STYLE}</style>", padding=False)
    result = gr.HTML(texts.note(EMPTY), padding=False, apply_default_css=False,
                     elem_id="cmp-result")  # fmt: skip

    states = [page.run_id, page.model_source, page.data_spec, page.marked_ids]
    followed = gr.State("")

    def refresh(
        run_id: str, model: str, data: Mapping[str, Any], marked: Sequence[str], before: str,
        kept_left: str | None, kept_right: str | None, kept: list[str] | None,
    ) -> list[Any]:  # fmt: skip
        choices = sources(services, model or "bundled")
        offered = [value for _, value in choices]
        sides = default_sides(services, run_id, model or "bundled", offered)
        watching = f"{run_id} {f'{RUN}{run_id}' in offered}"
        if watching == before and kept_left in offered and kept_right in offered:
            sides = (str(kept_left), str(kept_right))
        menu, chosen = _menu(services, sides[1], data, marked, kept)
        return [gr.update(choices=choices, value=sides[0]),
                gr.update(choices=choices, value=sides[1]),
                gr.update(choices=menu, value=chosen), watching]  # fmt: skip

    inputs = [*states, followed, left, right, picked]
    gr.on(
        [page.steps["compare"].select, page.run_id.change, page.marked_ids.change],
        refresh, inputs, [left, right, picked, followed], **SILENT,
    )  # fmt: skip

    def take(wanted: list[str], model: str) -> list[Any]:
        choices = sources(services, model or "bundled")
        both = len(wanted) == 2
        return [gr.update(choices=choices, value=side) for side in wanted] if both else [
            gr.skip(), gr.skip()]  # fmt: skip

    page.compared.change(take, [page.compared, page.model_source], [left, right], **SILENT)

    def offer(source: str | None, data: Mapping[str, Any], marked: Sequence[str]) -> Any:
        menu, chosen = _menu(services, source or "", data, marked, None)
        return gr.update(choices=menu, value=chosen)

    right.input(offer, [right, page.data_spec, page.marked_ids], picked, **SILENT)

    def choose(sizes: Mapping[str, int]) -> Any:
        def choice(source: str | None, data: Mapping[str, Any], marked: Sequence[str]) -> list[str]:
            return spread(_offered(services, source or "", data, marked), sizes)

        return choice

    where = [right, page.data_spec, page.marked_ids]
    some.click(choose(FEW_OF_EACH), where, picked, **SILENT)
    forgotten.click(choose({"forget": MOST_OF_A_GROUP}), where, picked, **SILENT)
    none.click(lambda: [], None, picked, **SILENT)

    def compare(
        left: str | None, right: str | None, keys: list[str], typed: str, mode: str, n: int,
        seed: int | None, model: str, data: Mapping[str, Any], marked: Sequence[str], *fields: Any,
    ) -> Iterator[tuple[Any, str]]:  # fmt: skip
        try:
            asking = Asking(parse(SamplingSpec, form.collect(fields), "sampling"),
                            mode == "sampled", int(n), int(seed or 0),
                            template(services, right or "", data))  # fmt: skip
            sides = _sides(services, (left, right), model)
            offered = {q.key: q for q in _offered(services, right or "", data, marked)}
            wanted = [offered[key] for key in keys or [] if key in offered] + own_questions(typed)
            if not wanted:
                yield gr.skip(), texts.problem("No question is chosen. Choose some, or type one.")
                return
            yield from _pictures(services, sides, wanted, asking)
        except LetheError as error:
            yield gr.skip(), texts.problem(str(error))

    begin = go.click(lambda: (gr.update(interactive=False), gr.update(interactive=True)), None,
                     [go, stop], **SILENT)  # fmt: skip
    asking = begin.then(
        compare,
        [left, right, picked, own, mode, n, seed, page.model_source, page.data_spec,
         page.marked_ids, *form.fields],
        [result, problem], show_progress="hidden", concurrency_id="answers", **PRIVATE,
    )  # fmt: skip
    idle = lambda: (gr.update(interactive=True), gr.update(interactive=False))  # noqa: E731
    asking.then(idle, None, [go, stop], **SILENT)
    stop.click(idle, None, [go, stop], cancels=asking, **SILENT)


def _pictures(
    services: Services, sides: Sequence[Side], wanted: Sequence[Question], asking: Asking
) -> Iterator[tuple[str, str]]:
    rows = [Asked(question.group, question.record) for question in wanted]
    shown = 0.0
    words = asking.words()
    for _ in ask(services.bench, sides, rows, asking):
        if time.monotonic() - shown < FRAME_SECONDS:
            continue
        begun = [row for row in rows if row.finished or any(row.texts)]
        now = rows[: len(begun) + 1]
        note = f"Asking question {len(now)} of {len(rows)}. A model that is new is loaded first."
        yield result_page(sides, words, now, note), ""
        shown = time.monotonic()
    yield result_page(sides, words, rows), ""


def _sides(services: Services, chosen: Sequence[str | None], model: str) -> tuple[Side, ...]:
    labels = {value: label for label, value in sources(services, model or "bundled")}
    sides = []
    for value in chosen:
        name = value or "bundled"
        source = name
        if name.startswith(RUN):
            source = str(services.store.model_folder(name.removeprefix(RUN)))
        sides.append(Side(source, labels.get(name, name)))
    return tuple(sides)


def _offered(
    services: Services, right: str, data: Mapping[str, Any], marked: Sequence[str]
) -> list[Question]:
    return questions(groups(services, right, data, marked))


def _menu(
    services: Services, right: str, data: Mapping[str, Any], marked: Sequence[str],
    kept: Sequence[str] | None,
) -> tuple[list[tuple[str, str]], list[str]]:  # fmt: skip
    """Choices of the question list and what is chosen; empty where the data cannot be read."""
    try:
        offered = _offered(services, right, data, marked)
    except LetheError as error:
        gr.Warning(escape(str(error)))
        return [], []
    menu = [(f"{texts.GROUPS[q.group][0]} · {q.record.prompt}", q.key) for q in offered]
    keys = {question.key for question in offered}
    still = [key for key in kept or [] if key in keys]
    return menu, still or spread(offered, FIRST_CHOICE)
