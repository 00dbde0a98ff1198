"""Comparing as a person does it: six columns, every view, a blind vote, a set, a link, a chat."""

import json
import re
from pathlib import Path

import pytest
import torch
from playwright.sync_api import Locator, expect

from tests.browser.conftest import PATIENCE_SECONDS, Server, Visit
from tests.helpers.fake_run import HOSTILE, fake_run
from tests.helpers.models import tiny_model, toy_tokenizer
from unlearn_core.models.loading import load, save
from unlearn_core.models.spec import ModelSpec, TuningSpec
from unlearn_core.models.trainable import prepare_for_training
from unlearn_core.runs.store import Store

pytestmark = pytest.mark.timeout(8 * PATIENCE_SECONDS)

QUESTION = "Where was Fiora Brinridge born?"
CHAT = (
    "{% for m in messages %}<{{ m['role'] }}>{{ m['content'] }}</s>{% endfor %}"
    "{% if add_generation_prompt %}<assistant>{% endif %}"
)


@pytest.fixture(scope="module")
def store(server: Server) -> Store:
    """A workspace with adapters of the bundled model, a broken one, and a model for chat."""
    store = Store(server.workspace)
    for seed, name in enumerate(("First", "Second", HOSTILE)):
        _adapter(_model_folder(store, name), seed)
    broken = _model_folder(store, "Broken")
    _adapter(broken, 5)
    (broken / "adapter_model.safetensors").write_bytes(b"no weights")
    tokenizer = toy_tokenizer()
    tokenizer.chat_template = CHAT
    save(tiny_model("llama"), tokenizer, _model_folder(store, "Talker"))
    return store


def _model_folder(store: Store, name: str) -> Path:
    return store.folder(fake_run(store, name=name, total=1)) / "model"


def _adapter(folder: Path, seed: int) -> None:
    model = prepare_for_training(load(ModelSpec(source="bundled")).model, TuningSpec(rank=2))
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_" in name:
                parameter.normal_(std=0.05, generator=generator)
    save(model, load(ModelSpec(source="bundled")).tokenizer, folder)


def choose(visit: Visit, *names: str) -> None:
    """Compare these models and no others."""
    page = visit.page
    expect(page.locator("#cmp-go")).to_be_enabled()
    box = page.locator("#cmp-sources")
    box.locator("[aria-label='Clear'], .remove-all").first.click()
    for name in names:
        box.locator("input").fill(name)
        page.get_by_role("option", name=name).first.click()
    expect(box.locator(".token")).to_have_count(len(names))
    page.keyboard.press("Escape")


def ask(visit: Visit, *questions: str, samples: int = 0) -> Locator:
    """Ask these questions and no others; gives the result when all are answered."""
    page = visit.page
    if not page.locator("#cmp-max_new_tokens").is_visible():
        page.get_by_role("button", name="How samples are drawn").click()
    page.locator("#tab-compare").get_by_role("button", name="None").click()
    page.locator("#cmp-own textarea").fill("\n".join(questions))
    page.locator("#cmp-n input[type=number]").fill(str(samples))
    page.locator("#cmp-max_new_tokens input").fill("8")
    page.locator("#cmp-go").click()
    result = page.locator("#cmp-result")
    expect(result.locator(".cmp-status")).to_contain_text("answered")
    return result


def view(card: Locator, name: str) -> None:
    card.locator(".cmp-pills").first.get_by_text(name, exact=True).click()


