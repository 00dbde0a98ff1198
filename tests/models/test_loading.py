"""Models and adapters, saved and loaded again."""

import json

import pytest
import torch
from peft import LoraConfig
from safetensors.torch import load_file

from tests.helpers.models import KINDS, tiny_model, toy_tokenizer
from unlearn_core.errors import InvalidInput
from unlearn_core.models import source
from unlearn_core.models.loading import load, save
from unlearn_core.models.spec import ModelSpec, TuningSpec
from unlearn_core.models.trainable import merged, prepare_for_training


def logits(model) -> torch.Tensor:
    with torch.no_grad():
        return model.eval()(input_ids=torch.arange(3, 20)[None]).logits


def tuned(model, seed: int = 0):
    """An adapter with random weights on a model."""
    generator = torch.Generator().manual_seed(seed)
    whole = prepare_for_training(model, TuningSpec(rank=2))
    for parameter in whole.parameters():
        if parameter.requires_grad:
            parameter.data.normal_(0, 0.1, generator=generator)
    return whole


def spec(folder, **rest) -> ModelSpec:
    return ModelSpec(source=str(folder), device="cpu", **rest)


@pytest.mark.parametrize("kind", KINDS)
def test_a_model_comes_back_with_its_ties(tmp_path, kind):
    model = tiny_model(kind)
    save(model, toy_tokenizer(), tmp_path / "m")
    loaded = load(spec(tmp_path / "m"))
    assert torch.equal(logits(loaded.model), logits(model))
    shared = loaded.model.get_output_embeddings().weight is (
        loaded.model.get_input_embeddings().weight
    )
    assert shared == (kind in ("gpt2", "qwen"))
    assert not loaded.model.training
    assert loaded.tokenizer("Who?")["input_ids"] == toy_tokenizer()("Who?")["input_ids"]


@pytest.mark.parametrize("kind", KINDS)
def test_an_adapter_comes_back_merged_into_its_base(tmp_path, kind):
    save(tiny_model(kind), toy_tokenizer(), tmp_path / "base")
    whole = tuned(load(spec(tmp_path / "base")).model)
    save(whole, toy_tokenizer(), tmp_path / "adapter")
    files = {path.name for path in (tmp_path / "adapter").iterdir()}
    assert "adapter_model.safetensors" in files and "model.safetensors" not in files
    loaded = load(spec(tmp_path / "adapter"))
    assert torch.allclose(logits(loaded.model), logits(whole), atol=1e-4)
    assert loaded.card.name == str(tmp_path / "adapter")


def test_only_the_trained_of_several_adapters_is_saved_and_merged(tmp_path, tiny_llama):
    save(tiny_llama, toy_tokenizer(), tmp_path / "base")
    whole = tuned(load(spec(tmp_path / "base")).model)
    expected = logits(whole)
    whole.add_adapter("other", LoraConfig(r=2, target_modules=["q_proj"], init_lora_weights=False))
    save(whole, toy_tokenizer(), tmp_path / "adapter")
    save(tuned(load(spec(tmp_path / "base")).model), toy_tokenizer(), tmp_path / "alone")
    first, second = tmp_path / "adapter", tmp_path / "alone"
    assert sorted(p.name for p in first.rglob("*")) == sorted(p.name for p in second.rglob("*"))
    kept, alone = (load_file(f / "adapter_model.safetensors") for f in (first, second))
    assert kept.keys() == alone.keys()
    assert all(torch.equal(kept[name], alone[name]) for name in kept)
    whole.set_adapter("other")
    assert torch.allclose(logits(merged(whole)), expected, atol=1e-4)


def test_an_adapter_on_an_adapter_comes_back(tmp_path, tiny_llama):
    save(tiny_llama, toy_tokenizer(), tmp_path / "base")
    save(tuned(load(spec(tmp_path / "base")).model), toy_tokenizer(), tmp_path / "first")
    second = tuned(load(spec(tmp_path / "first")).model, seed=1)
    save(second, toy_tokenizer(), tmp_path / "second")
    loaded = load(spec(tmp_path / "second"))
    assert torch.allclose(logits(loaded.model), logits(second), atol=1e-4)


