"""The side bar: model, device, memory and the running job, always in sight."""

from collections.abc import Mapping
from html import escape
from typing import Any

import gradio as gr
import psutil
import torch

from unlearn_core.errors import LetheError
from unlearn_core.models.name import run_of
from unlearn_core.runs.info import RunInfo
from unlearn_core.ui.present import stage
from unlearn_core.ui.secret.keeping import KIND as SECRET
from unlearn_core.ui.shell import language
from unlearn_core.ui.shell.events import PRIVATE, SILENT
from unlearn_core.ui.shell.machine import device_words, model_card, model_name
from unlearn_core.ui.shell.progress import current, headline, phase
from unlearn_core.ui.shell.services import Page, Services
from unlearn_core.ui.texts import common as texts

SECONDS = 2.0
"""Between two looks at the store."""
FOLD = """() => {
  if (innerWidth < 768) document.querySelector('.sidebar.open .toggle-button')?.click();
}"""
"""On a phone the open side bar would hide the whole page."""
JOBS = ("unlearn", "teach", "audit", SECRET)


def build(services: Services, page: Page) -> None:
    """Draw the side bar and keep it up to date."""
    gr.HTML(
        f'<div class="lethe-brand">{texts.TITLE}<span>{texts.SUBTITLE}</span></div>', padding=False
    )
    machine = gr.HTML(padding=False, elem_id="lethe-machine")
    job = gr.HTML(padding=False, elem_id="lethe-job")
    announce = gr.HTML(padding=False, elem_id="lethe-announce")
    language.switch()
    watch = gr.Button(texts.SHOW_RUN, size="sm", visible=False, elem_id="lethe-watch-run")
    stage.entry("side-present", stage.WATCHED, size="sm")
    shown = gr.State(("", "", "", ""))
    active = gr.State("")
    outputs = [machine, job, announce, watch, active, shown]

    def look(
        model: dict[str, Any], watched: str, before: tuple[str, str, str, str]
    ) -> tuple[Any, ...]:
        run = current(services.store.runs(JOBS))
        now = (
            machine_html(services, model),
            job_html(services, run),
            announcement(services, run),
            run.id if run and _watched_as(run) not in ("", watched) else "",
        )
        if now == before:
            return (gr.skip(),) * len(outputs)
        parts = [
            gr.skip() if new == old else new for new, old in zip(now[:3], before, strict=False)
        ]
        return (*parts, gr.update(visible=bool(now[3])), now[3], now)

    inputs = [page.model_spec, page.run_id, shown]
    gr.Timer(SECONDS).tick(look, inputs, outputs, **SILENT)
    page.blocks.load(look, inputs, outputs, **SILENT)
    page.blocks.load(None, None, None, js=FOLD, **SILENT)

    def lead(job_id: str) -> tuple[Any, Any]:
        try:
            job = services.store.get(job_id)
        except LetheError as error:  # it was deleted meanwhile
            gr.Warning(escape(str(error)))
            return gr.skip(), gr.skip()
        step = "gone" if job.kind == "audit" else "unlearn"
        return _watched_as(job), gr.Tabs(selected=step)

    watch.click(
        lead,
        active,
        [page.run_id, page.tabs],
        **PRIVATE,
    )


def _watched_as(job: RunInfo) -> str:
    """The run that is watched while a job goes on: its own, or the one that is attacked.

    Empty for attacks on a model that is of no run, and for somebody's own secret.
    """
    if job.kind == SECRET:
        return ""
    return run_of(job.source) if job.kind == "audit" else job.id


def machine_html(services: Services, model: Mapping[str, Any]) -> str:
    """Model, device and memory as HTML."""
    used = psutil.virtual_memory()
    rows = [(texts.MEMORY_IN_USE, _part(used.used, used.total))]
    try:
        card = model_card(services, model)
        rows = [
            (texts.MODEL, model_name(services, str(model["source"]))),
            (texts.SIZE, texts.MILLION_PARAMETERS.format(n=card.parameters / 1000000.0)),
            (texts.DEVICE, device_words(card.device, services.settings.threads)),
            *rows,
        ]
        if card.device.startswith("cuda"):
            free, total = torch.cuda.mem_get_info(torch.device(card.device))
            rows.append((texts.GPU_MEMORY, _part(total - free, total)))
    except LetheError as error:
        return texts.problem(str(error)) + texts.facts(rows)
    return texts.facts(rows)


def announcement(services: Services, run: RunInfo | None) -> str:
    """What a screen reader says when the run's state changes."""
    return f"<span>{escape(f'{run.name}: {phase(services.store, run)}')}</span>" if run else ""


def job_html(services: Services, run: RunInfo | None) -> str:
    """The running job, or that there is none, as HTML."""
    if run is None:
        return f'<div class="lethe-run lethe-idle">{texts.NO_RUN}</div>'
    jobs = services.store.runs(JOBS)
    waiting = sum(one.state == "queued" for one in jobs if one.id != run.id)
    if not waiting:
        return headline(services.store, run)
    more = texts.MORE_WAITING.format(n=waiting)
    return f'{headline(services.store, run)}<div class="lethe-run-detail">{more}</div>'


def _part(used: float, total: float) -> str:
    return texts.OF.format(part=texts.size(used), whole=texts.size(total))
