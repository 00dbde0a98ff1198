"""Many samples continued token by token, as a tree: what several have in common is computed once.

The library's own way repeats a prompt for each of its samples before reading it, and copies every
key and value at every token. Here a prompt is read once; its samples share one row until they say
different things, when the row is copied; keys are written in place into memory taken once; rows
without samples are squeezed out. A model that has collapsed onto few answers costs few rows.
"""

import inspect
from collections.abc import Sequence
from typing import Any, cast

import torch
from peft import PeftModel
from torch import Tensor
from transformers import DynamicCache, PreTrainedModel
from transformers.cache_utils import (
    Cache,
    CacheLayerMixin,
    DynamicLayer,
    DynamicSlidingWindowLayer,
)

from unlearn_core.models.side_by_side import SharedModel
from unlearn_core.models.steering import PairedCache, SteeredModel

Answering = PreTrainedModel | PeftModel | SteeredModel | SharedModel
"""What can answer: a model, one with an adapter, one steered by its adapter, or several at once."""

Mask = Tensor | dict[str, Tensor] | None
"""One mask for all layers, one for each kind of layer, or nothing to hide."""

LEAST_USED = 7 / 8
"""Rows are squeezed together once a smaller share is in use; each squeeze copies their keys."""

_FLAT_MASK_MODELS = frozenset({"bloom", "falcon", "mpt"})
"""Models that derive their position bias from the (B, T) mask, so it must stay that shape."""


class PreallocatedLayer(CacheLayerMixin):  # type: ignore[no-untyped-call]
    """Keys and values of one attention layer, written in place after `reserve`.

    The first update stores the prompts as they come; `reserve` then takes memory for all rows and
    tokens to come. All keys stay stored; a layer with a sliding window hands out the last
    `window` of them, which are exactly those the new token may attend to.
    """

    def __init__(self, window: int | None) -> None:
        """Empty; `window` None sees everything."""
        super().__init__()  # type: ignore[no-untyped-call]
        self.keys: Tensor
        self.values: Tensor
        self.window = window
        self.is_sliding = window is not None
        self.filled = 0

    def lazy_initialization(self, key_states: Tensor, value_states: Tensor) -> None:
        """Keep the keys and values of the prompts, (P, heads, L, head size) each."""
        self.keys, self.values = key_states, value_states
        self.filled = key_states.shape[-2]
        self.is_initialized = True

    def update(
        self, key_states: Tensor, value_states: Tensor, *args: Any, **kwargs: Any
    ) -> tuple[Tensor, Tensor]:
        """Store new keys and values; return views of those that can be attended to."""
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
            return key_states, value_states
        end = self.filled + key_states.shape[-2]
        rows = len(key_states)
        self.keys[:rows, :, self.filled : end] = key_states
        self.values[:rows, :, self.filled : end] = value_states
        self.filled = end
        first = _first_visible(self.window, end)
        return self.keys[:rows, :, first:end], self.values[:rows, :, first:end]

    def reserve(self, rows: int, columns: int) -> None:
        """Take memory for this many rows and columns, and move the prompts there."""
        self.keys = _moved(self.keys, rows, columns)
        self.values = _moved(self.values, rows, columns)

    def copy_rows(self, source: Tensor, to: int) -> None:
        """Copy the rows `source` onto those from `to` on; they may overlap."""
        for buffer in (self.keys, self.values):
            buffer[to : to + len(source), :, : self.filled] = buffer[source, :, : self.filled]

    def get_mask_sizes(self, query_length: int) -> tuple[int, int]:
        """Number of columns the next update returns, and the index of the first."""
        end = self.filled + query_length
        first = _first_visible(self.window, end) if self.is_initialized else 0
        return end - first, first

    def get_seq_length(self) -> int:
        """Number of columns stored."""
        return self.filled

    def get_max_length(self) -> int:
        """No maximum."""
        return -1


class PreallocatedCache(Cache):
    """A `PreallocatedLayer` for each attention layer."""

    def __init__(self, windows: Sequence[int | None]) -> None:
        """Empty, with the window of each layer (None: sees everything)."""
        self.attention = [PreallocatedLayer(window) for window in windows]
        super().__init__(layers=list(self.attention))

    def reserve(self, rows: int, columns: int) -> None:
        """See `PreallocatedLayer.reserve`."""
        for layer in self.attention:
            layer.reserve(rows, columns)

    def branch(self, source: Tensor, rows: int) -> None:
        """Copy the rows `source` behind the `rows` in use."""
        for layer in self.attention:
            layer.copy_rows(source, to=rows)

    def keep(self, rows: Tensor) -> None:
        """Keep these rows, in this order."""
        for layer in self.attention:
            layer.copy_rows(rows, to=0)


