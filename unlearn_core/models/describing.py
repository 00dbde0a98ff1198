"""The card of a model, read from its configuration."""

from typing import Any

import torch
from torch import nn
from transformers import (
    AutoModelForCausalLM,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)
from transformers.initialization import no_init_weights
from transformers.pytorch_utils import Conv1D

from unlearn_core.models.card import ModelCard
from unlearn_core.models.devices import precision, resolve_device
from unlearn_core.models.making import MAKING
from unlearn_core.models.reading import read_config, read_tokenizer
from unlearn_core.models.source import find_source
from unlearn_core.models.spec import ModelSpec
from unlearn_core.models.trainable import linear_layers

_UNLIMITED = 1_000_000


def describe(spec: ModelSpec) -> ModelCard:
    """A model's card without reading its weights: its shapes are laid out on no device.

    Raises:
        InvalidInput: Unknown model, no usable weights, not a causal model, unknown device.
        MissingPrerequisite: The bundled model has not been built.
    """
    device = resolve_device(spec.device)
    source = find_source(spec, weights=False)
    config = read_config(source, spec)
    # Going through the motions of a random start takes minutes for large models, even on no device.
    with MAKING, torch.device("meta"), no_init_weights():
        model = AutoModelForCausalLM.from_config(  # type: ignore[no-untyped-call]
            config, dtype=precision(spec.dtype), trust_remote_code=spec.trusted
        )
        model.tie_weights()
    return make_card(spec, model, read_tokenizer(source, spec), device)


def make_card(
    spec: ModelSpec,
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    device: torch.device,
) -> ModelCard:
    """The card of a model that is loaded, or laid out without weights."""
    config: Any = model.config.get_text_config()
    parameters = sum(weight.numel() for weight in model.parameters())
    heads = int(config.num_attention_heads)
    # Not every family has these settings; models without grouped heads have one key per query.
    kv_heads = getattr(config, "num_key_value_heads", None) or heads
    head_size = getattr(config, "head_dim", None) or config.hidden_size // heads
    context = getattr(config, "max_position_embeddings", None) or tokenizer.model_max_length
    layers = linear_layers(model).values()
    return ModelCard(
        name=spec.source,
        architecture=type(model).__name__,
        parameters=parameters,
        vocabulary=int(config.vocab_size),
        context_length=min(int(context), _UNLIMITED),
        dtype=spec.dtype,
        device=str(device),
        memory_bytes=parameters * precision(spec.dtype).itemsize,
        has_chat_template=bool(tokenizer.chat_template),
        layers=int(config.num_hidden_layers),
        hidden_size=int(config.hidden_size),
        heads=heads,
        kv_heads=int(kv_heads),
        head_size=int(head_size),
        tied_embeddings=_tied(model),
        adapter_width=sum(sum(_weight(layer).shape) for layer in layers),
    )


def _tied(model: PreTrainedModel) -> bool:
    output = model.get_output_embeddings()  # type: ignore[no-untyped-call]
    return output is not None and _weight(output) is _weight(model.get_input_embeddings())


def _weight(layer: nn.Module) -> torch.Tensor:
    assert isinstance(layer, nn.Linear | nn.Embedding | Conv1D)
    return layer.weight
