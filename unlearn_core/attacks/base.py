"""The contract of an attack: what it is given, what it may do, what it reports.

An attack is one file in this folder: a `Config` with its budget, a subclass of `Attack`, one
`@register(...)`. It attacks one model at a time and asks the same question of each: does this
model give the marked facts more often than one that can only guess?
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

import torch

from unlearn_core.data.encoder import Encoder
from unlearn_core.data.records import Record
from unlearn_core.settings.config import Config

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from unlearn_core.sampling.cache import Answering
    from unlearn_core.sampling.tree import TreeSampler

Role = Literal["original", "unlearned", "retrained"]
Effort = Literal["quick", "thorough"]

ConfigT = TypeVar("ConfigT", bound=Config)


@dataclass(frozen=True)
class Target:
    """A model under attack.

    Attributes:
        model: Answers; an attack leaves it as it is.
        fresh: Loads a copy of the weights in float32 that an attack may change; None for a model
            that forgets only while it answers, whose weights are the original's.
    """

    role: Role
    model: "Answering"
    encoder: Encoder
    device: torch.device
    fresh: Callable[[], "PreTrainedModel"] | None

    @property
    def sampler(self) -> "TreeSampler":
        """Samples from the model as it stands."""
        return self.sampler_of(self.model)

    def sampler_of(self, model: "Answering") -> "TreeSampler":
        """Samples from a changed copy."""
        from unlearn_core.sampling.tree import TreeSampler

        return TreeSampler(model, self.encoder.eos_ids, self.encoder.pad_id)


@dataclass(frozen=True)
class Material:
    """Records by group; those to be found out carry wrong answers (`perturbed`) to guess by.

    Attributes:
        forget: What should be gone.
        paraphrased: The same facts asked for in other words.
        retain: What was kept.
        world: General knowledge.
        holdout: Never seen by any model.
        borrowed: Ids of records whose wrong answers were made by rule from other records, which a
            model may have been trained on; all others have wrong answers of their own.
    """

    forget: tuple[Record, ...]
    paraphrased: tuple[Record, ...]
    retain: tuple[Record, ...]
    world: tuple[Record, ...]
    holdout: tuple[Record, ...]
    borrowed: frozenset[str] = frozenset()

    @property
    def groups(self) -> tuple[tuple[Record, ...], ...]:
        """The records of every group."""
        return self.forget, self.paraphrased, self.retain, self.world, self.holdout


@dataclass(frozen=True)
class Shot:
    """One text that an attack got, as it can be opened by a person.

    Attributes:
        record: Id of the record it was after; empty where none.
        prompt: What was put to the model, or what was done to it.
        text: What came back.
        leaked: Whether it gives the true answer away.
        detail: Such as `temperature 1.5` or `4 bits`.
    """

    record: str
    prompt: str
    text: str
    leaked: bool
    detail: str = ""


@dataclass(frozen=True)
class Curve:
    """One line of a chart: `y` over `x`, both finite."""

    name: str
    x_label: str
    y_label: str
    x: tuple[float, ...]
    y: tuple[float, ...]


@dataclass(frozen=True)
class Finding:
    """What one attack got out of one model.

    Attributes:
        value: The attack's measure (`Attack card.measure`), from 0 to 1; None with a `note`.
        low, high: Its 95 % interval.
        chance: What a model reaches on average that can only guess.
        p: How often guessing alone reaches at least `value`; None where that is not known.
        least_p: The smallest p that so few records could give, where that is known.
        count: Records behind it.
        shots: Every text, leaks first.
        curves: For attacks with a dose.
        numbers: Further named numbers, such as those of each temperature; None where one could not
            be computed.
        note: Why there is no value and what to do, or what was left out.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    chance: float | None = None
    p: float | None = None
    least_p: float | None = None
    count: int = 0
    shots: tuple[Shot, ...] = ()
    curves: tuple[Curve, ...] = ()
    numbers: Mapping[str, float | None] = field(default_factory=dict)
    note: str = ""


def not_tested(why: str) -> Finding:
    """No finding, and why: `Not tested, because ...; do ...`."""
    return Finding(None, note=why)


Say = Callable[[float, Sequence[Shot]], None]
"""Called now and then with the share that is done (0 to 1) and the newest texts."""


@dataclass(frozen=True)
class Case:
    """What an attack works with besides its target.

    Attributes:
        others: The other models, by role, for attacks that compare; some may be absent.
        seed: Decides every random choice.
    """

    material: Material
    others: Mapping[Role, Target]
    seed: int
    say: Say

    def generator(self) -> torch.Generator:
        """A CPU generator at the seed."""
        return torch.Generator().manual_seed(self.seed)


Kind = Literal["recovery", "detection", "trace"]


@dataclass(frozen=True)
class AttackCard:
    """What a person should know of an attack.

    Attributes:
        idea: One sentence a lay person understands.
        measure: What `value` is, such as `facts recovered` or `AUC`.
        kind: `recovery` brings facts back; `detection` tells that something was there;
            `trace` shows where it was, and is no leak by itself.
        paper: Source.
        cost: In words, for 40 questions and the bundled model.
        needs_weights: Whether the attacker must have the weights.
        spoken: Whether its texts are the model's own words, and not what was read off its numbers.
    """

    idea: str
    measure: str
    kind: Kind
    paper: str
    cost: str
    needs_weights: bool = False
    spoken: bool = True


class Attack(Generic[ConfigT]):
    """A way to look for what is left."""

    def __init__(self, config: ConfigT) -> None:
        self.config = config

    def run(self, target: Target, case: Case) -> Finding:
        """Attack one model; leaves it as it was."""
        raise NotImplementedError(f"{type(self).__name__} has no run")


@dataclass(frozen=True)
class AttackInfo:
    """A registered attack.

    Attributes:
        quick, thorough: Settings that differ from the config's own at each effort.
    """

    name: str
    title: str
    config: type[Config]
    build: Callable[[Any], Attack[Any]]
    card: AttackCard
    quick: Mapping[str, Any] = field(default_factory=dict)
    thorough: Mapping[str, Any] = field(default_factory=dict)
    order: int = 0
