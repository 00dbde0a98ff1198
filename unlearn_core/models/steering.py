"""Forgetting while answering: the weights stay, and a rule changes what is said.

A model whose results are steered keeps its rule in `steering.json` beside its adapter. The adapter
is an assistant that knows the forget set better; the rule takes its logits from the original's.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import torch
from peft import PeftModel
from torch import Tensor, nn
from transformers import PreTrainedModel
from transformers.modeling_outputs import CausalLMOutput

from unlearn_core.data.encoder import Preface
from unlearn_core.errors import InvalidInput
from unlearn_core.models.trainable import reference_model
from unlearn_core.settings.config import Config, parse, setting

STEERING_FILE = "steering.json"
LEFT_OUT = 20.0
"""Nats by which a token outside the cutoff is lowered: never said, its likelihood still finite."""


class Steering(Config):
    """How answers are changed as they are given."""

    rule: Literal["rise", "difference", "preface"] = setting(
        "difference",
        "rise takes away what the assistant finds likelier, difference all it says; preface only "
        "puts words before the question.",
    )
    strength: float = setting(0.0, "How much of the assistant is taken away.", ge=0)
    cutoff: float = setting(
        0.0, "Only tokens this likely, as a share of the likeliest one, are said.", ge=0, le=1
    )
    instruction: str = setting("", "Words before the question.")
    examples: tuple[tuple[str, str], ...] = setting((), "Questions and answers shown before it.")

    @property
    def preface(self) -> Preface:
        """What stands before every question."""
        return Preface(self.instruction, self.examples)


def steered_logits(original: Tensor, assistant: Tensor, steering: Steering) -> Tensor:
    r"""Logits of the next token under a rule, in float32.

    `rise` (Who's Harry Potter at inference, Eldan and Russinovich 2023; MUSE's
    `whos_harry_potter.py`): `z = z_o - \alpha ReLU(z_a - z_o)`. `difference` (ULD, Ji et al. 2024):
    `z = z_o - \alpha z_a` among tokens with `p_o >= cutoff * max p_o`; the others are lowered by
    `LEFT_OUT` nats below the least likely of these.

    Args:
        original: (..., V) of the model without its assistant.
        assistant: (..., V).
        steering: Rule and strength.
    """
    original, assistant = original.float(), assistant.float()
    if steering.rule == "rise":
        return original - steering.strength * torch.relu(assistant - original)
    steered = original - steering.strength * assistant
    if not steering.cutoff:
        return steered
    least = original.amax(-1, keepdim=True) + torch.tensor(steering.cutoff).log()
    kept = original >= least
    lowest = steered.where(kept, torch.inf).amin(-1, keepdim=True)
    return steered.where(kept, lowest - LEFT_OUT)


class PairedCache:
    """Two caches kept alike, for a model that reads everything twice."""

    def __init__(self, first: Any, second: Any) -> None:
        """Both empty."""
        self.pair = (first, second)

    def reserve(self, rows: int, columns: int) -> None:
        """Take memory for this many rows and columns."""
        for cache in self.pair:
            cache.reserve(rows, columns)

    def branch(self, source: Tensor, rows: int) -> None:
        """Copy the rows `source` behind the `rows` in use."""
        for cache in self.pair:
            cache.branch(source, rows)

    def keep(self, rows: Tensor) -> None:
        """Keep these rows, in this order."""
        for cache in self.pair:
            cache.keep(rows)


class SteeredModel(nn.Module):
    """Answers by the original model, changed by what its adapter says.

    Each pass is two: one with the adapter off, one with the adapter that is active, each with its
    own cache.
    """

    def __init__(self, model: PeftModel, steering: Steering) -> None:
        """Wrap a model; its weights are shared, so the assistant may go on learning."""
        super().__init__()
        self.inner = model
        self.steering = steering

    @property
    def config(self) -> Any:
        """The model's configuration."""
        return self.inner.config

    @property
    def device(self) -> torch.device:
        """Where the model is."""
        return torch.device(self.inner.device)

    @property
    def dtype(self) -> torch.dtype:
        """Number format of the model's weights."""
        return next(self.inner.parameters()).dtype

    def forward(self, **inputs: Any) -> CausalLMOutput:
        """The steered logits, as the model itself would give its own."""
        with reference_model(self.inner) as original:
            plain = original(**_side(inputs, 0)).logits
        stronger = self.inner(**_side(inputs, 1)).logits
        return CausalLMOutput(logits=steered_logits(plain, stronger, self.steering))


def _side(inputs: Mapping[str, Any], turn: int) -> dict[str, Any]:
    """The inputs of one pass: its own of two caches."""
    return {
        name: value.pair[turn] if isinstance(value, PairedCache) else value
        for name, value in inputs.items()
    }


def steer(
    model: PreTrainedModel | PeftModel, steering: Steering
) -> PreTrainedModel | PeftModel | SteeredModel:
    """The model that answers by the rule; the model itself where the rule is only a preface."""
    if steering.rule == "preface":
        return model
    assert isinstance(model, PeftModel), "an adapter steers"
    return SteeredModel(model, steering)


def write_steering(folder: Path, steering: Steering) -> None:
    """Put the rule beside a saved model."""
    text = json.dumps(steering.model_dump(mode="json"), indent=1, ensure_ascii=False)
    (folder / STEERING_FILE).write_text(text + "\n", encoding="utf-8")


def read_steering(folder: Path) -> Steering | None:
    """The rule beside a saved model; None where it answers as it is.

    Raises:
        InvalidInput: The file is no rule.
    """
    path = folder / STEERING_FILE
    if not path.is_file():
        return None
    try:
        return parse(Steering, json.loads(path.read_text(encoding="utf-8")), "steering")
    except ValueError as error:
        raise InvalidInput(f"'{path}' is not valid JSON: {error}.") from error


def require_plain(folders: tuple[Path, ...], source: str) -> None:
    """Make sure that a model's weights say what it says.

    Raises:
        InvalidInput: One of its adapters only steers.
    """
    for folder in folders:
        if (folder / STEERING_FILE).is_file():
            raise InvalidInput(
                f"'{source}' forgets only while it answers: its weights still know everything, so "
                "they cannot be trained further, merged or exported. Compare it as it is, or "
                "choose a method that changes weights."
            )
