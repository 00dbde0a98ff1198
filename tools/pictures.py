"""Make the pictures of README and docs from the running app, and the emblem.

Run: python -m tools.pictures
"""

import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.page import CHROMIUM, FLAGS, app, open_page
from tools import emblem

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
WIDTH, HEIGHT = 1440, 1000


def watch_it_forget(page: Page) -> None:
    """Press the button and wait until the run is done and drawn."""
    page.get_by_role("button", name="Watch it forget").click()
    page.wait_for_function(
        "() => document.querySelector('#live-view .lv-state')?.innerText === 'Done'",
        timeout=180_000,
    )
    page.wait_for_timeout(2_000)


def shoot(page: Page, name: str) -> None:
    """Save what the window shows."""
    page.screenshot(path=PICTURES / f"{name}.png")


def before_any_run(page: Page, url: str) -> None:
    """The film, the own secret and a lesson, which need no run."""
    page.locator("#play-recorded").click()
    page.locator(".film-slider").wait_for()
    page.locator(".film-slider").press("End")
    page.wait_for_timeout(1_500)
    shoot(page, "film")
    page.keyboard.press("Escape")
    page.locator("#hero-secret").click()
    page.get_by_role("button", name="Show an example").click()
    page.wait_for_timeout(500)
    shoot(page, "secret")
    open_page(page, f"{url}/?lesson=3&__theme=light")
    page.locator(".le-step").wait_for()
    page.wait_for_timeout(1_500)
    shoot(page, "lesson")


def main() -> None:
    """One run, pictures of each step."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    emblem.draw()
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        with app(Path(folder)) as url:
            open_page(page, f"{url}/?__theme=light")
            page.wait_for_timeout(1_500)
            before_any_run(page, url)
            open_page(page, f"{url}/?__theme=light")
            for step in ("Model", "Forget"):
                page.get_by_role("tab", name=step).first.click()
                page.wait_for_timeout(1_500)
                shoot(page, step.lower())
            watch_it_forget(page)
            page.locator("#live-view").scroll_into_view_if_needed()
            page.evaluate("document.querySelector('#live-view').scrollIntoView()")
            page.wait_for_timeout(800)
            shoot(page, "unlearn")
            page.locator("#run-compare").click()
            page.locator("#cmp-go").click()
            page.locator("#cmp-result .cmp-card").first.wait_for(timeout=60_000)
            page.wait_for_timeout(6_000)
            page.evaluate("document.querySelector('#cmp-result').scrollIntoView()")
            shoot(page, "compare")
            page.get_by_role("tab", name="Is it gone?").first.click()
            page.locator("#gone-start").click()
            page.locator("#gone-view .rep-verdict").wait_for(timeout=240_000)
            page.wait_for_timeout(1_000)
            page.evaluate("document.querySelector('#gone-view').scrollIntoView()")
            shoot(page, "gone")
            page.get_by_role("tab", name="Runs").first.click()
            page.wait_for_timeout(2_500)
            shoot(page, "runs")
        browser.close()


if __name__ == "__main__":
    main()
