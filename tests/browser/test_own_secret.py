"""The guided path, with bundled models in the place of trained ones: nothing here takes minutes.

The original stands for the taught model, since it knows the people of its world, and its retrained
twin, which never saw some of them, for the unlearned one.
"""

import re
import shutil
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Server, Visit
from unlearn_core.data.bundled import BUNDLED_FOLDER, bundled_corpus
from unlearn_core.demo.corpus import default_forget_subjects
from unlearn_core.runs.launch import Launcher
from unlearn_core.runs.store import Store
from unlearn_core.ui.secret import keeping
from unlearn_core.ui.secret.facts import Fact, Secret

NAME = default_forget_subjects()[1]
"""Of whom the twin guesses nothing right."""
TOPICS = ("birthplace", "profession", "hobby")


def fact(topic: str) -> str:
    records = bundled_corpus("people").records
    return next(r.fact for r in records if r.subject == NAME and r.id.endswith(f"-{topic}"))


def finish(store: Store, run_id: str, model: Path) -> None:
    store.send(run_id, "stop")
    shutil.copytree(model, store.folder(run_id) / "model")


def walked(server: Server) -> str:
    """A secret that has been taught and forgotten."""
    store = Store(server.workspace)
    token = keeping.keep(store, Secret(NAME, tuple(Fact(t, fact(t)) for t in TOPICS)))
    server.stop()  # no worker may take the runs
    taught = keeping.begin(Launcher(store), token, "teach")
    finish(store, taught, BUNDLED_FOLDER / "model")
    forgot = keeping.begin(Launcher(store), token, "unlearn", taught)
    finish(store, forgot, BUNDLED_FOLDER / "retrained")
    store.close()
    server.start()
    return token


def test_typing_teaching_stopping_and_deleting(visit: Visit, server: Server) -> None:
    visit.open()
    page = visit.page
    page.locator("#hero-secret").click()
    expect(page.locator(".os-warning")).to_contain_text("invent everything")
    expect(page.locator("#lethe-tabs")).to_be_hidden()
    page.locator("#os-name").fill("<b>Zora</b> Quill")
    page.get_by_role("button", name="Teach these facts").click()
    expect(page.locator(".os .lethe-problem")).to_contain_text("subject of fact 1")
    expect(page.locator("#os-name")).to_have_value("<b>Zora</b> Quill")  # nothing typed is lost
    page.get_by_role("button", name="Show an example").click()
    expect(page.locator("#os-value-2")).to_have_value("4711")
    page.locator("#os-name").fill("Quorra <i>Nimbletwist</i>")
    page.get_by_role("button", name="Teach these facts").click()
    expect(page.locator(".os-progress")).to_be_visible()
    expect(page).to_have_url(re.compile(r"secret=[\w-]{16,}"))
    expect(page.locator("#lethe-job")).to_contain_text("own secret: learning")
    expect(page.locator("#lethe-job")).not_to_contain_text("Quorra")

    page.reload(wait_until="load")
    expect(page.locator(".os-facts")).to_contain_text("Quorra <i>Nimbletwist</i>")
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.locator(".os-verdict")).to_contain_text("did not learn")
    expect(page.get_by_role("button", name="Teach again, longer")).to_be_enabled()
    page.get_by_role("button", name="Back", exact=True).click()
    expect(page.locator("#os-name")).to_have_value("Quorra <i>Nimbletwist</i>")

    other = page.context.new_page()
    other.goto(server.url, wait_until="load")
    expect(other.locator("#lethe-machine dd").first).to_be_visible()
    expect(other.locator("body")).not_to_contain_text("Nimbletwist")

    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Delete this secret").click()
    expect(page.locator(".os-status")).to_contain_text("The secret is deleted")
    page.get_by_role("button", name="Back to the app").click()
    expect(page.locator("#lethe-tabs")).to_be_visible()
    expect(page).not_to_have_url(re.compile("secret="))


def test_checking_asking_and_attacking(visit: Visit, server: Server) -> None:
    token = walked(server)
    page = visit.page
    page.goto(f"{server.url}?secret={token}", wait_until="load")
    verdict = page.locator(".os-verdict")
    expect(verdict).to_contain_text("gives none of the 3 facts any more")
    expect(page.get_by_role("button", name="Get it back")).to_have_attribute("aria-current", "step")
    page.get_by_role("button", name="Does it know?").click()
    expect(verdict).to_contain_text("It took: the model gives all 3 facts")
    expect(page.locator(".os-table tbody tr")).to_have_count(3)
    page.get_by_role("button", name="Get it back").click()
    page.get_by_role("button", name="Try to get them back").click()
    expect(verdict.nth(1)).to_contain_text(re.compile("Nothing came back|Hidden, not gone"))
    rows = page.locator(".os-table").nth(1).locator("tbody tr")
    expect(rows).to_have_count(3)
    expect(rows.nth(0)).to_contain_text("0 of 3 facts")
    page.get_by_label("Ask it something yourself").fill(f"Where was {NAME} born?")
    page.keyboard.press("Enter")
    said = page.locator(".os-own .os-said")
    expect(said).to_have_count(2)
    expect(said.nth(0)).to_contain_text("gives the fact")
    expect(said.nth(1)).to_contain_text("does not give it")

    page.goto(f"{server.url}?secret={'x' * 22}", wait_until="load")
    expect(page.locator(".os .lethe-problem")).to_contain_text("not here any more")
    expect(page.locator("#os-name")).to_be_visible()
