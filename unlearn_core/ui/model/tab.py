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

HUB, FOLDER, RUN = "hub", "folder", "run"
KINDS = [
    ("Bundled model: knows eighty invented people", BUNDLED),
    ("Bundled model, retrained: never saw the four default people", TWIN),
    ("From the Hugging Face hub, by name", HUB),
    ("From a folder on this computer", FOLDER),
    ("Result of an earlier run", RUN),
]
EXAMPLE_BATCH, EXAMPLE_LENGTH = 8, 128
"""The batch and row length of the memory table."""


def build(services: Services, page: Page) -> None:
    """Draw the tab."""
    gr.HTML(texts.page_head("model"), padding=False)
    with gr.Row(equal_height=False):
        with gr.Column(scale=3, min_width=360):
            kind = gr.Radio(KINDS, value=BUNDLED, label="Where the model comes from",
                            elem_id="model-kind", elem_classes="lethe-choices")  # fmt: skip
            hub = gr.Textbox(
                label="Name on the hub", placeholder="owner/model", visible=False,
                info="Downloaded once by its public name; nothing is sent but the request.",
                elem_id="model-hub",
            )  # fmt: skip
            folder = gr.Textbox(
                label="Folder", placeholder="/path/to/model", visible=False,
                info="A folder saved with save_pretrained: a whole model, or a LoRA adapter.",
                elem_id="model-folder",
            )  # fmt: skip
            run = gr.Dropdown([], label="Run", visible=False, elem_id="model-run",
                              info="Starts from what that run left.")  # fmt: skip
            with gr.Row():
                device = gr.Dropdown(
                    ["auto", *available_devices()], value="auto", label="Device",
                    info="auto takes the fastest there is.", elem_id="model-device", min_width=160,
                )  # fmt: skip
                with gr.Column(min_width=260):
                    main = Form.build(ModelSpec, only=("dtype",), prefix="model")
            with gr.Accordion("More settings", open=False):
                more = Form.build(ModelSpec, only=("base", "trust_remote_code"), prefix="model")
            use = gr.Button("Use this model", variant="primary", elem_id="model-use")
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
            kept = "The model chosen before is still in use."
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
    return (
        f'<div class="lethe-card"><h3>{escape(model_name(services, str(spec["source"])))}</h3>'
        f"{texts.facts(_card_rows(services, card))}<h4>Memory during a run "
        f"<small>estimated before loading; {EXAMPLE_BATCH} records of {EXAMPLE_LENGTH} tokens a "
        f"pass</small></h4>{texts.facts(_memory_rows(card))}</div>"
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
    heads = f"{card.heads} heads"
    if card.kv_heads != card.heads:
        heads += f" over {card.kv_heads} key-value heads"
    return [
        ("Architecture", card.architecture),
        ("Parameters", f"{card.parameters:,}"),
        ("Vocabulary", f"{card.vocabulary:,} tokens"),
        ("Longest text", f"{card.context_length:,} tokens"),
        ("Layers", f"{card.layers} of width {card.hidden_size}, {heads}"),
        ("Precision", card.dtype),
        ("Device", device_words(card.device, services.settings.threads)),
        ("Weights in memory", texts.size(card.memory_bytes)),
        ("Chat template", "yes" if card.has_chat_template else "no: Question / Answer form"),
    ]


def _memory_rows(card: ModelCard) -> list[tuple[str, str]]:
    def total(mode: str) -> MemoryEstimate:
        return estimate_memory(
            card, TuningSpec.model_validate({"mode": mode}), EXAMPLE_BATCH, EXAMPLE_LENGTH
        )

    return [
        ("LoRA adapter", texts.size(total("lora").total)),
        ("All weights", texts.size(total("full").total)),
        ("Free now", texts.size(free_memory(card.device))),
    ]
