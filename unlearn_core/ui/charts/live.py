"""The live view: one component that keeps its charts while rows arrive."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import gradio as gr

from unlearn_core.ui.charts import feed
from unlearn_core.ui.charts.plotly_script import plotly_loader
from unlearn_core.ui.charts.race import race_view
from unlearn_core.ui.charts.series import live_config, overlay_config
from unlearn_core.ui.run_rows import rows
from unlearn_core.ui.services import Page, Services
from unlearn_core.ui.texts_charts import EMPTY_RUNS, RUN_COLUMNS
from unlearn_core.ui.texts_film import RECORDED_BADGE, RECORDED_RUNS

FOLDER = Path(__file__).parent


def live_view(services: Services, page: Page) -> None:
    """Charts, answers and probes of the watched run, drawn from the store alone.

    The browser reads the watched run from the page, so this works for a run that goes on, for a
    finished one, after a reload and in a second tab alike.
    """

    def poll(request: dict[str, Any]) -> dict[str, Any]:
        return feed.poll(services.store, str(request["run"]), int(request["cursor"]))

    browser_chart(
        "live-view", ("panels", "answers", "probes", "records", "live"), live_config(), poll
    )


def overlay_view(services: Services) -> gr.HTML:
    """The runs chosen in the Runs tab: what they reached, and a chart for each signal.

    Its `select` event carries a run to be seen alone, in `runs`.
    """

    def curves(request: dict[str, Any]) -> dict[str, Any]:
        wanted = [str(run) for run in request["runs"]]
        return {
            "runs": feed.curves(services.store, wanted),
            "race": race_view(services.store, wanted),
        }

    return browser_chart("overlay-view", ("race", "overlay"), overlay_config(), curves)


def runs_table(services: Services) -> gr.HTML:
    """The list of all runs; its `select` event carries the ticked runs' ids in `runs`."""

    def runs(request: dict[str, Any]) -> Any:
        return rows(services.store)

    config = {
        "columns": RUN_COLUMNS,
        "empty": EMPTY_RUNS,
        "recorded": RECORDED_BADGE,
        "recordedRuns": RECORDED_RUNS,
    }
    return browser_chart("runs-table", ("runs",), config, runs)


def browser_chart(
    elem_id: str,
    scripts: tuple[str, ...],
    config: Mapping[str, Any],
    *serve: Callable[[dict[str, Any]], Any],
) -> gr.HTML:
    """A component whose scripts run once and then ask the functions of `serve` what to draw.

    Its template never changes and nothing is output to it: that would destroy its plots.
    """
    return gr.HTML(
        html_template='<div class="lv"></div>',
        css_template=(FOLDER / "charts.css").read_text(encoding="utf-8"),
        js_on_load=_script(scripts, config),
        server_functions=[*serve],
        apply_default_css=False,
        elem_id=elem_id,
    )


def _script(names: tuple[str, ...], config: Mapping[str, Any]) -> str:
    parts = [(FOLDER / f"{name}.js").read_text(encoding="utf-8") for name in ("plot", *names)]
    return "\n".join([f"const CONFIG = {json.dumps(config)};", plotly_loader(), *parts])
