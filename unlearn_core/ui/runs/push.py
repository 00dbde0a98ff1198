"""Pushing a run's model to the Hugging Face hub: a form, what would be uploaded, and the upload."""

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import gradio as gr

from unlearn_core.errors import InvalidInput, LetheError, MissingPrerequisite
from unlearn_core.runs.command_line import command_line
from unlearn_core.ui.shell.events import PRIVATE, SILENT
from unlearn_core.ui.shell.services import Services
from unlearn_core.ui.texts import common as texts
from unlearn_core.ui.texts import share as words

if TYPE_CHECKING:
    from unlearn_core.share.hub import Upload


def build(services: Services, chosen: gr.State, changed: gr.Textbox) -> gr.Accordion:
    """Draw the form where it is called.

    Args:
        services: The page's services.
        chosen: Ids of the runs that are selected; the form is about the first.
        changed: Changes whenever other runs are selected.

    Returns:
        What folds it away, to be shown only where there is a model.
    """
    local = services.settings.is_local
    form = gr.Accordion(words.TITLE, open=False, elem_id="push-form")
    with form:
        gr.HTML(texts.note(words.LEAD), padding=False)
        with gr.Row(equal_height=False):
            repo = gr.Textbox("", label=words.REPO[0], info=words.REPO[1], max_lines=1,
                              placeholder="anna/forgetful-llama", elem_id="push-repo",
                              min_width=220)  # fmt: skip
            token = gr.Textbox("", label=words.TOKEN[0], type="password", max_lines=1,
                               info=words.TOKEN[1] if local else words.OWN_TOKEN,
                               elem_id="push-token", min_width=220)  # fmt: skip
        with gr.Row(equal_height=False):
            merged = gr.Checkbox(False, label=words.MERGED[0], info=words.MERGED[1],
                                 elem_id="push-merged")  # fmt: skip
            public = gr.Checkbox(False, label=words.PUBLIC[0], info=words.PUBLIC[1],
                                 elem_id="push-public")  # fmt: skip
        with gr.Row():
            look = gr.Button(words.SHOW, elem_id="push-show")
            go = gr.Button(words.UPLOAD, variant="primary", interactive=False, elem_id="push-go")
        result = gr.HTML(padding=False, apply_default_css=False, elem_id="push-result")
    seen: gr.State = gr.State([])
    asked = [chosen, repo, merged, public]

    def show(runs: list[str], name: str, whole: bool, open_to_all: bool) -> list[Any]:
        try:
            html = preview(services, runs, name, whole, open_to_all)
        except LetheError as error:
            return [texts.problem(str(error)), [], gr.update(interactive=False)]
        return [html, [runs, name, whole, open_to_all], gr.update(interactive=True)]

    def upload(
        before: list[Any], secret: str, runs: list[str], name: str, whole: bool, open_to_all: bool
    ) -> list[Any]:
        try:
            if before != [runs, name, whole, open_to_all]:
                raise InvalidInput(words.CHANGED)
            html = uploaded(services, runs, name, whole, open_to_all, secret)
        except LetheError as error:
            html = texts.problem(str(error))
        return [html, [], gr.update(interactive=False), ""]

    look.click(show, asked, [result, seen, go], **PRIVATE)
    go.click(upload, [seen, token, *asked], [result, seen, go, token], **PRIVATE)
    gr.on(
        [changed.change, repo.input, merged.input, public.input],
        lambda: ["", [], gr.update(interactive=False)], None, [result, seen, go], **SILENT,
    )  # fmt: skip
    return form


def preview(services: Services, runs: Sequence[str], repo: str, merged: bool, public: bool) -> str:
    """What would be uploaded, as HTML; nothing is.

    Raises:
        LetheError: It cannot be uploaded; says why.
    """
    from unlearn_core.ui.shell.libraries import prepared

    command = _command(services, runs)
    with prepared(
        services.store, runs[0], repo.strip(), command=command, merged=merged, public=public
    ) as upload:
        return _listed(upload)


def uploaded(
    services: Services, runs: Sequence[str], repo: str, merged: bool, public: bool, token: str
) -> str:
    """Upload, and say where it is, as HTML.

    Raises:
        LetheError: There is no token of the visitor's own, or the hub refuses.
    """
    from unlearn_core.ui.shell.libraries import push_model

    if not services.settings.is_local and not token.strip():
        raise MissingPrerequisite(words.NEEDS_TOKEN)
    address = push_model(
        services.store, runs[0], repo.strip(), command=_command(services, runs),
        before=lambda upload: None, merged=merged, public=public, token=token,
    )  # fmt: skip
    link = f'<a href="{escape(address)}" target="_blank" rel="noopener" translate="no">'
    return f'<p class="lethe-note">{words.DONE} {link}{escape(address)}</a></p>'


def _command(services: Services, runs: Sequence[str]) -> str:
    from unlearn_core.ui.shell.libraries import strangers_spec

    return command_line(strangers_spec(services.store.get(runs[0]).spec))


def _listed(upload: "Upload") -> str:
    rows = "".join(
        f'<tr><td translate="no">{escape(name)}</td><td>{texts.size(size)}</td></tr>'
        for name, size in upload.files
    )
    head = f'<th scope="col">{words.FILE}</th><th scope="col">{words.SIZE}</th>'
    return (
        f'{texts.note(upload.sentence)}<table class="lethe-table" aria-label="{words.FILES}">'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )
