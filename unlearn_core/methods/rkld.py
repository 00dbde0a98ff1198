"""Reverse-KL distillation from a teacher that is steered away from the forget set."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import torch
from torch import Tensor

from unlearn_core.data.batches import IGNORED, Batch
from unlearn_core.data.records import Record, Split
from unlearn_core.errors import MissingPrerequisite
from unlearn_core.methods.base import Card, Context, Loss, Method, Preset
from unlearn_core.methods.losses_teacher import forward_kl, reverse_kl, teacher_logits
from unlearn_core.methods.presets import LARGE_TRAINING
from unlearn_core.methods.registry import register
from unlearn_core.methods.retain import with_retain
from unlearn_core.methods.strengthened import ADAPTER, BATCH, Strengthened, StrengthenedConfig
from unlearn_core.models.forward import answer_logits
from unlearn_core.models.likelihoods import mean_nll
from unlearn_core.settings.config import setting

if TYPE_CHECKING:
    from unlearn_core.models.spec import ModelSpec, TuningSpec
    from unlearn_core.models.steering import Steering

SMALL_TABLE = 64 * 2**20
"""Bytes of log-probabilities that are kept in any case."""
LEAST = torch.finfo(torch.float16).min


class RKLDConfig(StrengthenedConfig):
    """Settings of RKLD."""

    direction: Literal["reverse", "forward"] = setting(
        "reverse", "Reverse drives to nothing what the teacher rules out; forward forgets less.",
        advanced=True,
    )  # fmt: skip
    retain: Literal["none", "likelihood", "kl"] = setting(
        "none", "What protects the retain set: nothing, its true answers, or staying close to the "
        "original model on it.",
    )  # fmt: skip
    retain_weight: float = setting(1.0, "Weight of that protection.", gt=0, le=100)
    keep_teacher: bool = setting(
        False, "Keep the teacher beside the result, to be compared with it; only with LoRA.",
        advanced=True,
    )  # fmt: skip


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
    small=Preset(
        method={"retain": "kl", "strengthen_learning_rate": 3e-4},
        training={"epochs": 24, "learning_rate": 2e-4},
        tuning={"mode": "full"},
    ),
    large=Preset(
        method={"strengthen_learning_rate": 1e-4},
        training=LARGE_TRAINING,
        tuning={"mode": "lora"},
    ),
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

    def teacher(self) -> "tuple[str, Steering] | None":
        """The original, steered away from what the strengthened model finds likelier."""
        if not self.config.keep_teacher or self.strengthened is None:
            return None
        from unlearn_core.models.steering import Steering

        return ADAPTER, Steering(rule="rise", strength=self.config.alpha)

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
        """The divergence from the teacher on forget answers, plus the retain protection."""
        batch = context.records(forget)
        # Passes without gradients come first: switching adapters touches the trained ones.
        teacher = self._teacher(forget, context, batch)
        out = answer_logits(context.model, batch)
        divergence = reverse_kl if self.config.direction == "reverse" else forward_kl
        total = divergence(out.logits, teacher, out.labels)
        parts = {"forget": mean_nll(out.logits.detach(), out.labels), "distillation": total}
        if self.config.retain == "kl" and retain:
            return Loss(total, parts, lambda: self._kept(context, retain))
        weight = self.config.retain_weight if self.config.retain == "likelihood" else 0.0
        return with_retain(Loss(total, parts), context, retain, weight)

    def _kept(self, context: Context, retain: Sequence[Record]) -> Loss:
        batch = context.records(retain)
        original = _original_logits(context, batch)
        student = answer_logits(context.model, batch)
        divergence = forward_kl(student.logits, original, student.labels)
        return Loss(self.config.retain_weight * divergence, {"retain_kl": divergence})

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
