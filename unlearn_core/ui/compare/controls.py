"""The controls of the Compare tab, and what they say as one value."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from unlearn_core.settings.config import parse
from unlearn_core.settings.sampling import SamplingSpec
from unlearn_core.ui.compare import sets
from unlearn_core.ui.compare.links import MOST_SAMPLES, MOST_SIDES, Comparison
from unlearn_core.ui.shell.events import SILENT
from unlearn_core.ui.shell.forms import Form
from unlearn_core.ui.texts import common as texts
from unlearn_core.ui.texts import compare as say
from unlearn_core.ui.texts import compare as words

KINDS = [(say.ASK_QUESTIONS, "questions"), (say.CHAT, "chat")]
MODES = [(say.GREEDY_CHOICE, "greedy"), (say.SAMPLE_CHOICE, "sampled")]


@dataclass(frozen=True)
class Controls:
    """The components; `all` are those that a `Comparison` is read from."""

    kind: gr.Radio
    sources: gr.Dropdown
    questions: gr.Dropdown
    few: gr.Button
    forgotten: gr.Button
    none: gr.Button
    own: gr.Textbox
    prompt_set: gr.Dropdown
    tools: sets.Tools
    mode: gr.Radio
    n: gr.Slider
    seed: gr.Number
    form: Form
    blind: gr.Checkbox

    @property
    def all(self) -> list[Any]:
        """As inputs and outputs of events."""
        plain = [self.sources, self.questions, self.own, self.prompt_set, self.mode, self.n]
        return [*plain, self.seed, self.blind, *self.form.fields]

    def read(self, values: Sequence[Any], mix: int | None) -> Comparison:
        """What is chosen.

        Args:
            values: Of the components of `all`.
            mix: By what a blind comparison is shuffled.

        Raises:
            InvalidInput: A value is out of range.
        """
        chosen, keys, own, prompt_set, mode, n, seed, blind = values[:8]
        given = {
            "sources": list(dict.fromkeys(chosen or [])),
            "questions": keys or [],
            "own": own or "",
            "prompt_set": prompt_set or "",
            "sampled": mode == "sampled",
            "n": int(n or 0),
            "seed": int(seed or 0),
            "mix": mix if blind else None,
            "sampling": parse(SamplingSpec, self.form.collect(values[8:]), "sampling"),
        }
        return parse(Comparison, given, "comparison")

    def shown(self, comparison: Comparison) -> list[Any]:
        """What the components of `all` show for a comparison."""
        return [
            list(comparison.sources),
            list(comparison.questions),
            comparison.own,
            comparison.prompt_set,
            "sampled" if comparison.sampled else "greedy",
            comparison.n,
            comparison.seed,
            comparison.mix is not None,
            *self.form.shown(comparison.sampling.model_dump(mode="json")),
        ]


def draw() -> Controls:
    """Draw them where it is called."""
    kind = gr.Radio(KINDS, value="questions", label=say.WAY, info=words.KIND_HELP,
                    elem_id="cmp-kind")  # fmt: skip
    chosen = gr.Dropdown([], multiselect=True, max_choices=MOST_SIDES, label=words.SOURCES,
                         info=words.SOURCES_HELP, elem_id="cmp-sources")  # fmt: skip
    with gr.Column() as asked:
        picked = gr.Dropdown([], multiselect=True, label=say.QUESTIONS, info=words.QUESTIONS_HELP,
                             elem_id="cmp-questions")  # fmt: skip
        with gr.Row(elem_classes="lethe-actions"):
            few = gr.Button(say.FEW, size="sm", min_width=180)
            forgotten = gr.Button(say.ALL_TO_FORGET, size="sm", min_width=120)
            none = gr.Button(say.NONE, size="sm", min_width=80)
        with gr.Row(equal_height=True):
            own = gr.Textbox(label=say.OWN, lines=2, max_lines=8, elem_id="cmp-own",
                             placeholder=say.OWN_EXAMPLE, info=words.OWN_HELP,
                             scale=2, min_width=260)  # fmt: skip
            prompt_set = sets.draw_choice()
        tools = sets.draw_tools()
    with gr.Row(equal_height=True):
        mode = gr.Radio(MODES, value="greedy", label=say.SHOWN, info=words.MODE_HELP,
                        elem_id="cmp-mode")  # fmt: skip
        n = gr.Slider(0, MOST_SAMPLES, 20, step=1, label=say.SAMPLES,
                      elem_id="cmp-n", info=words.SAMPLES_HELP)  # fmt: skip
        seed = gr.Number(0, label=texts.SEED, minimum=0, precision=0, elem_id="cmp-seed",
                         info=words.SEED_HELP)  # fmt: skip
    with gr.Accordion(say.SAMPLER, open=False):
        form = Form.build(SamplingSpec, prefix="cmp")
    blind = gr.Checkbox(False, label=words.BLIND, info=words.BLIND_HELP, elem_id="cmp-blind")
    kind.change(lambda way: [gr.update(visible=way == "questions")] * 2, kind, [asked, n], **SILENT)
    return Controls(kind, chosen, picked, few, forgotten, none, own, prompt_set, tools, mode, n,
                    seed, form, blind)  # fmt: skip