class GrowingCache(DynamicCache):
    """The library's own cache, for layers without keys to preallocate (state-space, shared)."""

    def reserve(self, rows: int, columns: int) -> None:
        """Nothing to do: the memory grows by itself."""

    def branch(self, source: Tensor, rows: int) -> None:
        """Copy the rows `source` behind the `rows` in use."""
        self.keep(torch.cat([torch.arange(rows, device=source.device), source]))

    def keep(self, rows: Tensor) -> None:
        """Keep these rows, in this order."""
        self.reorder_cache(cast(torch.LongTensor, rows))


def attention_windows(model: Answering) -> tuple[int | None, ...]:
    """Window of each layer (None: sees everything); empty where keys cannot be preallocated."""
    config = model.config.get_text_config(decoder=True)
    # Chunked layers use the sliding class too, but their window does not slide.
    if "chunked_attention" in _layer_types(config):
        return ()
    windows: list[int | None] = []
    for layer in DynamicCache(config=config).layers:
        if type(layer) is DynamicSlidingWindowLayer:
            windows.append(layer.sliding_window)
        elif type(layer) is DynamicLayer:
            windows.append(None)
        else:
            return ()
    return tuple(windows)


class Decoding:
    """Samples under way. `start` reads the prompts, `advance` adds a token to each sample.

    Prompts are padded on the left, so the next token stands in the same column for every row;
    positions count from each row's own first token. Models whose keys cannot be preallocated
    take prompts of equal length only, since padding would enter their state.
    """

    def __init__(self, model: Answering, pad_id: int) -> None:
        """Nothing is read yet; `pad_id` fills the left of short prompts."""
        self.model = model
        self.pad_id = pad_id
        self.config = model.config.get_text_config(decoder=True)
        self.windows = attention_windows(model)
        self.cache = (
            PairedCache(self._new_cache(), self._new_cache())
            if isinstance(model, SteeredModel)
            else self._new_cache()
        )
        self.ready_made = (
            bool(self.windows)
            and self.config._attn_implementation in ("sdpa", "eager")
            and self.config.model_type not in _FLAT_MASK_MODELS
        )
        self._arguments = forward_arguments(model)

    def _new_cache(self) -> PreallocatedCache | GrowingCache:
        if self.windows:
            return PreallocatedCache(self.windows)
        return GrowingCache(config=self.model.config)

    def start(
        self,
        prompts: Sequence[Sequence[int]],
        samples: int,
        new_tokens: int,
        owners: Sequence[int] | None = None,
    ) -> Tensor:
        """Read each prompt once.

        Args:
            prompts: P distinct prompts, none empty.
            samples: Number of samples that will be continued, P or more.
            new_tokens: Most tokens that `advance` will add to each.
            owners: Which model of a `SharedModel` each prompt is for; None for the first.

        Returns:
            (P, V) logits of the first new token: row i belongs to every sample of prompt i.
        """
        ids, mask = _left_padded(prompts, self.pad_id, self.model.device)
        self.owners = torch.tensor(owners or [0] * len(prompts), device=ids.device)
        positions = (mask.cumsum(-1) - 1).clamp(min=0)
        logits = self._forward(ids, self._prompt_mask(mask), positions)
        self.length = ids.shape[1]
        self.cache.reserve(samples, self.length + new_tokens)
        self.positions = positions[:, -1:]
        self.mask = torch.cat([mask, mask.new_ones(len(mask), new_tokens)], dim=1)
        if self.ready_made:
            self.mask = _additive(self.mask[:, None, None, :] > 0, self.model.dtype)
        return logits

    def advance(self, rows: Tensor, tokens: Tensor) -> tuple[Tensor, Tensor]:
        """Add a token to each sample.

        Args:
            rows: (S,) the row each sample stands in; samples left out have ended.
            tokens: (S,) the token each sample goes on with.

        Returns:
            (R, V) logits of the next token, and (S,) the row of each sample, where samples of one
            prompt stand in one row as long as they have said the same.
        """
        rows, tokens = self._regroup(rows, tokens)
        self.length += 1
        self.positions = self.positions + 1
        return self._forward(tokens[:, None], self._step_mask(), self.positions), rows

    def _regroup(self, rows: Tensor, tokens: Tensor) -> tuple[Tensor, Tensor]:
        """One row for each distinct pair of row and token: (S,) rows, (R,) tokens of the rows."""
        # One number for each pair: sorting numbers is much faster than sorting pairs.
        beyond = int(tokens.max()) + 1
        pairs, group = torch.unique(rows * beyond + tokens, return_inverse=True)
        parents, next_tokens = pairs // beyond, pairs % beyond
        # Pairs come sorted, so a group whose parent differs from the last is a first child: it
        # stays where its parent was, and the others get rows of their own.
        further = torch.zeros_like(parents, dtype=torch.bool)
        further[1:] = parents[1:] == parents[:-1]
        used, sources = len(self.positions), parents[further]
        places = parents.clone()
        places[further] = used + torch.arange(len(sources), device=rows.device)
        if len(sources):
            self.cache.branch(sources, used)
            self._select(torch.cat([torch.arange(used, device=rows.device), sources]))
        if len(places) < LEAST_USED * len(self.positions):
            self.cache.keep(places)
            self._select(places)
            return group, next_tokens
        row_tokens = next_tokens.new_full((len(self.positions),), self.pad_id)
        row_tokens[places] = next_tokens
        return places[group], row_tokens

    def _select(self, rows: Tensor) -> None:
        self.mask = self.mask[rows]
        self.positions = self.positions[rows]
        self.owners = self.owners[rows]

    def _forward(self, ids: Tensor, mask: Mask, positions: Tensor) -> Tensor:
        given = {
            "input_ids": ids,
            "attention_mask": mask,
            "position_ids": positions,
            "past_key_values": self.cache,
            "cache_params": self.cache,
            "use_cache": True,
            "logits_to_keep": 1,
            "owners": self.owners,
        }
        known = {name: value for name, value in given.items() if name in self._arguments}
        return cast(Tensor, self.model(**known).logits[:, -1])

    def _prompt_mask(self, mask: Tensor) -> Mask:
        """What reads the prompts: the (P, L) mask itself, or (P, 1, L, L) where they are padded.

        A padded position attends to itself: with nothing to attend to, its softmax could be 0/0,
        and the NaN would spread.
        """
        if not self.ready_made or bool(mask.all()):
            return mask
        column = torch.arange(mask.shape[1], device=mask.device)
        behind = column[:, None] - column
        masks = {}
        for window in set(self.windows):
            seen = (behind >= 0) & (behind < (window or len(column)))
            visible = seen & (mask[:, None, None, :] > 0) | (behind == 0)
            masks[window] = _additive(visible, self.model.dtype)
        return self._by_layer(masks)

    def _step_mask(self) -> Mask:
        if not self.windows:
            # Equal lengths have no padding, and state-space layers misread a mask of one token.
            return None
        if not self.ready_made:
            return self.mask[:, : self.length]
        return self._by_layer(
            {
                window: self.mask[..., _first_visible(window, self.length) : self.length]
                for window in set(self.windows)
            }
        )

    def _by_layer(self, masks: dict[int | None, Tensor]) -> Mask:
        # The library's convention: a model whose config names its layers takes masks by name.
        types = _layer_types(self.config)
        if not types:
            return masks[self.windows[0]]
        return {name: masks[window] for name, window in zip(types, self.windows, strict=True)}


