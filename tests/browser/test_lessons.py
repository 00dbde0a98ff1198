"""Every lesson as a visitor takes it: guess, see, reload; and a teacher's link."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Server, Visit
from tests.browser.test_main_job import RUN_SECONDS, newest, wait_for
from unlearn_core.runs.store import Store

pytestmark = pytest.mark.timeout(3 * RUN_SECONDS)
LONG = 1000 * RUN_SECONDS


def guess(visit: Visit, place: int) -> Locator:
    """Answer the question of this step; before it, the way on is closed."""
    page = visit.page
    expect(page.locator(".le-nav .le-main")).to_be_disabled()
    page.locator(".le-choice").nth(place).click()
    expect(page.locator(".le-because strong")).to_have_text(re.compile("Right|Not quite"))
    expect(page.locator(".le-nav .le-main")).to_be_enabled()
    return page.locator(".le-after")


def onward(visit: Visit) -> None:
    visit.page.locator(".le-nav .le-main").click()


def done(visit: Visit) -> None:
    """Wait until the lesson's run has ended."""
    expect(visit.page.locator(".le-run .lv-state")).to_have_text("Done", timeout=LONG)


def test_memory_from_the_list_of_lessons_into_the_app(visit: Visit) -> None:
    visit.open()
    page = visit.page
    page.get_by_role("tab", name="Learn", exact=True).click()
    expect(page.locator(".le-lesson")).to_have_count(6)
    page.locator(".le-lesson").first.click()
    expect(page).to_have_url(re.compile(r"[?&]lesson=1"))
    shown = page.locator(".le-tokens")
    expect(shown.locator("span").first).to_be_visible()
    expect(page.locator(".le-card")).to_contain_text("Seen 32 times")
    page.locator(".le-scene select").select_option("2")
    expect(page.locator(".le-card")).to_contain_text("Seen once")
    expect(page.locator(".le-formula math").first).to_be_visible()
    onward(visit)
    expect(page.locator(".le-tokens")).to_have_count(3)
    expect(page.locator(".le-card").first).not_to_contain_text("Seen")
    guess(visit, 0)
    expect(page.locator(".le-because")).to_contain_text("Not quite.")
    expect(page.locator(".le-card").nth(1)).to_contain_text("Seen 24 times")

    page.reload(wait_until="load")
    expect(page.locator(".le-where")).to_have_text("Lesson 1 of 6, step 2 of 3")
    expect(page.locator(".le-because")).to_contain_text("Not quite.")
    onward(visit)
    after = guess(visit, 2)
    expect(after.locator(".scatterlayer .point")).to_have_count(64)
    after.get_by_role("button", name="Mark the eight best").click()
    expect(page.locator("#forget-counter")).to_contain_text("8 of 64 to forget")


def test_urn_collapses_as_theory_says(visit: Visit) -> None:
    visit.open("?lesson=3")
    page = visit.page
    expect(page.locator("#lethe-hero")).to_be_hidden()
    guess(visit, 1)
    line = page.locator(".le-side > .le-strong")
    expect(line).to_contain_text("After 0 restockings: 5 colours left")
    theory = page.locator(".le-chart").get_attribute("data-theory")
    assert theory is not None
    values = list(map(float, theory.split()))
    assert values == pytest.approx([0.8 * (1 - 1 / 40) ** t for t in range(61)], abs=1e-6)
    for _ in range(6):
        page.get_by_role("button", name="Restock ten times").click()
    expect(line).to_contain_text(re.compile("After 60 restockings: [123] colours? left"))
    onward(visit)
    guess(visit, 1)
    for _ in range(6):
        page.get_by_role("button", name="Restock ten times").click()
    expect(line).to_contain_text(re.compile(r"\(.*B, C.*\)"))
    onward(visit)
    guess(visit, 0)
    for _ in range(3):
        page.get_by_role("button", name="Restock once").click()
    expect(line).to_contain_text(re.compile(r"colour A has [0-9]\s%"))
    page.locator(".le-slider input").first.fill("1")
    expect(line).to_contain_text("After 0 restockings")
    onward(visit)
    guess(visit, 0)
    page.get_by_role("button", name="Set up PMC for one person").click()
    expect(page.locator("#unlearn-method input")).to_have_value(re.compile("PMC"))
    expect(page.locator("#unlearn-ready")).to_contain_text("10 records")


