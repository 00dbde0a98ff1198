"""A run's model taken out of the workspace."""

from pathlib import Path

import pytest
import torch

from tests.helpers.models import tiny_model, toy_tokenizer
from unlearn_core.errors import InvalidInput, MissingPrerequisite
from unlearn_core.models.loading import load, save
from unlearn_core.models.spec import ModelSpec, TuningSpec
from unlearn_core.models.tuning import prepare_for_training
from unlearn_core.runs.export import export_model
from unlearn_core.runs.rows import write_json
from unlearn_core.runs.store import Store

GROUP = {"records": 4, "fact_recall": 1.0, "rouge_l_recall": 1.0, "log_likelihood": -0.1}
RESULT = {
    "steps": 3,
    "before": {"forget": GROUP, "leak_share": 0.5},
    "after": {"forget": {**GROUP, "fact_recall": 0.025}, "leak_share": 0.0},
}


@pytest.fixture
def run_id(store: Store, tmp_path: Path) -> str:
    """A run that has ended with an adapter on a tiny model."""
    base = tmp_path / "base"
    save(tiny_model("llama"), toy_tokenizer(), base)
    model = {"source": str(base), "dtype": "float32", "trust_remote_code": ""}
    spec = {"method": "pmc", "model": model}
    made = store.create(spec, kind="unlearn", name="Four people", device="cpu")
    tuned = prepare_for_training(load(ModelSpec(source=str(base))).model, TuningSpec(rank=4))
    with torch.no_grad():
        for name, parameter in tuned.named_parameters():
            if "lora_B" in name:
                parameter.fill_(0.05)
    save(tuned, toy_tokenizer(), store.folder(made) / "model")
    write_json(store.folder(made) / "result.json", RESULT)
    write_json(store.folder(made) / "environment.json", {})
    store.set_state(made, "done")
    return made


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
    assert "# Four people" in text and "| forget | 100.0% | 2.5% |" in text
    assert ("whole weights" in text) is merged


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
