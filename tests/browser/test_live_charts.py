"""Charts, runs and comparison in a real browser, on made-up runs: no training, no network."""

import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from tests.helpers.fake_run import HOSTILE, fake_run, step_events
from unlearn_core.ui.shell.settings import AppSettings, set_environment

set_environment(threads=1)

import gradio as gr  # noqa: E402
from playwright.sync_api import Browser, Page, expect  # noqa: E402

from unlearn_core.runs.store import Store  # noqa: E402
from unlearn_core.runs.supervisor import Supervisor  # noqa: E402
from unlearn_core.ui.shell.page import build_app  # noqa: E402
from unlearn_core.ui.shell.services import Services  # noqa: E402
from unlearn_core.ui.shell.theme import page_look  # noqa: E402

PATIENCE = 90_000
"""Milliseconds: test machines are busy."""


@dataclass
class Visit:
    """A page with all that went wrong on it."""

    page: Page
    url: str
    faults: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)

    def open(self, run_id: str) -> None:
        self.page.goto(f"{self.url}?run={run_id}", wait_until="load")

    def tab(self, name: str) -> None:
        """Open a tab, once the page has restored the run and chosen its own tab."""
        expect(self.page.locator("#live-view .lv-name")).to_be_visible()
        self.page.get_by_role("tab", name=name).first.click()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return Store(tmp_path_factory.mktemp("workspace"))


@pytest.fixture(scope="module")
def server(store: Store) -> Iterator[str]:
    blocks: gr.Blocks = build_app(Services(store, Supervisor(store), AppSettings()))
    _, url, _ = blocks.launch(
        prevent_thread_lock=True, quiet=True, server_name="127.0.0.1", run_history=False,
        **page_look(),
    )  # fmt: skip
    yield url
    blocks.close(verbose=False)


@pytest.fixture
def visit(browser: Browser, server: str) -> Iterator[Visit]:
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    context.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    found = Visit(context.new_page(), server)
    found.page.on("pageerror", lambda error: found.faults.append(str(error)))
    found.page.on(
        "console",
        lambda message: found.faults.append(message.text) if "is lost" in message.text else None,
    )

    def guard(route: object, request: object) -> None:
        local = re.match(r"(http://(127\.0\.0\.1|localhost)|data:|blob:)", request.url)
        if local:
            route.continue_()
        else:
            found.outside.append(request.url)
            route.abort()

    context.route("**/*", guard)
    yield found
    context.close()
    assert found.faults == []
    assert found.outside == []


def test_finished_run_is_drawn_whole_and_its_text_stays_text(visit: Visit, store: Store) -> None:
    run_id = fake_run(store, name="Finished run")
    visit.open(run_id)
    live = visit.page.locator("#live-view")
    expect(live.locator(".lv-name")).to_have_text("Finished run")
    expect(live.locator(".lv-plot .main-svg").first).to_be_visible()
    expect(live.locator(".js-plotly-plot")).to_have_count(4)
    tiles = live.locator(".lv-tile", has_text="Forget facts still known")
    expect(tiles.locator(".lv-tile-now")).to_have_text("0 %")
    expect(tiles).to_contain_text("was 100 %")
    expect(live.locator(".lv-probes")).to_contain_text(HOSTILE)
    assert live.locator("img").count() == 0
    assert "owned" not in visit.page.title()


def test_slider_replays_the_answers(visit: Visit, store: Store) -> None:
    visit.open(fake_run(store))
    probes = visit.page.locator("#live-view .lv-probes")
    now = probes.locator(".lv-probe").first.locator(".lv-said").nth(1)
    expect(now).to_contain_text("No details are available")
    probes.locator(".lv-slider").fill("0")
    expect(probes.locator(".lv-where")).to_have_text("step 0")
    expect(now).to_contain_text("born in Lindenau")
    probes.get_by_role("button", name="Newest").click()
    expect(probes.locator(".lv-where")).to_have_text("step 48")


