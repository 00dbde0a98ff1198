"""Live islands: components whose scripts run once in the browser and then ask what to draw."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import gradio as gr

from unlearn_core.ui.browser.plotly import plotly_loader

UI = Path(__file__).resolve().parents[1]


def read_script(name: str) -> str:
    """A script or style sheet by its place below `ui/`, such as `film/film.js`."""
    return (UI / name).read_text(encoding="utf-8")


def browser_chart(
    elem_id: str,
    scripts: tuple[str, ...],
    config: Mapping[str, Any],
    *serve: Callable[[dict[str, Any]], Any],
) -> gr.HTML:
    """A component whose scripts run once and then ask the functions of `serve` what to draw.

    Its template never changes and nothing is output to it: that would destroy its plots.

    Args:
        elem_id: The component's id on the page.
        scripts: Places below `ui/`, without `.js`.
        config: What the scripts read as `CONFIG`.
        serve: Functions the browser can call, with one JSON object each.
    """
    return gr.HTML(
        html_template='<div class="lv"></div>',
        css_template=read_script("charts/charts.css"),
        js_on_load=_joined(scripts, config),
        server_functions=[*serve],
        apply_default_css=False,
        elem_id=elem_id,
    )


def _joined(names: tuple[str, ...], config: Mapping[str, Any]) -> str:
    parts = [read_script(f"{name}.js") for name in ("browser/plot", *names)]
    return "\n".join([f"const CONFIG = {json.dumps(config)};", plotly_loader(), *parts])
