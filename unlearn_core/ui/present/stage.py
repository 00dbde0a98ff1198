"""The presentation on the page: its component, and the buttons that open it."""

from collections.abc import Callable
from typing import Any

import gradio as gr

from unlearn_core.errors import LetheError
from unlearn_core.ui.browser.island import island
from unlearn_core.ui.browser.scripts import tell
from unlearn_core.ui.present.deck import Told, make_deck, told_by
from unlearn_core.ui.shell.events import SILENT
from unlearn_core.ui.shell.services import Services
from unlearn_core.ui.texts import present as words

WATCHED = "document.documentElement.dataset.run"
"""The run that is watched on the page, as JavaScript."""
Source = Callable[[str], Told]
"""Finds a run by its id; raises `LetheError` where there is none."""


def build(services: Services, source: Source | None = None) -> gr.HTML:
    """Draw the component; nothing of it shows until a presentation is opened.

    Args:
        services: Whose store has the runs.
        source: Where runs are found instead, such as among recorded ones.
    """
    find = source or (lambda run: told_by(services.store, run))

    def present(request: dict[str, Any]) -> dict[str, Any]:
        return deck_or_problem(find, str(request["run"]))

    return island("present-home", "present/present.js", config(), present, root="pr-home", sheet="",
                  padding=False)  # fmt: skip


def deck_or_problem(find: Source, run_id: str) -> dict[str, Any]:
    """The deck of a run, or `problem`: why there is none, in a sentence."""
    try:
        return make_deck(find(run_id))
    except LetheError as error:
        return {"problem": str(error)}


def entry(elem_id: str, run: str, **more: Any) -> gr.Button:
    """A button that opens the presentation.

    Args:
        elem_id: Of the button.
        run: A JavaScript expression that gives the run's id.
        more: Further options of the button.
    """
    button = gr.Button(words.BUTTON, elem_id=elem_id, min_width=100, **more)
    button.click(None, None, None, js=f"() => {{ {tell('present', run)}; }}", **SILENT)
    return button


def config() -> dict[str, Any]:
    """Words and controls of the presentation, JSON-ready."""
    return {
        "controls": words.CONTROLS,
        "words": {
            "asked": words.ASKED,
            "said": words.SAID,
            "gives": words.GIVES,
            "withholds": words.WITHHOLDS,
            "then": words.THEN,
            "now": words.NOW,
            "true": words.TRUE,
            "stillKnown": words.STILL_KNOWN,
            "lost": words.NO_LONGER,
            "stillSaid": words.STILL_SAID,
            "byAttack": words.BY_ATTACK,
            "collapseLead": words.COLLAPSE_LEAD,
            "distinct": words.DISTINCT,
            "step": words.STEP,
            "dialog": words.DIALOG,
            "opening": words.OPENING,
            "counter": words.COUNTER,
            "nextUp": words.NEXT_UP,
            "lastSlide": words.LAST_SLIDE,
            "lostServer": words.LOST,
        },
    }
