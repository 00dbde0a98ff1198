"""The Runs tab: every run, its settings, results and curves, and what can be done with it."""

import shutil
from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr

from unlearn_core.methods.registry import method
from unlearn_core.models.name import name_of_run
from unlearn_core.runs.command_line import command_line, repeat_lines
from unlearn_core.runs.history import history_of, known_runs
from unlearn_core.runs.info import RunInfo
from unlearn_core.runs.recorded import is_recorded
from unlearn_core.runs.result import read_result
from unlearn_core.runs.spec import RunSpec
from unlearn_core.settings.config import parse
from unlearn_core.ui.charts.live import overlay_view, runs_table
from unlearn_core.ui.film.view import CHOSEN, opener, recorded_note
from unlearn_core.ui.present import stage
from unlearn_core.ui.runs import push as runs_push
from unlearn_core.ui.runs.rows import result_html, settings_html
from unlearn_core.ui.shell import downloads
from unlearn_core.ui.shell.events import CHANGING, IN_TURN, PRIVATE, SILENT, confirmed, or_problem
from unlearn_core.ui.shell.services import Page, Services
from unlearn_core.ui.texts import common as texts
from unlearn_core.ui.texts import film as texts_film
from unlearn_core.ui.texts import runs as say

CLICK = "() => document.querySelector('#runs-file a, a#runs-file, #runs-file')?.click()"
CHOSEN_RUN = "document.querySelector('#chosen-runs textarea, #chosen-runs input').value"


def build(services: Services, page: Page) -> None:
    """Draw the tab where it is called."""
    gr.HTML(texts.page_head("runs"), padding=False)
    table = runs_table(services)
    chosen = gr.State([])
    field = gr.Textbox("", visible="hidden", elem_id="chosen-runs", container=False)
    hint = gr.HTML(texts.note(say.LEAD), padding=False)
    with gr.Row(visible=False, elem_classes="lethe-actions", elem_id="runs-actions") as actions:
        watch = gr.Button(say.OPEN, min_width=90, elem_id="runs-open")
        play = gr.Button(texts_film.PLAY_CHOSEN, min_width=90, elem_id="runs-play")
        compare = gr.Button(say.COMPARE, min_width=90, elem_id="runs-compare")
        gone = gr.Button(texts.GONE_BUTTON, min_width=100, elem_id="runs-gone")
        present = stage.entry("runs-present", CHOSEN_RUN)
        repeat = gr.Button(say.REPEAT, min_width=90, elem_id="runs-repeat")
        paper = gr.Button(say.REPORT, min_width=90, elem_id="runs-report")
        adapter = gr.Button(say.DOWNLOAD, min_width=120, elem_id="runs-adapter")
        merged = gr.Button(say.DOWNLOAD_MERGED, min_width=120, elem_id="runs-merged")
        delete = gr.Button(say.DELETE, variant="stop", min_width=90, elem_id="runs-delete")
    file = gr.DownloadButton(visible="hidden", elem_id="runs-file")
    problem = gr.HTML(padding=False, elem_id="runs-problem")
    overlay = overlay_view(services)
    with gr.Column(visible=False) as details:
        result = gr.HTML(padding=False, apply_default_css=False, elem_id="runs-result")
        name = gr.Textbox(label=say.NAME, max_lines=1, submit_btn=say.RENAME, elem_id="runs-name")
        line = gr.Textbox(label=say.COMMAND, buttons=["copy"], lines=2,
                          interactive=False, elem_id="runs-line")  # fmt: skip
        push = runs_push.build(services, chosen, field)
        with gr.Accordion(texts.SETTINGS_OF_RUN, open=False):
            settings = gr.HTML(padding=False, elem_id="runs-settings")

    single = [watch, repeat, adapter, merged]
    shown = [chosen, field, hint, actions, details, *single, play, compare, gone, present, delete,
             name, result, line, settings, push, problem]  # fmt: skip

    def show(wanted: Sequence[str]) -> list[Any]:
        return _show(services, wanted)

    def select(event: gr.EventData) -> list[Any]:
        return show([str(run) for run in event.runs])

    table.select(select, None, shown, **IN_TURN)
    overlay.select(select, None, shown, **IN_TURN)
    page.raced.change(show, page.raced, shown, **SILENT)

    watch.click(lambda runs: (runs[0], gr.Tabs(selected="unlearn")), chosen,
                [page.run_id, page.tabs], **CHANGING)  # fmt: skip
    play.click(None, None, None, js=opener(CHOSEN), **SILENT)
    compare.click(
        lambda runs: (_pair(services, runs), gr.Tabs(selected="compare")), chosen,
        [page.compared, page.tabs], **CHANGING,
    )  # fmt: skip
    gone.click(lambda runs: (runs[0], gr.Tabs(selected="gone")), chosen,
               [page.run_id, page.tabs], **CHANGING)  # fmt: skip
    repeat.click(
        or_problem(lambda runs: [_repeat(services, runs[0]), gr.Tabs(selected="unlearn")], 2),
        chosen, [page.run_id, page.tabs, problem], **CHANGING,
    )  # fmt: skip

    def renamed(runs: list[str], text: str) -> list[Any]:
        services.store.rename(runs[0], text)
        return []

    name.submit(or_problem(renamed, 0), [chosen, name], problem, **SILENT)

    def deleted(runs: list[str]) -> list[Any]:
        for run_id in runs:
            services.store.delete(run_id)
        return show([])[:-1]

    delete.click(or_problem(deleted, len(shown) - 1), chosen, shown,
                 js=confirmed(say.CONFIRM_DELETE), **SILENT)  # fmt: skip
    packers = (
        (adapter, _exporter(services, merge=False)),
        (merged, _exporter(services, merge=True)),
        (paper, _reporter(services)),
    )
    for button, pack in packers:
        button.click(or_problem(pack, 1), chosen, [file, problem], **PRIVATE).success(
            None, None, None, js=CLICK
        )


