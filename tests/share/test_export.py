"""A run's model taken out of the workspace."""

from pathlib import Path

import pytest
import torch

from tests.helpers.exported import SECRET, ended_run
from unlearn_core.errors import InvalidInput, MissingPrerequisite
from unlearn_core.models.loading import load
from unlearn_core.models.spec import ModelSpec
from unlearn_core.runs.store import Store
from unlearn_core.share.export import export_model


@pytest.fixture
def run_id(store: Store, tmp_path: Path) -> str:
    return ended_run(store, tmp_path)


def logits(folder: Path) -> torch.Tensor:
    model = load(ModelSpec(source=str(folder))).model
    with torch.no_grad():
        return model(torch.tensor([[5, 6, 7]])).logits


@pytest.mark.parametrize("merged", [False, True])
def test_an_export_computes_what_the_run_did(
    store: Store, run_id: str, tmp_path: Path, merged: bool
) -> None:
    out = export_model(store, run_id, tmp_path / "out", merged=merged)
    assert (out / "adapter_config.json").is_file() is not merged
    torch.testing.assert_close(logits(out), logits(store.model_folder(run_id)))
    assert {"spec.json", "result.json", "environment.json"} <= {p.name for p in out.iterdir()}
    text = (out / "README.md").read_text()
    assert "# Four people" in text and "| to forget | 4 | 100.0% | 2.5% |" in text
    assert ("Whole weights" in text) is merged


def test_an_export_for_strangers_does_not_tell_what_was_forgotten(
    store: Store, run_id: str, tmp_path: Path
) -> None:
    store.rename(run_id, f"PMC: {SECRET}")
    out = export_model(store, run_id, tmp_path / "out", public=True, merged=True)
    assert {path.suffix for path in out.iterdir()} <= {".json", ".safetensors", ".md"}
    texts = [path.read_text() for path in out.iterdir() if path.suffix != ".safetensors"]
    assert not [text for text in texts if SECRET in text or str(tmp_path) in text]
    assert not (out / "spec.json").exists() and not (out / "result.json").exists()


def test_a_folder_with_something_in_it_is_left_alone(
    store: Store, run_id: str, tmp_path: Path
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "file").write_text("precious")
    with pytest.raises(InvalidInput, match="not an empty folder"):
        export_model(store, run_id, tmp_path / "mine")
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["file"]


def test_nothing_half_done_is_left_when_it_cannot_be_written(
    store: Store, run_id: str, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InvalidInput, match="cannot be written"):
        export_model(store, run_id, tmp_path / "file" / "out")
    (store.folder(run_id) / "environment.json").unlink()
    with pytest.raises(InvalidInput, match="cannot be written"):
        export_model(store, run_id, tmp_path / "out")
    assert not [path for path in tmp_path.iterdir() if path.name.startswith("out")]


def test_a_run_without_a_model_has_nothing_to_export(store: Store, tmp_path: Path) -> None:
    made = store.create({"method": "pmc"}, kind="unlearn", name="", device="cpu")
    with pytest.raises(MissingPrerequisite, match="has left no model"):
        export_model(store, made, tmp_path / "out")
