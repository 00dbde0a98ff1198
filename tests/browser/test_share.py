"""Sharing from the page: what a push would upload is shown first, and refusals are sentences."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Server, Visit
from tests.helpers.exported import SECRET, ended_run
from unlearn_core.runs.store import Store


@pytest.fixture(scope="module", autouse=True)
def no_hub() -> Iterator[None]:
    """Nothing is ever uploaded by a test, whoever runs it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_HUB_OFFLINE", "1")
        patch.setenv("HF_TOKEN", "hf_nobody")
        yield


@pytest.fixture(scope="module")
def run_id(no_hub: None, server: Server) -> str:
    store = Store(server.workspace)
    found = ended_run(store, server.workspace, name=f"PMC: {SECRET}")
    store.close()
    return found


def test_a_push_is_shown_before_it_happens(visit: Visit, run_id: str) -> None:
    visit.open()
    visit.tab("Runs")
    page = visit.page
    page.locator(f"#runs-table tr[data-run='{run_id}'] input").check()
    form = page.locator("#push-form")
    form.get_by_role("button", name="Push to the Hugging Face hub").click()
    repo, show = page.locator("#push-repo input"), page.locator("#push-show")
    go, result = page.locator("#push-go"), page.locator("#push-result")
    expect(go).to_be_disabled()

    repo.fill("no name")
    show.click()
    expect(result.get_by_role("alert")).to_contain_text("Give user/name")
    repo.fill("anna/forgetful")
    show.click()
    expect(result.get_by_role("alert")).to_contain_text("Push the merged model instead")
    expect(go).to_be_disabled()

    page.locator("#push-merged input").check()
    show.click()
    table = result.get_by_role("table", name="Files that would be uploaded")
    expect(table).to_contain_text("model.safetensors")
    expect(table).not_to_contain_text("spec.json")
    expect(result).to_contain_text("only you and whom you allow can see")
    expect(go).to_be_enabled()

    page.locator("#push-public input").check()  # another upload than the one that was shown
    expect(go).to_be_disabled()
    show.click()
    expect(result).to_contain_text("everybody can see")
    go.click()
    expect(result.get_by_role("alert")).to_contain_text("HF_HUB_OFFLINE is set")
    expect(go).to_be_disabled()
