"""The page in a German browser, and in English when that is chosen."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit

MISSED = "() => window.letheLanguage.missed()"
UNSTABLE = """() => Object.values(window.gradio_config.i18n_translations.de)
  .filter((said) => window.letheLanguage.say(said) !== said)"""
# Stops looking when nothing has changed for half a second.
CALM = """() => new Promise((done) => {
  let last = performance.now();
  const watcher = new MutationObserver(() => { last = performance.now(); });
  watcher.observe(document.querySelector('#lethe-tabs'), { subtree: true, childList: true,
    characterData: true, attributes: true });
  const look = () => {
    if (performance.now() - last < 500) return requestAnimationFrame(look);
    watcher.disconnect();
    done(true);
  };
  look();
})"""
ENGLISH = re.compile(
    r"\b(the|and|of|with|which|are|is|was|this|that|when|where|you|your|each|every|to)\b"
)
NAMES = re.compile(
    r"\?|Where |What |processing|queue|unlikelihood|ascent|optimisation|Refus|PMC|Mind|forget"
    r"|four people|The mother of|rows, each"
)
"""Questions and answers of records, names of methods, runs and subjects, and a count of rows."""


@pytest.fixture
def locale() -> str:
    return "de-DE"


def test_a_german_browser_meets_german_and_may_choose_english(visit: Visit) -> None:
    visit.open()
    page = visit.page
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page).to_have_title("Lethe")
    expect(page.get_by_role("tab", name="5 · Ist es weg?").first).to_be_visible()
    tabs = page.locator("#lethe-tabs > .tab-wrapper button[role=tab]:visible")
    for place in range(tabs.count()):
        tabs.nth(place).click()
        page.evaluate("document.querySelectorAll('button.label-wrap:not(.open)')"
                      ".forEach((one) => one.click())")  # fmt: skip
        assert page.evaluate(CALM)
    sentences = [text for text in page.evaluate(MISSED) if ENGLISH.search(text)]
    assert " | ".join(text for text in sentences if not NAMES.search(text)) == ""
    assert page.evaluate(UNSTABLE) == []

    # A record's own words stay as they are, also where they are words of the page.
    said = page.evaluate("""() => {
      const quoted = document.createElement('bdi');
      quoted.textContent = 'Forget it';
      const own = document.createElement('p');
      own.textContent = '3 records';
      document.body.append(quoted, own);
      return new Promise((done) => requestAnimationFrame(() =>
        done([quoted.textContent, own.textContent])));
    }""")
    assert said == ["Forget it", "3 Einträge"]

    page.locator("#lethe-language select").select_option("en")
    expect(page.get_by_role("tab", name="5 · Is it gone?").first).to_be_visible()
    page.reload()
    expect(page.get_by_role("tab", name="5 · Is it gone?").first).to_be_visible()
    expect(page.locator("#lethe-language select")).to_have_value("en")
    expect(page.get_by_text("Where the model comes from").first).to_be_visible()

    visit.open("?lang=de")
    expect(page.get_by_role("button", name="Beim Vergessen zusehen")).to_be_visible()
