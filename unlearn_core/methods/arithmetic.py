"""Task arithmetic: what training on the forget set adds to the weights is taken away from them.

From weights `star`, training on the forget set leads to `now`; the edited weights are
`star + c * (now - star)` with `c < 0`. In full fine-tuning that is arithmetic on each weight.

Under LoRA the weights of a layer are `W + s * B @ A`, so the edited ones are
`W + s * ((1 - c) * B* @ A* + c * B @ A)`: a sum of two products, which is itself one product of
factors set side by side, `[(1 - c) B*, c B] @ [A*; A]`. This is exact, at twice the rank; the
published LoRA variant scales the difference of `B` alone, which is not the difference of products.

Source: Barbulescu and Triantafillou, To Each (Textual Sequence) Its Own, ICML 2024, as in the
authors' code.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

from unlearn_core.data.records import Record
from unlearn_core.methods.base import Context, Ending, Loss
from unlearn_core.methods.memorised import MemorisedConfig, Selective
from unlearn_core.models.peft_internals import side_of
from unlearn_core.settings.config import setting


def edited(name: str, star: Tensor, now: Tensor, coefficient: float) -> Tensor:
    """A weight after the edit; factors of an adapter are set side by side (see above).

    Args:
        name: The parameter's full name, which tells the factors of an adapter.
        star: The weight from which the forget set was trained on.
        now: The weight after that.
        coefficient: c; 1 gives `now`, 0 gives `star`.
    """
    side = side_of(name)
    if side == "A":
        return torch.cat([star, now], dim=0)
    if side == "B":
        return torch.cat([(1 - coefficient) * star, coefficient * now], dim=1)
    return star + coefficient * (now - star)


def trained_weights(model: nn.Module) -> dict[str, Tensor]:
    """The tensors of all weights that are trained, by name; not copies."""
    return {name: p.data for name, p in model.named_parameters() if p.requires_grad}


def put(model: nn.Module, tensors: Mapping[str, Tensor]) -> None:
    """Let the trained weights be these tensors, which may have another rank."""
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            parameter.data = tensors[name]


@torch.no_grad()
def edited_weights(
    model: nn.Module, star: Mapping[str, Tensor], coefficient: float
) -> dict[str, Tensor]:
    """All trained weights after the edit."""
    now = trained_weights(model)
    return {name: edited(name, star[name], now[name], coefficient) for name in now}


@contextmanager
def temporarily(model: nn.Module, tensors: Mapping[str, Tensor]) -> Iterator[None]:
    """The model with these weights; afterwards it has its own again, bit by bit."""
    held = trained_weights(model)
    put(model, tensors)
    try:
        yield
    finally:
        put(model, held)


def double_rank(model: nn.Module) -> None:
    """Note in an adapter's config that its rank was doubled; its scale, alpha / rank, stays."""
    from peft import LoraConfig, PeftModel

    if not isinstance(model, PeftModel):
        return
    for config in model.peft_config.values():
        assert isinstance(config, LoraConfig)
        config.r *= 2
        config.lora_alpha *= 2


class ArithmeticConfig(MemorisedConfig):
    """Settings of every such method."""

    switch: float = setting(
        0.9, "Switches from gradient ascent to task arithmetic once the forget set's mean "
        "memorisation accuracy is below this.", ge=0, le=1,
    )  # fmt: skip
    coefficient: float = setting(
        -3.0, "Coefficient of the task vector, what training on the forget set adds to the "
        "weights; -1 subtracts it once.", ge=-20, lt=0,
    )  # fmt: skip


ArithmeticT = TypeVar("ArithmeticT", bound=ArithmeticConfig)


class Arithmetic(Selective[ArithmeticT]):
    """Ascend until the forget set is memorised less than `switch`, then descend on all of it.

    From the switch on the model is tuned towards the forget set; every measurement and every stop
    rule looks at the edited weights, which `finish` puts in place.

    Attributes:
        star: The weights at the switch; none before it.
    """

    def __init__(self, config: ArithmeticT) -> None:
        super().__init__(config)
        self.star: dict[str, Tensor] = {}

    @property
    def switched(self) -> bool:
        """Whether the second phase has begun."""
        return bool(self.star)

    def refresh(self, context: Context, epoch: int) -> str | None:
        """Measure, select, and switch when it is time; then all records are trained on."""
        ended = super().refresh(context, epoch)
        if not self.switched and self.mean < self.config.switch:
            weights = trained_weights(context.model)
            self.star = {name: weight.clone() for name, weight in weights.items()}
        if self.switched:
            self.selected = frozenset(self.values)
        return ended

    def loss(self, context: Context, forget: Sequence[Record], retain: Sequence[Record]) -> Loss:
        """`-CE` of the selected records before the switch, `CE` of all forget records after it."""
        total, nll = self.nll(context, forget)
        return Loss(total if self.switched else -total, {"forget": nll})

    def shown(self, context: Context) -> AbstractContextManager[None]:
        """The edited weights, once there is an edit."""
        if not self.switched:
            return nullcontext()
        return temporarily(context.model, self._edited(context))

    def finish(self, context: Context) -> Ending:
        """Put the edited weights in place, if there is an edit."""
        if self.switched:
            put(context.model, self._edited(context))
            double_rank(context.model)
        return Ending(changed=self.switched)

    def state(self) -> dict[str, Any]:
        """Also the weights at the switch."""
        return {**super().state(), "tensors": self.star}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Take back the weights at the switch too."""
        super().load_state(state)
        self.star = dict(state.get("tensors", {}))

    def _edited(self, context: Context) -> dict[str, Tensor]:
        return edited_weights(context.model, self.star, self.config.coefficient)
