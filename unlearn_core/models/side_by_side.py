"""Many adapters on one base at once: each row of a batch is computed with its own.

peft's mixed batches go through the adapters one by one in every layer, which on a small model
costs more than the model itself (six columns took over three times as long as one, see
`benchmarks/columns.py`). Here the adapters lie side by side as one wide adapter, and each row is
left only its own part of it: two products a layer, however many adapters there are.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import torch
from peft.tuners.lora import LoraLayer
from torch import Tensor, nn
from transformers import PreTrainedModel

from unlearn_core.errors import InvalidInput
from unlearn_core.models.peft_internals import below, matrices

Weights = Mapping[LoraLayer, tuple[Tensor, Tensor]]
"""A (rank, inputs) and B (outputs, rank) of an adapter, by layer; its scaling is in B."""


def adapter_weights(layers: Sequence[LoraLayer], name: str) -> Weights:
    """A copy of an adapter's weights, which stays right when the adapter is taken off.

    Raises:
        InvalidInput: A weight is not a finite number, so that rows beside it would be spoilt.
    """
    found = {layer: matrices(layer, name) for layer in layers}
    weights = {layer: parts for layer, parts in found.items() if parts is not None}
    if not all(part.isfinite().all() for parts in weights.values() for part in parts):
        raise InvalidInput(
            "This model's adapter holds weights that are not numbers (NaN or infinite): its "
            "training diverged. Choose an earlier checkpoint, or train with a lower learning rate."
        )
    return weights


class SharedModel(nn.Module):
    """A base with several adapters, of which each row of a batch uses one, or none.

    For use without gradients, and by one thread at a time: while it computes, the base's layers
    are its own.
    """

    def __init__(
        self,
        model: PreTrainedModel,
        layers: Sequence[LoraLayer],
        adapters: Sequence[Weights],
    ) -> None:
        """Put the adapters side by side.

        Args:
            model: The base, without the wrapper of the adapters that are on it.
            layers: Its layers that carry adapters; read at every pass, so that it may grow.
            adapters: Of each model that answers; empty for the base itself.
        """
        super().__init__()
        self.inner = model
        self.layers = layers
        self.count = len(adapters)
        self._joined = {layer: _join(layer, adapters) for layer in layers}
        # Known as modules, so that what speeds up linear layers finds them.
        self.products = nn.ModuleList(
            product for joined in self._joined.values() if joined for product in joined[:2]
        )

    @property
    def config(self) -> Any:
        """The base's configuration."""
        return self.inner.config

    @property
    def device(self) -> torch.device:
        """Where the base is."""
        return next(self.inner.parameters()).device

    @property
    def dtype(self) -> torch.dtype:
        """Number format of the base's weights."""
        return next(self.inner.parameters()).dtype

    def forward(self, owners: Tensor, **inputs: Any) -> Any:
        """What the base gives, with (R,) the number of the model that each row belongs to."""
        with self._in_place(owners):
            return self.inner(**inputs)

    @contextmanager
    def _in_place(self, owners: Tensor) -> Iterator[None]:
        foreign: dict[tuple[int, ...], Tensor | None] = {}
        try:
            for layer in self.layers:
                joined = self._joined.get(layer)
                if joined is None:
                    vars(layer)["forward"] = below(layer)
                    continue
                down, up, ranks = joined
                if ranks not in foreign:
                    foreign[ranks] = _foreign(ranks, owners) if self.count > 1 else None
                vars(layer)["forward"] = partial(
                    _side_by_side, below(layer), down, up, foreign[ranks]
                )
            yield
        finally:
            for layer in self.layers:
                vars(layer).pop("forward", None)


Joined = tuple[nn.Linear, nn.Linear, tuple[int, ...]]
"""All A on one another, all B beside one another, and the rank of each model's part."""


def _join(layer: LoraLayer, adapters: Sequence[Weights]) -> Joined | None:
    ranks = tuple(len(weights[layer][0]) if layer in weights else 0 for weights in adapters)
    if not any(ranks):
        return None
    parts = [weights[layer] for weights in adapters if layer in weights]
    down, up = torch.cat([down for down, _ in parts]), torch.cat([up for _, up in parts], 1)
    return _product(down), _product(up), ranks


def _product(weight: Tensor) -> nn.Linear:
    outputs, inputs = weight.shape
    linear = nn.Linear(inputs, outputs, bias=False, device="meta")
    linear.weight = nn.Parameter(weight, requires_grad=False)
    return linear


def _foreign(ranks: Sequence[int], owners: Tensor) -> Tensor:
    """(R, 1, K) whether a part of the wide adapter is another row's."""
    numbers = torch.arange(len(ranks), device=owners.device)
    of_part = numbers.repeat_interleave(torch.tensor(ranks, device=owners.device))
    return (of_part != owners[:, None])[:, None]


def _side_by_side(
    base: nn.Module, down: nn.Linear, up: nn.Linear, foreign: Tensor | None, states: Tensor
) -> Tensor:
    """(R, T, inputs) to (R, T, outputs)."""
    result: Tensor = base(states)
    own = down.forward(states.to(down.weight.dtype))
    if foreign is not None:
        own = own.masked_fill(foreign, 0.0)
    return (result + up.forward(own)).to(result.dtype)
