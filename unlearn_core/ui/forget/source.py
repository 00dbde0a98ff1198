"""Where the records come from: bundled, a file or the hub; and which field is what."""

import shutil
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr

from unlearn_core.data.files import READERS, read_rows
from unlearn_core.data.records import Corpus
from unlearn_core.data.rows import find_fields
from unlearn_core.data.sources import DataSpec
from unlearn_core.errors import LetheError
from unlearn_core.ui.shell.events import CHANGING, LATEST, PRIVATE, SILENT
from unlearn_core.ui.shell.forms import Form
from unlearn_core.ui.shell.services import Page, Services
from unlearn_core.ui.texts import common as texts
from unlearn_core.ui.texts import forget as say
from unlearn_core.ui.unlearn.start import default_marks

PEOPLE, PASSAGES, FILE, HUB = "bundled:people", "bundled:passages", "file", "hub"
KINDS = [
    (say.PEOPLE_LONG, PEOPLE),
    (say.PASSAGES_LONG, PASSAGES),
    (say.FILE_LONG, FILE),
    (say.HUB_LONG, HUB),
]
ROLES = (
    ("prompt", texts.QUESTION),
    ("answer", texts.TRUE_ANSWER),
    ("subject", say.SUBJECT),
    ("fact", say.FACT),
)
HELP = {
    "prompt": say.QUESTION_HELP,
    "answer": say.ANSWER_HELP,
    "subject": say.SUBJECT_HELP,
    "fact": say.FACT_HELP,
}
LOOKED_AT = 50
"""Rows read to find the names of the fields."""


def build(services: Services, page: Page) -> None:
    """Draw the choice of data."""
    with gr.Row(equal_height=False):
        with gr.Column(scale=3, min_width=360):
            kind = gr.Radio(KINDS, value=PEOPLE, label=texts.RECORDS, elem_id="data-kind",
                            elem_classes="lethe-choices")  # fmt: skip
        with gr.Column(scale=2, min_width=320):
            problem = gr.HTML(padding=False, elem_id="data-problem")
            card = gr.HTML(padding=False, elem_id="data-card")
    with gr.Column(visible=False) as more:
        with gr.Row(visible=False) as file_row:
            upload = gr.File(label=say.UPLOAD, file_types=list(READERS), height=120,
                             elem_id="data-upload")  # fmt: skip
            path = gr.Textbox(label=say.PATH, elem_id="data-path",
                              placeholder="/path/to/records.jsonl")  # fmt: skip
        with gr.Column(visible=False) as hub_row:
            name = gr.Textbox(label=say.NAME_OR_FOLDER, placeholder="locuslab/TOFU",
                              elem_id="data-hub")  # fmt: skip
            hub = Form.build(DataSpec, only=("preset", "subset", "split"), prefix="data")
        with gr.Row():
            fields = [
                gr.Dropdown([], value="", label=f"{label} field", info=HELP[role],
                            allow_custom_value=True, elem_id=f"data-{role}", min_width=150)
                for role, label in ROLES
            ]  # fmt: skip
        with gr.Accordion(texts.MORE_SETTINGS, open=False):
            rest = Form.build(
                DataSpec, only=("world", "holdout", "template", "max_rows"), prefix="data"
            )
        read = gr.Button(say.READ, variant="primary", elem_id="data-read")

    def shown(chosen: str) -> list[Any]:
        return [
            gr.update(visible=chosen in (FILE, HUB)),
            gr.update(visible=chosen == FILE),
            gr.update(visible=chosen == HUB),
        ]

    def bundled(chosen: str) -> list[Any]:
        if chosen not in (PEOPLE, PASSAGES):
            return [gr.skip()] * 4
        return _use(services, {"source": chosen})

    def given(chosen: str, place: str, dataset: str, *values: Any) -> list[Any]:
        roles, values = values[: len(ROLES)], values[len(ROLES) :]
        spec = {
            **hub.collect(values[: len(hub.fields)]),
            **rest.collect(values[len(hub.fields) :]),
            **{f"{role}_field": value or "" for (role, _), value in zip(ROLES, roles, strict=True)},
            "source": place.strip() if chosen == FILE else f"hub:{dataset.strip()}",
        }
        return _use(services, spec)

    def uploaded(file: str | None) -> list[Any]:
        if not file:
            return [gr.skip()] * (1 + len(ROLES))
        return [kept_upload(services, Path(file)), *[gr.skip()] * len(ROLES)]

    outputs = [problem, card, page.data_spec, page.marked_ids]
    kind.input(shown, kind, [more, file_row, hub_row], **LATEST)
    kind.input(bundled, kind, outputs, trigger_mode="always_last", **CHANGING)
    upload.upload(uploaded, upload, [path, *fields], **PRIVATE)
    path.change(_guesses, path, [*fields, problem], **SILENT)
    read.click(given, [kind, path, name, *fields, *hub.fields, *rest.fields], outputs, **PRIVATE)
    for event in (page.data_spec.change, page.blocks.load):
        event(lambda spec: _card(services, spec), page.data_spec, [problem, card], **SILENT)


