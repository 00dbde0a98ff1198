"""axe-core finds nothing serious or critical on any view of the page, in light and in dark."""

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, Visit
from tests.browser.test_main_job import RUN_SECONDS
from tests.browser.test_own_secret import walked
from tests.helpers.audits import keep_audit
from tests.helpers.fake_run import WATCHED, fake_run
from unlearn_core.data.bundled import BUNDLED_FOLDER, bundled_corpus
from unlearn_core.runs.events import Event
from unlearn_core.runs.store import Store
from unlearn_core.ui.lessons.registry import lessons

AXE = find_spec("axe_playwright_python")
pytestmark = [
    pytest.mark.timeout(2 * RUN_SECONDS),
    pytest.mark.skipif(AXE is None, reason="axe-core is not installed: see requirements-dev.txt"),
]
STILL = "*, ::before, ::after { transition: none !important; animation: none !important }"
LOOK = """async ([within, alike, rules]) => {
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const only = rules.length ? { runOnly: { type: "rule", values: rules } } : {};
  const found = await axe.run({ include: within, exclude: alike },
    { ...only, resultTypes: ["violations"] });
  return found.violations.filter((one) => ["serious", "critical"].includes(one.impact))
    .map((one) => `${one.id}: ${one.nodes.length} such as ${one.nodes[0].html.slice(0, 160)}: `
      + one.nodes[0].failureSummary.replaceAll(/\\s+/g, " "));
}"""
COLOURS = ["color-contrast", "link-in-text-block"]
"""Rules on which the theme bears; all others see the same in both."""
VIEWS = {"Word difference": "del, ins, .cmp-same", "Token probability": ".cmp-tokens",
         "Next token": ".cmp-slider", "Sampled answers": ".cmp-bars",
         "Rank of the truth": ".cmp-big"}  # fmt: skip
"""Views of an answer, and what each draws."""
FEW = ".gone-measures, [data-attack=sampling], [data-attack=membership]"
"""Folds of a verdict; all attacks look like these two."""
ALIKE = ".rep-shots > :nth-child(n+4), #forget-table .virtual-row:nth-child(n+4)"
"""Rows that are like the three before them."""
READING = re.compile("^(Reading|Measuring|Asking)[^…]*…$")


@dataclass
class Inspector:
    """Looks at a page in many states, and keeps what is wrong."""

    page: Page
    found: list[str]

    def begin(self) -> None:
        """Bring axe-core onto a page that was just loaded."""
        assert AXE is not None and AXE.origin is not None
        script = Path(AXE.origin).with_name("axe.min.js").read_text(encoding="utf-8")
        self.page.add_script_tag(content=script)
        self.page.add_style_tag(content=STILL)

    def look(self, name: str, within: str = "body") -> None:
        """Look for faults in what is shown now, in both themes."""
        for theme, rules in (("light", []), ("dark", COLOURS)):
            self.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            expect(self.page.locator("body.dark")).to_have_count(int(theme == "dark"))
            found = self.page.evaluate(LOOK, [within, ALIKE, rules])
            self.found += [f"{name}, {theme}: {fault}" for fault in found]
        self.page.emulate_media(color_scheme="light")


@pytest.fixture
def inspector(visit: Visit) -> Iterator[Inspector]:
    """Fails the test when anything was found."""
    visit.page.emulate_media(color_scheme="light")
    found = Inspector(visit.page, [])
    yield found
    if found.found:
        pytest.fail("\n".join(found.found), pytrace=False)


def unfold(page: Page, folds: str = "details") -> None:
    """Open what is folded in the tab that is shown."""
    closed = page.locator("button.label-wrap:not(.open):visible")
    while closed.count():  # folds lie within folds
        closed.first.click()
    page.evaluate("folds => document.querySelectorAll(folds).forEach(one => { one.open = true; })",
                  folds)  # fmt: skip


@pytest.fixture(scope="module")
def run(server: Server) -> str:
    """A finished run that measured everything, with a model and an audit that found a leak."""
    store = Store(server.workspace)
    made = fake_run(store)
    shutil.copytree(BUNDLED_FOLDER / "retrained", store.folder(made) / "model")
    passages = [record.id for record in bundled_corpus("passages").records[:8]]
    for epoch in range(3):
        values = {name: 1 - 0.3 * epoch for name in passages}
        records = {"name": "memorisation accuracy", "values": values, "selected": passages[:4]}
        store.append(made, [Event("records", 16 * epoch, records)])
    answers = [["Mara Velden was born in Brixen.", 0.4], ["She is from Kalmar.", 0.1]]
    for step in (0, 48):
        candidates = {"id": WATCHED[0][0], "prompt": WATCHED[0][1], "reference": answers[0][0],
                      "answers": answers, "picked": answers[1][0], "score": 0.1}  # fmt: skip
        store.append(made, [Event("candidates", step, candidates)])
    keep_audit(store, made)
    store.close()
    return made


