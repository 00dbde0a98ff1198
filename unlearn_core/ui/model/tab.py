"""The Model tab: which model shall forget, its card, and its memory before it is loaded."""

from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr

from unlearn_core.errors import LetheError
from unlearn_core.models.card import MemoryEstimate, ModelCard, estimate_memory
from unlearn_core.models.devices import available_devices, free_memory
from unlearn_core.models.name import BUNDLED, TWIN, name_of_run
from unlearn_core.models.spec import ModelSpec, TuningSpec
from unlearn_core.ui.shell.events import LATEST, PRIVATE, SILENT
from unlearn_core.ui.shell.forms import Form
from unlearn_core.ui.shell.machine import device_words, model_card, model_name
from unlearn_core.ui.shell.services import Page, Services
from unlearn_core.ui.texts import common as texts
from unlearn_core.ui.texts import model as say

HUB, FOLDER, RUN = "hub", "folder", "run"
KINDS = [
    (say.BUNDLED_LONG, BUNDLED),
    (say.TWIN_LONG, TWIN),
    (say.HUB, HUB),
    (say.FOLDER_LONG, FOLDER),
    (say.RUN_LONG, RUN),
]
EXAMPLE_BATCH, EXAMPLE_LENGTH = 8, 128
"""The batch and row length of the memory table."""


def build(services: Services, page: Page) -> None:
    """Draw the tab."""
    gr.HTML(texts.page_head("model"), padding=False)
    with gr.Row(equal_height=False):
        with gr.Column(scale=3, min_width=360):
            kind = gr.Radio(KINDS, value=BUNDLED, label=say.SOURCE,
                            elem_id="model-kind", elem_classes="lethe-choices")  # fmt: skip
            hub = gr.Textbox(
                label=say.HUB_NAME, placeholder="owner/model", visible=False,
                info=say.HUB_HELP,
                elem_id="model-hub",
            )  # fmt: skip
            folder = gr.Textbox(
                label=say.FOLDER, placeholder="/path/to/model", visible=False,
                info=say.FOLDER_HELP,
                elem_id="model-folder",
            )  # fmt: skip
            run = gr.Dropdown([], label=say.RUN, visible=False, elem_id="model-run",
                              info=say.RUN_HELP)  # fmt: skip
            with gr.Row():
                device = gr.Dropdown(
                    ["auto", *available_devices()], value="auto", label=texts.DEVICE,
                    info=say.DEVICE_HELP, elem_id="model-device", min_width=160,
                )  # fmt: skip
                with gr.Column(min_width=260):
                    main = Form.build(ModelSpec, only=("dtype",), prefix="model")
            with gr.Accordion(texts.MORE_SETTINGS, open=False):
                more = Form.build(ModelSpec, only=("base", "trust_remote_code"), prefix="model")
            use = gr.Button(say.USE, variant="primary", elem_id="model-use")
        with gr.Column(scale=2, min_width=320):
            problem = gr.HTML(padding=False, elem_id="model-problem")
            card = gr.HTML(padding=False, elem_id="model-card")

    def shown_fields(chosen: str) -> list[Any]:
        return [
            gr.update(visible=chosen == HUB),
            gr.update(visible=chosen == FOLDER),
            gr.update(visible=chosen == RUN, choices=_results(services) if chosen == RUN else []),
        ]

    def choose(
        chosen: str, hub_name: str, folder_name: str, run_id: str | None, where: str, *rest: Any
    ) -> tuple[Any, ...]:
        source = {HUB: hub_name, FOLDER: folder_name, RUN: name_of_run(run_id or "")}.get(
            chosen, chosen
        )
        try:
            spec = _spec(source, where, main, more, rest)
            html = card_html(services, spec)
        except LetheError as error:
            kept = say.KEPT
            return texts.problem(f"{error} {kept}"), gr.skip(), gr.skip(), gr.skip()
        return "", html, spec, spec["source"]

    inputs = [kind, hub, folder, run, device, *main.fields, *more.fields]
    outputs = [problem, card, page.model_spec, page.model_source]
    kind.input(shown_fields, kind, [hub, folder, run], **LATEST)
    for event in (use.click, hub.submit, folder.submit):
        event(choose, inputs, outputs, **PRIVATE)
    for event in (page.model_spec.change, page.blocks.load):
        event(
            lambda spec: _card_or_problem(services, spec), page.model_spec, [problem, card],
            **SILENT,
        )  # fmt: skip


def card_html(services: Services, spec: Mapping[str, Any]) -> str:
    """A model's card and its need of memory as HTML.

    Raises:
        LetheError: The model cannot be used.
    """
    card = model_card(services, spec)
    estimated = say.MEMORY_HELP.format(n=EXAMPLE_BATCH, length=EXAMPLE_LENGTH)
    return (
        f'<div class="lethe-card"><h3>{escape(model_name(services, str(spec["source"])))}</h3>'
        f"{texts.facts(_card_rows(services, card))}<h4>{say.MEMORY} "
        f"<small>{estimated}</small></h4>{texts.facts(_memory_rows(card))}</div>"
    )


def _card_or_problem(services: Services, spec: Mapping[str, Any]) -> tuple[str, str]:
    try:
        return "", card_html(services, spec)
    except LetheError as error:
        return texts.problem(str(error)), ""


def _spec(
    source: str, device: str, main: Form, more: Form, values: tuple[Any, ...]
) -> dict[str, Any]:
    split = len(main.fields)
    return {
        **main.collect(values[:split]),
        **more.collect(values[split:]),
        "source": source.strip(),
        "device": device,
    }


def _results(services: Services) -> list[tuple[str, str]]:
    return [
        (f"{run.name} · {run.id}", run.id)
        for run in services.store.runs()
        if (Path(services.store.folder(run.id)) / "model").is_dir()
    ]


def _card_rows(services: Services, card: ModelCard) -> list[tuple[str, str]]:
    heads = say.HEADS.format(n=card.heads)
    if card.kv_heads != card.heads:
        heads += say.OVER_KEY_VALUE_HEADS.format(n=card.kv_heads)
    return [
        (say.ARCHITECTURE, card.architecture),
        (say.PARAMETERS, f"{card.parameters:,}"),
        (say.VOCABULARY, say.TOKENS.format(n=card.vocabulary)),
        (say.LONGEST, say.TOKENS.format(n=card.context_length)),
        (say.LAYERS, say.LAYERS_OF.format(layers=card.layers, width=card.hidden_size, heads=heads)),
        (say.PRECISION, card.dtype),
        (texts.DEVICE, device_words(card.device, services.settings.threads)),
        (say.WEIGHTS_IN_MEMORY, texts.size(card.memory_bytes)),
        (say.CHAT_TEMPLATE, say.HAS_TEMPLATE if card.has_chat_template else say.NO_CHAT_TEMPLATE),
    ]


def _memory_rows(card: ModelCard) -> list[tuple[str, str]]:
    def total(mode: str) -> MemoryEstimate:
        return estimate_memory(
            card, TuningSpec.model_validate({"mode": mode}), EXAMPLE_BATCH, EXAMPLE_LENGTH
        )

    return [
        (say.LORA, texts.size(total("lora").total)),
        (say.ALL_WEIGHTS, texts.size(total("full").total)),
        (say.FREE_NOW, texts.size(free_memory(card.device))),
    ]
