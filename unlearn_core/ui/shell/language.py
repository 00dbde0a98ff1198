"""The page in other languages: one catalog each, from the English words to the others.

English is what the code says, so a text that the catalog lacks is shown in English. A key may have
places, `Step {0} of {1}`; what stands there is looked up too. Gradio's I18n carries the catalog to
the browser and translates labels by it; `document/translate.js` does the same for everything that
is drawn later.
"""

import json
from functools import lru_cache

import gradio as gr

from unlearn_core.ui.shell.services import ASSETS

LANGUAGES = {"en": "English", "de": "Deutsch"}
FOLDER = ASSETS / "locale"
SWITCH = """
const select = element.querySelector('select');
const language = window.letheLanguage;
element.hidden = !language;
if (language) {
  select.value = language.current;
  select.addEventListener('change', () => language.choose(select.value));
}
"""
"""Served without the document of `document/serving.py` the page is in English, with no choice."""


@lru_cache(maxsize=4)
def catalog(language: str) -> dict[str, str]:
    """English texts and what they are called in a language."""
    found: dict[str, str] = json.loads((FOLDER / f"{language}.json").read_text(encoding="utf-8"))
    return found


def page_languages() -> gr.I18n:
    """The catalogs as gradio takes them."""
    return gr.I18n(en={}, de=catalog("de"))


def switch() -> gr.HTML:
    """The choice of a language, kept by the browser; drawn where it is called."""
    options = "".join(f'<option value="{k}">{v}</option>' for k, v in LANGUAGES.items())
    return gr.HTML(
        '<label class="lethe-language">Language '
        f'<select translate="no" aria-label="Language">{options}</select></label>',
        js_on_load=SWITCH,
        padding=False,
        elem_id="lethe-language",
    )