def test_every_step_before_a_run(visit: Visit, inspector: Inspector) -> None:
    visit.open()
    inspector.begin()
    page = visit.page
    for name in ("1 · Model", "2 · Forget", "3 · Unlearn", "4 · Compare", "5 · Is it gone?",
                 "6 · Runs"):  # fmt: skip
        visit.tab(name)
        unfold(page)
        inspector.look(name)


def test_a_finished_run_and_its_verdict(visit: Visit, inspector: Inspector, run: str) -> None:
    visit.open(f"?run={run}")
    inspector.begin()
    page = visit.page
    expect(page.locator("#live-view .lv-state")).to_have_text("Done")
    expect(page.locator("#live-view .main-svg").first).to_be_visible()
    unfold(page)
    inspector.look("A finished run")
    visit.tab("6 · Runs")
    rows = page.locator("#runs-table tbody input")
    rows.nth(0).check()
    expect(page.locator("#runs-result")).to_be_visible()
    unfold(page)
    inspector.look("A chosen run")
    rows.nth(1).check()
    expect(page.locator("#overlay-view .main-svg").first).to_be_visible()
    inspector.look("Two chosen runs")
    page.locator("#runs-play").click()
    expect(page.locator("dialog.film .film-run")).to_have_count(2)
    inspector.look("The film", "dialog.film")
    page.keyboard.press("Escape")
    visit.tab("Is it gone?")
    expect(page.locator("#gone-view .rep-verdict")).to_be_visible()
    unfold(page, FEW)
    expect(page.locator(".gone-inside .rep-fold").first).to_be_visible()
    expect(page.locator(".gone-inside:visible", has_text="Fetching")).to_have_count(0)
    unfold(page, f":is({FEW}) details")
    inspector.look("A verdict")


def test_a_comparison_in_every_view(visit: Visit, inspector: Inspector) -> None:
    visit.open()
    inspector.begin()
    visit.tab("4 · Compare")
    page = visit.page
    page.locator("#cmp-n input[type=number]").fill("3")
    page.locator("#cmp-go").click()
    result = page.locator("#cmp-result")
    expect(result.locator(".cmp-status")).to_contain_text("answered")
    inspector.look("Answers")
    card = result.locator(".cmp-card").first
    for view, part in VIEWS.items():
        card.locator(".cmp-pills").first.get_by_text(view, exact=True).click()
        expect(card.locator(part).first).to_be_visible()
        unfold(page)
        inspector.look(view, "#cmp-result")


def test_every_step_of_every_lesson(visit: Visit, inspector: Inspector, run: str) -> None:
    page = visit.page
    runs = {2: ("ascent",), 4: ("pmc",), 5: ("idk",), 6: ("sga", "tau")}
    kept = {"runs": {order: dict.fromkeys(keys, run) for order, keys in runs.items()}}
    page.add_init_script(
        f"if (!sessionStorage.length) sessionStorage.setItem('lethe-learn', {json.dumps(kept)!r})"
    )
    visit.open()
    inspector.begin()
    page.get_by_role("tab", name="Learn", exact=True).click()
    expect(page.locator(".le-lesson")).to_have_count(len(lessons()))
    inspector.look("Learn")
    page.locator(".le-lesson").first.click()
    for lesson in lessons():
        steps = tuple(lesson.make_steps())
        for place, step in enumerate(steps, start=1):
            where = f"Lesson {lesson.order} of {len(lessons())}, step {place} of {len(steps)}"
            expect(page.locator(".le-where")).to_have_text(where)
            if step.question:
                page.locator(".le-choice").first.click()
                expect(page.locator(".le-because strong")).to_be_visible()
            expect(page.locator(".le .le-note", has_text=READING)).to_have_count(0)
            inspector.look(where, "#learn-view")
            page.locator(".le-nav .le-main").click()


def test_every_slide(visit: Visit, inspector: Inspector, run: str) -> None:
    page = visit.page
    page.goto(f"{visit.server.url}?present={run}&slide=1", wait_until="load")
    expect(page.locator(".pr-counter")).to_have_text("1 / 7")
    inspector.begin()
    page.keyboard.press("n")
    for place in range(1, 8):
        expect(page.locator(".pr-counter")).to_have_text(f"{place} / 7")
        inspector.look(f"Slide {place}")
        page.keyboard.press("ArrowRight")


def test_every_step_of_the_own_secret(visit: Visit, inspector: Inspector, server: Server) -> None:
    page = visit.page
    token = walked(server)
    page.goto(f"{server.url}?secret={token}", wait_until="load")
    expect(page.locator(".os-verdict")).to_be_visible()
    inspector.begin()
    for name in page.locator(".os-step").all_inner_texts():
        page.get_by_role("button", name=name, exact=True).click()
        inspector.look(name, "#own-secret")
    page.get_by_role("button", name="Try to get them back").click()
    expect(page.locator(".os-verdict")).to_have_count(2, timeout=1000 * RUN_SECONDS)
    inspector.look("Attacked")
