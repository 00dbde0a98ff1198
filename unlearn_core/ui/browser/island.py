"""Live islands: components that a script draws once and that then ask what is new."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import gradio as gr

from unlearn_core.ui.browser.scripts import read_script, use


def island(
    elem_id: str,
    script: str,
    config: Mapping[str, Any],
    *serve: Callable[[dict[str, Any]], Any],
    root: str = "lv",
    sheet: str = "charts/charts.css",
    inside: str = "",
    padding: bool = True,
) -> gr.HTML:
    """A component that a script draws into; it can ask the functions of `serve`.

    Its template never changes and nothing is output to it: that would destroy what was drawn. What
    the script tells the page comes as the component's `select` event.

    Args:
        elem_id: The component's id on the page.
        script: The module below `ui/`, such as `film/film.js`; its `start` is called once, with
            `element`, `root` (the box inside), `server`, `config` and `tell`.
        config: What the script must know, JSON-ready.
        serve: Functions the browser can call, with one JSON object each.
        root: Class of the box inside.
        sheet: Style sheet below `ui/` that holds in this component alone; none where empty.
        inside: HTML that is shown until the script draws.
        padding: Whether the component has room around it.
    """
    page = (
        "{ element, root: element.firstElementChild, server, "
        f'config: {json.dumps(config)}, tell: (data) => trigger("select", data) }}'
    )
    return gr.HTML(
        html_template=f'<div class="{root}">{inside}</div>',
        css_template=read_script(sheet) if sheet else "",
        js_on_load=use(script, f"(island) => island.start({page})"),
        server_functions=[*serve],
        apply_default_css=False,
        padding=padding,
        elem_id=elem_id,
    )
