"""The marking table: filters, one page of rows, buttons, counter, and marks saved and loaded."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from unlearn_core.data.marks import load_marks, resolve, save_marks
from unlearn_core.data.records import Record
from unlearn_core.errors import LetheError
from unlearn_core.ui.forget import marking
from unlearn_core.ui.forget.marking import View
from unlearn_core.ui.shell import downloads
from unlearn_core.ui.shell.events import CHANGING, PRIVATE
from unlearn_core.ui.shell.services import Page, Services
from unlearn_core.ui.texts import common as texts
from unlearn_core.ui.texts import forget as say

TURNS: dict[str, Any] = {**CHANGING, "concurrency_id": "forget-table", "concurrency_limit": 1}
"""Options of what reads or sets the marks: one after the other, so that none shows older ones."""
HEADERS = [say.FORGET, say.SUBJECT, texts.QUESTION, texts.TRUE_ANSWER]


@dataclass(frozen=True)
class Table:
    """The components of the table.

    Attributes:
        filters: Search text, subjects, and which rows to show.
        place: Page number (a state), from 0.
        shown: Ids of the rows on screen (a state).
        outputs: What `refresh` writes.
    """

    filters: tuple[Any, Any, Any]
    place: gr.State
    shown: gr.State
    frame: gr.Dataframe
    counter: gr.HTML
    pager: gr.HTML
    problem: gr.HTML

    @property
    def outputs(self) -> list[Any]:
        """Components and states that a refresh writes, in order."""
        return [self.frame, self.shown, self.counter, self.pager, self.place, self.problem]


def build(services: Services, page: Page) -> Table:
    """Draw the table and connect it to the visitor's marks."""
    with gr.Row(equal_height=True, elem_classes="lethe-filters"):
        search = gr.Textbox(label=say.SEARCH, placeholder=say.SEARCH_EXAMPLE,
                            elem_id="forget-search", scale=3, min_width=200)  # fmt: skip
        subjects = gr.Dropdown([], label=say.SUBJECTS, multiselect=True, elem_id="forget-subjects",
                               scale=3, min_width=200)  # fmt: skip
        show = gr.Radio(list(marking.SHOW), value=marking.SHOW_ALL, label=say.SHOW, scale=3,
                        elem_id="forget-show", min_width=300)  # fmt: skip
    buttons = _buttons()
    counter = gr.HTML(padding=False, elem_id="forget-counter")
    problem = gr.HTML(padding=False, elem_id="forget-problem")
    frame = gr.Dataframe(
        headers=HEADERS,
        datatype=["bool", "str", "str", "str"],
        static_columns=[1, 2, 3],
        column_widths=["110px", "17%", "34%", "34%"],
        interactive=True,
        wrap=True,
        show_label=False,
        max_height=460,
        buttons=[],
        elem_id="forget-table",
    )
    with gr.Row(equal_height=True, elem_classes="lethe-pager"):
        back = gr.Button(say.PREVIOUS_PAGE, size="sm", elem_id="forget-back")
        pager = gr.HTML(padding=False, elem_id="forget-pager")
        forth = gr.Button(say.NEXT_PAGE, size="sm", elem_id="forget-forth")
    table = Table(
        (search, subjects, show), gr.State(0), gr.State([]), frame, counter, pager, problem
    )
    _connect(services, page, table, buttons, back, forth)
    _connect_files(services, page, table)
    return table


@dataclass(frozen=True)
class _Buttons:
    mark: gr.Button
    unmark: gr.Button
    random: gr.Button
    count: gr.Number
    seed: gr.Number
    clear: gr.Button
    invert: gr.Button


def _buttons() -> _Buttons:
    with gr.Row(equal_height=True, elem_classes="lethe-marks"):
        mark = gr.Button(say.MARK_FILTERED, variant="primary", size="md", min_width=120,
                         elem_id="forget-mark")  # fmt: skip
        unmark = gr.Button(say.UNMARK_FILTERED, size="md", min_width=120, elem_id="forget-unmark")
        clear = gr.Button(say.CLEAR, size="md", min_width=80, elem_id="forget-clear")
        invert = gr.Button(say.INVERT, size="md", min_width=80, elem_id="forget-invert")
        random = gr.Button(say.MARK_AT_RANDOM, size="md", min_width=130, elem_id="forget-random")
        count = gr.Number(10, label=say.HOW_MANY, precision=0, min_width=100,
                          elem_id="forget-random-n")  # fmt: skip
        seed = gr.Number(0, label=texts.SEED, precision=0, min_width=100,
                         elem_id="forget-random-seed")  # fmt: skip
    return _Buttons(mark, unmark, random, count, seed, clear, invert)


def refresh(
    services: Services, data: dict[str, Any], marked: list[str], place: int, *filters: Any
) -> list[Any]:
    """Values for `Table.outputs`."""
    try:
        rows = services.rows(data)
    except LetheError as error:
        return [[], [], "", "", 0, texts.problem(str(error))]
    records = marking.filtered(rows, _view(*filters), marked)
    last = marking.pages(len(records)) - 1
    place = min(max(place, 0), last)
    shown = marking.page_of(records, place)
    return [
        marking.table_rows(shown, marked),
        [row.id for row in shown],
        _counter(rows, marked, len(records)),
        f'<div class="lethe-pages">{say.PAGE.format(n=place + 1, all=last + 1)}</div>',
        place,
        "",
    ]