def _first_visible(window: int | None, end: int) -> int:
    """The first of `end` columns that the token in the last one attends to."""
    return 0 if window is None else max(0, end - window)


def _additive(visible: Tensor, dtype: torch.dtype) -> Tensor:
    """What attention adds to its scores: 0 where visible, the lowest number elsewhere."""
    return (~visible).to(dtype) * torch.finfo(dtype).min


def _layer_types(config: Any) -> tuple[str, ...]:
    # Absent from families whose layers are all alike, such as Llama.
    return tuple(getattr(config, "layer_types", None) or ())


def forward_arguments(model: Any) -> frozenset[str]:
    """What the model takes: state-space models have no positions, and another cache name."""
    # A wrapper hides the arguments of the model inside.
    inner = model.inner if isinstance(model, SteeredModel | SharedModel) else model
    inner = inner.get_base_model() if isinstance(inner, PeftModel) else inner
    own = ["owners"] if isinstance(model, SharedModel) else []
    return frozenset([*own, *inspect.signature(inner.forward).parameters])


def _moved(prompts: Tensor, rows: int, columns: int) -> Tensor:
    count, heads, length, size = prompts.shape
    wide = prompts.new_empty(rows, heads, columns, size)
    wide[:count, :, :length] = prompts
    return wide


def _left_padded(
    prompts: Sequence[Sequence[int]], pad_id: int, device: torch.device
) -> tuple[Tensor, Tensor]:
    width = max(len(prompt) for prompt in prompts)
    ids = [[pad_id] * (width - len(prompt)) + list(prompt) for prompt in prompts]
    mask = [[0] * (width - len(prompt)) + [1] * len(prompt) for prompt in prompts]
    return torch.tensor(ids, device=device), torch.tensor(mask, device=device)
