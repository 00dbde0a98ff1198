"""The original model trained further on the forget set: what some methods steer away from."""

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from unlearn_core.methods.base import Context
from unlearn_core.models.finetune import finetune, shuffled
from unlearn_core.models.peft_internals import belongs_to
from unlearn_core.models.spec import TRAINED_ADAPTER
from unlearn_core.settings.config import Config, setting

if TYPE_CHECKING:
    from peft import PeftModel

ADAPTER = "strengthened"
BATCH = 8
"""Forget records of one step of the further training."""


class StrengthenedConfig(Config):
    """Settings of methods that work with a strengthened model."""

    alpha: float = setting(
        8.0, "Strength of the teacher (alpha): how far it lowers the logits that more training "
        "on the forget set raised.", gt=0, le=100,
    )  # fmt: skip
    strengthen_epochs: int = setting(
        10, "Epochs of training the strengthened model on the forget set.", ge=1, le=1000,
        advanced=True,
    )  # fmt: skip
    strengthen_learning_rate: float = setting(
        1e-4, "Learning rate of the strengthened model.", gt=0, le=1, advanced=True
    )


def teacher_logits(original: Tensor, strengthened: Tensor, alpha: float) -> Tensor:
    """Logits (B, K, V) of a model that never saw the forget set, as an estimate.

    `original - alpha * relu(strengthened - original)`: what more training on the forget set made
    likelier is pushed down, and all other logits stay exactly as they were.

    Args:
        original: (B, K, V) under the model before unlearning.
        strengthened: (B, K, V) under that model trained further on the forget set.
        alpha: How far.

    Source: RKLU, NAACL 2025, eq. 1; the generic prediction of Who's Harry Potter is the same.
    """
    original = original.float()
    return original - alpha * F.relu(strengthened.float() - original)


class Strengthened:
    """The strengthened model, a function of original, forget records and seed only.

    So it needs no place in a checkpoint: a resumed run makes the same one again. Under LoRA it is
    a second adapter on the same base and costs no second copy; under full fine-tuning it is a
    frozen model of its own. Making it leaves the trained weights, the run's generator and torch's
    global random state as they were.
    """

    def __init__(self, context: Context, config: StrengthenedConfig) -> None:
        """Train it, with AdamW, one epoch of warm-up and a linear fall as in the RKLU paper."""
        # The page shows this method's form before the libraries that load models.
        from peft import PeftModel

        self._adapted = context.model if isinstance(context.model, PeftModel) else None
        cuda = [context.device] if context.device.type == "cuda" else []
        with torch.random.fork_rng(devices=cuda):
            seed = context.generator.initial_seed()
            torch.manual_seed(seed)
            if self._adapted is None:
                self._copy = context.load_original().requires_grad_(True)
                _train(self._copy, context, config, seed)
                self._copy.requires_grad_(False)
            else:
                self._train_adapter(self._adapted, context, config, seed)

    @property
    def memory_bytes(self) -> int:
        """What it takes beside the trained model."""
        if self._adapted is None:
            weights = list(self._copy.parameters())
        else:
            named = self._adapted.named_parameters()
            weights = [weight for name, weight in named if belongs_to(name, ADAPTER)]
        return sum(weight.numel() * weight.element_size() for weight in weights)

    @contextmanager
    def model(self) -> Iterator[nn.Module]:
        """The model in evaluation mode and without gradients; the trained one is off inside."""
        with torch.no_grad():
            if self._adapted is None:
                yield self._copy
                return
            model, training = self._adapted, self._adapted.training
            model.train(False)
            model.set_adapter(ADAPTER, inference_mode=True)
            try:
                yield model
            finally:
                model.set_adapter(TRAINED_ADAPTER)
                model.train(training)

    def release(self) -> None:
        """Give its memory back; it cannot be used afterwards."""
        if self._adapted is None:
            del self._copy
        else:
            self._adapted.delete_adapter(ADAPTER)

    def _train_adapter(
        self, model: "PeftModel", context: Context, config: StrengthenedConfig, seed: int
    ) -> None:
        training = model.training
        model.add_adapter(ADAPTER, copy.deepcopy(model.peft_config[TRAINED_ADAPTER]))
        model.set_adapter(ADAPTER)
        try:
            _train(model, context, config, seed)
        finally:
            model.set_adapter(TRAINED_ADAPTER)
            model.train(training)


def _train(model: nn.Module, context: Context, config: StrengthenedConfig, seed: int) -> None:
    """Ordinary training on the true answers of the forget set; ends in evaluation mode."""
    from transformers import get_scheduler

    model.train(True)
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(
        trained, lr=config.strengthen_learning_rate, weight_decay=0.01, fused=True
    )
    per_epoch = -(-len(context.forget) // BATCH)
    total = config.strengthen_epochs * per_epoch
    warmup = min(per_epoch, total // 2)
    schedule = get_scheduler("linear", optimizer, num_warmup_steps=warmup, num_training_steps=total)
    order = shuffled(len(context.forget), BATCH, torch.Generator().manual_seed(seed))
    batches = (context.records([context.forget[i] for i in rows]) for rows in islice(order, total))
    for _ in finetune(model, optimizer, batches, schedule):
        pass
    model.train(False)
