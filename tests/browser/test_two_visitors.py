"""Two people on one server at once: what is one's own stays so, and what is shared is seen."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.conftest import Server, Visit, visiting
from tests.browser.test_main_job import RUN_SECONDS, birthplace, newest, start_short, wait_for
from tests.helpers.models import tiny_model, toy_tokenizer
from unlearn_core.models.loading import save

pytestmark = pytest.mark.timeout(3 * RUN_SECONDS)
PROMPTS = ("Oddlight asks: where was Fiora Brinridge born?",
           "Which book did Lucan Quillmark write, Mothwell?")  # fmt: skip
"""Which no record has; neither have their answers, since the model stumbles over the names."""
KNOWN = ("Fiora Brinridge", "Hesper Marstrand", "Lucan Quillmark", "Piers Zevwick")
WHOLE_TEXT = """() => [document.documentElement.textContent,
  ...[...document.querySelectorAll("input, textarea")].map((one) => one.value)].join("\\n")"""
ERRORS = ".toast-body.error, .lethe-problem, .cmp-problem"


@pytest.fixture
def other(browser: Browser, server: Server, locale: str) -> Iterator[Visit]:
    """A second visitor."""
    with visiting(browser, server, locale) as found:
        yield found


def begin(visit: Visit, *prompts: str, samples: int = 0) -> Locator:
    """Ask the chosen model these prompts and no others; gives the result while it grows."""
    visit.tab("4 · Compare")
    page = visit.page
    expect(page.locator("#cmp-go")).to_be_enabled()
    page.locator("#tab-compare").get_by_role("button", name="None").click()
    expect(page.locator("#cmp-questions .token")).to_have_count(0)
    page.locator("#cmp-own textarea").fill("\n".join(prompts))
    page.locator("#cmp-n input[type=number]").fill(str(samples))
    page.locator("#cmp-go").click()
    return page.locator("#cmp-result")


def answered(result: Locator) -> list[str]:
    """The first column's answers, once all are there."""
    expect(result.locator(".cmp-status")).to_contain_text("answered")
    return result.locator(".cmp-card .cmp-side[data-column='0'] .cmp-text").all_inner_texts()


def whole_text(visit: Visit) -> str:
    """All that is in the page, also what is hidden or typed."""
    return str(visit.page.evaluate(WHOLE_TEXT))


def marks(visit: Visit) -> Locator:
    visit.tab("2 · Forget")
    return visit.page.locator("#forget-counter")


def test_prompts_answers_and_marks_stay_with_their_visitor(visit: Visit, other: Visit) -> None:
    visit.open()
    other.open()
    results = [begin(one, prompt) for one, prompt in zip((visit, other), PROMPTS, strict=True)]
    mine, theirs = (answered(result) for result in results)
    assert len(mine) == len(theirs) == 1 and mine != theirs
    for one, own, foreign in (
        (visit, (PROMPTS[0], *mine), (PROMPTS[1], *theirs)),
        (other, (PROMPTS[1], *theirs), (PROMPTS[0], *mine)),
    ):
        seen = whole_text(one)
        assert [text for text in own if text not in seen] == []
        assert [text for text in foreign if text in seen] == []

    expect(marks(other)).to_have_text("40 of 800 to forget, 760 kept")
    expect(marks(visit)).to_have_text("40 of 800 to forget, 760 kept")
    visit.page.locator("#forget-clear").click()
    expect(marks(visit)).to_have_text("0 of 800 to forget, 800 kept")
    other.page.locator("#forget-invert").click()
    expect(marks(other)).to_have_text("760 of 800 to forget, 40 kept")
    other.tab("4 · Compare")
    expect(marks(visit)).to_have_text("0 of 800 to forget, 800 kept")


def test_a_run_of_one_is_listed_for_the_other_and_takes_nothing_over(
    visit: Visit, other: Visit, server: Server
) -> None:
    visit.open()
    other.open()
    begin(other, PROMPTS[1])
    start_short(visit)
    expect(visit.page.locator("#live-view .lv-name")).to_be_visible()
    run = newest(server)
    assert run is not None
    expect(other.page.locator("#lethe-job")).to_contain_text(run.name)
    expect(other.page.get_by_role("tab", name="4 · Compare")).to_have_attribute(
        "aria-selected", "true"
    )
    assert run.id not in other.page.url
    other.tab("3 · Unlearn")
    expect(other.page.locator("#unlearn-start")).to_be_visible()
    expect(other.page.locator("#live-view .lv-name")).to_be_hidden()
    expect(other.page.locator("#unlearn-ready")).to_contain_text("40 records")
    other.tab("6 · Runs")
    expect(other.page.locator(f"#runs-table tr[data-run='{run.id}']")).to_contain_text(run.name)
    visit.page.on("dialog", lambda dialog: dialog.accept())
    visit.page.locator("#run-discard").click()
    wait_for(server, ("discarded",))


def test_a_comparison_goes_on_while_the_other_takes_another_model(
    visit: Visit, other: Visit, tmp_path: Path
) -> None:
    folder = tmp_path / "tiny-swapped"
    save(tiny_model("llama"), toy_tokenizer(), folder)
    visit.open()
    other.open()
    questions = [f"Where was {name} born?" for name in KNOWN]
    result = begin(visit, *questions, samples=100)
    expect(result.locator(".cmp-status")).to_contain_text("Asking question")

    page = other.page
    page.get_by_label("From a folder on this computer").check()
    page.locator("#model-folder input, #model-folder textarea").fill(str(folder))
    page.locator("#model-use").click()
    expect(page.locator("#lethe-machine")).to_contain_text(folder.name)
    odd = answered(begin(other, PROMPTS[1]))

    answers = answered(result)
    assert len(answers) == len(KNOWN)
    for name, answer in zip(KNOWN, answers, strict=True):
        assert birthplace(name) in answer
    expect(result.locator(".cmp-side[data-column='0']").first).to_contain_text("100 samples")
    assert odd[0] not in whole_text(visit)
    expect(visit.page.locator("#lethe-machine")).to_contain_text("Bundled model")
    for one in (visit, other):
        expect(one.page.locator(ERRORS).locator("visible=true")).to_have_count(0)
