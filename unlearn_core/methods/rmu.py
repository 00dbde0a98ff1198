"""RMU: steer the hidden state of forget answers to a random direction at one layer.

open-unlearning steers the positions of the answer's own tokens, which leaves the state that
predicts the first of them as it is, so that an answer of one token would stay. Here, as in all
losses of this package, a position counts if it predicts an answer token.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from unlearn_core.data.batches import IGNORED, Batch
from unlearn_core.data.records import Record
from unlearn_core.errors import InvalidInput
from unlearn_core.methods.base import Card, Context, Loss, Method
from unlearn_core.methods.presets import large, small
from unlearn_core.methods.registry import register
from unlearn_core.models.forward import AnswerLogits, answer_logits
from unlearn_core.models.likelihoods import mean_nll
from unlearn_core.settings.config import Config, setting


class RMUConfig(Config):
    """Settings of RMU."""

    layer: int = setting(
        0, "Transformer block whose output (hidden state) is steered, counted from 1; 0 takes "
        "the middle one.", ge=0, le=1000,
    )  # fmt: skip
    length: float = setting(
        2.0, "Norm of the vector that the hidden state is steered to (c).", gt=0, le=10_000
    )
    retain_weight: float = setting(
        1.0, "Weight of keeping the retain set's hidden states as they were; 0 leaves it out.",
        ge=0, le=10_000,
    )  # fmt: skip


def blocks(model: nn.Module) -> nn.ModuleList:
    """The model's transformer blocks: of all module lists the one with most weights.

    Lists inside a block, such as experts, have fewer than the list of all blocks.

    Raises:
        InvalidInput: The model has no list of modules.
    """
    lists = [module for module in model.modules() if isinstance(module, nn.ModuleList)]
    if not lists:
        raise InvalidInput(
            "RMU steers the model behind one of its blocks, but this model keeps no list of "
            "blocks. Choose a method that works on answers alone, such as npo."
        )
    return max(lists, key=lambda item: sum(p.numel() for p in item.parameters()))


def hidden_distance(hidden: Tensor, target: Tensor, counted: Tensor) -> Tensor:
    """Mean squared distance of hidden states from a target, over positions and dimensions.

    Args:
        hidden: (B, T, D) of the trained model.
        target: (D,), or (B, T, D) without gradient.
        counted: (B, T) which positions count.

    Source: Li et al., The WMDP Benchmark, ICML 2024 (RMU).
    """
    difference = hidden.float() - target.float()
    return difference[counted].square().mean()


@contextmanager
def hidden_states(block: nn.Module) -> Iterator[list[Tensor]]:
    """Collect what a block gives, (B, T, D), for every pass of the model inside."""
    seen: list[Tensor] = []

    def keep(module: nn.Module, inputs: object, output: Any) -> None:
        seen.append(output[0] if isinstance(output, tuple) else output)

    handle = block.register_forward_hook(keep)
    try:
        yield seen
    finally:
        handle.remove()


@register(
    "rmu",
    "Representation misdirection for unlearning (RMU)",
    config=RMUConfig,
    card=Card(
        idea="Scrambles what goes on inside the model when it meets a forget question, and keeps "
        "it as it was for all others.",
        formula=r"\mathcal{L} = \mathbb{E}_{D_f}\left[\frac{1}{d}\left\|h_\ell - c\,u"
        r"\right\|^2\right] + \alpha\,\mathbb{E}_{D_r}\left[\frac{1}{d}\left\|h_\ell - "
        r"h_\ell^{\mathrm{ref}}\right\|^2\right]",
        paper="Li et al., The WMDP Benchmark, ICML 2024 (arXiv 2403.03218)",
        needs=("true answers", "retain data", "reference"),
        cost="2.3: forget and retain records, and a forward pass of the original model",
        fails="Needs a fitting layer and length; forgotten questions are answered with noise, "
        "and retained questions in similar words suffer with them.",
        copies=1,
    ),
    small=small(6e-4, {"retain_weight": 3.0}),
    large=large(),
)
class RMU(Method[RMUConfig]):
    """Steer forget answers at one layer; blocks behind it get no gradient.

    Attributes:
        seed: Of the random direction, drawn once for the run.
    """

    def __init__(self, config: RMUConfig) -> None:
        super().__init__(config)
        self.seed = 0

    def prepare(self, context: Context) -> None:
        """Draw the seed of the direction, and make sure that the layer exists."""
        self._block(context.model)
        self.seed = int(torch.randint(2**31, (1,), generator=context.generator))

    def loss(self, context: Context, forget: Sequence[Record], retain: Sequence[Record]) -> Loss:
        """`hidden_distance` from the direction, and `retain_weight` times that from the original.

        The direction is uniform in `[0, 1)` in each dimension, scaled to `length`, as published.
        """
        batch = context.records(forget)
        hidden, out = self._run(context.model, batch)
        total = hidden_distance(hidden, self._direction(hidden), _predicting(batch))
        parts = {"forget": mean_nll(out.logits.detach(), out.labels), "rmu": total}
        kept = self.config.retain_weight and retain
        return Loss(total, parts, (lambda: self._kept(context, retain)) if kept else None)

    def _kept(self, context: Context, retain: Sequence[Record]) -> Loss:
        batch = context.records(retain)
        with context.original() as original:
            reference, _ = self._run(original, batch)
        hidden, out = self._run(context.model, batch)
        drift = hidden_distance(hidden, reference, _predicting(batch))
        parts = {"drift": drift, "retain": mean_nll(out.logits.detach(), out.labels)}
        return Loss(self.config.retain_weight * drift, parts)

    def state(self) -> dict[str, Any]:
        """The direction's seed."""
        return {"seed": self.seed}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Take back the direction's seed."""
        self.seed = int(state["seed"])

    def _block(self, model: nn.Module) -> nn.Module:
        found = blocks(model)
        layer = self.config.layer or (len(found) + 1) // 2
        if layer > len(found):
            raise InvalidInput(
                f"RMU was to steer behind block {layer}, but the model has {len(found)} blocks."
            )
        return found[layer - 1]

    def _run(self, model: nn.Module, batch: Batch) -> tuple[Tensor, AnswerLogits]:
        with hidden_states(self._block(model)) as seen:
            out = answer_logits(model, batch)
        return seen[0], out

    def _direction(self, hidden: Tensor) -> Tensor:
        generator = torch.Generator().manual_seed(self.seed)
        direction = torch.rand(hidden.shape[-1], generator=generator)
        scaled: Tensor = direction * (self.config.length / float(direction.norm()))
        return scaled.to(hidden.device)


def _predicting(batch: Batch) -> Tensor:
    """Which positions predict an answer token, (B, T - 1)."""
    return batch.labels[:, 1:] != IGNORED
