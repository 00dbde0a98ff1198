"""Teach a secret: question and answer typed by the person, learnt by the model in a run."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from unlearn_core.data.bundled import BUNDLED_FOLDER
from unlearn_core.data.records import Record
from unlearn_core.errors import InvalidInput, LetheError
from unlearn_core.ui.secret import panel
from unlearn_core.ui.shell.events import PRIVATE
from unlearn_core.ui.shell.services import Page, Services
from unlearn_core.ui.texts import common as texts
from unlearn_core.ui.texts import forget as say
from unlearn_core.ui.unlearn.start import Choice, build_spec

HEADERS = [texts.QUESTION, say.ANSWER, say.SECRET_FACT]
LEAD = say.SECRET_NOTE
EMPTY_ROWS = 3


def build(services: Services, page: Page) -> None:
    """Draw the panel."""
    gr.HTML(f'<p class="lethe-note">{LEAD}</p>', padding=False)
    panel.entry("forget-own-secret")
    table = gr.Dataframe(
        value=[["", "", ""] for _ in range(EMPTY_ROWS)], headers=HEADERS, datatype="str",
        interactive=True, show_label=False, wrap=True, type="array", buttons=[],
        column_widths=["40%", "40%", "20%"], elem_id="secret-table",
    )  # fmt: skip
    with gr.Row():
        beside = gr.Checkbox(
            True, label=say.REHEARSE, elem_id="secret-beside",
            min_width=260,
            info=say.REHEARSE_HELP,
        )  # fmt: skip
        typed = gr.Button(say.TEACH_SECRETS, variant="primary", elem_id="secret-teach")
        marked = gr.Button(say.TEACH_MARKED, elem_id="secret-teach-marked")
    problem = gr.HTML(padding=False, elem_id="secret-problem")
    outputs = [problem, page.run_id, page.tabs]

    def teach(model: dict[str, Any], data: dict[str, Any], ids: list[str]) -> list[Any]:
        spec = build_spec(services, Choice(model, data, ids, "teach", {}, kind="teach"))
        return ["", services.launcher.start(spec), gr.Tabs(selected="unlearn")]

    def teach_typed(
        model: dict[str, Any], rows: list[list[Any]], keep: bool, current: dict[str, Any]
    ) -> list[Any]:
        try:
            secrets = typed_secrets(rows)
            others = services.corpus(current).records if keep else ()
            path = write_records(services.store.workspace / "data", [*secrets, *others])
            data = {"source": str(path), "world": world_file(current) if keep else ""}
            return teach(model, data, [record.id for record in secrets])
        except LetheError as error:
            return [texts.problem(str(error)), gr.skip(), gr.skip()]

    def teach_marked(model: dict[str, Any], data: dict[str, Any], ids: list[str]) -> list[Any]:
        try:
            return teach(model, data, ids)
        except LetheError as error:
            return [texts.problem(str(error)), gr.skip(), gr.skip()]

    typed.click(teach_typed, [page.model_spec, table, beside, page.data_spec], outputs, **PRIVATE)
    marked.click(
        teach_marked, [page.model_spec, page.data_spec, page.marked_ids], outputs, **PRIVATE
    )


def typed_secrets(rows: Sequence[Sequence[Any]]) -> list[Record]:
    """Typed rows of question, answer and fact as records; empty rows are passed over.

    Raises:
        InvalidInput: None was typed, or one lacks its question or answer.
    """
    cells = [[str(cell or "").strip() for cell in row] for row in rows]
    typed = [(number, row) for number, row in enumerate(cells, 1) if any(row)]
    if not typed:
        raise InvalidInput(say.NO_SECRET)
    for number, (question, answer, *_) in typed:
        if not (question and answer):
            missing = say.AN_ANSWER if question else say.A_QUESTION
            raise InvalidInput(say.SECRET_LACKS.format(number=number, missing=missing))
    return [
        Record(id=f"secret-{n}", prompt=row[0], answer=row[1], subject="secrets", fact=row[2])
        for n, row in typed
    ]


def write_records(folder: Path, records: Sequence[Record]) -> Path:
    """Write records to a new file, where a run finds them again."""
    folder.mkdir(exist_ok=True)
    path = folder / f"secrets-{time.strftime('%Y%m%d-%H%M%S')}.jsonl"
    lines = [f"{record.model_dump_json()}\n" for record in records]
    path.write_text("".join(lines), encoding="utf-8")
    return path


def world_file(data: Mapping[str, Any]) -> str:
    """The general knowledge of a data spec as a file."""
    bundled = str(data["source"]).startswith("bundled")
    return str(BUNDLED_FOLDER / "world_facts.jsonl") if bundled else str(data.get("world", ""))
