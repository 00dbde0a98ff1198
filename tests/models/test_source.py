"""Where a model comes from, and what is refused before anything is read."""

import json

import huggingface_hub
import pytest
import torch
from huggingface_hub.errors import LocalEntryNotFoundError

from tests.helpers.models import tiny_model, toy_tokenizer
from unlearn_core.errors import InvalidInput, MissingPrerequisite
from unlearn_core.models import source
from unlearn_core.models.describing import describe
from unlearn_core.models.loading import load, save
from unlearn_core.models.spec import ModelSpec


@pytest.fixture
def folder(tmp_path):
    """A folder with a model in it."""
    save(tiny_model("llama"), toy_tokenizer(), tmp_path / "model")
    return tmp_path / "model"


def refused(folder, message: str) -> None:
    for use in (load, describe):
        with pytest.raises(InvalidInput, match=message):
            use(ModelSpec(source=str(folder), device="cpu"))


def test_pickle_weights_are_refused_with_the_way_out(folder):
    (folder / "model.safetensors").unlink()
    torch.save({}, folder / "pytorch_model.bin")
    refused(folder, r"pickle files \(pytorch_model.bin\).* Convert them to safetensors")


def test_a_folder_without_weights(folder):
    (folder / "model.safetensors").unlink()
    refused(folder, "no .safetensors file")


def test_a_folder_without_a_model(tmp_path):
    refused(tmp_path, "config.json is missing")


def test_a_folder_without_a_tokenizer(folder):
    for file in folder.glob("tokenizer*"):
        file.unlink()
    refused(folder, "no tokenizer that can be read")


def test_a_file_as_model(folder):
    refused(folder / "config.json", "is a file")


def test_a_folder_that_is_not_there(tmp_path):
    refused(tmp_path / "nowhere", "There is no folder")


def test_broken_weights(folder):
    (folder / "model.safetensors").write_bytes(b"broken")
    with pytest.raises(InvalidInput, match="cannot be read"):
        load(ModelSpec(source=str(folder)))


def test_an_unknown_bundled_model():
    refused("bundled:old", "there are bundled and bundled:retrained")


def test_a_bundled_model_that_is_not_built(tmp_path, monkeypatch):
    monkeypatch.setattr(source, "BUNDLED_FOLDER", tmp_path)
    with pytest.raises(MissingPrerequisite, match="demo build"):
        load(ModelSpec(source="bundled"))


@pytest.mark.parametrize(
    ("architecture", "model_type"),
    [
        ("BertForMaskedLM", "bert"),
        ("T5ForConditionalGeneration", "t5"),
        ("LlamaForSequenceClassification", "llama"),
    ],
)
def test_models_that_cannot_go_on_from_a_text(folder, architecture, model_type):
    config = {
        "architectures": [architecture],
        "model_type": model_type,
        "is_encoder_decoder": model_type == "t5",
    }
    (folder / "config.json").write_text(json.dumps(config))
    refused(folder, f"is a {architecture}, not a causal language model")


def test_an_unknown_kind_of_model(folder):
    (folder / "config.json").write_text('{"model_type": "nonsense"}')
    refused(folder, "cannot be read")


OWN_CODE = """
from transformers import LlamaConfig, LlamaForCausalLM
class OwnConfig(LlamaConfig):
    model_type = "own"
class OwnModel(LlamaForCausalLM):
    config_class = OwnConfig
"""


def test_a_model_s_own_code_runs_only_when_it_is_named(folder, tmp_path, monkeypatch):
    monkeypatch.setattr("transformers.dynamic_module_utils.HF_MODULES_CACHE", str(tmp_path / "m"))
    (folder / "own.py").write_text(OWN_CODE)
    path = folder / "config.json"
    config = json.loads(path.read_text()) | {
        "model_type": "own",
        "architectures": ["OwnModel"],
        "auto_map": {"AutoConfig": "own.OwnConfig", "AutoModelForCausalLM": "own.OwnModel"},
    }
    path.write_text(json.dumps(config))
    refused(folder, "brings its own Python code")
    for name in ("yes", "true", str(folder.parent)):
        with pytest.raises(InvalidInput, match="own Python code"):
            describe(ModelSpec(source=str(folder), trust_remote_code=name))
    named = ModelSpec(source=str(folder), trust_remote_code=str(folder))
    assert describe(named).architecture == "OwnModel"
    assert type(load(named).model).__name__ == "OwnModel"


def test_a_hub_model_is_fetched_without_pickles_or_code_formats(folder, monkeypatch):
    asked = []

    def snapshot_download(name: str, **patterns) -> str:
        asked.append((name, patterns))
        return str(folder)

    monkeypatch.setattr(source, "snapshot_download", snapshot_download)
    spec = ModelSpec(source="owner/model", device="cpu")
    assert describe(spec).name == "owner/model"
    assert load(spec).card == describe(spec)
    small, all_files = asked[0][1]["allow_patterns"], asked[1][1]["allow_patterns"]
    assert "*.safetensors" not in small and "*.safetensors" in all_files
    assert not any(pattern.endswith((".bin", ".pt")) for pattern in all_files)


def test_a_hub_that_does_not_answer(monkeypatch):
    def snapshot_download(name: str, **patterns) -> str:
        raise LocalEntryNotFoundError("no connection")

    monkeypatch.setattr(source, "snapshot_download", snapshot_download)
    refused("owner/model", "no model 'owner/model' could be fetched")


def test_a_name_the_hub_does_not_know(monkeypatch):
    import httpx

    def snapshot_download(name: str, **patterns) -> str:
        request = httpx.Request("GET", "https://hub.invalid")
        raise huggingface_hub.errors.RepositoryNotFoundError(
            "404", response=httpx.Response(404, request=request)
        )

    monkeypatch.setattr(source, "snapshot_download", snapshot_download)
    refused("owner/model", "hub has no model 'owner/model'")
