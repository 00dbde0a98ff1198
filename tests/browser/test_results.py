"""What a person does with a finished run: download it, compare it, stop asking, repeat it."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect
from safetensors.torch import load_file

from tests.browser.conftest import ROOT, Server, Visit
from tests.browser.test_main_job import RUN_SECONDS, newest, wait_for
from unlearn_core.runs.info import RunInfo

pytestmark = pytest.mark.timeout(3 * RUN_SECONDS)


@pytest.fixture(scope="module")
def run(server: Server) -> RunInfo:
    """A short run with an adapter, made from a terminal in the app's workspace."""
    options = "--method npo --tuning-mode lora --epochs 1 --measure-leak-samples 0 --json"
    command = [sys.executable, "-m", "unlearn_core", "run", "--workspace", str(server.workspace)]
    subprocess.run([*command, *options.split()], cwd=ROOT, check=True, capture_output=True)
    found = newest(server)
    assert found is not None and found.state == "done"
    return found


def choose(visit: Visit, run: RunInfo) -> Locator:
    visit.open()
    visit.tab("Runs")
    row = visit.page.locator(f"#runs-table tr[data-run='{run.id}']")
    row.locator("input").check()
    actions = visit.page.locator("#runs-actions")
    expect(actions).to_be_visible()
    return actions


def download(visit: Visit, button: Locator, folder: Path) -> Path:
    with visit.page.expect_download() as coming:
        button.click()
    path = folder / coming.value.suggested_filename
    coming.value.save_as(path)
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder / path.stem)
    return folder / path.stem


def test_model_is_downloaded_as_adapter_and_merged(
    visit: Visit, run: RunInfo, tmp_path: Path
) -> None:
    actions = choose(visit, run)
    adapter = download(visit, actions.locator("#runs-adapter"), tmp_path)
    assert (adapter / "adapter_model.safetensors").is_file()
    assert "bundled" in (adapter / "README.md").read_text(encoding="utf-8")
    assert json.loads((adapter / "result.json").read_text())["run"] == run.id
    merged = download(visit, actions.locator("#runs-merged"), tmp_path)
    assert "lm_head.weight" in load_file(merged / "model.safetensors")
    assert not (merged / "adapter_config.json").exists()


def test_comparison_from_the_list_can_be_stopped_and_asked_again(
    visit: Visit, run: RunInfo
) -> None:
    choose(visit, run).locator("#runs-compare").click()
    page = visit.page
    expect(page.locator("#cmp-sources")).to_contain_text(run.name)
    page.locator("#tab-compare").get_by_role("button", name="All to forget").click()
    page.locator("#cmp-n input[type=number]").fill("100")
    go, stop, result = (page.locator(name) for name in ("#cmp-go", "#cmp-stop", "#cmp-result"))
    go.click()
    expect(result).to_contain_text("Asking question")
    stop.click()
    expect(stop).to_be_disabled()
    expect(result.locator(".cmp-status")).to_contain_text("Stopped")
    page.locator("#tab-compare").get_by_role("button", name="None").click()
    page.locator("#cmp-own textarea").fill("Where was Fiora Brinridge born?")
    page.locator("#cmp-n input[type=number]").fill("5")
    go.click()
    expect(result).to_contain_text("5 samples")
    expect(result.locator(".cmp-status")).to_have_text("The question is answered.")
    expect(result.locator(".cmp-card")).to_have_count(1)
    expect(result).not_to_contain_text("100 samples")


def test_repeated_run_has_the_same_settings_and_can_be_stopped(
    visit: Visit, run: RunInfo, server: Server
) -> None:
    choose(visit, run).locator("#runs-repeat").click()
    page = visit.page
    expect(page.locator("#live-view .lv-name")).to_have_text(run.name)
    again = newest(server)
    assert again is not None and again.id != run.id
    assert again.spec == run.spec
    assert wait_for(server, ("done",)).id == again.id
    expect(page.locator("#live-view .lv-state")).to_have_text("Done")