def kept_upload(services: Services, file: Path) -> str:
    """Copy an uploaded file into the workspace: a run must find it again after a restart."""
    folder = services.store.workspace / "data"
    folder.mkdir(exist_ok=True)
    kept = folder / file.name
    number = 2
    while kept.exists() and kept.read_bytes() != file.read_bytes():
        kept = folder / f"{file.stem}-{number}{file.suffix}"
        number += 1
    shutil.copyfile(file, kept)
    return str(kept)


def corpus_html(corpus: Corpus, rows: int) -> str:
    """What was read, as HTML."""
    wordings = len(corpus.records) / rows if rows else 1
    facts = [
        (texts.RECORDS, texts.count(len(corpus.records), "record")),
        (say.TO_MARK, texts.count(rows, "row") + (say.EACH_IN_WORDINGS.format(n=wordings)
                                                if wordings > 1 else "")),
        (say.SUBJECTS, f"{len({record.subject for record in corpus.records if record.subject}):,}"),
        (say.GENERAL, texts.count(len(corpus.world), "record")),
        (say.HOLDOUT, texts.count(len(corpus.holdout), "record")),
    ]  # fmt: skip
    notes = "".join(texts.note(warning) for warning in corpus.warnings)
    body = f"<h3>{_title(corpus.name)}</h3>{texts.facts(facts)}{notes}"
    return f'<div class="lethe-card">{body}</div>'


def _title(name: str) -> str:
    return escape({PEOPLE: say.PEOPLE, PASSAGES: say.PASSAGES}.get(name, name))


def _use(services: Services, spec: Mapping[str, Any]) -> list[Any]:
    """Take new data: its marks start empty, or with the default people."""
    try:
        services.rows(spec)
        marked = default_marks(services) if spec["source"] == PEOPLE else []
    except LetheError as error:
        kept = say.KEPT_RECORDS
        return [texts.problem(f"{error} {kept}"), gr.skip(), gr.skip(), gr.skip()]
    return ["", gr.skip(), dict(spec), marked]


def _card(services: Services, spec: Mapping[str, Any]) -> tuple[str, str]:
    try:
        return "", corpus_html(services.corpus(spec), len(services.rows(spec)))
    except LetheError as error:
        return texts.problem(str(error)), ""


def _guesses(path: str) -> list[Any]:
    """The fields of a file as choices, with the guessed ones chosen."""
    if not path.strip():
        return [gr.skip()] * (len(ROLES) + 1)
    try:
        rows, _ = read_rows(Path(path.strip()).expanduser(), LOOKED_AT)
    except LetheError as error:
        return [*[gr.skip()] * len(ROLES), texts.problem(str(error))]
    names = list(dict.fromkeys(key for row in rows for key in row.values))
    try:
        found = find_fields(rows, Path(path).name, {})
        guessed = {role: getattr(found, role) for role, _ in ROLES}
    except LetheError as error:
        choices = [gr.update(choices=["", *names], value="") for _ in ROLES]
        return [*choices, texts.problem(str(error))]
    return [*[gr.update(choices=["", *names], value=guessed[role]) for role, _ in ROLES], ""]
