"""The page itself, opened in another language: what it looked up in vain."""

import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.page import CHROMIUM, FLAGS, app, wait_for_server

MISSED = "() => window.letheLanguage.missed()"
OPEN_FOLDED = """() => {
  document.querySelectorAll('button.label-wrap:not(.open)').forEach((one) => one.click());
  document.querySelectorAll('details:not([open]) > summary').forEach((one) => one.click());
}"""
STEP_MS = 1_500


def walk(page: Page) -> None:
    """Show every tab, with all that is folded."""
    tabs = page.locator("#lethe-tabs > .tab-wrapper button[role=tab]")
    tabs.first.wait_for()
    for place in range(tabs.count()):
        if tabs.nth(place).is_visible():
            tabs.nth(place).click()
            page.wait_for_timeout(STEP_MS)
            page.evaluate(OPEN_FOLDED)
            page.wait_for_timeout(STEP_MS)


def work(page: Page) -> None:
    """Run, compare and attack."""
    page.locator(".lethe-hero button").first.click()
    page.locator("#live-view .lv-state[data-state=done]").wait_for(timeout=240_000)
    page.locator("#run-compare").click()
    page.locator("#cmp-go").click()
    page.wait_for_timeout(15_000)
    page.locator("#tab-gone-button").click()
    page.locator("#gone-start").click()
    page.locator("#gone-view .rep-verdict").wait_for(timeout=240_000)
    walk(page)


def missed(language: str, *, working: bool) -> list[str]:
    """Texts that a visitor of the page meets in English."""
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_context(locale=language).new_page()
        page.set_default_timeout(180_000)
        with app(Path(folder)) as url:
            wait_for_server(url)
            page.goto(url, wait_until="load")
            walk(page)
            if working:
                work(page)
            found: list[str] = page.evaluate(MISSED)
        browser.close()
    return sorted(found)
