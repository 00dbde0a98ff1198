"""What a model is and what it will need, from its configuration alone."""

from dataclasses import dataclass
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

from unlearn_core.models.devices import precision, resolve_device
from unlearn_core.models.reading import read_config, read_tokenizer
from unlearn_core.models.source import find_source
from unlearn_core.models.spec import ModelSpec, TuningSpec
from unlearn_core.models.tuning import linear_layers

_UNLIMITED = 1_000_000


@dataclass(frozen=True)
class ModelCard:
    """What a person should see about a model.

    Attributes:
        name: As the person named it.
        architecture: Class of the model, such as `LlamaForCausalLM`.
        parameters: Weights, shared ones counted once.
        vocabulary: Tokens it can say.
        context_length: Longest text in tokens.
        dtype: Number format of the weights.
        device: Where it runs.
        memory_bytes: Size of the weights in that format.
        has_chat_template: Whether its tokenizer says how a chat is written.
        adapter_width: Sum of inputs and outputs of all linear layers: a LoRA adapter of rank r on
            all of them has r times as many weights.
    """

    name: str
    architecture: str
    parameters: int
    vocabulary: int
    context_length: int
    dtype: str
    device: str
    memory_bytes: int
    has_chat_template: bool
    layers: int
    hidden_size: int
    heads: int
    kv_heads: int
    head_size: int
    tied_embeddings: bool
    adapter_width: int


@dataclass(frozen=True)
class MemoryEstimate:
    """Bytes needed on the device during a run, by part."""

    weights: int
    gradients: int
    optimiser: int
    activations: int
    logits: int
    sampling_cache: int

    @property
    def total(self) -> int:
        """All parts together. Sampling and the training pass do not overlap in time."""
        kept = self.weights + self.gradients + self.optimiser
        return kept + max(self.activations + self.logits, self.sampling_cache)


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
    with torch.device("meta"), no_init_weights():
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


def estimate_memory(
    card: ModelCard, tuning: TuningSpec, batch_size: int, length: int, samples: int = 5
) -> MemoryEstimate:
    """A rough need of memory, before anything is loaded.

    Full fine-tuning keeps float32 weights (4 bytes), gradients (4) and AdamW's two moments (8) for
    each; LoRA the same for the adapter only, beside the weights as loaded. A training pass holds
    2 batch_size rows (forget and retain) of `length` tokens: about 17 values of the hidden size
    for each token and layer (Korthikanti et al. 2022, without attention scores), and the logits in
    float32 with their gradient. Sampling holds keys and values of `samples` rows for each prompt.

    Args:
        card: Of the model.
        tuning: Which weights are trained; with named layers the estimate is an upper bound.
        batch_size: Forget records in one forward pass.
        length: Tokens in a row.
        samples: Sampled answers to each prompt.
    """
    width = precision(card.dtype).itemsize
    full = tuning.mode == "full"
    trained = card.parameters if full else tuning.rank * card.adapter_width
    tokens = 2 * batch_size * length
    cached = 2 * card.layers * card.kv_heads * card.head_size * width
    return MemoryEstimate(
        weights=4 * card.parameters if full else card.memory_bytes + 4 * trained,
        gradients=4 * trained,
        optimiser=8 * trained,
        activations=17 * width * tokens * card.layers * card.hidden_size,
        logits=2 * 4 * tokens * card.vocabulary,
        sampling_cache=cached * batch_size * samples * length,
    )


def _tied(model: PreTrainedModel) -> bool:
    output = model.get_output_embeddings()  # type: ignore[no-untyped-call]
    return output is not None and _weight(output) is _weight(model.get_input_embeddings())


def _weight(layer: nn.Module) -> torch.Tensor:
    assert isinstance(layer, nn.Linear | nn.Embedding | Conv1D)
    return layer.weight
