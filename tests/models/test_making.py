"""Threads that make models at the same time do not spoil one another's."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import torch
from torch import nn
from transformers import PreTrainedModel

from tests.helpers.models import tiny_model, toy_tokenizer
from unlearn_core.models.describing import describe
from unlearn_core.models.loading import load, save
from unlearn_core.models.spec import ModelSpec


def test_models_made_at_the_same_time_are_whole(tmp_path: Path) -> None:
    """Described and loaded by turns in many threads; Qwen's output layer is tied to its input."""
    functions = (nn.init.normal_, nn.init.kaiming_uniform_, PreTrainedModel.tie_weights)
    made = tiny_model("qwen")
    save(made, toy_tokenizer(), tmp_path)
    spec = ModelSpec(source=str(tmp_path), device="cpu")

    def work(place: int) -> PreTrainedModel | None:
        if place % 2:
            describe(spec)
            return None
        return load(spec).model

    with ThreadPoolExecutor(8) as pool:
        loaded = [model for model in pool.map(work, range(48)) if model is not None]
    assert (nn.init.normal_, nn.init.kaiming_uniform_, PreTrainedModel.tie_weights) == functions
    for model in loaded:
        assert model.get_output_embeddings().weight is model.get_input_embeddings().weight
        assert torch.equal(model.get_input_embeddings().weight, made.get_input_embeddings().weight)
