"""Photograph every tab, lesson and view at three widths, light and dark, to be looked at.

The workspace holds one real run with its audit, so that nothing is empty that need not be.

Run: python -m tools.screens FOLDER
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.page import CHROMIUM, FLAGS, app, wait_for_server
from unlearn_core.runs.store import Store

WIDTHS = (390, 1280, 1920)
THEMES = ("light", "dark")
SETTLED = 1_500
"""Milliseconds after which charts have been drawn."""
TABS = ("model", "forget", "unlearn", "compare", "gone", "runs", "learn")
LESSONS = 6
PREPARE = (
    ("run", "--method", "pmc"),
    ("attack", "RUN", "--effort", "quick"),
)

Step = Callable[[Page], None]


def prepared(workspace: Path) -> str:
    """Make a run and attack it, where that was not done yet; its id."""
    found = next((one.id for one in Store(workspace).runs()), None)
    if found:
        return found
    run = "RUN"
    for words in PREPARE:
        command = [run if word == "RUN" else word for word in words]
        subprocess.run(
            [sys.executable, "-m", "unlearn_core", *command, "--workspace", str(workspace)],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        run = next(one.id for one in Store(workspace).runs())
    return run


def views(run: str) -> Iterator[tuple[str, str, Step]]:
    """Name, address and what is done there, of everything to be photographed."""
    yield "start", "", lambda page: None
    yield "film", "", lambda page: page.locator("#play-recorded").click()
    yield "secret", "", lambda page: page.locator("#hero-secret").click()
    for tab in TABS:
        yield tab, f"?run={run}", _tab(tab)
    for lesson in range(1, LESSONS + 1):
        yield f"lesson-{lesson}", f"?lesson={lesson}", lambda page: None
    for slide in (1, 4, 6):
        yield f"present-{slide}", f"?present={run}&slide={slide}", lambda page: None


def _tab(name: str) -> Step:
    def show(page: Page) -> None:
        page.locator("#lethe-tabs .tab-container button").first.wait_for(state="attached")
        button = page.locator(f"#tab-{name}-button")
        if not button.count():  # on a narrow page it lies in the menu of further tabs
            titles = page.locator("#lethe-tabs .tab-container.visually-hidden button")
            title = titles.nth(TABS.index(name)).text_content() or ""
            button = page.locator("#lethe-tabs .overflow-dropdown button", has_text=title)
        button.evaluate("tab => tab.click()")
        if name == "compare":
            page.wait_for_timeout(SETTLED)
            page.locator("#cmp-go").click()
            page.wait_for_timeout(4 * SETTLED)

    return show


def photograph(browser: Browser, url: str, run: str, folder: Path, only: str) -> None:
    """Every view at every width in both themes, whole pages."""
    for theme in THEMES:
        for width in WIDTHS:
            page = browser.new_page(viewport={"width": width, "height": 900})
            for name, address, show in views(run):
                if only and only not in name:
                    continue
                mark = "&" if address else "?"
                page.goto(f"{url}/{address}{mark}__theme={theme}", wait_until="load")
                page.locator("#lethe-tabs").wait_for(state="attached", timeout=60_000)
                page.wait_for_timeout(SETTLED)
                show(page)
                page.wait_for_timeout(SETTLED)
                page.screenshot(path=folder / f"{name}-{width}-{theme}.png", full_page=True)
            page.close()


def main() -> None:
    """Prepare, open, photograph."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="", help="part of a view's name")
    parser.add_argument("--workspace", type=Path, help="kept, so that a second time is quicker")
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as passing:
        workspace = args.workspace or Path(passing)
        run = prepared(workspace)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        with app(workspace) as url:
            wait_for_server(url)
            photograph(browser, url, run, args.folder, args.only)
        browser.close()


if __name__ == "__main__":
    main()