def _show(services: Services, wanted: Sequence[str]) -> list[Any]:
    """What every part shows when these runs are selected; the last one ticked has the details."""
    there = {run.id: run for run in known_runs(services.store)}
    runs = [there[run_id] for run_id in wanted if run_id in there]
    one = len(runs) == 1
    recorded = any(is_recorded(run.id) for run in runs)
    kept = bool(runs) and not recorded and services.store.has_model(runs[-1])
    steers = bool(runs) and method(runs[-1].spec["method"], runs[-1].spec["kind"]).card.steers
    return [
        [run.id for run in runs],
        " ".join(run.id for run in runs),
        gr.update(visible=not runs),
        gr.update(visible=bool(runs)),
        gr.update(visible=one),
        *[gr.update(interactive=one and (button < 2 or kept and not steers))
          for button in range(4)],
        gr.update(interactive=bool(runs) and len(runs) <= 2 and all(run.step for run in runs)),
        gr.update(interactive=bool(runs) and len(runs) <= 2 and not recorded
                  and all(services.store.has_model(run) for run in runs)),
        gr.update(interactive=one and kept and runs[-1].kind == "unlearn"),
        gr.update(interactive=one and runs[-1].kind == "unlearn"),
        gr.update(interactive=not recorded),
        gr.update(value=runs[-1].name if runs else "",
                  interactive=one and not recorded),
        _result(services, runs[-1]) if runs else "",
        command_line(runs[-1].spec) if runs else "",
        settings_html(runs[-1]) if runs else "",
        gr.update(visible=one and kept and not steers),
        texts.note(say.ONLY_STEERED) if steers and one else "",
    ]  # fmt: skip


def _result(services: Services, run: RunInfo) -> str:
    history = history_of(services.store, run.id)
    return recorded_note(history, run) + result_html(read_result(history.folder(run.id)))


def _pair(services: Services, runs: Sequence[str]) -> list[str]:
    """Two runs against each other; one against the model it began with."""
    if len(runs) == 2:
        return [name_of_run(run) for run in runs]
    return [services.store.get(runs[0]).source, name_of_run(runs[0])]


def _repeat(services: Services, run_id: str) -> str:
    spec = history_of(services.store, run_id).get(run_id).spec
    return services.launcher.start(parse(RunSpec, spec, "run"))


def _exporter(services: Services, merge: bool) -> Callable[[list[str]], list[Any]]:
    def packed(runs: list[str]) -> list[Any]:
        from unlearn_core.ui.shell.libraries import export_model

        name = f"{runs[0]}-{'merged' if merge else 'model'}"
        holder = downloads.new_folder()
        command = command_line(services.store.get(runs[0]).spec)
        folder = export_model(services.store, runs[0], holder / name, command=command, merged=merge)
        return [gr.update(value=shutil.make_archive(str(holder / name), "zip", folder))]

    return packed


def _reporter(services: Services) -> Callable[[list[str]], list[Any]]:
    def written(runs: list[str]) -> list[Any]:
        from unlearn_core.report.making import race_report, run_report
        from unlearn_core.ui.shell.libraries import newest_audit

        if len(runs) == 1:
            audit = newest_audit(services.store, runs[0])
            spec = history_of(services.store, runs[0]).get(runs[0]).spec
            lines = repeat_lines(spec, audit.spec if audit else None)
            text = run_report(services.store, runs[0], lines)
        else:
            text = race_report(services.store, runs)
        name = runs[0] if len(runs) == 1 else "race"
        path = downloads.new_folder() / f"{name}-report.html"
        path.write_text(text, encoding="utf-8")
        return [gr.update(value=str(path))]

    return written
