"""Small things that several parts of the page do alike."""

from typing import Any

PRIVATE: dict[str, Any] = {"api_visibility": "private"}
"""Options of an event of the page that is no part of an interface."""

SILENT: dict[str, Any] = {**PRIVATE, "queue": False, "show_progress": "hidden"}
"""Options of an event that runs often or must answer at once."""

LATEST: dict[str, Any] = {**SILENT, "trigger_mode": "always_last"}
"""Options of an event that shows what was chosen: a choice made meanwhile is answered too."""

AFTER_PAINT = """(...values) => new Promise((done) =>
  requestAnimationFrame(() => setTimeout(() => done(values), 0)))"""
"""Script of an event with many outputs: Gradio prepares each of them, so what was pressed is drawn
first."""

CHANGING: dict[str, Any] = {**PRIVATE, "show_progress": "hidden"}
"""Options of an event that sets a `gr.State`: only queued events make its `change` fire."""
