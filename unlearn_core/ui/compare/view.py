"""The component that draws a comparison in the browser, and what it asks the server for."""

from collections.abc import Callable
from typing import Any

import gradio as gr

from unlearn_core.errors import LetheError
from unlearn_core.ui.browser.island import island
from unlearn_core.ui.browser.scripts import tell
from unlearn_core.ui.compare.desk import Desk
from unlearn_core.ui.compare.looking import look_at
from unlearn_core.ui.compare.news import news_of, revealed
from unlearn_core.ui.compare.questions import chat_question
from unlearn_core.ui.texts.compare import BROWSER, VIEWS

TELL = f"(told) => {{ {tell('compare', 'JSON.parse(told)')}; }}"
"""Hands a new comparison's ticket to the component, which alone asks for its news."""


def comparison_view(desk: Desk) -> gr.HTML:
    """Draw it where it is called; nothing is ever output to it."""

    def news(request: dict[str, Any]) -> dict[str, Any]:
        known = int(request["cursor"]), int(request["known"])
        return _of_a_job(lambda: news_of(desk.get(str(request["ticket"])), *known))

    def stop(request: dict[str, Any]) -> dict[str, Any]:
        return _of_a_job(lambda: _stopped(desk, str(request["ticket"])))

    def say(request: dict[str, Any]) -> dict[str, Any]:
        try:
            asked = chat_question(str(request["text"]))
            desk.say(str(request["ticket"]), asked)
        except LetheError as error:
            return {"problem": str(error)}
        return {}

    def look(request: dict[str, Any]) -> dict[str, Any]:
        try:
            return look_at(desk, request)
        except LetheError as error:
            return {"problem": str(error)}

    def reveal(request: dict[str, Any]) -> dict[str, Any]:
        return _of_a_job(lambda: revealed(desk.get(str(request["ticket"]))))

    config = {
        "words": BROWSER,
        "views": [[name, label, help] for name, (label, help) in VIEWS.items()],
    }
    functions = (news, stop, say, look, reveal)
    return island("cmp-result", "compare/compare.js", config, *functions, root="cmp",
                  sheet="compare/compare.css")  # fmt: skip


def _of_a_job(act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return act()
    except LetheError as error:
        return {"gone": str(error)}


def _stopped(desk: Desk, ticket: str) -> dict[str, Any]:
    desk.get(ticket).stop()
    return {}