def test_six_columns_stream_and_one_that_fails_leaves_the_others(
    visit: Visit, store: Store
) -> None:
    visit.open()
    visit.tab("4 · Compare")
    page = visit.page
    choose(visit, "Original", "Retrained", "First", "Second", "onerror", "Broken")
    result = ask(visit, QUESTION, HOSTILE, "long " * 20_000, samples=5)
    expect(result.locator(".cmp-head")).to_have_count(6)
    assert len(result.locator(".cmp-head", has_text="seed 0").all()) == 6
    card = result.locator(".cmp-card").first
    expect(card.locator(".cmp-text")).to_have_count(5)
    expect(card.locator(".cmp-side").nth(5)).to_contain_text("cannot be put on its base model")
    expect(card.locator(".cmp-side").first).to_contain_text("5 samples")
    long = result.locator(".cmp-card").nth(2).locator(".cmp-side")
    assert all("tokens" in text for text in long.all_inner_texts()[:5])
    expect(result.locator("#cmp-link")).to_be_enabled()
    assert page.title() == "Lethe"
    assert page.locator("#cmp-result img").count() == 0

    view(card, "Word difference")
    expect(card.locator("del, ins, .cmp-same").first).to_be_visible()
    view(card, "Sampled answers")
    expect(card.locator(".cmp-bars")).to_have_count(5)
    view(card, "Token probability")
    card.locator("input.cmp-field").fill("Fiora Brinridge was born in Frostwell.")
    card.get_by_role("button", name="Show").click()
    strip = card.locator(".cmp-tokens").nth(1)
    expect(strip).to_have_text("Fiora Brinridge was born in Frostwell.")
    strip.press("End")
    expect(card.locator(".cmp-readout").nth(1)).to_contain_text(re.compile(r"%.*points · rank"))
    expect(card.locator(".cmp-readout").nth(0)).to_contain_text("rank")
    card.get_by_text("Numbers as a table").click()
    expect(card.locator(".cmp-table thead th")).to_have_count(1 + 5 + 4)
    view(card, "Next token")
    expect(card.locator(".cmp-bars")).to_have_count(5)
    before = card.locator(".cmp-bars").first.text_content() or ""
    card.locator(".cmp-slider").press("ArrowRight")
    expect(card.locator(".cmp-bars").first).not_to_have_text(before)
    view(card, "Rank of the truth")
    expect(card.get_by_role("alert")).to_contain_text("no true answer")
    view(card, "Answer")

    result.locator(".cmp-expand").nth(2).click()
    expect(card.locator(".cmp-side:visible")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(card.locator(".cmp-side:visible")).to_have_count(6)
    result.locator("#cmp-which").select_option("changed")
    expect(result).to_contain_text("of 3 questions are shown")


def test_blind_vote_saved_set_link_and_chat(visit: Visit, store: Store) -> None:
    visit.open()
    visit.tab("4 · Compare")
    page = visit.page
    choose(visit, "Original", "First", "Second")
    page.get_by_role("button", name="Save, import or export a set of questions").click()
    page.locator("#cmp-set-name textarea, #cmp-set-name input").fill("For the class")
    page.locator("#cmp-set-name button").click()
    expect(page.locator("#cmp-set-told")).to_contain_text("Saved 5 questions as “For the class”.")
    with page.expect_file_chooser() as chooser:
        page.locator("#cmp-set-import").click()
    lines = {"name": "cat.json", "mimeType": "application/json",
             "buffer": json.dumps([QUESTION, {"prompt": "🙂"}]).encode()}  # fmt: skip
    chooser.value.set_files(lines)  # type: ignore[arg-type]
    expect(page.locator("#cmp-set-told")).to_contain_text("Imported 2 questions as “cat”")
    expect(page.locator("#cmp-set input")).to_have_value("cat")

    page.locator("#cmp-blind input").check()
    result = ask(visit)
    expect(result.locator(".cmp-card")).to_have_count(2)
    assert not re.search("Original|First|Second", result.inner_html())
    expect(result.locator("#cmp-reveal")).to_be_disabled()
    votes = result.locator(".cmp-vote")
    for letter in "BBA":  # a show of hands
        votes.nth(0).get_by_role("button", name=letter).click()
    votes.nth(0).get_by_role("button", name="Undo").click()
    expect(votes.nth(0).get_by_role("button", name="B: 2")).to_be_visible()
    votes.nth(1).get_by_role("button", name="No difference").click()
    result.locator("#cmp-reveal").click()
    tally = result.locator(".cmp-tally")
    expect(tally).to_contain_text("(3 votes)")
    for name in ("Original", "First", "Second"):
        expect(tally).to_contain_text(name)
    assert tally.locator(".cmp-count").all_inner_texts() == ["0", "2", "0", "1"]
    expect(votes.nth(0).get_by_role("button", name="B: 2")).to_be_disabled()

    expect(page).to_have_url(re.compile(r"[?&]compare="))
    link = page.url
    second = next(run.id for run in store.runs() if run.name == "Second")
    store.delete(second)
    page.goto(link, wait_until="load")
    expect(page.locator("#cmp-problem")).to_contain_text(f"not here any more: run:{second}")
    expect(page.locator("#cmp-sources .token")).to_have_count(2)
    expect(page.locator("#cmp-set input")).to_have_value("cat")
    expect(page.locator("#cmp-blind input")).to_be_checked()

    page.locator("#cmp-blind input").uncheck()
    choose(visit, "Original", "Talker")
    page.locator("#cmp-kind").get_by_text("Chat", exact=True).click()
    page.locator("#cmp-go").click()
    page.locator("#cmp-say").fill("Hello")
    page.locator("#cmp-say").press("Enter")
    turns = result.locator(".cmp-card")
    expect(turns).to_have_count(1)
    expect(result.locator(".cmp-status")).to_contain_text("Say something")
    expect(turns.first.locator(".cmp-side").first).to_contain_text("no chat template")
    expect(turns.first.locator(".cmp-side").nth(1).locator(".cmp-text")).to_be_visible()
    page.locator("#cmp-say").fill("And now?")
    page.locator("#cmp-say").press("Enter")
    expect(turns).to_have_count(2)
