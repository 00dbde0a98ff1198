"""Texts as vectors, by an embedding model that a person names."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from torch import nn
from transformers import AutoModel, AutoTokenizer

from unlearn_core.errors import InvalidInput
from unlearn_core.models.devices import resolve_device
from unlearn_core.models.making import MAKING

ROWS = 64


def load_embedding(
    source: str, device: str = "auto"
) -> Callable[[Sequence[str]], NDArray[np.floating[Any]]]:
    """A function from N texts to (N, D) vectors: the mean of their tokens' last hidden states.

    Args:
        source: A folder or a hub name of an encoder with safetensors, such as those of
            sentence-transformers.
        device: As in `ModelSpec`.

    Raises:
        InvalidInput: It cannot be read.
    """
    try:
        tokenizer = AutoTokenizer.from_pretrained(source)
        with MAKING:
            model = AutoModel.from_pretrained(source, use_safetensors=True)
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        raise InvalidInput(
            f"No embedding model can be read from '{source}'. Give a folder or a hub name with "
            "config.json, a tokenizer and safetensors, or leave it out."
        ) from error
    nn.Module.to(model, resolve_device(device))
    model.train(False)
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token

    @torch.no_grad()
    def embed(texts: Sequence[str]) -> NDArray[np.floating[Any]]:
        parts = []
        for start in range(0, len(texts), ROWS):
            # An empty text has no token to take a mean of.
            rows = [text or " " for text in texts[start : start + ROWS]]
            batch = tokenizer(rows, padding=True, truncation=True, return_tensors="pt")
            batch = batch.to(model.device)
            hidden = model(**batch).last_hidden_state.float()
            mask = batch["attention_mask"][:, :, None].float()
            parts.append((hidden * mask).sum(1) / mask.sum(1).clamp(min=1))
        return np.asarray(torch.cat(parts).cpu().numpy())

    return embed
