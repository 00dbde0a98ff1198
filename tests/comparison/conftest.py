"""A small base and adapters that change what it says."""

from pathlib import Path

import pytest
import torch

from tests.helpers.models import tiny_model, toy_tokenizer
from unlearn_core.models.loading import load, save
from unlearn_core.models.spec import ModelSpec, TuningSpec
from unlearn_core.models.trainable import prepare_for_training

CHAT = (
    "{% for m in messages %}<{{ m['role'] }}>{{ m['content'] }}</s>{% endfor %}"
    "{% if add_generation_prompt %}<assistant>{% endif %}"
)


def make_adapter(
    base: str, folder: Path, seed: int, rank: int = 4, size: float = 0.2, layers: str = ""
) -> str:
    """An adapter that changes what the base says."""
    tuning = TuningSpec(rank=rank, target_modules=layers)
    model = prepare_for_training(load(ModelSpec(source=base)).model, tuning)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_" in name:
                parameter.normal_(std=size, generator=generator)
    save(model, toy_tokenizer(), folder)
    return str(folder)


@pytest.fixture(scope="package")
def base(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("models") / "base"
    save(tiny_model("llama"), toy_tokenizer(), folder)
    return str(folder)


@pytest.fixture(scope="package")
def twin(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A model of its own."""
    folder = tmp_path_factory.mktemp("models") / "twin"
    save(tiny_model("llama", seed=9), toy_tokenizer(), folder)
    return str(folder)


@pytest.fixture(scope="package")
def chatty(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A model whose tokenizer has a chat template."""
    folder, tokenizer = tmp_path_factory.mktemp("models") / "chatty", toy_tokenizer()
    tokenizer.chat_template = CHAT
    save(tiny_model("llama", seed=4), tokenizer, folder)
    return str(folder)


@pytest.fixture(scope="package")
def adapters(base: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    """Five adapters: two alike, one of another rank, one on a few layers, one weak."""
    folder = tmp_path_factory.mktemp("adapters")
    return (
        make_adapter(base, folder / "one", 1),
        make_adapter(base, folder / "two", 2),
        make_adapter(base, folder / "wide", 3, rank=9),
        make_adapter(base, folder / "few", 4, layers="q_proj, down_proj"),
        make_adapter(base, folder / "weak", 5, size=0.05),
    )
