"""Model, Forget and Unlearn in a real browser, without starting a run."""

import json
import re
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Visit
from unlearn_core.methods.registry import method


def test_first_page_says_what_it_is_and_offers_one_button(visit: Visit) -> None:
    visit.open()
    expect(visit.page.get_by_role("heading", name="Watch a language model forget")).to_be_visible()
    expect(visit.page.get_by_role("button", name="Watch it forget")).to_be_enabled()
    names = [tab.inner_text() for tab in visit.page.get_by_role("tab").all() if tab.is_visible()]
    assert names == ["1 · Model", "2 · Forget", "3 · Unlearn", "4 · Compare", "5 · Is it gone?",
                     "6 · Runs", "Learn"]  # fmt: skip


def test_side_bar_shows_model_device_and_memory(visit: Visit) -> None:
    visit.open()
    side = visit.page.locator("#lethe-sidebar")
    expect(side).to_contain_text("Bundled model")
    expect(side).to_contain_text(re.compile(r"CPU, 1 thread|CUDA"))
    expect(side).to_contain_text(re.compile(r"Memory in use\s*[\d.]+ GB of [\d.]+ GB"))
    expect(side).to_contain_text("No run in progress")


def test_unknown_folder_is_told_in_place_and_the_old_model_stays(visit: Visit) -> None:
    visit.open()
    page = visit.page
    page.get_by_label("From a folder on this computer").check()
    page.locator("#model-folder input, #model-folder textarea").fill("/no/such/folder!")
    page.locator("#model-use").click()
    expect(page.locator("#model-problem")).to_contain_text("There is no folder '/no/such/folder!'")
    expect(page.locator("#model-problem")).to_contain_text("still in use")
    expect(page.locator("#lethe-machine")).to_contain_text("Bundled model")


def test_marks_by_click_search_clear_and_random(visit: Visit) -> None:
    visit.open()
    visit.tab("Forget")
    page = visit.page
    counter = page.locator("#forget-counter")
    expect(counter).to_have_text("40 of 800 to forget, 760 kept")
    page.locator("#forget-clear").click()
    expect(counter).to_have_text("0 of 800 to forget, 800 kept")
    page.locator("#forget-table .bool-cell input").nth(1).click()
    expect(counter).to_have_text("1 of 800 to forget, 799 kept")
    page.locator("#forget-search input, #forget-search textarea").fill("Fiora Brinridge")
    expect(counter).to_contain_text("10 shown")
    page.locator("#forget-mark").click()
    expect(counter).to_contain_text("10 of 800 to forget, 790 kept")
    page.locator("#forget-invert").click()
    expect(counter).to_contain_text("790 of 800 to forget, 10 kept")
    page.locator("#forget-clear").click()
    page.locator("#forget-search input, #forget-search textarea").fill("")
    expect(counter).to_have_text("0 of 800 to forget, 800 kept")
    page.locator("#forget-random").click()
    expect(counter).to_have_text("10 of 800 to forget, 790 kept")


def test_a_row_is_marked_by_keyboard_and_its_box_has_a_name(visit: Visit) -> None:
    visit.open()
    visit.tab("Forget")
    page = visit.page
    counter = page.locator("#forget-counter")
    page.locator("#forget-clear").click()
    expect(counter).to_have_text("0 of 800 to forget, 800 kept")
    page.locator("#forget-random-seed input").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_test_id("cell-0-0")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_test_id("cell-1-0")).to_be_focused()
    page.keyboard.press("Space")
    expect(counter).to_have_text("1 of 800 to forget, 799 kept")
    row = page.locator("#forget-table .virtual-row[data-index='1']")
    question = row.locator("[data-col='2']").inner_text().strip()
    expect(row.get_by_role("checkbox", name=question, exact=True)).to_be_checked()
    page.keyboard.press("Space")
    expect(counter).to_have_text("0 of 800 to forget, 800 kept")


def test_header_checkbox_that_ignores_the_filter_is_hidden(visit: Visit) -> None:
    visit.open()
    visit.tab("Forget")
    expect(visit.page.locator("#forget-table .bool-cell input").first).to_be_visible()
    for box in visit.page.locator("#forget-table thead input[type=checkbox]").all():
        expect(box).to_be_hidden()


