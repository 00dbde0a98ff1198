"""The Forget tab: choose records, mark what must be forgotten, or teach a secret first."""

from typing import Any

import gradio as gr

from unlearn_core.data.marks import overlap, split_corpus
from unlearn_core.data.records import Record
from unlearn_core.errors import LetheError
from unlearn_core.ui.forget import marking
from unlearn_core.ui.forget import secrets as forget_secrets
from unlearn_core.ui.forget import source as forget_source
from unlearn_core.ui.forget import table as forget_table
from unlearn_core.ui.shell.events import PRIVATE, SILENT
from unlearn_core.ui.shell.services import Page, Services
from unlearn_core.ui.texts import common as texts
from unlearn_core.ui.texts import forget as say

SHOWN_PAIRS = 20


def build(services: Services, page: Page) -> None:
    """Draw the tab."""
    gr.HTML(texts.page_head("forget"), padding=False)
    forget_source.build(services, page)
    table = forget_table.build(services, page)
    with gr.Accordion(say.PREVIEW, open=False, elem_id="forget-preview") as details:
        look = gr.Button(say.SHOW_AGAIN, size="sm", elem_id="forget-look")
        preview = gr.HTML(padding=False, elem_id="forget-split")
    with gr.Accordion(say.TEACH_FIRST, open=False, elem_id="forget-secrets"):
        forget_secrets.build(services, page)

    search, subjects, show = table.filters

    def new_data(data: dict[str, Any], marked: list[str]) -> list[Any]:
        try:
            names = marking.subjects_of(services.rows(data))
        except LetheError:  # told beside the choice of data
            names = []
        cleared = ["", gr.update(choices=names, value=[]), marking.SHOW_ALL]
        return [*cleared, *forget_table.refresh(services, data, marked, 0, "", [], cleared[2])]

    state = [page.data_spec, page.marked_ids]
    for changed in (page.data_spec.change, page.refilled.change):
        changed(new_data, state, [search, subjects, show, *table.outputs], **SILENT)
    for event in (details.expand, look.click):
        event(lambda data, ids: split_html(services, data, ids), state, preview, **PRIVATE)


def split_html(services: Services, data: dict[str, Any], marked: list[str]) -> str:
    """What a run would do with every group of records, and where forget and retain overlap."""
    try:
        split = split_corpus(services.corpus(data), marking.to_marks(services.rows(data), marked))
    except LetheError as error:
        return texts.problem(str(error))
    return overlap_html(overlap(split)) + marking.preview(split)


def overlap_html(pairs: tuple[tuple[Record, Record], ...]) -> str:
    """Records that are forgotten and, nearly the same, kept."""
    if not pairs:
        return texts.note(say.NO_OVERLAP)
    words = texts.count(len(pairs), "record to keep is")
    head = texts.problem(say.OVERLAP.format(records=words))
    rows = "".join(
        f"<tr><td>{marking.cell(forgotten)}</td><td>{marking.cell(kept)}</td></tr>"
        for forgotten, kept in pairs[:SHOWN_PAIRS]
    )
    return (
        f'{head}<table class="lethe-table"><thead><tr><th>{say.TO_FORGET}</th>'
        f"<th>{say.TO_KEEP}</th></tr></thead><tbody>{rows}</tbody></table>"
    )