def _connect(
    services: Services,
    page: Page,
    table: Table,
    buttons: _Buttons,
    back: gr.Button,
    forth: gr.Button,
) -> None:
    state = [page.data_spec, page.marked_ids]

    def fresh(data: dict[str, Any], marked: list[str], place: int, *filters: Any) -> list[Any]:
        return refresh(services, data, marked, place, *filters)

    def first_page(data: dict[str, Any], marked: list[str], *filters: Any) -> list[Any]:
        return refresh(services, data, marked, 0, *filters)

    for component in table.filters:
        component.change(first_page, [*state, *table.filters], table.outputs, **TURNS)
    for button, move in ((back, -1), (forth, 1)):
        button.click(
            _moved(fresh, move), [*state, table.place, *table.filters], table.outputs, **TURNS
        )
    table.frame.edit(
        _edited(services),
        [*state, table.shown, *table.filters],
        [page.marked_ids, table.counter],
        trigger_mode="multiple",
        **TURNS,
    )

    def changing(change: Callable[..., list[str]], *extra: gr.Number) -> Callable[..., list[Any]]:
        def run(data: dict[str, Any], marked: list[str], place: int, *rest: Any) -> list[Any]:
            filters, values = rest[:3], rest[3:]
            try:
                rows = services.rows(data)
                records = marking.filtered(rows, _view(*filters), marked)
                new = change(rows, marked, records, *values)
            except LetheError as error:
                skipped = [gr.skip()] * (len(table.outputs) - 1)
                return [gr.skip(), *skipped, texts.problem(str(error))]
            return [new, *refresh(services, data, new, place, *filters)]

        return run

    for button, change, extra in (
        (buttons.mark, _mark_shown, ()),
        (buttons.unmark, _unmark_shown, ()),
        (buttons.clear, lambda rows, marked, records: [], ()),
        (buttons.invert, lambda rows, marked, records: marking.invert(rows, marked), ()),
        (buttons.random, _mark_random, (buttons.count, buttons.seed)),
    ):
        button.click(
            changing(change),
            [*state, table.place, *table.filters, *extra],
            [page.marked_ids, *table.outputs],
            **TURNS,
        )


def _connect_files(services: Services, page: Page, table: Table) -> None:
    """Marks saved to a file and loaded again."""
    with gr.Row(elem_classes="lethe-pager"):
        save = gr.Button(say.SAVE_MARKS, size="sm", elem_id="forget-save")
        load = gr.UploadButton(say.LOAD_MARKS, size="sm", file_types=[".json"],
                               elem_id="forget-load")  # fmt: skip
        file = gr.DownloadButton(visible="hidden", elem_id="forget-save-file")

    def written(data: dict[str, Any], marked: list[str]) -> str:
        marks = marking.to_marks(services.rows(data), marked)
        path = downloads.new_folder() / "lethe-marks.json"
        save_marks(path, marks, services.corpus(data).data_hash)
        return str(path)

    def loaded(data: dict[str, Any], marked: list[str], path: str, *filters: Any) -> list[Any]:
        try:
            corpus, saved = services.corpus(data), load_marks(Path(path))
            new = marking.in_order(services.rows(data), resolve(corpus, saved.marks))
        except LetheError as error:
            skipped = [gr.skip()] * (len(table.outputs) - 1)
            return [gr.skip(), *skipped, texts.problem(str(error))]
        fresh = refresh(services, data, new, 0, *filters)
        if saved.data_hash != corpus.data_hash:
            fresh[-1] = texts.note(say.OTHER_DATA)
        return [new, *fresh]

    state = [page.data_spec, page.marked_ids]
    save.click(written, state, file, **PRIVATE).then(
        None, js="() => document.querySelector('#forget-save-file').click()", **PRIVATE
    )
    load.upload(loaded, [*state, load, *table.filters], [page.marked_ids, *table.outputs], **TURNS)


def _view(search: str, subjects: list[str] | None, show: str) -> View:
    return View(search or "", tuple(subjects or ()), show)


def _counter(rows: Sequence[Record], marked: list[str], shown: int) -> str:
    return f'<div class="lethe-counter">{marking.counter(rows, marked, shown)}</div>'


def _moved(fresh: Callable[..., list[Any]], by: int) -> Callable[..., list[Any]]:
    return lambda data, marked, place, *filters: fresh(data, marked, place + by, *filters)


def _edited(services: Services) -> Callable[..., tuple[Any, Any]]:
    def edited(
        data: dict[str, Any],
        marked: list[str],
        shown: list[str],
        search: str,
        subjects: list[str] | None,
        show: str,
        event: gr.EditData,
    ) -> tuple[Any, Any]:
        rows = services.rows(data)
        assert isinstance(event.index, list | tuple)
        record = shown[event.index[0]]
        held = set(marked) - {record} if record in set(marked) else {*marked, record}
        new = marking.in_order(rows, held)
        count = len(marking.filtered(rows, _view(search, subjects, show), new))
        return new, _counter(rows, new, count)

    return edited


def _mark_shown(rows: Sequence[Record], marked: list[str], records: list[Record]) -> list[str]:
    return marking.in_order(rows, {*marked, *(record.id for record in records)})


def _unmark_shown(rows: Sequence[Record], marked: list[str], records: list[Record]) -> list[str]:
    return marking.in_order(rows, set(marked) - {record.id for record in records})


def _mark_random(
    rows: Sequence[Record], marked: list[str], records: list[Record], n: float, seed: float
) -> list[str]:
    drawn = marking.mark_random(records, int(n or 0), int(seed or 0))
    return marking.in_order(rows, {*marked, *drawn})
