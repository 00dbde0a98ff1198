"""The same prompt, the same seed, several models: before and after side by side."""

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import torch
from peft import PeftModel
from safetensors import SafetensorError
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from unlearn_core.data.encoding import Encoder, make_encoder
from unlearn_core.errors import InvalidInput
from unlearn_core.models.loading import load
from unlearn_core.models.source import find_source
from unlearn_core.models.spec import ModelSpec
from unlearn_core.models.steering import Steering, read_steering, steer
from unlearn_core.sampling import CachedSampler, stream
from unlearn_core.sampling_cache import Answering
from unlearn_core.specs import SamplingSpec

MOST_MODELS = 3
"""Models kept loaded; adapters on one base count as one."""
MOST_ADAPTERS = 8


@dataclass
class _Base:
    """A loaded model, and the adapters that were put on it."""

    model: PreTrainedModel | PeftModel
    tokenizer: PreTrainedTokenizerBase
    context_length: int
    lock: threading.Lock = field(default_factory=threading.Lock)
    names: OrderedDict[tuple[Path, int], str] = field(default_factory=OrderedDict)
    added: int = 0

    @contextmanager
    def using(self, adapter: Path | None) -> Iterator[None]:
        """One side's weights are in effect inside, and no one else's generation runs."""
        with self.lock, ExitStack() as stack:
            if adapter is not None:
                self._switch_to(adapter)
            elif isinstance(self.model, PeftModel):
                stack.enter_context(self.model.disable_adapter())
            yield

    def _switch_to(self, folder: Path) -> None:
        """Make an adapter the active one, putting it on when it is new."""
        key = _key(folder)
        if key not in self.names:
            self.added += 1
            self._put_on(folder, f"side-{self.added}")
            self.names[key] = f"side-{self.added}"
        assert isinstance(self.model, PeftModel)
        self.names.move_to_end(key)
        self.model.set_adapter(self.names[key])
        if len(self.names) > MOST_ADAPTERS:
            self.model.delete_adapter(self.names.popitem(last=False)[1])

    def _put_on(self, folder: Path, name: str) -> None:
        try:
            if isinstance(self.model, PeftModel):
                self.model.load_adapter(str(folder), adapter_name=name, use_safetensors=True)
            else:
                self.model = PeftModel.from_pretrained(
                    self.model, str(folder), adapter_name=name, use_safetensors=True
                )
        except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
            raise InvalidInput(
                f"The adapter in '{folder}' cannot be put on its base model. Choose a folder that "
                "holds adapter_model.safetensors, made from that base."
            ) from error
        self.model.train(False)


@dataclass(frozen=True)
class _Side:
    """One column of a comparison."""

    base: _Base
    adapter: Path | None
    encoder: Encoder
    steering: Steering | None

    @property
    def model(self) -> Answering:
        """What answers; the adapter must be in use."""
        model = self.base.model
        return steer(model, self.steering) if self.steering else model

    def answers(
        self, prompts: Sequence[str], spec: SamplingSpec, n: int, seed: int
    ) -> list[list[str]]:
        """Answers as [prompt][sample]."""
        ids = [self.encoder.prompt(prompt) for prompt in prompts]
        generator = torch.Generator().manual_seed(seed)
        with self.base.using(self.adapter):
            sampler = CachedSampler(self.model, self.encoder.eos_ids, self.encoder.pad_id)
            rows = sampler.sample(ids, n, spec, generator)
        return [[self.encoder.decode(answer) for answer in row] for row in rows]

    def texts(self, prompt: str, spec: SamplingSpec, seed: int) -> Iterator[str]:
        """The answer so far, longer by a token each time.

        The model is held for one token at a time, so that sides on one base take turns.
        """
        ids: list[int] = []
        generator = torch.Generator().manual_seed(seed)
        prompt_ids = self.encoder.prompt(prompt)
        with self.base.using(self.adapter):
            tokens = stream(self.model, prompt_ids, spec, self.encoder.eos_ids, generator)
        while True:
            with self.base.using(self.adapter):
                token = next(tokens, None)
            if token is None:
                return
            ids.append(token)
            yield self.encoder.decode(ids)


