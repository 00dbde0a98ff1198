"""The race as a person starts it: three methods on the same marks, then all of them together."""

import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Server, Visit
from tests.browser.test_main_job import RUN_SECONDS, mark_one_person, measure_little
from unlearn_core.runs.info import RunInfo
from unlearn_core.runs.store import Store

pytestmark = pytest.mark.timeout(4 * RUN_SECONDS)


def wait_for_all(server: Server, count: int) -> list[RunInfo]:
    """Wait until so many runs have come to an end; gives them oldest first."""
    until = time.monotonic() + 3 * RUN_SECONDS
    store = Store(server.workspace)
    try:
        while time.monotonic() < until:
            runs = store.runs()
            if len(runs) == count and all(run.finished for run in runs):
                return runs[::-1]
            time.sleep(0.3)
    finally:
        store.close()
    raise AssertionError(f"the race has not ended: {[(run.name, run.state) for run in runs]}")


def test_three_methods_race_and_are_seen_together(
    visit: Visit, server: Server, tmp_path: Path
) -> None:
    visit.open()
    mark_one_person(visit, "Hesper Marstrand")
    visit.tab("Unlearn")
    page = visit.page
    measure_little(visit)
    page.get_by_role("button", name="Race: the same marks through several methods").click()
    page.locator("#race-start").click()
    rows = page.locator("#runs-table tr[data-run]:not([data-run^='recorded:'])")
    expect(rows).to_have_count(3)
    runs = wait_for_all(server, 3)
    assert [run.spec["method"] for run in runs] == ["pmc", "gradient-ascent", "npo"]
    assert all(run.state == "done" or run.message.startswith("Stop rule") for run in runs)

    race = page.locator("#overlay-view .lv-race")
    expect(race.locator("tbody tr")).to_have_count(3)
    expect(race.locator("tbody tr").first).to_contain_text("Partial Model Collapse")
    expect(race.locator(".main-svg").first).to_be_visible()
    assert page.evaluate(
        "document.querySelector('.lv-race .js-plotly-plot').data"
        ".filter(trace => trace.mode === 'markers').map(trace => trace.x.length)"
    ) == [1, 1, 1]

    with page.expect_download() as coming:
        page.locator("#runs-report").click()
    coming.value.save_as(tmp_path / "race.html")
    report = (tmp_path / "race.html").read_text(encoding="utf-8")
    assert "Negative preference optimisation" in report and "No run was attacked" in report

    race.get_by_role("button", name="seed 0").nth(2).click()
    expect(page.locator("#runs-name input, #runs-name textarea")).to_have_value(runs[2].name)
    expect(rows.locator("input:checked")).to_have_count(1)
