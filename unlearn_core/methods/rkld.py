"""Reverse-KL distillation from a teacher that is steered away from the forget set."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import torch
from pydantic import model_validator
from torch import Tensor

from unlearn_core.data.batches import IGNORED, Batch
from unlearn_core.data.records import Record, Split
from unlearn_core.errors import MissingPrerequisite
from unlearn_core.methods.base import Card, Context, Ending, Loss, Method
from unlearn_core.methods.presets import large, small
from unlearn_core.methods.registry import register
from unlearn_core.methods.retain import RetainConfig, RetainLoss, with_retain
from unlearn_core.methods.strengthened import (
    ADAPTER,
    BATCH,
    Strengthened,
    StrengthenedConfig,
    teacher_logits,
)
from unlearn_core.models.forward import answer_logits
from unlearn_core.models.likelihoods import forward_kl, mean_nll, reverse_kl
from unlearn_core.settings.config import setting, with_default

if TYPE_CHECKING:
    from unlearn_core.models.spec import ModelSpec, TuningSpec

SMALL_TABLE = 64 * 2**20
"""Bytes of log-probabilities that are kept in any case."""
LEAST = torch.finfo(torch.float16).min


class RKLDConfig(StrengthenedConfig, RetainConfig):
    """Settings of RKLD."""

    direction: Literal["reverse", "forward"] = setting(
        "reverse", "Direction of the KL divergence: reverse drives to zero what the teacher "
        "rules out; forward forgets less.", advanced=True,
    )  # fmt: skip
    retain_weight: float = with_default(RetainConfig, "retain_weight", 0.0)
    retain_loss: RetainLoss = with_default(RetainConfig, "retain_loss", "kl")
    keep_teacher: bool = setting(
        False, "Keep the teacher beside the result, to be compared with it; only with LoRA.",
        advanced=True,
    )  # fmt: skip

    @model_validator(mode="before")
    @classmethod
    def _read_older(cls, values: Any) -> Any:
        """Older specs name what protects the retain set `retain`: none, likelihood or kl."""
        if not isinstance(values, Mapping) or "retain" not in values:
            return values
        kept = {name: value for name, value in values.items() if name != "retain"}
        weight = 0.0 if values["retain"] == "none" else kept.get("retain_weight", 1.0)
        loss = "nll" if values["retain"] == "likelihood" else "kl"
        return {**kept, "retain_weight": weight, "retain_loss": loss}


@register(
    "rkld",
    "Reverse-KL distillation (RKLD)",
    config=RKLDConfig,
    card=Card(
        idea="Trains a copy to know the forget set even better, and teaches the model to answer "
        "without whatever that copy found more likely.",
        formula=r"\mathcal{L} = \mathbb{E}_{D_f}\left[\mathrm{KL}\left(p_\theta \,\|\, "
        r"\mathrm{softmax}\left(z_{o} - \alpha\,\mathrm{ReLU}(z_{+} - z_{o})\right)\right)\right]"
        r" + \lambda\,\mathcal{L}_{D_r}",
        paper="RKLU, NAACL 2025 (pp. 1306-1321), first called RKLD (arXiv 2406.01983)",
        needs=("true answers", "retain data", "reference", "teacher"),
        cost="3: two more forward passes on forget records, after training the teacher's copy",
        fails="The teacher is no good model itself: trained towards it for too long, the model "
        "loses utility. It sees only the true answers' own words, so others are less changed.",
        copies=2,
    ),
    small=small(2e-4, {"retain_weight": 1.0, "strengthen_learning_rate": 3e-4}),
    large=large({"strengthen_learning_rate": 1e-4}),
)
class RKLD(Method[RKLDConfig]):
    """Distil the fixed teacher `z_original - alpha * relu(z_strengthened - z_original)`.

    The teacher never changes. Its log-probabilities, the vocabulary for every answer token, are
    computed once and kept in half precision where that takes less memory than the strengthened
    model does, which is then given back; else two forward passes give them for every batch.
    """

    def __init__(self, config: RKLDConfig) -> None:
        super().__init__(config)
        self.strengthened: Strengthened | None = None
        self.log_probs: dict[str, Tensor] = {}

    def check(self, model: "ModelSpec", tuning: "TuningSpec", split: Split) -> None:
        """Only an adapter can be kept beside the weights."""
        if self.config.keep_teacher and tuning.mode != "lora":
            raise MissingPrerequisite(
                "The teacher is kept as an adapter, but full fine-tuning makes none. Set the "
                "weights to train to lora, or turn keep_teacher off."
            )

    def draw(self, context: Context, forget: Sequence[Record]) -> None:
        """Train the strengthened model before the first step, also that of a resumed run."""
        if self.strengthened is not None:
            return
        self.strengthened = Strengthened(context, self.config)
        if _table_bytes(context) <= max(self.strengthened.memory_bytes, SMALL_TABLE):
            self._tabulate(context)
            if not self.config.keep_teacher:
                self.strengthened.release()

    def loss(self, context: Context, forget: Sequence[Record], retain: Sequence[Record]) -> Loss:
        """The divergence from the teacher on forget answers, plus the retain term."""
        batch = context.records(forget)
        # Passes without gradients come first: switching adapters touches the trained ones.
        teacher = self._teacher(forget, context, batch)
        out = answer_logits(context.model, batch)
        divergence = reverse_kl if self.config.direction == "reverse" else forward_kl
        total = divergence(out.logits, teacher, out.labels)
        parts = {"forget": mean_nll(out.logits.detach(), out.labels), "distillation": total}
        return with_retain(Loss(total, parts), context, retain, self.config)

    def finish(self, context: Context) -> Ending:
        """The teacher is the original, steered away from what the strengthened model prefers."""
        if not self.config.keep_teacher or self.strengthened is None:
            return Ending()
        from unlearn_core.models.steering import Steering

        return Ending(teacher=(ADAPTER, Steering(rule="rise", strength=self.config.alpha)))

    def _tabulate(self, context: Context) -> None:
        """Keep the teacher's log-probabilities at every answer token of the forget set."""
        for start in range(0, len(context.forget), BATCH):
            rows = context.forget[start : start + BATCH]
            batch = context.records(rows)
            teacher = self._pass(context, batch)
            for record, logits, answer in zip(rows, teacher, _answers(batch), strict=True):
                # Beyond what half precision holds, a token is ruled out just the same.
                kept = logits[answer].log_softmax(dim=-1).clamp(min=LEAST)
                self.log_probs[record.id] = kept.half()

    def _teacher(self, forget: Sequence[Record], context: Context, batch: Batch) -> Tensor:
        """The teacher's logits (B, K, V), up to a constant for each token."""
        if not self.log_probs:
            return self._pass(context, batch)
        counted = _answers(batch)
        kept = torch.cat([self.log_probs[record.id] for record in forget]).float()
        teacher = kept.new_zeros(*counted.shape, kept.shape[-1])
        teacher[counted] = kept
        return teacher

    def _pass(self, context: Context, batch: Batch) -> Tensor:
        assert self.strengthened is not None, "draw comes before loss"
        original = _original_logits(context, batch)
        with self.strengthened.model() as model:
            strengthened = answer_logits(model, batch).logits
        return teacher_logits(original, strengthened, self.config.alpha)


def _answers(batch: Batch) -> Tensor:
    """(B, K) which of the logits that `answer_logits` gives predict an answer token."""
    counted = batch.labels[:, 1:] != IGNORED
    return counted[:, counted.any(dim=0)]


def _table_bytes(context: Context) -> int:
    """Size of the teacher's log-probabilities in half precision."""
    answers = context.records(context.forget).labels
    return 2 * int((answers != IGNORED).sum()) * len(context.encoder.tokenizer)


def _original_logits(context: Context, batch: Batch) -> Tensor:
    with context.original() as model:
        return answer_logits(model, batch).logits
