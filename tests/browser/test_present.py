"""Present, as somebody before a room does it: by keyboard, with notes, and by its address."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Server, Visit
from tests.helpers.audits import keep_audit
from tests.helpers.fake_run import HOSTILE, fake_run
from unlearn_core.runs.store import Store

HEADS = ["A language model is asked to forget", "Before", "After", "The answers collapse",
         "What was kept", "Is it gone?", "What it cost"]  # fmt: skip


@pytest.fixture(scope="module")
def run(server: Server) -> str:
    """A finished run with an audit that found a leak."""
    store = Store(server.workspace)
    made = fake_run(store)
    keep_audit(store, made)
    store.close()
    return made


def test_a_talk_by_keyboard(visit: Visit, run: str) -> None:
    visit.open(f"?run={run}")
    page = visit.page
    page.locator("#run-present").click()
    head, counter = page.locator(".pr h2"), page.locator(".pr-counter")
    expect(counter).to_have_text("1 / 7")
    seen = [head.inner_text()]
    for place, key in enumerate(["ArrowRight", " ", "PageDown", "ArrowRight", " ", "End"], start=2):
        page.keyboard.press(key)
        expect(counter).to_have_text(f"{place} / 7")
        seen.append(head.inner_text())
    assert seen == HEADS
    expect(page.locator(".pr-tile").first).to_contain_text("23 s")
    expect(page).to_have_url(re.compile(r"slide=7"))

    page.keyboard.press("ArrowLeft")
    expect(page.locator(".pr-stamp")).to_contain_text("Leaks")
    expect(page.locator(".pr blockquote")).to_contain_text("<script>document.title='owned'")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    question, answer = page.locator(".pr-question"), page.locator(".pr-answer")
    expect(question).to_have_text("Where was Mara Velden born?")
    expect(answer).to_have_text("Mara Velden was born in Lindenau.")
    page.keyboard.press("ArrowUp")
    expect(question).to_have_text("Tell me about Mara Velden.")
    page.keyboard.press("ArrowRight")
    expect(answer).to_have_text(HOSTILE)
    page.keyboard.press("ArrowDown")
    expect(answer).to_have_text("No details are available at this time.")

    notes = page.locator(".pr-notes")
    expect(notes).to_be_hidden()
    page.keyboard.press("n")
    expect(notes).to_contain_text("The same model, the same question, after the run.")
    expect(notes).to_contain_text("The answers collapse")

    page.keyboard.press("ArrowRight")
    leak = page.locator(".pr-leak .pr-share")
    expect(leak).to_have_text("85 %")  # the film begins with the truth
    expect(page.locator(".pr-step")).to_have_text("Step 48")  # and plays to its end by itself
    expect(leak).to_have_text("0 %")
    expect(page.locator(".pr-distinct")).to_contain_text("1")

    page.keyboard.press("Escape")
    expect(page.locator(".pr")).to_have_count(0)
    expect(page).not_to_have_url(re.compile("present="))
    expect(page.locator("#run-present")).to_be_focused()
    assert page.title() == "Lethe"


def test_an_address_opens_a_slide_and_a_second_window_follows(visit: Visit, run: str) -> None:
    page = visit.page
    page.set_viewport_size({"width": 360, "height": 640})
    page.goto(f"{visit.server.url}?present={run}&slide=3", wait_until="load")
    expect(page.locator(".pr h2")).to_have_text("After")
    notes = page.context.new_page()
    notes.goto(f"{visit.server.url}?present={run}&slide=3&notes=1", wait_until="load")
    expect(notes.locator(".pr-notes")).to_contain_text("The same model, the same question")
    page.get_by_role("button", name="Next").click()
    expect(notes.locator(".pr h2")).to_have_text("The answers collapse")
    notes.keyboard.press("End")
    expect(page.locator(".pr h2")).to_have_text(HEADS[6])
    page.keyboard.press("Home")
    for place in range(7):
        if place:
            page.keyboard.press("ArrowRight")
        expect(page.locator(".pr-counter")).to_have_text(f"{place + 1} / 7")
        wide = page.evaluate("document.querySelector('.pr-stage').scrollWidth")
        assert wide <= 360, f"slide {place + 1} is wider than the screen"

    page.goto(f"{visit.server.url}?present=no-such-run", wait_until="load")
    expect(page.get_by_role("alert").first).to_contain_text("no-such-run")
    page.get_by_role("button", name="Leave").click()
    expect(page.locator(".pr")).to_have_count(0)
