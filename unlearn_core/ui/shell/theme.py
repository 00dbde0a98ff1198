"""The look: one theme whose colours are the variables of `assets/palette.css`."""

from typing import Any

import gradio as gr
from starlette.middleware import Middleware

from unlearn_core.report.view import style_of
from unlearn_core.ui.browser.document import Document
from unlearn_core.ui.browser.scripts import loader
from unlearn_core.ui.shell.services import ASSETS

_SANS = gr.themes.LocalFont("IBM Plex Sans", weights=(400, 700))
_MONO = gr.themes.LocalFont("IBM Plex Mono", weights=(400, 700))

_COLOURS = {
    "body_background_fill": "page",
    "body_text_color": "text",
    "body_text_color_subdued": "soft",
    "background_fill_primary": "surface",
    "background_fill_secondary": "page",
    "border_color_primary": "line",
    "border_color_accent": "accent",
    "color_accent_soft": "sunken",
    "link_text_color": "accent",
    "link_text_color_hover": "text",
    "link_text_color_visited": "accent",
    "link_text_color_active": "accent",
    "code_background_fill": "sunken",
    "block_background_fill": "surface",
    "block_border_color": "line",
    "block_info_text_color": "soft",
    "block_label_background_fill": "surface",
    "block_label_border_color": "line",
    "block_label_text_color": "soft",
    "block_title_text_color": "text",
    "panel_background_fill": "page",
    "panel_border_color": "line",
    "accordion_text_color": "text",
    "table_text_color": "text",
    "table_border_color": "line",
    "table_even_background_fill": "surface",
    "table_odd_background_fill": "surface",
    "table_row_focus": "sunken",
    "input_background_fill": "surface",
    "input_background_fill_focus": "surface",
    "input_border_color": "line",
    "input_border_color_focus": "accent",
    "input_placeholder_color": "soft",
    "checkbox_background_color": "surface",
    "checkbox_background_color_selected": "accent",
    "checkbox_border_color": "soft",
    "checkbox_border_color_selected": "accent",
    "checkbox_border_color_focus": "accent",
    "checkbox_label_background_fill": "surface",
    "checkbox_label_background_fill_hover": "sunken",
    "checkbox_label_background_fill_selected": "sunken",
    "checkbox_label_border_color": "line",
    "checkbox_label_border_color_selected": "accent",
    "checkbox_label_text_color": "text",
    "checkbox_label_text_color_selected": "text",
    "slider_color": "accent",
    "loader_color": "accent",
    "button_primary_background_fill": "accent",
    "button_primary_background_fill_hover": "accent-strong",
    "button_primary_border_color": "accent",
    "button_primary_text_color": "accent-text",
    "button_primary_text_color_hover": "accent-text",
    "button_secondary_background_fill": "surface",
    "button_secondary_background_fill_hover": "sunken",
    "button_secondary_border_color": "line",
    "button_secondary_text_color": "text",
    "button_secondary_text_color_hover": "text",
    "button_cancel_background_fill": "surface",
    "button_cancel_background_fill_hover": "removed",
    "button_cancel_border_color": "bad",
    "button_cancel_text_color": "bad",
    "button_cancel_text_color_hover": "bad",
}
"""Theme variable to style sheet variable; the sheet switches light and dark by itself."""


FREE_SHEETS = ("present.css", "own_secret.css")


def page_look() -> dict[str, Any]:
    """What `launch` is given so that the page has its look, its document and its scripts."""
    return {
        "theme": make_theme(),
        "css": style_sheet(),
        "head": head(),
        "app_kwargs": {"middleware": [Middleware(Document)]},
    }


def make_theme() -> gr.themes.Base:
    """The theme passed to `launch`; its fonts come with gradio, so nothing is fetched."""
    theme = gr.themes.Base(
        primary_hue=gr.themes.colors.teal,
        neutral_hue=gr.themes.colors.stone,
        radius_size=gr.themes.sizes.radius_md,
        text_size=gr.themes.sizes.text_md,
        font=(_SANS, "ui-sans-serif", "system-ui", "sans-serif"),
        font_mono=(_MONO, "ui-monospace", "monospace"),
    )
    for name, colour in _COLOURS.items():
        setattr(theme, name, f"var(--lethe-{colour})")
        setattr(theme, f"{name}_dark", f"var(--lethe-{colour})")
    theme.set(
        block_border_width="1px",
        button_border_width="1px",
        input_border_width="1px",
        block_shadow="none",
        block_shadow_dark="none",
        block_title_text_weight="600",
        block_label_text_weight="600",
        button_primary_shadow="none",
        button_secondary_shadow="none",
        button_large_text_weight="600",
        button_medium_text_weight="500",
        button_transition="background-color 0.15s ease",
        checkbox_label_shadow="none",
        input_shadow="none",
    )
    return theme


def style_sheet() -> str:
    """The css passed to `launch`."""
    names = ("palette.css", "style.css", "learn.css", "film.css")
    own = [(ASSETS / name).read_text(encoding="utf-8") for name in names]
    return "\n".join([*own, style_of("parts", "charts")])


def head() -> str:
    """What goes into the page's head.

    What loads scripts, and the sheets that also rule what lies outside the page's frame: Gradio
    would confine their rules to it.
    """
    sheets = "".join((ASSETS / name).read_text(encoding="utf-8") for name in FREE_SHEETS)
    return f"<script>{loader()}\n</script><style>{sheets}</style>"
