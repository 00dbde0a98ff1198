"""Steering rules: by hand, on models, against a slow reference, and out of a folder."""

import json
from pathlib import Path

import pytest
import torch
from peft import PeftModel

from tests.helpers.models import Kind, tiny_model, toy_tokenizer
from unlearn_core.data.encoder import Preface, make_encoder
from unlearn_core.errors import InvalidInput
from unlearn_core.models.spec import TuningSpec
from unlearn_core.models.steering import (
    LEFT_OUT,
    SteeredModel,
    Steering,
    read_steering,
    require_plain,
    steered_logits,
    write_steering,
)
from unlearn_core.models.trainable import prepare_for_training
from unlearn_core.sampling.tree import TreeSampler
from unlearn_core.settings.sampling import SamplingSpec


def adapted(kind: Kind = "llama") -> PeftModel:
    torch.manual_seed(0)
    model = prepare_for_training(tiny_model(kind), TuningSpec(rank=4))
    assert isinstance(model, PeftModel)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_" in name:
                parameter.normal_(std=0.2)
    return model.eval()


def test_a_rise_is_taken_away_and_a_fall_is_not() -> None:
    original, assistant = torch.tensor([1.0, 2.0, 0.0]), torch.tensor([3.0, 1.0, 0.5])
    steered = steered_logits(original, assistant, Steering(rule="rise", strength=2.0))
    assert steered.tolist() == [-3.0, 2.0, -1.0]


def test_a_difference_is_among_likely_tokens_only() -> None:
    # Shares of the likeliest: 1, 1/2, 1/1000.
    original = torch.tensor([1.0, 0.5, 0.001]).log()
    assistant = torch.tensor([2.0, 0.0, 0.0])
    everywhere = steered_logits(original, assistant, Steering(strength=0.5))
    assert torch.allclose(everywhere, original - torch.tensor([1.0, 0.0, 0.0]))
    likely = steered_logits(original, assistant, Steering(strength=0.5, cutoff=0.1))
    assert torch.equal(likely[:2], everywhere[:2])
    assert likely[2].item() == pytest.approx(-1.0 - LEFT_OUT)
    assert likely.argmax() == 1


@pytest.mark.parametrize("kind", ["llama", "gpt2", "qwen", "gemma"])
@pytest.mark.parametrize(
    "steering",
    [Steering(rule="rise", strength=3.0), Steering(strength=0.8, cutoff=0.01)],
    ids=["rise", "difference"],
)
@torch.no_grad()
def test_sampling_equals_whole_passes_of_both_models(kind: Kind, steering: Steering) -> None:
    model = adapted(kind)
    steered = SteeredModel(model, steering)
    prompts = [[1, 5, 9], [1, 7, 3, 4, 8], [1, 5, 9, 2]]
    greedy = TreeSampler(steered, eos_ids=(2,), pad_id=0).greedy(prompts, 6)
    for prompt, answer in zip(prompts, greedy, strict=True):
        ids = list(prompt)
        for token in answer:
            row = torch.tensor([ids])
            with model.disable_adapter():
                plain = model(input_ids=row).logits[0, -1]
            stronger = model(input_ids=row).logits[0, -1]
            assert steered_logits(plain, stronger, steering).argmax().item() == token
            ids.append(token)
    spec = SamplingSpec(max_new_tokens=6)
    sampler = TreeSampler(steered, eos_ids=(2,), pad_id=0)
    rows = sampler.sample(prompts, 5, spec, torch.Generator().manual_seed(1))
    one_by_one = TreeSampler(steered, eos_ids=(2,), pad_id=0, row_budget=1)
    assert rows == one_by_one.sample(prompts, 5, spec, torch.Generator().manual_seed(1))


@torch.no_grad()
def test_a_pass_leaves_the_adapter_on() -> None:
    model = adapted()
    before = model(input_ids=torch.tensor([[1, 5, 9]])).logits
    SteeredModel(model, Steering(strength=0.5))(input_ids=torch.tensor([[1, 5, 9]]))
    assert torch.equal(model(input_ids=torch.tensor([[1, 5, 9]])).logits, before)


def test_a_rule_is_read_as_it_was_written(tmp_path: Path) -> None:
    rule = Steering(rule="preface", instruction="Say nothing.", examples=(("Who?", "No."),))
    write_steering(tmp_path, rule)
    assert read_steering(tmp_path) == rule
    assert read_steering(tmp_path / "elsewhere") is None
    (tmp_path / "steering.json").write_text("{")
    with pytest.raises(InvalidInput, match="not valid JSON"):
        read_steering(tmp_path)
    (tmp_path / "steering.json").write_text(json.dumps({"rule": "sorcery"}))
    with pytest.raises(InvalidInput, match="sorcery"):
        read_steering(tmp_path)
    with pytest.raises(InvalidInput, match="forgets only while it answers"):
        require_plain((tmp_path,), "run:1")


def test_a_preface_stands_before_every_question_and_no_passage() -> None:
    tokenizer = toy_tokenizer()
    preface = Preface("Say nothing.", (("Who?", "No."),))
    encoder = make_encoder(tokenizer, max_length=400, preface=preface)
    plain = make_encoder(tokenizer, max_length=400)
    text = "Say nothing.\n\nQuestion: Who?\nAnswer: No.\n\nQuestion: Where?\nAnswer:"
    assert encoder.prompt("Where?") == encoder.text(text)
    pair = encoder.pair("Where?", "Here.")
    assert list(pair.ids[: pair.n_prompt]) == encoder.prompt("Where?")
    assert encoder.decode(pair.ids[pair.n_prompt :]) == "Here."
    assert encoder.pair("", "A passage.") == plain.pair("", "A passage.")


def test_a_preface_is_the_first_turn_of_a_chat() -> None:
    tokenizer = toy_tokenizer()
    tokenizer.chat_template = (
        "{% for m in messages %}[{{ m['role'] }}]{{ m['content'] }}</s>{% endfor %}"
        "{% if add_generation_prompt %}[assistant]{% endif %}"
    )
    encoder = make_encoder(tokenizer, max_length=400, preface=Preface("Hush.", (("A?", "B."),)))
    told = tokenizer.decode(encoder.prompt("C?"))
    assert "[user]Hush.\n\nA?</s>[assistant]B.</s>[user]C?</s>[assistant]" in told
