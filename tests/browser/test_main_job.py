"""The main job as a person does it: mark, start, watch, lose the page and the server, compare."""

import json
import os
import re
import signal
import time

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PATIENCE_SECONDS, Server, Visit
from unlearn_core.data.bundled import bundled_corpus
from unlearn_core.runs.info import RunInfo
from unlearn_core.runs.store import Store

RUN_SECONDS = 6 * PATIENCE_SECONDS
"""How long a whole run may take on a busy machine."""
GOING = ("loading", "running")

pytestmark = pytest.mark.timeout(3 * RUN_SECONDS)


def newest(server: Server) -> RunInfo | None:
    store = Store(server.workspace)
    try:
        return next(iter(store.runs()), None)
    finally:
        store.close()


def birthplace(name: str) -> str:
    records = bundled_corpus("people").records
    return next(r.fact for r in records if r.subject == name and r.id.endswith("-birthplace"))


def wait_for(server: Server, states: tuple[str, ...], step: int = 0) -> RunInfo:
    """Wait until the newest run is in one of these states, at this step or later."""
    until = time.monotonic() + RUN_SECONDS
    while time.monotonic() < until:
        run = newest(server)
        if run is not None and run.state in states and run.step >= step:
            return run
        time.sleep(0.2)
    raise AssertionError(f"no run came to be one of {states} at step {step}: {run}")


def mark_one_person(visit: Visit, name: str) -> None:
    visit.tab("Forget")
    page = visit.page
    expect(page.locator("#forget-counter")).to_contain_text("40 of 800")
    page.locator("#forget-clear").click()
    page.locator("#forget-search input, #forget-search textarea").fill(name)
    expect(page.locator("#forget-counter")).to_contain_text("10 shown")
    page.locator("#forget-mark").click()
    expect(page.locator("#forget-counter")).to_contain_text("10 of 800 to forget, 790 kept")


def measure_little(visit: Visit) -> None:
    """Ask few records before and after: what is tested here is not how much is known."""
    page = visit.page
    page.get_by_role("button", name=re.compile("^Measuring")).click()
    page.locator("#measure-leak_samples input").fill("0")
    page.locator("button:visible", has_text="More settings").last.click()
    page.locator("#measure-final_records input").fill("20")


def start_short(visit: Visit) -> None:
    """Set up and start a run on one person."""
    mark_one_person(visit, "Hesper Marstrand")
    visit.tab("Unlearn")
    measure_little(visit)
    expect(visit.page.locator("#unlearn-ready")).to_contain_text("10 records")
    visit.page.locator("#unlearn-start").click()


def test_mark_start_reload_restart_and_compare(visit: Visit, server: Server) -> None:
    visit.open()
    mark_one_person(visit, "Hesper Marstrand")
    visit.tab("Unlearn")
    page = visit.page
    expect(page.locator("#unlearn-ready")).to_contain_text("10 records")
    measure_little(visit)
    page.locator("#training-epochs input").fill("40")
    expect(page.locator("#unlearn-ready")).to_contain_text("(40 epochs of ")
    page.locator("#unlearn-start").click()
    live = page.locator("#live-view .lv-name")
    expect(live).to_have_text("Partial Model Collapse, Hesper Marstrand")
    expect(page).to_have_url(re.compile(r"[?&]run=\d{8}-\d{6}-pmc"))
    run = wait_for(server, GOING, step=2)

    page.reload(wait_until="load")
    expect(live).to_have_text(run.name)
    expect(page.locator("#lethe-job")).to_contain_text(run.name)

    server.stop()
    wait_for(server, (*GOING, "done"), step=2)  # a run outlives the app
    server.start()
    visit.open(f"?run={run.id}")
    expect(live).to_have_text(run.name)

    assert wait_for(server, ("done", "failed")).state == "done"
    story = page.locator("#run-story")
    expect(story).to_contain_text("Of the facts to forget the model gave 100 % before and")
    result = json.loads(
        (server.workspace / "runs" / run.id / "result.json").read_text(encoding="utf-8")
    )
    assert result["before"]["forget"]["fact_recall"] >= 0.9
    assert result["after"]["forget"]["fact_recall"] <= 0.2
    assert result["after"]["retain"]["fact_recall"] >= 0.9

    page.locator("#run-compare").click()
    page.locator("#cmp-own textarea").fill("Where was Hesper Marstrand born?")
    page.locator("#cmp-go").click()
    card = page.locator("#cmp-result .cmp-card", has_text="Where was Hesper Marstrand born?").last
    before, after = card.locator(".cmp-text").nth(0), card.locator(".cmp-text").nth(1)
    expect(before).to_contain_text(birthplace("Hesper Marstrand"))
    expect(after).not_to_have_text(re.compile(r"^…?$"))
    expect(after).not_to_contain_text(birthplace("Hesper Marstrand"))


def test_killed_worker_is_noticed_and_the_next_run_works(visit: Visit, server: Server) -> None:
    visit.open()
    start_short(visit)
    run = wait_for(server, ("running",), step=1)
    assert run.pid is not None
    os.kill(run.pid, signal.SIGKILL)
    expect(visit.page.locator("#live-view .lv-state")).to_have_text("Failed")
    assert "killed" in wait_for(server, ("failed",)).message
    visit.page.locator("#run-again").click()
    visit.page.locator("#unlearn-start").click()
    wait_for(server, ("running",), step=1)
    visit.page.locator("#run-stop").click()
    stopped = wait_for(server, ("stopped",))
    assert (server.workspace / "runs" / stopped.id / "model").is_dir()
    expect(visit.page.locator("#run-compare")).to_be_visible()


def test_second_start_waits_in_the_queue_and_says_where(visit: Visit, server: Server) -> None:
    visit.open()
    visit.page.locator("#watch").click()
    first = wait_for(server, (*GOING,))
    visit.page.locator("#run-again").click()
    visit.page.locator("#watch").click()
    expect(visit.page.locator("#live-view .lv-state")).to_have_text("Waiting")
    expect(visit.page.locator("#lethe-job")).to_contain_text("1 more waiting")
    visit.page.on("dialog", lambda dialog: dialog.accept())
    visit.page.locator("#run-discard").click()
    expect(visit.page.locator("#live-view .lv-state")).to_have_text("Discarded")
    store = Store(server.workspace)
    store.send(first.id, "discard")
    store.close()
