"""The step Is it gone?: attack the model of a run, watch the attacks, read the verdict."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr

from unlearn_core.errors import LetheError
from unlearn_core.ui.browser.island import island
from unlearn_core.ui.gone.export import FORMS, exported
from unlearn_core.ui.gone.retrain import missing_html, missing_retrained, queue_retraining
from unlearn_core.ui.gone.run import (
    attack_choices,
    attack_texts,
    attackable,
    begin,
    first_choice,
    has_verdict,
    known_attacks,
    look,
    past_audits,
    run_choices,
)
from unlearn_core.ui.shell import downloads
from unlearn_core.ui.shell.events import (
    AFTER_PAINT,
    CHANGING,
    IN_TURN,
    LATEST,
    PRIVATE,
    SILENT,
    or_problem,
)
from unlearn_core.ui.shell.services import Page, Services
from unlearn_core.ui.texts import common as texts
from unlearn_core.ui.texts import gone as say

if TYPE_CHECKING:
    from unlearn_core.attacks.base import Effort

CLICK = "() => document.querySelector('#gone-file a, a#gone-file, #gone-file')?.click()"


@dataclass(frozen=True)
class Parts:
    """The components that events set.

    Attributes:
        nothing, panel: Shown where there is no run to attack, and where there is.
        past: The audits of the chosen run.
        watch: Id of the audit that is shown; the browser reads it there.
        lacking, retrain: That there is no retrained model, and the button that makes one.
        files, buttons, file: The downloads: their row, their buttons by form, the file.
    """

    nothing: gr.Column
    panel: gr.Column
    run: gr.Dropdown
    effort: gr.Radio
    seed: gr.Number
    attacks: gr.CheckboxGroup
    reference: gr.Textbox
    embedding: gr.Textbox
    go: gr.Button
    stop: gr.Button
    past: gr.Dropdown
    watch: gr.Textbox
    lacking: gr.HTML
    retrain: gr.Button
    files: gr.Row
    buttons: Mapping[str, gr.Button]
    file: gr.DownloadButton
    problem: gr.HTML


def build(services: Services, page: Page) -> None:
    """Draw the tab where it is called."""
    gr.HTML(texts.page_head("gone"), padding=False)
    with gr.Column(visible=False) as nothing:
        gr.HTML(texts.note(texts.GONE_EMPTY), padding=False, elem_id="gone-empty")
        with gr.Row(elem_classes="lethe-actions"):
            unlearn = gr.Button(say.GO_UNLEARN, variant="primary", elem_id="gone-unlearn")
    with gr.Column(visible=False) as panel:
        parts = _draw(nothing, panel)
        view = _view(services)
    unlearn.click(lambda: gr.Tabs(selected="unlearn"), None, page.tabs, **SILENT)
    _choosing(services, page, parts)
    _working(services, page, parts, view)
    _downloads(services, parts)


def _draw(nothing: gr.Column, panel: gr.Column) -> Parts:
    with gr.Row(equal_height=True):
        run = gr.Dropdown([], label=say.RUN, info=say.RUN_HELP,
                          scale=3, min_width=260, elem_id="gone-run")  # fmt: skip
        effort = gr.Radio([(say.QUICK, "quick"), (say.THOROUGH, "thorough")], value="quick",
                          info=texts.EFFORT, label=say.EFFORT, scale=3,
                          elem_id="gone-effort")  # fmt: skip
        seed = gr.Number(0, label=texts.SEED, info=say.SEED_HELP, minimum=0,
                         precision=0, scale=1, min_width=120, elem_id="gone-seed")  # fmt: skip
    with gr.Accordion(say.WHICH, open=False, elem_id="gone-which"):
        with gr.Row(elem_classes="lethe-actions"):
            every = gr.Button(say.ALL, size="sm", min_width=80, elem_id="gone-all")
            none = gr.Button(say.NONE, size="sm", min_width=80, elem_id="gone-none")
        attacks = gr.CheckboxGroup([], show_label=False, elem_id="gone-attacks",
                                   elem_classes="lethe-choices")  # fmt: skip
    with gr.Accordion(texts.MORE_SETTINGS, open=False), gr.Row():
        reference = gr.Textbox("", label=say.RETRAINED_MODEL, info=texts.REFERENCE, max_lines=1,
                               elem_id="gone-reference")  # fmt: skip
        embedding = gr.Textbox("", label=say.EMBEDDING_MODEL, info=texts.EMBEDDING, max_lines=1,
                               elem_id="gone-embedding")  # fmt: skip
    every.click(lambda: list(known_attacks()), None, attacks, **SILENT)
    none.click(lambda: [], None, attacks, **SILENT)
    lacking = gr.HTML(padding=False, elem_id="gone-lacking")
    with gr.Row(elem_classes="lethe-actions"):
        go = gr.Button(say.START, variant="primary", min_width=150, elem_id="gone-start")
        stop = gr.Button(say.STOP, interactive=False, min_width=90, elem_id="gone-stop")
        retrain = gr.Button(texts.RETRAIN_BUTTON, visible=False, min_width=150,
                            elem_id="gone-retrain")  # fmt: skip
    problem = gr.HTML(padding=False, elem_id="gone-problem")
    watch = gr.Textbox("", visible="hidden", elem_id="gone-watch", container=False)
    with gr.Row(elem_id="gone-shown"):
        past = gr.Dropdown([], label=say.PAST, visible=False, scale=2, min_width=260,
                           elem_id="gone-past")  # fmt: skip
        with gr.Row(visible=False, elem_classes="lethe-actions", elem_id="gone-files") as files:
            buttons = {
                form: gr.Button(one.label, size="sm", min_width=90, elem_id=f"gone-{form}")
                for form, one in FORMS.items()
            }
    file = gr.DownloadButton(visible="hidden", elem_id="gone-file")
    return Parts(nothing, panel, run, effort, seed, attacks, reference, embedding, go, stop, past,
                 watch, lacking, retrain, files, buttons, file, problem)  # fmt: skip


def _view(services: Services) -> gr.HTML:
    """The audit itself. Nothing is output to it: the browser asks for what it shows."""

    def news(request: dict[str, Any]) -> dict[str, Any]:
        return look(services, str(request["audit"]), str(request["cursor"]))

    def inside(request: dict[str, Any]) -> str:
        return attack_texts(services, str(request["audit"]), str(request["attack"]))

    return island("gone-view", "gone/gone.js", {}, news, inside, root="gone", sheet="",
                  inside=texts.note(texts.GONE_UNTRIED))  # fmt: skip


def _choosing(services: Services, page: Page, parts: Parts) -> None:
    """Fill the step when it comes into view, and follow the choice of run and audit."""
    followed = gr.State("")
    about = [parts.past, parts.watch, parts.lacking, parts.retrain, parts.problem]

    def refresh(watched: str, before: str, kept: str | None, shown: str) -> list[Any]:
        runs = attackable(services)
        there = {run.id for run in runs}
        run_id = first_choice(runs, watched)
        if kept in there and watched == before.partition(" ")[2]:
            run_id = kept
        known = gr.skip() if before else _every_attack()
        panel = [gr.update(visible=not runs), gr.update(visible=bool(runs))]
        menu = gr.update(choices=run_choices(runs), value=run_id)
        return [*panel, menu, known, f"filled {watched}",
                *_about(services, run_id, shown)]  # fmt: skip

    page.steps["gone"].select(
        refresh, [page.run_id, followed, parts.run, parts.watch],
        [parts.nothing, parts.panel, parts.run, parts.attacks, followed, *about],
        js=AFTER_PAINT, **SILENT,
    )  # fmt: skip
    parts.run.input(lambda run_id: _about(services, run_id, ""), parts.run, about, **LATEST)
    parts.past.input(lambda audit: audit or "", parts.past, parts.watch, **LATEST)

    def retrain(run_id: str) -> list[Any]:
        queue_retraining(services, run_id)
        return _lacking(services, run_id)

    parts.retrain.click(or_problem(retrain, 2), parts.run,
                        [parts.lacking, parts.retrain, parts.problem],
                        trigger_mode="once", **CHANGING)  # fmt: skip


def _every_attack() -> Any:
    known = known_attacks()
    return gr.update(choices=attack_choices(known), value=list(known))


def _about(services: Services, run_id: str | None, shown: str) -> list[Any]:
    """The chosen run's audits, the one to show, and whether a retrained model is lacking."""
    try:
        audits = past_audits(services, run_id)
        lacking = _lacking(services, run_id)
    except LetheError as error:
        return [gr.update(visible=False), "", "", gr.update(visible=False),
                texts.problem(str(error))]  # fmt: skip
    ids = [audit for _, audit in audits]
    watched = shown if shown in ids else next(iter(ids), "")
    return [_past(audits, watched), watched, *lacking, ""]


