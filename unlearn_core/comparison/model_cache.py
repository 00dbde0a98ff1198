"""The models kept loaded, and the adapters on each: a few, and none in use is thrown out.

What loads waits for what else loads, but nothing that is loaded waits for either.
"""

import threading
from collections import Counter, OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import cast

import torch
from peft import PeftModel
from peft.tuners.lora import LoraLayer
from safetensors import SafetensorError
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from unlearn_core.comparison.located_models import Key, ModelRef
from unlearn_core.comparison.problems import NoRoom
from unlearn_core.data.encoder import Encoder, make_encoder
from unlearn_core.errors import InvalidInput
from unlearn_core.models.loading import load
from unlearn_core.models.making import MAKING
from unlearn_core.models.peft_internals import lora_layers
from unlearn_core.models.side_by_side import SharedModel, Weights, adapter_weights

MOST_MODELS = 3
"""Models kept loaded; adapters on one base count as one."""
MOST_ADAPTERS = 8
"""Adapters kept on a base."""


@dataclass
class Base:
    """A loaded model, and the adapters that were put on it.

    Attributes:
        original: The model without the wrapper of its adapters.
        model: The same with it, once there have been adapters.
        lock: Held by whoever computes with the model or changes its adapters.
        users: Comparisons under way that use it.
    """

    original: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    context_length: int
    lock: threading.Lock = field(default_factory=threading.Lock)
    users: int = 0
    model: PeftModel | None = None
    names: OrderedDict[Key, str] = field(default_factory=OrderedDict)
    held: Counter[Key] = field(default_factory=Counter)
    layers: list[LoraLayer] = field(default_factory=list)
    added: int = 0

    def encoder(self, ref: ModelRef, template: str) -> Encoder:
        """What turns prompts into tokens for a model on this base."""
        preface = ref.steering.preface if ref.steering else None
        return make_encoder(self.tokenizer, template, self.context_length, preface)

    def computing(self) -> threading.Lock:
        """Nobody else computes inside."""
        return self.lock

    def weights(self, adapter: Key | None) -> Weights:
        """A copy of an adapter's weights; empty for none.

        Raises:
            InvalidInput: The adapter does not fit.
            NoRoom: All adapters on the base are in use.
        """
        if adapter is None:
            return {}
        with self.lock:
            return adapter_weights(self.layers, self._put_on(adapter))

    def shared(self, weights: Sequence[Weights]) -> SharedModel:
        """The base with adapters side by side."""
        with self.lock:
            return SharedModel(self.original, self.layers, weights)

    @contextmanager
    def holding(self, adapter: Key) -> Iterator[PeftModel]:
        """An adapter is on the base while this lasts, though not always active.

        Raises:
            InvalidInput: The adapter does not fit.
            NoRoom: All adapters on the base are in use.
        """
        with self.lock:
            self._put_on(adapter)
            self.held[adapter] += 1
        try:
            yield cast(PeftModel, self.model)
        finally:
            with self.lock:
                self.held[adapter] -= 1

    @contextmanager
    def active(self, adapter: Key) -> Iterator[None]:
        """An adapter that is being held is in effect inside, and nobody else computes."""
        with self.lock:
            cast(PeftModel, self.model).set_adapter(self.names[adapter])
            yield

    def _put_on(self, adapter: Key) -> str:
        """The name of an adapter on the base, putting it on when it is new."""
        if adapter not in self.names:
            leaving = self._to_leave()
            self.added += 1
            name = f"side-{self.added}"
            self._load(str(adapter[0]), name)
            self.names[adapter] = name
            for key in leaving:
                cast(PeftModel, self.model).delete_adapter(self.names.pop(key))
        self.names.move_to_end(adapter)
        return self.names[adapter]

    def _to_leave(self) -> list[Key]:
        """What has to go for one more to come."""
        idle = [key for key in self.names if not self.held[key]]
        excess = max(0, len(self.names) + 1 - MOST_ADAPTERS)
        if excess > len(idle):
            raise NoRoom(
                f"Other comparisons use all {MOST_ADAPTERS} adapters that are kept on this base. "
                "Ask again when they have ended."
            )
        return idle[:excess]

    def _load(self, folder: str, name: str) -> None:
        try:
            with MAKING:
                if self.model is None:
                    self.model = PeftModel.from_pretrained(
                        self.original, folder, adapter_name=name, use_safetensors=True
                    )
                else:
                    self.model.load_adapter(folder, adapter_name=name, use_safetensors=True)
        except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
            self._take_off(name)
            raise InvalidInput(
                f"The adapter in '{folder}' cannot be put on its base model. Choose a folder that "
                "holds adapter_model.safetensors, made from that base."
            ) from error
        finally:
            # A comparison under way must know the layers that are new, also half put on.
            self.layers[:] = lora_layers(self.original)
        self.model.train(False)

    def _take_off(self, name: str) -> None:
        """What is left of an adapter that could not be put on."""
        if self.model is None:
            return
        if name in self.model.peft_config:
            self.model.delete_adapter(name)


class ModelCache:
    """Loaded bases, the one used longest ago first."""

    def __init__(self) -> None:
        """Nothing is loaded."""
        self.bases: OrderedDict[Key, Base] = OrderedDict()
        self._lock = threading.Lock()
        self._loading = threading.Lock()

    @contextmanager
    def holding(self, ref: ModelRef) -> Iterator[Base]:
        """A base stays loaded while this lasts; it is loaded first where it is not there.

        Raises:
            InvalidInput: The model cannot be loaded.
            NoRoom: All models that may be loaded are in use.
        """
        base = self._take(ref) or self._bring(ref)
        try:
            yield base
        finally:
            with self._lock:
                base.users -= 1

    def find(self, ref: ModelRef) -> Base | None:
        """A base that is loaded."""
        with self._lock:
            return self.bases.get(ref.key)

    def clear(self) -> None:
        """Forget every model; those in use leave the memory when that ends."""
        with self._lock:
            self.bases.clear()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()

    def _take(self, ref: ModelRef) -> Base | None:
        with self._lock:
            base = self.bases.get(ref.key)
            if base is not None:
                self.bases.move_to_end(ref.key)
                base.users += 1
            return base

    def _bring(self, ref: ModelRef) -> Base:
        with self._loading:
            base = self._take(ref)
            if base is not None:
                return base
            self._make_room()
            loaded = load(ref.spec)
            base = Base(loaded.model, loaded.tokenizer, loaded.card.context_length, users=1)
            with self._lock:
                self.bases[ref.key] = base
            return base

    def _make_room(self) -> None:
        with self._lock:
            idle = [key for key, base in self.bases.items() if not base.users]
            excess = len(self.bases) + 1 - MOST_MODELS
            if excess > len(idle):
                raise NoRoom(
                    f"Other comparisons use all {MOST_MODELS} models that are kept in memory. "
                    "Ask again when they have ended."
                )
            for key in idle[: max(0, excess)]:
                del self.bases[key]
