"""What another version of peft may break."""

from dataclasses import fields
from pathlib import Path

import pytest
import torch
from peft import LoraConfig

from tests.comparison.conftest import make_adapter
from tests.helpers.models import tiny_model, toy_tokenizer
from unlearn_core.models.loading import load, save
from unlearn_core.models.peft_internals import (
    NOT_PLAIN,
    belongs_to,
    below,
    is_plain_lora,
    lora_layers,
    matrices,
    side_of,
)
from unlearn_core.models.spec import TRAINED_ADAPTER, ModelSpec, TuningSpec
from unlearn_core.models.trainable import prepare_for_training

PLAIN = {
    "task_type", "peft_type", "auto_mapping", "peft_version", "base_model_name_or_path",
    "revision", "inference_mode", "r", "target_modules", "exclude_modules", "lora_alpha",
    "lora_dropout", "fan_in_fan_out", "bias", "use_rslora", "init_lora_weights",
    "layers_to_transform", "layers_pattern", "rank_pattern", "alpha_pattern", "megatron_config",
    "megatron_core", "loftq_config", "eva_config", "corda_config", "lora_ga_config",
    "qalora_group_size", "runtime_config", "ensure_weight_tying",
}  # fmt: skip
"""Settings that say where the two matrices sit, how large they are and how they began; `bias` is
looked at by itself."""


def test_every_setting_of_an_adapter_is_known() -> None:
    new = {field.name for field in fields(LoraConfig)} - PLAIN - set(NOT_PLAIN)
    assert not new, (
        f"peft has new settings, {sorted(new)}: where one makes an adapter more than B A x, it "
        "belongs in NOT_PLAIN, else in PLAIN here"
    )


def test_the_matrices_of_an_adapter_are_what_it_adds() -> None:
    model = prepare_for_training(tiny_model("llama"), TuningSpec(rank=3, alpha=12))
    layers = lora_layers(model)
    assert layers, "peft's layers are not LoraLayer any more"
    layer = layers[0]
    torch.nn.init.normal_(layer.lora_B[TRAINED_ADAPTER].weight)
    states = torch.randn(2, layer.in_features)
    found = matrices(layer, TRAINED_ADAPTER)
    assert found is not None
    down, up = found
    added = layer(states) - below(layer)(states)
    torch.testing.assert_close(added, states @ down.T @ up.T, msg="an adapter adds another product")
    assert matrices(layer, "another") is None


def test_names_of_weights_tell_what_they_are() -> None:
    model = prepare_for_training(tiny_model("llama"), TuningSpec())
    trained = [name for name, p in model.named_parameters() if p.requires_grad]
    assert {side_of(name) for name in trained} == {"A", "B"}, "peft names its matrices otherwise"
    assert all(belongs_to(name, TRAINED_ADAPTER) for name in trained)
    rest = [name for name, p in model.named_parameters() if not p.requires_grad]
    assert not any(side_of(name) or belongs_to(name, TRAINED_ADAPTER) for name in rest)


def test_a_saved_adapter_is_read_as_plain(tmp_path: Path) -> None:
    base = str(tmp_path / "base")
    save(tiny_model("llama"), toy_tokenizer(), Path(base))
    folder = make_adapter(base, tmp_path / "a", 1)
    assert is_plain_lora(Path(folder))
    with pytest.raises(FileNotFoundError):
        is_plain_lora(Path(base))
    assert load(ModelSpec(source=folder)).card