def _past(audits: Sequence[tuple[str, str]], watched: str) -> Any:
    return gr.update(choices=list(audits), value=watched or None, visible=bool(audits))


def _lacking(services: Services, run_id: str | None) -> list[Any]:
    missing = missing_retrained(services, run_id) if run_id else None
    return [missing_html(missing), gr.update(visible=bool(missing and missing.spec))]


def _working(services: Services, page: Page, parts: Parts, view: gr.HTML) -> None:
    """Start and Stop, and what the page does when the shown audit's state changes.

    Start makes the attacked run the watched one, so that a reloaded page comes back to it.
    """

    def start(
        run_id: str | None, effort: "Effort", chosen: list[str], seed: float | None,
        reference: str, embedding: str,
    ) -> list[Any]:  # fmt: skip
        audit = begin(services, run_id, effort, chosen, seed, reference, embedding)
        return [_past(past_audits(services, run_id), audit), audit, run_id]

    parts.go.click(
        or_problem(start, 3),
        [parts.run, parts.effort, parts.attacks, parts.seed, parts.reference, parts.embedding],
        [parts.past, parts.watch, page.run_id, parts.problem], trigger_mode="once", **CHANGING,
    )  # fmt: skip

    def stop(audit: str) -> tuple[()]:
        services.supervisor.stop(audit)
        return ()

    parts.stop.click(or_problem(stop, 0), parts.watch, parts.problem, **SILENT)

    def moved(run_id: str | None, event: gr.EventData) -> list[Any]:
        audit, ended = str(event.audit), bool(event.ended)
        return [
            gr.update(interactive=ended),
            gr.update(interactive=not ended),
            gr.update(visible=ended and bool(audit) and has_verdict(services, audit)),
            _past(past_audits(services, run_id), audit),
        ]

    view.select(moved, parts.run, [parts.go, parts.stop, parts.files, parts.past], **IN_TURN)


def _downloads(services: Services, parts: Parts) -> None:
    def packer(form: str) -> Callable[[str], list[Any]]:
        def packed(audit: str) -> list[Any]:
            path = exported(services, audit, form, downloads.new_folder())
            return [gr.update(value=str(path))]

        return or_problem(packed, 1)

    for form, button in parts.buttons.items():
        button.click(packer(form), parts.watch, [parts.file, parts.problem], **PRIVATE).success(
            None, None, None, js=CLICK
        )
