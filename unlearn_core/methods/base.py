"""The contract of a method: a few optional moments, a config, a card, two default sets.

A method is one file in this folder. It declares a `Config`, its pure loss functions, a subclass of
`Method` with the moments it needs, and registers itself with `@register(...)`. Forms, flags, docs
and the table-driven tests find it there.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

import torch
from torch import Tensor, nn

from unlearn_core.data.batches import Batch
from unlearn_core.data.encoder import Encoder
from unlearn_core.data.records import Record, Split
from unlearn_core.settings.config import Config

if TYPE_CHECKING:
    from unlearn_core.models.spec import ModelSpec, TuningSpec
    from unlearn_core.models.steering import Steering
    from unlearn_core.sampling.sampler import Sampler

Need = Literal["true answers", "retain data", "reference", "teacher", "sampling"]

ConfigT = TypeVar("ConfigT", bound=Config)


@dataclass(frozen=True)
class Card:
    """What a person should know before choosing a method.

    Attributes:
        idea: One sentence a lay person understands.
        formula: The loss in LaTeX.
        paper: Authors, title, venue and year.
        needs: What the method uses beyond the forget questions.
        cost: Time relative to gradient ascent, in words.
        fails: When it goes wrong.
        copies: Frozen copies of the whole model that full fine-tuning must hold beside it.
        steers: The weights stay as they are, and a rule changes the answers as they are given.
            What is trained, if anything, is an adapter that steers.
    """

    idea: str
    formula: str
    paper: str
    needs: tuple[Need, ...]
    cost: str
    fails: str
    copies: int = 0
    steers: bool = False


@dataclass(frozen=True)
class Preset:
    """Default values that differ from the configs' own, by group of settings."""

    method: Mapping[str, Any] = field(default_factory=dict)
    training: Mapping[str, Any] = field(default_factory=dict)
    tuning: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Context:
    """What a method works with. `forget` and `retain` are the records it may train on.

    Attributes:
        generator: CPU generator for every random choice the method makes.
        load_original: Loads the model anew, as it was before training.
    """

    model: nn.Module
    encoder: Encoder
    sampler: "Sampler"
    forget: tuple[Record, ...]
    retain: tuple[Record, ...]
    device: torch.device
    generator: torch.Generator
    load_original: Callable[[], nn.Module]

    @contextmanager
    def original(self) -> Iterator[nn.Module]:
        """The model as it was before training, in evaluation mode and without gradients.

        Under an adapter this is the same model with its adapter off; else a frozen copy, loaded
        when it is first needed, so that a resumed run has it too.
        """
        from unlearn_core.models.trainable import has_adapter, reference_model

        with torch.no_grad():
            if not has_adapter(self.model):
                yield self._copy
                return
            training = self.model.training
            self.model.train(False)
            with reference_model(self.model) as model:
                yield model
            self.model.train(training)

    @cached_property
    def _copy(self) -> nn.Module:
        return self.load_original().requires_grad_(False).train(False)

    def batch(self, pairs: Sequence[tuple[str, str]]) -> Batch:
        """Encode (prompt, answer) pairs on the model's device."""
        return self.encoder.batch(pairs).to(self.device)

    def records(self, records: Sequence[Record]) -> Batch:
        """Encode records with their true answers on the model's device."""
        return self.batch([(record.prompt, record.answer) for record in records])


@dataclass(frozen=True)
class Loss:
    """One micro-batch's loss, or the first term of its sum.

    Attributes:
        total: Scalar to differentiate.
        parts: Unweighted terms by name (`forget`, `retain`, `collapse`, ...), for the charts.
        rest: Makes the next term. It is asked once the gradient of `total` is taken and its graph
            is gone, so that memory holds the pass of one term at a time.
    """

    total: Tensor
    parts: Mapping[str, Tensor]
    rest: "Callable[[], Loss] | None" = None


@dataclass(frozen=True)
class RecordReport:
    """What a method knows of every forget record at the start of an epoch.

    Attributes:
        name: What the values are, such as `memorisation accuracy`.
        values: By record id, each from 0 to 1.
        selected: Ids of the records that are trained on in this epoch.
    """

    name: str
    values: Mapping[str, float]
    selected: frozenset[str]


@dataclass(frozen=True)
class Candidates:
    """The answers a method drew to one forget question, and the one it chose to train on.

    Attributes:
        id: The record.
        prompt: Its question.
        reference: What the answers are compared with.
        answers: Each drawn answer with its similarity to the reference, from 0 to 1.
        picked: The answer that is trained on; of an earlier step where none drawn is better.
        score: Its similarity.
    """

    id: str
    prompt: str
    reference: str
    answers: tuple[tuple[str, float], ...]
    picked: str
    score: float


@dataclass(frozen=True)
class Report:
    """What a method has to show after a step.

    Attributes:
        records: What it knows of every forget record since the last `refresh`.
        candidates: The answers that `draw` chose from, question by question.
    """

    records: RecordReport | None = None
    candidates: Sequence[Candidates] = ()


@dataclass(frozen=True)
class Ending:
    """What a method did in `finish`.

    Attributes:
        changed: Whether the model says something else than before.
        teacher: The model that was learnt from, where it is to be kept: its adapter and its rule.
    """

    changed: bool = False
    teacher: "tuple[str, Steering] | None" = None


class Method(Generic[ConfigT]):
    """A way to unlearn. Every moment but `loss` may be left out."""

    def __init__(self, config: ConfigT) -> None:
        self.config = config

    def check(self, model: "ModelSpec", tuning: "TuningSpec", split: Split) -> None:
        """Before anything is loaded: raise where something that the method needs is missing."""

    def rows(self, forget: tuple[Record, ...], retain: tuple[Record, ...]) -> tuple[Record, ...]:
        """What an epoch passes over; its rows are the first that `loss` is given."""
        return forget

    def steering(self, forget: Sequence[Record]) -> "Steering | None":
        """The rule that changes answers as they are given, for a method whose card says so."""
        return None

    def prepare(self, context: Context) -> None:
        """Before the first step, while the model is still the original one."""

    def refresh(self, context: Context, epoch: int) -> str | None:
        """Before an epoch; why the method is done before its last step, in words, if it is."""
        return None

    def draw(self, context: Context, forget: Sequence[Record]) -> None:
        """Before an optimiser step, with all forget records of the step's micro-batches."""

    def loss(self, context: Context, forget: Sequence[Record], retain: Sequence[Record]) -> Loss:
        """The loss of one micro-batch."""
        raise NotImplementedError(f"{type(self).__name__} has no loss")

    def report(self) -> Report:
        """After a step: what there is to show beside the loss."""
        return Report()

    def shown(self, context: Context) -> AbstractContextManager[None]:
        """Inside, the model is what it would be if training ended now; asked to measure it."""
        return nullcontext()

    def finish(self, context: Context) -> Ending:
        """When training is over, also when it was stopped."""
        return Ending()

    def state(self) -> dict[str, Any]:
        """What a checkpoint must hold so that a paused run goes on unchanged.

        JSON-ready, but for `tensors`: weights by name that are held besides the model's.
        """
        return {}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Take back what `state` gave, its tensors on the model's device."""


@dataclass(frozen=True)
class MethodInfo:
    """A registered method: all that faces and docs need to know."""

    name: str
    title: str
    config: type[Config]
    build: Callable[[Any], Method[Any]]
    card: Card
    small: Preset
    large: Preset
    kind: Literal["unlearn", "teach"] = "unlearn"
