"""The component that draws a comparison in the browser, and what it asks the server for."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr

from unlearn_core.errors import LetheError
from unlearn_core.ui.compare.desk import Desk
from unlearn_core.ui.compare.looking import look_at
from unlearn_core.ui.compare.news import news_of, revealed
from unlearn_core.ui.compare.questions import chat_question
from unlearn_core.ui.texts.compare import BROWSER, VIEWS

FOLDER = Path(__file__).parent
SCRIPTS = ("dom", "cells", "tokens", "cards", "blind", "talk", "compare")
TELL = (
    "(told) => document.dispatchEvent(new CustomEvent('lethe-compare', {detail: JSON.parse(told)}))"
)
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

    return gr.HTML(
        html_template='<div class="cmp"></div>',
        css_template=(FOLDER / "compare.css").read_text(encoding="utf-8"),
        js_on_load=_script(),
        server_functions=[news, stop, say, look, reveal],
        apply_default_css=False,
        elem_id="cmp-result",
    )


def _of_a_job(act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return act()
    except LetheError as error:
        return {"gone": str(error)}


def _stopped(desk: Desk, ticket: str) -> dict[str, Any]:
    desk.get(ticket).stop()
    return {}


def _script() -> str:
    config = {
        "words": BROWSER,
        "views": [[name, label, help] for name, (label, help) in VIEWS.items()],
    }
    parts = [(FOLDER / f"{name}.js").read_text(encoding="utf-8") for name in SCRIPTS]
    return "\n".join([f"const CONFIG = {json.dumps(config)};", *parts])
