"""Is it gone? as a person asks it: attack, watch, lose the page, read the verdict, keep it."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import ROOT, Server, Visit
from tests.browser.test_main_job import RUN_SECONDS, newest, wait_for
from tests.helpers.fake_run import fake_run
from unlearn_core.runs.info import RunInfo
from unlearn_core.runs.store import Store

pytestmark = pytest.mark.timeout(3 * RUN_SECONDS)
FEW = ("Other phrasings", "Multiple choice")


@pytest.fixture(scope="module")
def run(server: Server) -> RunInfo:
    """A short run, made from a terminal in the app's workspace."""
    options = "--method npo --epochs 1 --measure-leak-samples 0 --json"
    command = [sys.executable, "-m", "unlearn_core", "run", "--workspace", str(server.workspace)]
    subprocess.run([*command, *options.split()], cwd=ROOT, check=True, capture_output=True)
    found = newest(server)
    assert found is not None and found.state == "done"
    return found


def choose_few(visit: Visit) -> None:
    """Tick only the attacks that take a second."""
    page = visit.page
    page.locator("#gone-which > button").click()
    page.locator("#gone-none").click()
    boxes = page.locator("#gone-attacks")
    expect(boxes.locator("input:checked")).to_have_count(0)
    for title in FEW:
        boxes.locator("label", has_text=f"{title}:").locator("input").check()
    page.locator("#gone-which > button").click()


def verdict(visit: Visit) -> Locator:
    found = visit.page.locator("#gone-view .rep-verdict")
    expect(found).to_be_visible(timeout=1000 * RUN_SECONDS)
    return found


def test_without_a_run_the_step_leads_to_unlearn(visit: Visit) -> None:
    visit.open()
    visit.tab("Is it gone?")
    page = visit.page
    expect(page.locator("#gone-empty")).to_contain_text("no unlearned model to attack yet")
    expect(page.locator("#gone-start")).to_be_hidden()
    page.locator("#gone-unlearn").click()
    expect(page.locator("#unlearn-start")).to_be_visible()


def test_attacks_from_the_list_of_runs_to_the_verdict(
    visit: Visit, run: RunInfo, server: Server, tmp_path: Path
) -> None:
    visit.open()
    visit.tab("Runs")
    page = visit.page
    page.locator(f"#runs-table tr[data-run='{run.id}'] input").check()
    page.locator("#runs-gone").click()
    expect(page.locator("#gone-run input")).to_have_value(re.compile(re.escape(run.name)))
    expect(page.locator("#gone-view")).to_contain_text("Nothing has attacked this model yet")
    choose_few(visit)
    page.locator("#gone-start").click()
    live = page.locator("#gone-view .gone-live")
    expect(live.locator("tbody tr")).to_have_count(len(FEW))
    expect(page.locator("#gone-stop")).to_be_enabled()
    expect(page.locator("#gone-start")).to_be_disabled()

    page.reload(wait_until="load")
    if not live.is_visible() and not page.locator("#gone-view .rep-verdict").is_visible():
        visit.tab("Is it gone?")
    verdict(visit)
    expect(page.locator("#gone-start")).to_be_enabled()
    expect(page.locator("#gone-stop")).to_be_disabled()
    expect(page.locator("#gone-past input")).to_have_value(re.compile("2 attacks"))

    box = page.locator(".gone-attack", has_text=FEW[1])
    box.locator("summary").first.click()
    expect(box.locator(".rep-results li")).to_have_count(3)
    folder = next(server.workspace.glob("runs/*audit*"))
    found = json.loads((folder / "audit.json").read_text(encoding="utf-8"))
    assert list(found["findings"]) == ["phrasings", "multiple-choice"]
    expect(page.locator("#gone-view h2").first).to_have_text(found["verdict"]["headline"])

    with page.expect_download() as coming:
        page.locator("#gone-json").click()
    path = tmp_path / coming.value.suggested_filename
    coming.value.save_as(path)
    assert json.loads(path.read_text(encoding="utf-8")) == found
    with page.expect_download() as coming:
        page.locator("#gone-html").click()
    coming.value.save_as(tmp_path / "report.html")
    assert found["audit"] in path.name
    assert run.id in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_attacks_are_stopped_and_another_audit_can_be_shown(visit: Visit, run: RunInfo) -> None:
    visit.open(f"?run={run.id}")
    page = visit.page
    page.locator("#run-gone").click()
    verdict(visit)
    page.locator("#gone-start").click()
    expect(page.locator("#gone-view .gone-live")).to_be_visible()
    page.locator("#gone-stop").click()
    expect(page.locator("#gone-start")).to_be_enabled(timeout=1000 * RUN_SECONDS)
    expect(page.locator("#gone-past input")).to_have_value(re.compile("all attacks.*Stopped"))
    page.locator("#gone-past input").click()
    page.get_by_role("option", name=re.compile("2 attacks")).click()
    verdict(visit)
    expect(page.locator(".gone-attack")).to_have_count(len(FEW))


def test_missing_retrained_model_is_made_at_a_press(visit: Visit, server: Server) -> None:
    store = Store(server.workspace)
    try:
        alone = fake_run(store, name="About one person")  # of whom there is no retrained twin
        (store.folder(alone) / "model").mkdir()
        visit.open(f"?run={alone}")
        visit.tab("Is it gone?")
        page = visit.page
        lacking = page.locator("#gone-lacking")
        expect(lacking).to_contain_text("no retrained model to compare “About one person” with")
        page.locator("#gone-retrain").click()
        expect(lacking).to_contain_text("Retraining is in the queue")
        expect(page.locator("#gone-retrain")).to_be_hidden()
        made = store.runs()[0]
        assert made.spec["method"] == "retrain"
        store.send(made.id, "discard")
        wait_for(server, ("discarded",))
    finally:
        store.close()


def test_nothing_chosen_is_said_where_it_was_pressed(visit: Visit, run: RunInfo) -> None:
    visit.open(f"?run={run.id}")
    visit.tab("Is it gone?")
    page = visit.page
    page.locator("#gone-which > button").click()
    expect(page.locator("#gone-attacks input:checked")).not_to_have_count(0)
    page.locator("#gone-none").click()
    expect(page.locator("#gone-attacks input:checked")).to_have_count(0)
    page.locator("#gone-start").click()
    expect(page.locator("#gone-problem")).to_contain_text("No attack is chosen")