def test_zoom_and_hidden_lines_are_kept_while_rows_arrive(visit: Visit, store: Store) -> None:
    run_id = fake_run(store, name="going", until=10, state="running")
    visit.open(run_id)
    live = visit.page.locator("#live-view")
    expect(live.locator(".lv-detail")).to_contain_text("step 10 of 48")
    retain = live.locator(".lv-panel-losses").get_by_role("button", name="Retain")
    retain.click()
    visit.page.evaluate(
        "Plotly.relayout(document.querySelector('.lv-panel-losses .js-plotly-plot'),"
        "{'xaxis.range[0]': 2, 'xaxis.range[1]': 8})"
    )
    ranges = (
        "[...document.querySelectorAll('#live-view .js-plotly-plot')]"
        ".map(d => d._fullLayout.xaxis.range.map(Math.round).join())"
    )
    visit.page.wait_for_function(f"{ranges}.every(r => r === '2,8')")
    for step in range(11, 25):
        store.append(run_id, list(step_events(step, 48, 0)))
    expect(live.locator(".lv-detail")).to_contain_text("step 24 of 48")
    visit.page.wait_for_timeout(500)
    assert set(visit.page.evaluate(ranges)) == {"2,8"}
    expect(retain).to_have_attribute("aria-pressed", "false")
    live.get_by_role("button", name="Show all steps").click()
    visit.page.wait_for_function(f"{ranges}.every(r => r === '0,48')")
    store.set_state(run_id, "stopped")
    expect(live.locator(".lv-state")).to_contain_text("Stopped")


def test_run_appears_while_the_page_is_open(visit: Visit, store: Store) -> None:
    run_id = fake_run(store, name="slow", until=0, state="running")
    visit.open(run_id)
    detail = visit.page.locator("#live-view .lv-detail")

    def go() -> None:
        for step in range(1, 9):
            store.append(run_id, list(step_events(step, 48, 0)))
            time.sleep(0.1)

    writer = threading.Thread(target=go)
    writer.start()
    expect(detail).to_contain_text("step 8 of 48")
    writer.join()
    store.set_state(run_id, "stopped")


def test_runs_are_listed_overlaid_renamed_and_deleted(visit: Visit, store: Store) -> None:
    first = fake_run(store, name="Run to keep")
    second = fake_run(store, name="Run to delete", method="npo", seed=2)
    visit.open(first)
    visit.tab("6 · Runs")
    page = visit.page
    page.locator(f'tr[data-run="{second}"]').click()
    expect(page.locator("#runs-line textarea")).to_have_value(re.compile("--method npo"))
    expect(page.locator("#runs-result")).to_contain_text("100.0 → 0.0")
    page.evaluate(
        """(runs) => runs.forEach((run) =>
          document.querySelector(`tr[data-run='${run}'] input`).click())""",
        [first, first, second],
    )  # on, off, and the other one off too, before the first is answered
    expect(page.locator("#runs-actions")).to_be_hidden()
    page.locator(f'tr[data-run="{second}"]').click()
    page.locator(f'tr[data-run="{first}"] input').click()
    expect(page.locator("#overlay-view .lv-run-key")).to_have_text(["Run to delete", "Run to keep"])
    page.locator(f'tr[data-run="{second}"]').click()
    name = page.locator("#runs-name textarea, #runs-name input").first
    expect(name).to_have_value("Run to delete")
    name.fill("Another name")
    name.press("Enter")
    expect(page.locator(f'tr[data-run="{second}"]')).to_contain_text("Another name")
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.locator("#runs-delete").click()
    page.wait_for_timeout(600)
    assert second in {run.id for run in store.runs()}
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator("#runs-delete").click()
    expect(page.locator(f'tr[data-run="{second}"]')).to_have_count(0)
    assert second not in {run.id for run in store.runs()}
    expect(page.locator("#runs-actions")).to_be_hidden()


def test_two_models_answer_side_by_side(visit: Visit, store: Store) -> None:
    visit.open(fake_run(store))
    visit.tab("4 · Compare")
    page = visit.page
    expect(page.locator("#cmp-sources")).to_contain_text("Retrained")
    expect(page.locator("#cmp-questions")).to_contain_text("Fiora Brinridge")
    page.locator("#cmp-go").click()
    result = page.locator("#cmp-result")
    expect(result.locator(".cmp-head")).to_have_count(2)
    expect(result).to_contain_text("20 samples")
    expect(page.locator("#cmp-stop")).to_be_disabled()
    expect(result.locator(".cmp-status")).to_contain_text("answered")
