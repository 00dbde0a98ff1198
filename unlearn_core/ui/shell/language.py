"""The page in other languages: one catalog each, from the English words to the others.

English is what the code says, so a text that the catalog lacks is shown in English. A key may have
places, `Step {0} of {1}`; what stands there is looked up too. Gradio's I18n carries the catalog to
the browser and translates labels by it; `browser/translate.js` does the same for everything that
is drawn later. A language is a file of the catalogs' folder: its name is the language's code.
"""

import json
from html import escape
from pathlib import Path

import gradio as gr

from unlearn_core.ui.shell.services import ASSETS
from unlearn_core.ui.texts.common import LANGUAGE, OWN_NAME

FOLDER = ASSETS / "locale"
ENGLISH = {OWN_NAME: "English"}
SWITCH = """
const select = element.querySelector('select');
const language = window.letheLanguage;
element.hidden = !language;
if (language) {
  select.value = language.current;
  select.addEventListener('change', () => language.choose(select.value));
}
"""
"""Served without `browser/document.py` the page is in English, with no choice."""


def catalogs(folder: Path = FOLDER) -> dict[str, dict[str, str]]:
    """English texts and what they are called, by the language's code."""
    found = {file.stem: json.loads(file.read_text("utf-8")) for file in folder.glob("*.json")}
    return {"en": ENGLISH, **dict(sorted(found.items()))}


def page_languages(folder: Path = FOLDER) -> gr.I18n:
    """The catalogs as gradio takes them."""
    return gr.I18n(**catalogs(folder))


def switch(folder: Path = FOLDER) -> gr.HTML:
    """The choice of a language, kept by the browser; drawn where it is called."""
    options = "".join(
        f'<option value="{code}">{escape(catalog.get(OWN_NAME, code))}</option>'
        for code, catalog in catalogs(folder).items()
    )
    return gr.HTML(
        f'<label class="lethe-language">{LANGUAGE} '
        f'<select translate="no" aria-label="{LANGUAGE}">{options}</select></label>',
        js_on_load=SWITCH,
        padding=False,
        elem_id="lethe-language",
    )
