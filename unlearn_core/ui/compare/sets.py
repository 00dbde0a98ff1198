"""Sets of questions on the page: choosing, saving, importing, exporting, deleting."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from unlearn_core.comparison.prompt_sets import Prompt, PromptSets, make_set, read_set, written
from unlearn_core.errors import LetheError
from unlearn_core.ui.shell import downloads
from unlearn_core.ui.shell.events import PRIVATE, SILENT, confirmed
from unlearn_core.ui.texts import common as texts
from unlearn_core.ui.texts import compare as say
from unlearn_core.ui.texts import compare as words

NONE = (say.NONE, "")


CLICK = "() => document.querySelector('#cmp-set-file a, a#cmp-set-file, #cmp-set-file')?.click()"


@dataclass(frozen=True)
class Tools:
    """What can be done with sets."""

    name: gr.Textbox
    bring: gr.UploadButton
    take: gr.Button
    delete: gr.Button
    file: gr.DownloadButton
    told: gr.HTML


def draw_choice() -> gr.Dropdown:
    """Draw the list of sets; `listed` fills it."""
    return gr.Dropdown([NONE], value="", label=say.SAVED_SET, info=words.SET_HELP,
                       elem_id="cmp-set", scale=1, min_width=240)  # fmt: skip


def listed(sets: PromptSets, chosen: str | None) -> Any:
    """The list of sets as it is now, with this one chosen where it is still there."""
    names = sets.names()
    return gr.update(choices=[NONE, *names], value=chosen if chosen in names else "")


def draw_tools() -> Tools:
    """Draw what can be done with sets, folded away."""
    with gr.Accordion(words.SETS, open=False, elem_id="cmp-sets"):
        name = gr.Textbox(label=say.SAVE_AS, max_lines=1, submit_btn=say.SAVE,
                          info=words.SET_NAME_HELP, elem_id="cmp-set-name")  # fmt: skip
        with gr.Row(elem_classes="lethe-actions"):
            bring = gr.UploadButton(say.IMPORT, size="sm", min_width=120,
                                    file_types=[".json", ".txt"],
                                    elem_id="cmp-set-import")  # fmt: skip
            take = gr.Button(say.EXPORT, size="sm", min_width=150,
                             elem_id="cmp-set-export")  # fmt: skip
            delete = gr.Button(say.DELETE, size="sm", variant="stop", min_width=150,
                               elem_id="cmp-set-delete")  # fmt: skip
        gr.HTML(texts.note(words.IMPORT_HELP), padding=False)
        file = gr.DownloadButton(visible="hidden", elem_id="cmp-set-file")
        told = gr.HTML(padding=False, elem_id="cmp-set-told")
    return Tools(name, bring, take, delete, file, told)


def connect(
    sets: PromptSets,
    choice: gr.Dropdown,
    tools: Tools,
    chosen_now: Callable[..., list[Prompt]],
    inputs: Sequence[Any],
) -> None:
    """Let the controls act.

    Args:
        sets: Where they are kept.
        choice, tools: The controls.
        chosen_now: Gives the prompts that are chosen, from the values of `inputs`.
        inputs: The page's choices.
    """
    about = [choice, tools.told]

    def guarded(act: Callable[..., list[Any]]) -> Callable[..., list[Any]]:
        def acting(*values: Any) -> list[Any]:
            try:
                return act(*values)
            except LetheError as error:
                return [gr.skip(), texts.problem(str(error))]

        return acting

    def save(name: str | None, chosen: str | None, *values: Any) -> list[Any]:
        kept = make_set(name or "", chosen_now(*values))
        sets.save(kept)
        return [listed(sets, chosen), _told(words.SAVED, len(kept.prompts), kept.name)]

    def bring(path: str) -> list[Any]:
        found = read_set(Path(path), Path(path).stem)
        kept = found.model_copy(update={"name": sets.free_name(found.name)})
        sets.save(kept)
        return [listed(sets, kept.name), _told(words.IMPORTED, len(kept.prompts), kept.name)]

    def take(name: str | None) -> list[Any]:
        text = written(sets.get(name or ""))
        path = downloads.new_folder() / "questions.json"
        path.write_text(text, encoding="utf-8")
        return [gr.update(value=str(path)), ""]

    def delete(name: str | None) -> list[Any]:
        sets.get(name or "")
        sets.delete(name or "")
        return [listed(sets, ""), texts.note(words.SET_DELETED.format(name=name))]

    tools.name.submit(guarded(save), [tools.name, choice, *inputs], about, **SILENT)
    tools.bring.upload(guarded(bring), tools.bring, about, **PRIVATE)
    tools.take.click(guarded(take), choice, [tools.file, tools.told], **PRIVATE).success(
        None, None, None, js=CLICK
    )
    tools.delete.click(guarded(delete), choice, about, js=confirmed(words.DELETE_SET), **SILENT)


def _told(sentence: str, count: int, name: str) -> str:
    return texts.note(sentence.format(n=texts.count(count, "question"), name=name))
