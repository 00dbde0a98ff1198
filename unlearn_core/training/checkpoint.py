"""Where a paused run goes on from: the trained weights, the optimiser, the place in the run.

A checkpoint is a folder of four files, of which the last two are there only where they are needed:
`trainable.safetensors`, `state.json`, `optimizer.pt` and `method.safetensors`, the weights that a
method holds besides the model's.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from unlearn_core.files import whole_folder

WEIGHTS = "trainable.safetensors"
STATE = "state.json"
OPTIMIZER = "optimizer.pt"
METHOD_WEIGHTS = "method.safetensors"


def save_checkpoint(
    folder: Path,
    model: nn.Module,
    state: Mapping[str, Any],
    optimizer: Mapping[str, Any],
    tensors: Mapping[str, Tensor],
) -> None:
    """Write a checkpoint, under another name until it is complete.

    Args:
        folder: Replaced if it is there.
        model: Of which the weights that are trained are kept.
        state: JSON-ready.
        optimizer: States of optimiser, schedule and generators by name; may be empty.
        tensors: Further weights by name; may be empty.
    """
    trained = {n: p for n, p in model.named_parameters() if p.requires_grad}
    with whole_folder(folder) as place:
        save_file(_on_cpu(trained), place / WEIGHTS)
        if tensors:
            save_file(_on_cpu(tensors), place / METHOD_WEIGHTS)
        if optimizer:
            torch.save(dict(optimizer), place / OPTIMIZER)
        (place / STATE).write_text(json.dumps(state), encoding="utf-8")


def load_checkpoint(
    folder: Path, model: nn.Module, device: torch.device
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Tensor]]:
    """Put the weights back; returns `state`, `optimizer` and `tensors` as they were given."""
    model.load_state_dict(load_file(folder / WEIGHTS, device=str(device)), strict=False)
    state = json.loads((folder / STATE).read_text(encoding="utf-8"))
    held = folder / OPTIMIZER
    optimizer = torch.load(held, weights_only=True, map_location="cpu") if held.exists() else {}
    kept = folder / METHOD_WEIGHTS
    return state, optimizer, load_file(kept, device=str(device)) if kept.exists() else {}


def _on_cpu(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
