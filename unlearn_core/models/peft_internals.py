"""What is known of peft's insides, and nowhere else: names of settings, layers and weights.

peft has no public way to the matrices of an adapter. `tests/models/test_peft_internals.py` says in
words what another version has changed.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from torch import Tensor, nn

if TYPE_CHECKING:
    from peft.tuners.lora import LoraLayer

NOT_PLAIN = (
    "alora_invocation_tokens",
    "arrow_config",
    "kasa_config",
    "layer_replication",
    "lora_bias",
    "modules_to_save",
    "monteclora_config",
    "target_parameters",
    "trainable_token_indices",
    "use_bdlora",
    "use_dora",
    "use_qalora",
    "velora_config",
)
"""Settings of a LoRA adapter that make it more than two matrices beside a layer's own."""


def is_plain_lora(folder: Path) -> bool:
    """Whether a saved adapter adds B A x to linear layers, and nothing else."""
    config = json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))
    plain = config.get("peft_type") == "LORA" and config.get("bias", "none") == "none"
    return plain and not any(config.get(name) for name in NOT_PLAIN)


def lora_layers(model: nn.Module) -> "list[LoraLayer]":
    """The layers that carry adapters."""
    # The page reads names of weights before the libraries that load models.
    from peft.tuners.lora import LoraLayer

    return [module for module in model.modules() if isinstance(module, LoraLayer)]


def below(layer: "LoraLayer") -> nn.Module:
    """The layer itself, without its adapters."""
    return layer.base_layer


def matrices(layer: "LoraLayer", adapter: str) -> tuple[Tensor, Tensor] | None:
    """A (rank, inputs) and B (outputs, rank) with its scaling, of an adapter on this layer."""
    if adapter not in layer.lora_A:
        return None
    down, up = (cast(nn.Linear, side[adapter]) for side in (layer.lora_A, layer.lora_B))
    return down.weight.detach().clone(), up.weight.detach() * layer.scaling[adapter]


def side_of(parameter: str) -> Literal["A", "B", ""]:
    """Which matrix of an adapter a parameter is, by its full name; empty for another weight."""
    if ".lora_A." in parameter:
        return "A"
    return "B" if ".lora_B." in parameter else ""


def belongs_to(parameter: str, adapter: str) -> bool:
    """Whether a parameter is an adapter's, by its full name."""
    return f".{adapter}." in parameter