def test_pmc_goes_step_by_step_and_is_found_again(visit: Visit, server: Server) -> None:
    visit.open("?lesson=4")
    page = visit.page
    after = guess(visit, 1)
    after.get_by_role("button", name="Load the model").click()
    expect(after.locator(".le-run .lv-state")).to_be_visible()
    run = wait_for(server, ("paused",), step=1)
    expect(after.locator(".le-candidates .le-picked")).to_have_count(1)
    expect(after.locator(".le-card")).to_have_count(3)
    expect(after).to_contain_text("Of 20 answers before the first step")
    expect(after.locator(".le-shares").first).to_contain_text("leak")

    page.reload(wait_until="load")
    expect(after.locator(".le-candidates .le-picked")).to_have_count(1)
    onward(visit)
    guess(visit, 2)
    after.get_by_role("button", name="One step").click()
    wait_for(server, ("paused",), step=2)
    expect(after).to_contain_text("Of 20 answers after step 2")
    onward(visit)
    guess(visit, 0)
    after.get_by_role("button", name="Watch this run").click()
    expect(page.locator("#live-view .lv-name")).to_have_text(run.name)
    page.locator("#run-step").click()
    wait_for(server, ("paused",), step=3)
    expect(page.locator("#run-step")).to_be_visible()
    page.locator("#run-stop").click()
    wait_for(server, ("stopped",))


def test_ascent_breaks_the_model(visit: Visit, server: Server) -> None:
    visit.open("?lesson=2")
    page = visit.page
    guess(visit, 2)
    onward(visit)
    after = guess(visit, 1)
    after.get_by_role("button", name="Start the run").click()
    done(visit)
    expect(after.locator(".le-plot .scatterlayer .trace")).to_have_count(3)
    expect(after.locator(".le-table tbody tr")).to_have_count(5)
    run = newest(server)
    assert run is not None
    store = Store(server.workspace)
    scalars = store.last(run.id, "scalars")
    store.close()
    assert scalars is not None and scalars.payload["utility/retain_recall"] < 0.5
    onward(visit)
    guess(visit, 1)
    expect(page.locator(".le-learnt")).to_contain_text("A loss without a floor")
    onward(visit)
    expect(page.locator(".le-title")).to_have_text("Collapse by hand")


def test_a_refusing_model_tells_when_its_answer_is_begun(visit: Visit) -> None:
    visit.open("?lesson=5")
    page = visit.page
    after = guess(visit, 1)
    after.get_by_role("button", name="Train it to refuse").click()
    done(visit)
    onward(visit)
    card = page.locator(".le-scene .le-card")
    expect(card).to_contain_text("Asked now, it says")
    onward(visit)
    expect(card).to_contain_text("…")
    guess(visit, 2)
    expect(card.first).to_contain_text("true answer")
    onward(visit)
    after = guess(visit, 1)
    counted = after.locator(".le-strong").first
    expect(counted).to_have_text(re.compile(r"Of 10 facts it tells [0-3] .* and ([89]|10) when"))
    after.get_by_role("button", name="Attack this model").click()
    expect(page.locator("#gone-run input")).to_have_value(re.compile("Lesson 5"))


def test_each_sequence_is_treated_by_its_need(visit: Visit) -> None:
    visit.open("?lesson=6")
    page = visit.page
    rows = page.locator(".le-memory tbody tr")
    expect(rows).to_have_count(8)
    guess(visit, 1)
    onward(visit)
    after = guess(visit, 1)
    after.get_by_role("button", name="Start SGA").click()
    done(visit)
    expect(after.locator(".lv-strip-selected").first).to_be_visible()
    onward(visit)
    guess(visit, 1)
    expect(page.get_by_role("button", name="Start TAU")).to_be_visible()
    onward(visit)
    expect(page.locator(".le-memory thead th")).to_have_text(
        ["Passage", "Seen", "Before", "After SGA"]
    )
    page.get_by_role("button", name="Set up TAU").click()
    expect(page.locator("#unlearn-method input")).to_have_value(re.compile("TAU"))
    expect(page.locator("#unlearn-ready")).to_contain_text("8 records")


def test_a_teachers_link_hides_and_fixes(visit: Visit) -> None:
    visit.open("?hide=model,runs,settings&fix=method:sga,seed:3,epochs:2")
    page = visit.page
    expect(page.get_by_role("tab", name="2 · Forget")).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("tab", name="1 · Model")).to_have_count(0)
    expect(page.get_by_role("tab", name="6 · Runs")).to_have_count(0)
    visit.tab("Unlearn")
    chosen = page.locator("#unlearn-method input")
    expect(chosen).to_have_value(re.compile("SGA"))
    expect(chosen).to_be_disabled()
    expect(page.locator("#unlearn-seed input")).to_have_value("3")
    expect(page.locator("#unlearn-seed input")).to_be_disabled()
    expect(page.locator("#unlearn-settings")).to_be_hidden()
    expect(page.locator("#unlearn-ready")).to_contain_text("(2 epochs of 1 step)")

    visit.open("?fix=epochs:3,batch_size:10")
    visit.tab("Unlearn")
    expect(page.locator("#training-epochs input")).to_have_value("3")
    expect(page.locator("#training-epochs input")).to_be_disabled()
    expect(page.locator("#training-learning_rate input")).to_be_enabled()

    visit.open("?lesson=2&hide=modle")
    expect(page.locator("#lethe-link-problem")).to_contain_text("hide does not know 'modle'")
    expect(page.get_by_role("tab", name="1 · Model")).to_have_count(1)
