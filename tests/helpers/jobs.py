"""Small contexts and records for tests of methods, training and evaluation."""

import torch
from torch import nn

from tests.helpers.models import Kind, tiny_model, toy_tokenizer
from unlearn_core.data.encoder import make_encoder
from unlearn_core.data.records import Record
from unlearn_core.methods.base import Context
from unlearn_core.models.spec import TuningSpec
from unlearn_core.models.trainable import prepare_for_training
from unlearn_core.sampling.tree import TreeSampler

FORGET = tuple(
    Record(id=f"f{i}", prompt=f"Pet of Ada {i}?", answer=f"cat {i}", subject="Ada", fact=f"cat {i}")
    for i in range(4)
)
RETAIN = tuple(
    Record(id=f"r{i}", prompt=f"Pet of Bo {i}?", answer=f"dog {i}", subject="Bo", fact=f"dog {i}")
    for i in range(6)
)


def make_context(
    mode: str = "full",
    kind: Kind = "llama",
    forget: tuple[Record, ...] = FORGET,
    retain: tuple[Record, ...] = RETAIN,
    seed: int = 0,
) -> Context:
    """A tiny random model with everything a method needs."""
    tuning = TuningSpec.model_validate({"mode": mode})
    model: nn.Module = prepare_for_training(original_model(kind, seed), tuning)
    encoder = make_encoder(toy_tokenizer(), max_length=128)
    return Context(
        model=model,
        encoder=encoder,
        sampler=TreeSampler(model, encoder.eos_ids, encoder.pad_id),
        forget=forget,
        retain=retain,
        device=torch.device("cpu"),
        generator=torch.Generator().manual_seed(seed),
        load_original=lambda: original_model(kind, seed),
    )


def original_model(kind: Kind = "llama", seed: int = 0) -> nn.Module:
    """The random model that `make_context` begins with."""
    torch.manual_seed(seed)
    return tiny_model(kind)


def weights(model: nn.Module) -> dict[str, torch.Tensor]:
    """A copy of everything that is trained."""
    return {n: p.detach().clone() for n, p in model.named_parameters() if p.requires_grad}
