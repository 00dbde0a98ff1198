"""The film in a real browser: played, scrubbed, linked to, and two runs side by side."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.browser.conftest import Visit
from tests.helpers.fake_run import HOSTILE, fake_run
from unlearn_core.ui.shell.settings import AppSettings, set_environment

set_environment(threads=1)

from playwright.sync_api import expect  # noqa: E402

from unlearn_core.runs.store import Store  # noqa: E402
from unlearn_core.runs.supervisor import Supervisor  # noqa: E402
from unlearn_core.ui.shell.page import build_app  # noqa: E402
from unlearn_core.ui.shell.services import Services  # noqa: E402
from unlearn_core.ui.shell.theme import page_look  # noqa: E402

DRAG = """async () => {
  const slider = document.querySelector('.film-slider');
  const shown = document.querySelector('.film-at');
  const seen = [];
  for (let place = 10; place < 20; place += 1) {
    slider.value = String(place);
    slider.dispatchEvent(new Event('input', { bubbles: true }));
    while (seen.includes(shown.textContent) || !shown.textContent.endsWith('of 64'))
      await new Promise(requestAnimationFrame);
    seen.push(shown.textContent);
  }
  return seen;
}"""
"""Drags the slider on and tells every step that was drawn."""


@dataclass(frozen=True)
class Served:
    """The page in this process."""

    url: str


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return Store(tmp_path_factory.mktemp("workspace"))


@pytest.fixture(scope="module")
def server(store: Store) -> Iterator[Served]:
    blocks = build_app(Services(store, Supervisor(store), AppSettings()))
    _, url, _ = blocks.launch(
        prevent_thread_lock=True, quiet=True, server_name="127.0.0.1", run_history=False,
        **page_look(),
    )  # fmt: skip
    yield Served(url)
    blocks.close(verbose=False)


def test_a_recorded_run_is_played_scrubbed_and_linked_to(visit: Visit) -> None:
    visit.open()
    page = visit.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("#play-recorded").click()
    film = page.locator("dialog.film")
    expect(film).to_be_visible()
    expect(film.locator(".film-run").first).to_contain_text("Recorded")
    toggle, at = film.locator(".film-toggle"), film.locator(".film-at").first
    expect(toggle).to_have_text("Pause")
    film.get_by_label("Speed").select_option("0.25")
    expect(at).not_to_have_text("step 0 of 64")  # it plays by itself
    slider = film.locator(".film-slider")
    slider.focus()
    page.keyboard.press("Space")
    expect(toggle).to_have_text("Play")
    expect(film.get_by_role("status")).to_contain_text("Paused at step")

    page.keyboard.press("Home")
    expect(at).to_have_text("step 0 of 64")
    leaking = film.locator(".film-run").first.locator(".film-group-forget .film-leaking")
    expect(leaking).to_have_count(2)
    known = film.locator(".film-curve").first
    expect(known).to_contain_text("to forget100 %")
    page.keyboard.press("End")
    expect(at).to_have_text("step 64 of 64")
    expect(leaking).to_have_count(0)
    expect(known).to_contain_text("to forget0 %")
    page.keyboard.press("ArrowLeft")
    expect(at).to_have_text("step 63 of 64")
    expect(slider).to_have_attribute("aria-valuetext", "step 63 of 64")

    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.keyboard.press("Home")
    seen = page.evaluate(DRAG)
    assert len(set(seen)) == 10
    assert [url for url in asked if "component_server" in url] == []

    slider.fill("20")
    expect(at).to_have_text("step 20 of 64")
    film.get_by_role("button", name="Copy link").click()
    expect(film.get_by_role("button", name="Link copied")).to_be_visible()
    link = str(page.evaluate("navigator.clipboard.readText()"))
    assert parse_qs(urlsplit(link).query) == {"run": ["recorded:pmc"], "step": ["20"]}
    page.keyboard.press("Escape")
    expect(film).to_be_hidden()
    expect(page.locator("#play-recorded")).to_be_focused()

    visit.open(f"?{urlsplit(link).query}")
    expect(at).to_have_text("step 20 of 64")
    expect(toggle).to_have_text("Play")
    film.get_by_role("button", name="Close").click()
    expect(page.locator("#run-story")).to_contain_text("This run was recorded on")
    expect(page.locator("#run-compare")).to_be_hidden()
    assert "step" not in parse_qs(urlsplit(page.url).query)
    page.locator("#run-play").click()
    expect(film).to_be_visible()


def test_two_runs_are_aligned_and_a_deleted_one_is_told(visit: Visit, store: Store) -> None:
    own = fake_run(store, name="A run of mine")
    deleted = fake_run(store)
    store.delete(deleted)
    page = visit.page
    page.emulate_media(reduced_motion="reduce")
    visit.open(f"?run={deleted}&step=5")
    film = page.locator("dialog.film")
    expect(film.get_by_role("alert")).to_contain_text(f"The run {deleted} is not here any more")
    film.get_by_role("button", name="Close").click()

    visit.tab("6 · Runs")
    for run in (own, "recorded:gradient-ascent"):
        page.locator(f'tr[data-run="{run}"] input').click()
        expect(page.locator("#chosen-runs").locator("textarea, input")).to_have_value(
            re.compile(f"{run}$")
        )
    expect(page.locator("#runs-delete")).to_be_disabled()
    page.locator("#runs-play").click()
    at = film.locator(".film-at")
    expect(at).to_have_count(2)
    expect(film.locator(".film-toggle")).to_have_text("Play")  # nothing moves by itself
    page.keyboard.press("End")
    expect(at).to_have_text(["step 48 of 48", "step 32 of 32"])
    film.get_by_label("Align by").select_option("share")
    slider = film.locator(".film-slider")
    slider.focus()
    page.keyboard.press("Home")
    expect(at).to_have_text(["step 0 of 48", "step 0 of 32"])
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(at).to_have_text(["step 4 of 48", "step 2 of 32"])  # 1/12 and 1/16 of the run
    expect(film.locator(".film-where")).to_have_text("8 %")
    page.keyboard.press("End")
    expect(film).to_contain_text(HOSTILE)
    assert film.locator("img").count() == 0
    assert "owned" not in page.title()
    film.get_by_label("Beside it").select_option("")
    expect(at.nth(1)).to_be_hidden()
