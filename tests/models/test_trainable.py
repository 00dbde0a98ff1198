"""Adapters and full fine-tuning on all families, and the way back to the original."""

import pytest
import torch
from peft import PeftModel

from tests.helpers.models import KINDS, tiny_model
from unlearn_core.data.encoder import make_encoder
from unlearn_core.errors import InvalidInput, MissingPrerequisite
from unlearn_core.models.spec import TuningSpec
from unlearn_core.models.trainable import merged, prepare_for_training, reference_model


def step(model, tokenizer) -> float:
    """One large optimiser step on one record; gives the loss before it."""
    batch = make_encoder(tokenizer).batch([("Who?", "Ann")])
    trained = [p for p in model.parameters() if p.requires_grad]
    optimiser = torch.optim.SGD(trained, lr=0.1)
    loss = model(
        input_ids=batch.input_ids, attention_mask=batch.attention_mask, labels=batch.labels
    ).loss
    loss.backward()
    optimiser.step()
    return loss.item()


def logits(model) -> torch.Tensor:
    with torch.no_grad():
        return model(input_ids=torch.arange(3, 20)[None]).logits


@pytest.mark.parametrize("kind", KINDS)
def test_an_adapter_starts_as_the_original_and_leaves_it_reachable(kind, tokenizer):
    model = tiny_model(kind)
    original = logits(model)
    tuned = prepare_for_training(model, TuningSpec(rank=2)).eval()
    assert torch.equal(logits(tuned), original)
    step(tuned, tokenizer)
    step(tuned, tokenizer)
    changed = logits(tuned)
    assert not torch.allclose(changed, original, atol=1e-3)
    with reference_model(tuned) as reference:
        assert torch.equal(logits(reference), original)
    assert torch.equal(logits(tuned), changed)


@pytest.mark.parametrize("kind", KINDS)
def test_merging_gives_the_same_model_without_adapter(kind, tokenizer):
    tuned = prepare_for_training(tiny_model(kind), TuningSpec(rank=2)).eval()
    step(tuned, tokenizer)
    step(tuned, tokenizer)
    plain = merged(tuned)
    assert not isinstance(plain, PeftModel) and isinstance(tuned, PeftModel)
    assert torch.allclose(logits(plain), logits(tuned), atol=1e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_every_linear_layer_but_the_output_gets_an_adapter(kind):
    tuned = prepare_for_training(tiny_model(kind), TuningSpec())
    adapted = {name.split(".lora_A")[0] for name, _ in tuned.named_parameters() if "lora_A" in name}
    assert len(adapted) == 2 * (4 if kind == "gpt2" else 7)
    assert not any("lm_head" in name for name in adapted)


def test_only_the_adapter_is_trained(tiny_llama):
    tuned = prepare_for_training(tiny_llama, TuningSpec(rank=2, target_modules="q_proj, v_proj"))
    trained = {name for name, p in tuned.named_parameters() if p.requires_grad}
    assert trained and all("lora_" in name for name in trained)
    assert {name.split(".")[-4] for name in trained} == {"q_proj", "v_proj"}


@pytest.mark.parametrize("name", ["q_proj,nonsense", "lm_head", "proj"])
def test_unknown_layers_are_named_with_those_there_are(tiny_llama, name):
    with pytest.raises(InvalidInput, match="it has down_proj, gate_proj, k_proj, o_proj, q_proj"):
        prepare_for_training(tiny_llama, TuningSpec(target_modules=name))


@pytest.mark.parametrize("kind", KINDS)
def test_full_training_keeps_float32_weights(kind, tokenizer):
    model = tiny_model(kind).to(torch.bfloat16).requires_grad_(False)
    tuned = prepare_for_training(model, TuningSpec(mode="full"))
    assert all(p.requires_grad and p.dtype == torch.float32 for p in tuned.parameters())
    assert step(tuned, tokenizer) > step(tuned, tokenizer)


def test_an_adapter_beside_half_precision_weights_is_float32(tiny_llama):
    tuned = prepare_for_training(tiny_llama.to(torch.bfloat16), TuningSpec())
    kinds = {p.requires_grad: p.dtype for p in tuned.parameters()}
    assert kinds == {False: torch.bfloat16, True: torch.float32}


def test_half_precision_training_on_a_cpu_is_refused(tiny_llama):
    with pytest.raises(InvalidInput, match="Choose float32 or bfloat16"):
        prepare_for_training(tiny_llama.to(torch.float16), TuningSpec())


def test_full_training_has_no_reference_model(tiny_llama):
    tuned = prepare_for_training(tiny_llama, TuningSpec(mode="full"))
    with pytest.raises(MissingPrerequisite, match="Train with LoRA"), reference_model(tuned):
        pass


def test_a_plain_model_is_its_own_merge(tiny_llama):
    assert merged(tiny_llama) is tiny_llama