def test_preview_shows_what_will_be_trained(visit: Visit) -> None:
    visit.open()
    visit.tab("Forget")
    expect(visit.page.locator("#forget-counter")).to_contain_text("40 of 800")
    visit.page.get_by_text("What will be trained").click()
    shown = visit.page.locator("#forget-split")
    expect(shown).to_contain_text("40 records")
    expect(shown).to_contain_text("Never trained on")


def test_own_file_with_guessed_fields_replaces_the_records(visit: Visit, tmp_path: Path) -> None:
    path = tmp_path / "facts.jsonl"
    rows = [{"question": f"What is {i}?", "answer": f"It is {i}.", "person": "Ada"}
            for i in range(3)]  # fmt: skip
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    visit.open()
    visit.tab("Forget")
    page = visit.page
    page.get_by_label("A file: JSONL").check()
    page.locator("#data-path input, #data-path textarea").fill(str(path))
    expect(page.locator("#data-prompt input")).to_have_value("question")
    expect(page.locator("#data-subject input")).to_have_value("person")
    page.locator("#data-read").click()
    expect(page.locator("#forget-counter")).to_have_text("0 of 3 to forget, 3 kept")


def test_broken_file_is_told_in_place_and_nothing_is_lost(visit: Visit, tmp_path: Path) -> None:
    path = tmp_path / "broken.jsonl"
    path.write_text('{"question": "a", "answer": "b"}\n{"question": \n', encoding="utf-8")
    visit.open()
    visit.tab("Forget")
    page = visit.page
    page.get_by_label("A file: JSONL").check()
    page.locator("#data-path input, #data-path textarea").fill(str(path))
    page.locator("#data-read").click()
    expect(page.locator("#data-problem")).to_contain_text("broken JSON at line 2")
    expect(page.locator("#forget-counter")).to_have_text("40 of 800 to forget, 760 kept")


def test_form_follows_the_method_and_tells_what_a_run_needs(visit: Visit) -> None:
    visit.open()
    visit.tab("Unlearn")
    page = visit.page
    ready = page.locator("#unlearn-ready")
    expect(ready).to_contain_text("40 records, and 80 other wordings to check")
    samples = method("pmc").small.method["samples"]
    expect(page.locator("#method-samples input")).to_have_value(str(samples))
    page.locator("#training-batch_size input").fill("20")
    page.locator("#training-epochs input").fill("10")
    expect(ready).to_contain_text("20 (10 epochs of 2 steps)")
    page.locator("#unlearn-method input").click()
    page.get_by_role("option", name="Gradient ascent", exact=True).click()
    expect(page.locator("#method-samples")).to_be_hidden()


def test_impossible_setting_is_named_and_cannot_be_started(visit: Visit) -> None:
    visit.open()
    visit.tab("Unlearn")
    page = visit.page
    expect(page.locator("#unlearn-ready")).to_contain_text("40 records")
    page.locator("#training-learning_rate input").fill("1000000000")
    problem = page.locator("#unlearn-problem")
    expect(problem).to_contain_text("learning_rate is 1000000000")
    expect(problem).to_contain_text("above 0 to 1")
    expect(page.locator("#unlearn-start")).to_be_disabled()
    page.locator("#training-learning_rate input").fill("0.001")
    expect(problem).not_to_contain_text("learning_rate")
    expect(page.locator("#unlearn-start")).to_be_enabled()


def test_method_that_cannot_be_used_says_why_in_the_list(visit: Visit) -> None:
    visit.open()
    visit.tab("Forget")
    page = visit.page
    page.locator("#forget-clear").click()
    page.locator("#forget-search input, #forget-search textarea").fill("Fiora Brinridge born")
    page.locator("#forget-mark").click()
    expect(page.locator("#forget-counter")).not_to_contain_text("0 of 800 to forget")
    visit.tab("Unlearn")
    method = page.locator("#unlearn-method input")
    method.click()
    method.fill("Retraining")
    option = page.get_by_role("option", name="Retraining (exact) leaves whole people out")
    expect(option).to_contain_text("Not now")
    option.click()
    expect(page.locator("#unlearn-problem")).to_contain_text("Mark all of them, or none")
    expect(page.locator("#unlearn-start")).to_be_disabled()


def test_nothing_marked_is_told_before_the_start(visit: Visit) -> None:
    visit.open()
    visit.tab("Forget")
    visit.page.locator("#forget-clear").click()
    expect(visit.page.locator("#forget-counter")).to_contain_text("0 of 800")
    visit.tab("Unlearn")
    expect(visit.page.locator("#unlearn-problem")).to_contain_text("Nothing is marked")