def test_an_adapter_of_the_bundled_model_names_it_on_any_machine(tmp_path, monkeypatch):
    monkeypatch.setattr(source, "BUNDLED_FOLDER", tmp_path)
    save(tiny_model("llama"), toy_tokenizer(), tmp_path / "model")
    save(tuned(load(ModelSpec(source="bundled")).model), toy_tokenizer(), tmp_path / "adapter")
    config = json.loads((tmp_path / "adapter" / "adapter_config.json").read_text())
    assert config["base_model_name_or_path"] == "bundled"
    assert load(spec(tmp_path / "adapter")).card.architecture == "LlamaForCausalLM"


def test_loading_and_saving_ask_no_server(tmp_path, monkeypatch):
    asked = []

    def no_network(host, *args, **rest) -> None:
        asked.append(host)
        raise OSError("no network")

    monkeypatch.setattr("socket.getaddrinfo", no_network)
    monkeypatch.setattr(source, "BUNDLED_FOLDER", tmp_path)
    save(tiny_model("llama"), toy_tokenizer(), tmp_path / "model")
    save(tuned(load(ModelSpec(source="bundled")).model), toy_tokenizer(), tmp_path / "adapter")
    load(spec(tmp_path / "adapter"))
    assert asked == []


def test_an_adapter_takes_the_base_that_is_given(tmp_path, tiny_llama):
    save(tiny_llama, toy_tokenizer(), tmp_path / "base")
    whole = tuned(load(spec(tmp_path / "base")).model)
    save(whole, toy_tokenizer(), tmp_path / "adapter")
    (tmp_path / "base").rename(tmp_path / "moved")
    with pytest.raises(InvalidInput, match="There is no folder"):
        load(spec(tmp_path / "adapter"))
    loaded = load(spec(tmp_path / "adapter", base=str(tmp_path / "moved")))
    assert torch.allclose(logits(loaded.model), logits(whole), atol=1e-4)


def test_an_adapter_on_another_base_is_refused(tmp_path, tiny_llama, tiny_gpt2):
    save(tiny_llama, toy_tokenizer(), tmp_path / "base")
    save(tiny_gpt2, toy_tokenizer(), tmp_path / "other")
    save(tuned(load(spec(tmp_path / "base")).model), toy_tokenizer(), tmp_path / "adapter")
    with pytest.raises(InvalidInput, match="cannot be put on the base model"):
        load(spec(tmp_path / "adapter", base=str(tmp_path / "other")))


def test_an_adapter_without_or_around_its_base_is_refused(tmp_path):
    (tmp_path / "adapter_config.json").write_text("{}")
    with pytest.raises(InvalidInput, match="does not name its base model"):
        load(spec(tmp_path))
    (tmp_path / "adapter_config.json").write_text(
        json.dumps({"base_model_name_or_path": str(tmp_path)})
    )
    with pytest.raises(InvalidInput, match="names itself"):
        load(spec(tmp_path))


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_half_precision(tmp_path, tiny_llama, dtype):
    save(tiny_llama, toy_tokenizer(), tmp_path / "m")
    loaded = load(spec(tmp_path / "m", dtype=dtype))
    assert loaded.model.dtype == getattr(torch, dtype)
    assert loaded.card.dtype == dtype


def test_weights_can_be_saved_in_half_precision(tmp_path, tiny_gpt2):
    save(tiny_gpt2, toy_tokenizer(), tmp_path / "m", dtype="float16")
    weights = load_file(tmp_path / "m" / "model.safetensors")
    assert {weight.dtype for weight in weights.values()} == {torch.float16}
    assert json.loads((tmp_path / "m" / "config.json").read_text())["dtype"] == "float16"
    assert tiny_gpt2.dtype == torch.float32


def test_saving_replaces_what_was_there_and_leaves_nothing_else(tmp_path, tiny_llama):
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "old.txt").write_text("old")
    save(tiny_llama, toy_tokenizer(), tmp_path / "m")
    assert not (tmp_path / "m" / "old.txt").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["m"]


def test_a_save_that_fails_keeps_what_was_there(tmp_path, tiny_llama, monkeypatch):
    save(tiny_llama, toy_tokenizer(), tmp_path / "m")

    def full(*args, **rest) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(tiny_llama), "save_pretrained", full)
    with pytest.raises(InvalidInput, match="No space left"):
        save(tiny_llama, toy_tokenizer(), tmp_path / "m")
    assert [path.name for path in tmp_path.iterdir()] == ["m"]
    assert (tmp_path / "m" / "model.safetensors").is_file()
