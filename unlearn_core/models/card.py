"""What a model is, and what it will need."""

from dataclasses import dataclass

from unlearn_core.models.devices import precision
from unlearn_core.models.spec import TuningSpec


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


def estimate_memory(
    card: ModelCard,
    tuning: TuningSpec,
    batch_size: int,
    length: int,
    samples: int = 5,
    copies: int = 0,
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
        copies: Frozen copies of the model that the method holds under full fine-tuning, in
            float32; under LoRA the base serves for them.
    """
    width = precision(card.dtype).itemsize
    full = tuning.mode == "full"
    trained = card.parameters if full else tuning.rank * card.adapter_width
    tokens = 2 * batch_size * length
    cached = 2 * card.layers * card.kv_heads * card.head_size * width
    return MemoryEstimate(
        weights=4 * (1 + copies) * card.parameters if full else card.memory_bytes + 4 * trained,
        gradients=4 * trained,
        optimiser=8 * trained,
        activations=17 * width * tokens * card.layers * card.hidden_size,
        logits=2 * 4 * tokens * card.vocabulary,
        sampling_cache=cached * batch_size * samples * length,
    )
