"""What the page still says in English when it should speak another language.

Two looks: at every text that the code can show (`language_sources`), and at the page itself, which
keeps a list of what it looked up in vain. The second opens all tabs, with `--work` also runs,
compares and attacks, and takes some minutes.

Run: python -m tools.language --language de [--page | --work]
"""

import argparse
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.page import CHROMIUM, FLAGS, app, wait_for_server
from tools.language_sources import page_texts
from unlearn_core.ui.shell.language import catalogs

MISSED = "() => window.letheLanguage.missed()"
OPEN_FOLDED = """() => {
  document.querySelectorAll('button.label-wrap:not(.open)').forEach((one) => one.click());
  document.querySelectorAll('details:not([open]) > summary').forEach((one) => one.click());
}"""
STEP_MS = 1_500


def untranslated(language: str) -> dict[str, list[str]]:
    """Texts of the code that a catalog lacks, by where they come from."""
    known = catalogs()[language]
    found = {
        name: sorted(text for text in texts if text not in known)
        for name, texts in page_texts().items()
    }
    return {name: texts for name, texts in found.items() if texts}


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


def main() -> None:
    """List both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--language", default="de", choices=[*catalogs()][1:])
    parser.add_argument("--page", action="store_true", help="open the page as well")
    parser.add_argument("--work", action="store_true", help="and run, compare and attack there")
    args = parser.parse_args()
    for name, texts in untranslated(args.language).items():
        print(f"== {name}", *texts, sep="\n")
    if args.page or args.work:
        print("== on the page", *missed(args.language, working=args.work), sep="\n")


if __name__ == "__main__":
    main()
