"""The live view: one component that keeps its charts while rows arrive."""

from typing import Any

import gradio as gr

from unlearn_core.ui.browser.island import island
from unlearn_core.ui.charts import feed
from unlearn_core.ui.charts.series import live_config, overlay_config
from unlearn_core.ui.race.view import race_view
from unlearn_core.ui.runs.rows import rows
from unlearn_core.ui.shell.services import Page, Services
from unlearn_core.ui.texts.charts import EMPTY_RUNS, RUN_COLUMNS
from unlearn_core.ui.texts.film import RECORDED_BADGE, RECORDED_RUNS


def live_view(services: Services, page: Page) -> None:
    """Charts, answers and probes of the watched run, drawn from the store alone.

    The browser reads the watched run from the page, so this works for a run that goes on, for a
    finished one, after a reload and in a second tab alike.
    """

    def poll(request: dict[str, Any]) -> dict[str, Any]:
        return feed.poll(services.store, str(request["run"]), int(request["cursor"]))

    island("live-view", "charts/live.js", live_config(), poll)


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

    return island("overlay-view", "charts/overlay.js", overlay_config(), curves)


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
    return island("runs-table", "runs/runs.js", config, runs)
