"""Many rows continued token by token: one prefill per prompt, memory for the keys taken once.

The library's own cache repeats a prompt for each of its samples before reading it, and copies
every key and value at every token. Here a prompt is read once, its keys are spread over the rows
that share it, and later keys are written in place.
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

Mask = Tensor | dict[str, Tensor] | None
"""One mask for all layers, one for each kind of layer, or nothing to hide."""

_FLAT_MASK_MODELS = frozenset({"bloom", "falcon", "mpt"})
"""Models that derive their position bias from the (B, T) mask, so it must stay that shape."""


class PreallocatedLayer(CacheLayerMixin):  # type: ignore[no-untyped-call]
    """Keys and values of one attention layer, written in place after `expand`.

    The first update stores the prompt as it comes; `expand` then takes memory for every row and
    every later token. All keys stay stored; a layer with a sliding window hands out the last
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
        self.keys[:, :, self.filled : end] = key_states
        self.values[:, :, self.filled : end] = value_states
        self.filled = end
        first = _first_visible(self.window, end)
        return self.keys[:, :, first:end], self.values[:, :, first:end]

    def expand(self, rows: Tensor, capacity: int) -> None:
        """Give row i the prompt `rows[i]`, with room for `capacity` columns."""
        self.keys = _spread(self.keys, rows, capacity)
        self.values = _spread(self.values, rows, capacity)

    def keep(self, rows: Tensor) -> None:
        """Keep these rows, in this order, at the start of the same memory."""
        self.keys = _gathered(self.keys, rows, self.filled)
        self.values = _gathered(self.values, rows, self.filled)

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

    def expand(self, rows: Tensor, capacity: int) -> None:
        """See `PreallocatedLayer.expand`."""
        for layer in self.attention:
            layer.expand(rows, capacity)

    def keep(self, rows: Tensor) -> None:
        """See `PreallocatedLayer.keep`."""
        for layer in self.attention:
            layer.keep(rows)


class GrowingCache(DynamicCache):
    """The library's own cache, for layers without keys to preallocate (state-space, shared)."""

    def expand(self, rows: Tensor, capacity: int) -> None:
        """Give row i the prompt `rows[i]`; the memory grows by itself."""
        self.reorder_cache(cast(torch.LongTensor, rows))

    def keep(self, rows: Tensor) -> None:
        """Keep these rows, in this order."""
        self.reorder_cache(cast(torch.LongTensor, rows))


def attention_windows(model: PreTrainedModel) -> tuple[int | None, ...]:
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
    """Rows under way. `start` reads the prompts, `step` adds a token to each row.

    Prompts are padded on the left, so the next token stands in the same column for every row;
    positions count from each row's own first token. Models whose keys cannot be preallocated
    take prompts of equal length only, since padding would enter their state.
    """

    def __init__(self, model: PreTrainedModel, pad_id: int) -> None:
        """Nothing is read yet; `pad_id` fills the left of short prompts."""
        self.model = model
        self.pad_id = pad_id
        self.config = model.config.get_text_config(decoder=True)
        self.windows = attention_windows(model)
        self.cache = (
            PreallocatedCache(self.windows) if self.windows else GrowingCache(config=model.config)
        )
        self.ready_made = (
            bool(self.windows)
            and self.config._attn_implementation in ("sdpa", "eager")
            and self.config.model_type not in _FLAT_MASK_MODELS
        )
        self._arguments = _forward_arguments(model)

    def start(self, prompts: Sequence[Sequence[int]], rows: Tensor, new_tokens: int) -> Tensor:
        """Read each prompt once and spread it over its rows.

        Args:
            prompts: P distinct prompts, none empty.
            rows: (R,) the prompt of each row.
            new_tokens: Most tokens that `step` will add.

        Returns:
            (R, V) logits of each row's first new token.
        """
        ids, mask = _left_padded(prompts, self.pad_id, rows.device)
        positions = (mask.cumsum(-1) - 1).clamp(min=0)
        logits = self._forward(ids, self._prompt_mask(mask), positions)
        self.length = ids.shape[1]
        self.cache.expand(rows, self.length + new_tokens)
        self.positions = positions[rows, -1:]
        later = mask.new_ones(len(rows), new_tokens)
        self.mask = torch.cat([mask[rows], later], dim=1)
        if self.ready_made:
            self.mask = _additive(self.mask[:, None, None, :] > 0, self.model.dtype)
        return logits[rows]

    def step(self, tokens: Tensor) -> Tensor:
        """Add one token (R,) to each row; (R, V) logits of the next."""
        self.length += 1
        self.positions = self.positions + 1
        return self._forward(tokens[:, None], self._step_mask(), self.positions)

    def keep(self, rows: Tensor) -> None:
        """Go on with these rows only, in this order."""
        self.cache.keep(rows)
        self.mask = self.mask[rows]
        self.positions = self.positions[rows]

    def _forward(self, ids: Tensor, mask: Mask, positions: Tensor) -> Tensor:
        given = {
            "input_ids": ids,
            "attention_mask": mask,
            "position_ids": positions,
            "past_key_values": self.cache,
            "cache_params": self.cache,
            "use_cache": True,
            "logits_to_keep": 1,
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


def _forward_arguments(model: Any) -> frozenset[str]:
    """What the model takes: state-space models have no positions, and another cache name."""
    # An adapter's wrapper hides the arguments of the model inside.
    inner = model.get_base_model() if isinstance(model, PeftModel) else model
    return frozenset(inspect.signature(inner.forward).parameters)


def _spread(buffer: Tensor, rows: Tensor, capacity: int) -> Tensor:
    _, heads, length, size = buffer.shape
    wide = buffer.new_empty(len(rows), heads, capacity, size)
    wide[:, :, :length] = buffer[rows]
    return wide


def _gathered(buffer: Tensor, rows: Tensor, filled: int) -> Tensor:
    kept = buffer[rows, :, :filled]
    buffer = buffer[: len(rows)]
    buffer[:, :, :filled] = kept
    return buffer


def _left_padded(
    prompts: Sequence[Sequence[int]], pad_id: int, device: torch.device
) -> tuple[Tensor, Tensor]:
    width = max(len(prompt) for prompt in prompts)
    ids = [[pad_id] * (width - len(prompt)) + list(prompt) for prompt in prompts]
    mask = [[0] * (width - len(prompt)) + [1] * len(prompt) for prompt in prompts]
    return torch.tensor(ids, device=device), torch.tensor(mask, device=device)
