"""What a teacher's link does to the page: hide tabs and parts, fix settings, or say what is wrong.

The link's grammar is in `lessons/link.py`; the Unlearn tab follows `page.fixed` by itself.
"""

from collections.abc import Mapping
from typing import Any

import gradio as gr

from unlearn_core.errors import LetheError
from unlearn_core.ui.lessons.link import TABS, Link, read_link
from unlearn_core.ui.shell.events import CHANGING, SILENT
from unlearn_core.ui.shell.services import Page
from unlearn_core.ui.texts import common as texts
from unlearn_core.ui.texts import lessons as say

MARK_HIDDEN = "(hidden) => { document.documentElement.dataset.hidden = hidden; }"
"""The style sheet hides the buttons that would lead to a hidden tab."""


def link_of(query: Mapping[str, str]) -> tuple[Link, str]:
    """The link in an address, and why it is not followed; an empty link then."""
    try:
        return read_link(query), ""
    except LetheError as error:
        return Link(), say.LINK_NOT_FOLLOWED.format(why=error)


def connect(page: Page, problem: gr.HTML, hero: gr.Row, side: gr.Sidebar) -> None:
    """Follow the link once, when the page is opened."""
    mark = gr.Textbox(visible="hidden", elem_id="lethe-hidden")

    def follow(request: gr.Request) -> list[Any]:
        link, wrong = link_of(dict(request.query_params))
        hidden = set(link.hide) | ({"hero"} if link.lesson else set())
        # What is not hidden is left as it is: a watched run may have closed the start panel.
        seen = [
            gr.update(visible=False) if name in hidden else gr.skip()
            for name in (*TABS, "hero", "sidebar")
        ]
        names = sorted(hidden)
        return [texts.problem(wrong), link.fixed, names, " ".join(names), *seen]

    parts = [page.steps[name] for name in TABS]
    outputs = [problem, page.fixed, page.hidden, mark, *parts, hero, side]
    page.blocks.load(follow, None, outputs, **CHANGING)
    mark.change(None, mark, None, js=MARK_HIDDEN, **SILENT)
