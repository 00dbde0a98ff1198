"""Small things that several parts of the page do alike."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr

from unlearn_core.errors import LetheError
from unlearn_core.ui.texts import common as texts

PRIVATE: dict[str, Any] = {"api_visibility": "private"}
"""Options of an event of the page that is no part of an interface."""

SILENT: dict[str, Any] = {**PRIVATE, "queue": False, "show_progress": "hidden"}
"""Options of an event that runs often or must answer at once."""

LATEST: dict[str, Any] = {**SILENT, "trigger_mode": "always_last"}
"""Options of an event that shows the value chosen: one that is chosen meanwhile is shown too.

Not for events with data of their own: Gradio would answer the first one's data again.
"""

AFTER_PAINT = """(...values) => new Promise((done) =>
  requestAnimationFrame(() => setTimeout(() => done(values), 0)))"""
"""Script of an event with many outputs: Gradio prepares each of them, so what was pressed is drawn
first."""

CHANGING: dict[str, Any] = {**PRIVATE, "show_progress": "hidden"}
"""Options of an event that sets a `gr.State`: only queued events make its `change` fire."""

IN_TURN: dict[str, Any] = {**CHANGING, "trigger_mode": "multiple", "concurrency_limit": 1}
"""Options of an event with data of its own: all are answered, one after the other."""


def confirmed(question: str) -> str:
    """Script of an event that goes on only when a question is answered with yes."""
    return (
        f"(...args) => {{ if (!confirm({json.dumps(question)})) throw new Error('kept'); "
        "return args; }"
    )


def or_problem(act: Callable[..., Sequence[Any]], others: int) -> Callable[..., Any]:
    """What an event does, with one output more: empty, or as HTML why the others stay as they are.

    Args:
        act: Gives the values of the other outputs.
        others: How many there are.
    """

    def acting(*values: Any) -> Any:
        try:
            outputs = [*act(*values), ""]
        except LetheError as error:
            outputs = [*[gr.skip()] * others, texts.problem(str(error))]
        return outputs if others else outputs[0]

    return acting
