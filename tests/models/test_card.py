"""Cards and memory from the configuration alone, and devices."""

import pytest
import torch

from tests.helpers.models import CONTEXT, KINDS, VOCABULARY, tiny_model, toy_tokenizer
from unlearn_core.errors import InvalidInput
from unlearn_core.models.card import ModelCard, estimate_memory
from unlearn_core.models.describing import describe
from unlearn_core.models.devices import resolve_device
from unlearn_core.models.loading import load, save
from unlearn_core.models.spec import ModelSpec, TuningSpec

CARD = ModelCard(
    name="m", architecture="X", parameters=1000, vocabulary=50, context_length=64,
    dtype="bfloat16", device="cpu", memory_bytes=2000, has_chat_template=False, layers=2,
    hidden_size=8, heads=4, kv_heads=2, head_size=3, tied_embeddings=True, adapter_width=60,
)  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_the_card_needs_no_weights_and_equals_the_loaded_model_s(tmp_path, kind):
    model = tiny_model(kind)
    save(model, toy_tokenizer(), tmp_path / "m")
    spec = ModelSpec(source=str(tmp_path / "m"), device="cpu", dtype="bfloat16")
    card = describe(spec)
    assert card == load(spec).card
    assert card.parameters == sum(p.numel() for p in model.parameters())
    assert card.memory_bytes == 2 * card.parameters
    assert (card.vocabulary, card.context_length) == (VOCABULARY, CONTEXT)
    assert card.tied_embeddings == (kind in ("gpt2", "qwen"))
    assert (card.layers, card.hidden_size, card.heads, card.head_size) == (2, 64, 4, 16)
    assert card.kv_heads == (4 if kind == "gpt2" else 2)
    assert not card.has_chat_template


def test_memory_of_full_training():
    estimate = estimate_memory(CARD, TuningSpec(mode="full"), batch_size=3, length=10, samples=5)
    tokens = 2 * 3 * 10
    assert estimate.weights == 4 * 1000
    assert estimate.gradients == 4 * 1000
    assert estimate.optimiser == 8 * 1000
    assert estimate.activations == 17 * 2 * tokens * 2 * 8
    assert estimate.logits == 8 * tokens * 50
    assert estimate.sampling_cache == 2 * 2 * 2 * 3 * 2 * (3 * 5 * 10)
    assert estimate.total == 16_000 + estimate.activations + estimate.logits


def test_frozen_copies_count_under_full_training_only():
    full = estimate_memory(CARD, TuningSpec(mode="full"), batch_size=3, length=10, copies=2)
    assert full.weights == 3 * 4 * 1000
    adapter = estimate_memory(CARD, TuningSpec(rank=4), batch_size=3, length=10, copies=2)
    assert adapter.weights == 2000 + 4 * (4 * 60)


def test_memory_of_an_adapter():
    estimate = estimate_memory(CARD, TuningSpec(rank=4), batch_size=3, length=10)
    assert estimate.weights == 2000 + 4 * (4 * 60)
    assert estimate.gradients == 4 * (4 * 60)
    assert estimate.optimiser == 8 * (4 * 60)


def test_sampling_sets_the_total_where_it_needs_more_than_training():
    estimate = estimate_memory(CARD, TuningSpec(), batch_size=1, length=10, samples=10_000)
    kept = estimate.weights + estimate.gradients + estimate.optimiser
    assert estimate.total == kept + estimate.sampling_cache


def test_devices(monkeypatch):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    assert str(resolve_device("auto")) == str(resolve_device("cuda")) == "cuda:0"
    assert str(resolve_device("cuda:1")) == "cuda:1"
    assert str(resolve_device("cpu")) == "cpu"
    with pytest.raises(InvalidInput, match="'cuda:2' .* Choose auto, cuda:0, cuda:1, cpu"):
        resolve_device("cuda:2")


def test_auto_takes_mps_before_the_cpu(monkeypatch):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert str(resolve_device("auto")) == "mps"
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    assert str(resolve_device("auto")) == "cpu"
    with pytest.raises(InvalidInput, match="'tpu' is not available here. Choose auto, cpu"):
        resolve_device("tpu")
