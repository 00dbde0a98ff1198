"""`push` and `space` from a terminal."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.exported import ended_run
from unlearn_core.cli.main import main
from unlearn_core.runs.store import Store
from unlearn_core.share import hub


class FakeApi:
    """The hub's client; remembers what was uploaded."""

    uploaded: list[str] = []

    def __init__(self, token: str) -> None:
        assert token == "hf_x"

    def create_repo(self, repo_id: str, *, private: bool, exist_ok: bool) -> None:
        self.private = private

    def model_info(self, repo_id: str) -> Any:
        return self

    def upload_folder(self, *, repo_id: str, folder_path: str, commit_message: str) -> None:
        self.uploaded.append(repo_id)


@pytest.fixture
def pushing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A command that would push a run, but for the answer to the question."""
    monkeypatch.setattr(hub, "HfApi", FakeApi)
    monkeypatch.setattr(FakeApi, "uploaded", [])
    run_id = ended_run(Store(tmp_path / "runs"), tmp_path)
    words = ["push", run_id, "--to", "anna/forgetful", "--merged", "--token", "hf_x"]
    return [*words, "--workspace", str(tmp_path / "runs")]


def test_nothing_is_pushed_where_no_one_can_agree(
    pushing: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(pushing) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert "model.safetensors" in err and "Add --yes to upload" in err
    assert FakeApi.uploaded == []


def test_what_is_pushed_is_listed_and_its_address_told(
    pushing: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    assert main([*pushing, "--yes", "--json"]) == 0
    out, err = capfd.readouterr()
    assert json.loads(out)["url"] == "https://huggingface.co/anna/forgetful"
    assert "README.md" in err and "Not among them: data, marks, answers" in err
    assert FakeApi.uploaded == ["anna/forgetful"]


def test_a_folder_of_a_space_is_made_with_the_command_that_uploads_it(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["space", str(tmp_path / "lethe")]) == 0
    assert "--repo-type space" in capfd.readouterr().out
    assert (tmp_path / "lethe" / "app.py").is_file()