class Bench:
    """Loads models as they are asked for, keeps the last few, and lets them answer.

    Sides that are adapters on one base share its weights in memory. Safe to use from several
    threads; a model generates for one at a time.
    """

    def __init__(self, like: ModelSpec | None = None) -> None:
        """Make an empty bench.

        Args:
            like: Device and precision of every model, and whose remote code is trusted.
        """
        self._like = like or ModelSpec()
        self._bases: OrderedDict[tuple[Path, int], _Base] = OrderedDict()
        self._lock = threading.Lock()

    def answers(
        self,
        source: str,
        prompts: Sequence[str],
        *,
        spec: SamplingSpec | None,
        n: int,
        seed: int,
        template: str = "",
    ) -> list[list[str]]:
        """Answers of one model as [prompt][sample].

        Args:
            source: `bundled`, `bundled:retrained`, a hub name, or the folder of a model, an
                adapter or a run.
            prompts: Questions.
            spec: How answers are drawn; None is greedy, and all `n` are equal then.
            n: Answers to each prompt.
            seed: The same seed draws the same random numbers for every model.
            template: As in `DataSpec`, where the model was trained with one.

        Raises:
            InvalidInput: No such model, or a prompt that does not fit.
        """
        return self._side(source, template).answers(prompts, spec or _greedy(), n, seed)

    def stream(
        self,
        sources: Sequence[str],
        prompt: str,
        *,
        spec: SamplingSpec | None,
        seed: int,
        template: str = "",
    ) -> Iterator[tuple[str, ...]]:
        """The answers of several models to one prompt as they grow, a token each at a time.

        Args are as in `answers`.

        Yields:
            The texts so far, in the order of `sources`; a finished one stays.
        """
        sides = [self._side(source, template) for source in sources]
        growing = [side.texts(prompt, spec or _greedy(), seed) for side in sides]
        texts = [""] * len(sides)
        open_sides = set(range(len(sides)))
        while open_sides:
            for i in sorted(open_sides):
                text = next(growing[i], None)
                if text is None:
                    open_sides.discard(i)
                else:
                    texts[i] = text
            if open_sides:
                yield tuple(texts)

    @contextmanager
    def reading(
        self, source: str, template: str = ""
    ) -> Iterator[tuple[PreTrainedModel | PeftModel, Encoder]]:
        """A model and its encoder, for whoever looks at it otherwise than by its answers.

        No one else uses the model inside. A rule that steers its answers is not in effect.

        Raises:
            InvalidInput: No such model.
        """
        side = self._side(source, template)
        with side.base.using(side.adapter):
            yield side.base.model, side.encoder

    def warm(self, source: str) -> None:
        """Load a model now, so that its first answer comes at once."""
        self._side(source, "")

    def clear(self) -> None:
        """Forget every loaded model, so that a run has the memory."""
        with self._lock:
            self._bases.clear()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()

    def _side(self, source: str, template: str) -> _Side:
        spec = self._like.model_copy(update={"source": _model_folder(source), "base": ""})
        found = find_source(spec)
        top = found.adapters[-1] if found.adapters else None
        steering = read_steering(top) if top else None
        # Of several adapters on one another, `load` merges all: they are a base of their own. One
        # that steers stays an adapter.
        below = found.adapters[:-1] if len(found.adapters) == 1 or steering else found.adapters
        if below != found.adapters:
            spec = spec.model_copy(update={"source": str(below[-1]) if below else found.name})
        key = _key(below[-1] if below else found.folder)
        with self._lock:
            base = self._bases.get(key) or self._load(spec)
            self._bases[key] = base
            self._bases.move_to_end(key)
            while len(self._bases) > MOST_MODELS:
                self._bases.popitem(last=False)
        preface = steering.preface if steering else None
        encoder = make_encoder(base.tokenizer, template, base.context_length, preface)
        return _Side(base, top if below != found.adapters else None, encoder, steering)

    def _load(self, spec: ModelSpec) -> _Base:
        loaded = load(spec)
        return _Base(loaded.model, loaded.tokenizer, loaded.card.context_length)


def _greedy() -> SamplingSpec:
    return SamplingSpec(temperature=0.0)


def _model_folder(source: str) -> str:
    """A run's folder holds its model in `model`."""
    inner = Path(source).expanduser() / "model"
    return str(inner) if inner.is_dir() else source


def _key(folder: Path) -> tuple[Path, int]:
    return folder, _stamp(folder)


def _stamp(folder: Path) -> int:
    """Changes when the weights in a folder are replaced."""
    return max((path.stat().st_mtime_ns for path in folder.glob("*.safetensors")), default=0)
